/* train.c: a model learns the labels of texts, then answers.
 *
 *   bertc compile MODEL --train --optimizer adamw --emit static -o libmodel.a
 *   cc train.c libmodel.a -lm -o train && ./train 0 "A bore." 1 "A fine film."
 */
#include "bertc_text.h"
#include "bertc_train.h"

#include <stdio.h>
#include <stdlib.h>

enum { most = 64, steps = 20 };

static int fail(void) {
  fprintf(stderr, "%s\n", bertc_last_error());
  return 1;
}

static int run(bertc_session *session, const bertc_encoding *texts) {
  return bertc_run_packed(session, texts->ids, texts->token_types,
                          texts->offsets, texts->sequences);
}

/* 20 steps on the same batch: the loss of each, before it. */
static int learn(bertc_session *session, const bertc_model *model,
                 const bertc_encoding *texts, const int32_t *labels) {
  const int64_t loss = bertc_find_state(model, BERTC_NUMBER, "loss");
  for (int step = 1; step <= steps; ++step) {
    float value;
    if (bertc_give_labels(session, "labels", labels, texts->sequences) ||
        run(session, texts) || bertc_read_state(session, loss, &value, 1) ||
        bertc_update(session, 1e-3, 0.01, step))
      return fail();
    printf("step %d: loss %.4f\n", step, value);
  }
  return 0;
}

/* Without labels a run gives the model's outputs. */
static int answer(bertc_session *session, const bertc_encoding *texts) {
  bertc_view logits;
  if (run(session, texts) || bertc_output(session, 0, &logits))
    return fail();
  for (int64_t r = 0; r < logits.rows; ++r) {
    const float *row = logits.data + r * logits.stride;
    int64_t best = 0;
    for (int64_t c = 1; c < logits.columns; ++c)
      best = row[c] > row[best] ? c : best;
    printf("text %lld: class %lld\n", (long long)r, (long long)best);
  }
  return 0;
}

int main(int argc, char **argv) {
  int32_t labels[most];
  bertc_text texts[most];
  int count = 0;
  for (int i = 1; i + 1 < argc && count < most; i += 2) {
    labels[count] = atoi(argv[i]);
    texts[count++] = bertc_text_of(argv[i + 1]);
  }
  bertc_model *model = bertc_open(NULL);
  bertc_tokenizer *tokenizer = model ? bertc_tokenizer_open(model, NULL) : NULL;
  bertc_encoding *encoding =
      tokenizer ? bertc_encode(tokenizer, texts, NULL, count, NULL) : NULL;
  bertc_session *session =
      encoding ? bertc_session_create(model, encoding->tokens, count, 2, NULL)
               : NULL;
  if (!session)
    return fail();
  return learn(session, model, encoding, labels) || answer(session, encoding);
}
