/* sequence-ids.c: runs a model that drops on four sequences at once, then on
 * parts of them in another order and on other threads, and says whether each
 * sequence, under its id, has the same bits everywhere.
 */
#include "bertc_train.h"

#include <stdio.h>
#include <string.h>

enum { sequences = 4, longest = 40, most = 1 << 20 };
static const int32_t lengths[sequences] = {7, 1, 40, 12};

/* Rows of all outputs, one sequence behind the other. */
static float whole[most];

static int isOfTokens(const bertc_model *model, int64_t output) {
  return bertc_output_info(model, output)->rows == BERTC_PER_TOKEN;
}

static int fail(void) {
  return fprintf(stderr, "%s\n", bertc_last_error()), -1;
}

/* Runs some sequences, whose ids are their numbers or, without `given`, those
 * of default. The number of rows that differ from those in `whole`, or -1; with
 * `keep` they go there. */
static int run(const bertc_model *model, int64_t threads, const int32_t *chosen,
               int32_t count, int given, int keep) {
  int32_t ids[sequences * longest], offsets[sequences + 1] = {0}, tokens = 0;
  for (int32_t b = 0; b < count; ++b) {
    for (int32_t t = 0; t < lengths[chosen[b]]; ++t)
      ids[tokens++] = (3 + 5 * chosen[b] + 7 * t) % 29;
    offsets[b + 1] = tokens;
  }
  bertc_session *session = bertc_session_create(model, sequences * longest,
                                                sequences, threads, NULL);
  if (!session ||
      (given && bertc_give_sequence_ids(session, chosen, count) != BERTC_OK) ||
      bertc_run_packed(session, ids, NULL, offsets, count) != BERTC_OK)
    return fail();
  int different = 0;
  int64_t start = 0; /* of the output in `whole` */
  for (int64_t i = 0; i < bertc_info(model)->num_outputs; ++i) {
    bertc_view view;
    if (bertc_output(session, i, &view) != BERTC_OK)
      return fail();
    const int ofTokens = isOfTokens(model, i);
    for (int32_t b = 0; b < count; ++b) {
      int64_t place = 0;
      for (int32_t other = 0; other < chosen[b]; ++other)
        place += ofTokens ? lengths[other] : 1;
      const int64_t rows = ofTokens ? lengths[chosen[b]] : 1;
      const int64_t first = ofTokens ? offsets[b] : b;
      for (int64_t r = 0; r < rows; ++r) {
        float *expected = whole + start + (place + r) * view.columns;
        const float *row = view.data + (first + r) * view.stride;
        const size_t bytes = (size_t)view.columns * sizeof(float);
        if (keep)
          memcpy(expected, row, bytes);
        else
          different += memcmp(expected, row, bytes) != 0;
      }
    }
    start += (ofTokens ? sequences * longest : sequences) * view.columns;
    if (start > most)
      return fprintf(stderr, "too many columns\n"), -1;
  }
  bertc_session_destroy(session);
  return different;
}

int main(int argc, char **argv) {
  static const int32_t all[] = {0, 1, 2, 3}, turned[] = {3, 2, 1, 0},
                       one[] = {3, 1}, other[] = {2, 0};
  bertc_model *model = argc > 1 ? bertc_open(argv[1]) : NULL;
  if (!model || run(model, 1, all, 4, 0, 1))
    return 1;
  printf("on more threads %d\n", run(model, 3, all, 4, 1, 0));
  printf("turned %d\n", run(model, 2, turned, 4, 1, 0));
  printf("in two runs %d and %d\n", run(model, 1, one, 2, 1, 0),
         run(model, 2, other, 2, 1, 0));
  printf("under another id %d\n", run(model, 1, turned, 1, 0, 0));
  bertc_close(model);
  return 0;
}
