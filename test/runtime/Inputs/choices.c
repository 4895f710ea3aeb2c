/* choices.c: the loss of questions with two and three choices in one run, and
 * of each in a run of its own; then what bertc_give_labels leads to where the
 * choices are bounded wrongly.
 */
#include "bertc_train.h"

#include <stdio.h>

enum { sequences = 5, length = 6 };

/* Gives labels and bounds for a run of sequences [first, last): its status. */
static bertc_status run(bertc_session *session, int32_t first, int32_t last,
                        const int32_t *bounds, int64_t questions,
                        const int32_t *labels) {
  int32_t ids[sequences * length], offsets[sequences + 1] = {0};
  for (int32_t b = first; b < last; ++b) {
    for (int32_t t = 0; t < length; ++t)
      ids[(b - first) * length + t] = 3 + (5 * b + 2 * t) % 13;
    offsets[b - first + 1] = (b - first + 1) * length;
  }
  bertc_status status = BERTC_OK;
  if (bounds)
    status =
        bertc_give_labels(session, "choice_offsets", bounds, questions + 1);
  if (status == BERTC_OK)
    status = bertc_give_labels(session, "labels", labels, questions);
  return status != BERTC_OK
             ? status
             : bertc_run_packed(session, ids, NULL, offsets, last - first);
}

static double loss(bertc_session *session, const bertc_model *model) {
  float value = -1;
  bertc_read_state(session, bertc_find_state(model, BERTC_NUMBER, "loss"),
                   &value, 1);
  return value;
}

static void refuse(bertc_session *session, const int32_t *bounds,
                   int64_t questions, const int32_t *labels) {
  const bertc_status status =
      run(session, 0, sequences, bounds, questions, labels);
  printf("%d: %s\n", status == BERTC_BAD_INPUT, bertc_last_error());
}

int main(int argc, char **argv) {
  static const int32_t both[] = {0, 2, 5}, labels[] = {1, 2};
  static const int32_t two[] = {0, 2}, three[] = {0, 3};
  bertc_model *model = argc > 1 ? bertc_open(argv[1]) : NULL;
  bertc_session *session =
      model
          ? bertc_session_create(model, sequences * length, sequences, 3, NULL)
          : NULL;
  if (!session || run(session, 0, 5, both, 2, labels) != BERTC_OK)
    return fprintf(stderr, "%s\n", bertc_last_error()), 1;
  const double whole = loss(session, model);
  if (run(session, 0, 2, two, 1, labels) != BERTC_OK)
    return fprintf(stderr, "%s\n", bertc_last_error()), 1;
  const double first = loss(session, model);
  if (run(session, 2, 5, three, 1, labels + 1) != BERTC_OK)
    return fprintf(stderr, "%s\n", bertc_last_error()), 1;
  const double apart = whole - (first + loss(session, model)) / 2;
  printf("apart %d\n", !(apart < 1e-6 * whole && -apart < 1e-6 * whole));

  static const int32_t early[] = {0, 2, 4}, late[] = {1, 2, 5},
                       turned[] = {0, 6, 5}, none[] = {0, 5, 5},
                       negative[] = {0, -1}, past[] = {2, 3};
  refuse(session, early, 2, labels);
  refuse(session, late, 2, labels);
  refuse(session, turned, 2, labels);
  refuse(session, none, 2, labels);
  refuse(session, NULL, 2, labels);
  refuse(session, both, 2, negative);
  refuse(session, both, 2, past); /* nothing to learn from */
  bertc_session_destroy(session);
  bertc_close(model);
  return 0;
}
