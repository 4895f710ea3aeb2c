/* answer.c: what a model says about texts, and the tokens that it sees.
 *
 *   bertc compile MODEL --emit static -o libmodel.a
 *   cc answer.c libmodel.a -lm -o answer && ./answer "A fine film." "A bore."
 *
 *   bertc compile MODEL -o model.so
 *   cc answer.c ./model.so -o answer && ./answer "A fine film."
 */
#include "bertc_text.h"

#include <stdio.h>
#include <stdlib.h>

static int fail(void) {
  fprintf(stderr, "%s\n", bertc_last_error());
  return 1;
}

/* "a [3..4]": each token with its bytes of the text. */
static void print_tokens(const bertc_tokenizer *tokenizer,
                         const bertc_encoding *encoding) {
  for (int64_t i = 0; i < encoding->tokens; ++i) {
    bertc_text token = bertc_token(tokenizer, encoding->ids[i]);
    printf("%.*s [%lld..%lld]%s", (int)token.bytes, token.data,
           (long long)encoding->begins[i], (long long)encoding->ends[i],
           i + 1 < encoding->tokens ? " " : "\n");
  }
}

static int run(const bertc_tokenizer *tokenizer, bertc_answerer *answerer,
               const bertc_text *texts, int64_t count) {
  bertc_encoding *encoding =
      tokenizer ? bertc_encode(tokenizer, texts, NULL, count, NULL) : NULL;
  if (!encoding)
    return fail();
  print_tokens(tokenizer, encoding);
  bertc_encoding_destroy(encoding);
  bertc_text answers = {NULL, 0};
  if (answerer)
    answers = bertc_answer(answerer, texts, NULL, count);
  if (!answers.data)
    return fail();
  fwrite(answers.data, 1, answers.bytes, stdout);
  return 0;
}

int main(int argc, char **argv) {
  bertc_model *model = bertc_open(NULL);
  if (!model)
    return fail();
  bertc_text *texts = calloc((size_t)argc, sizeof(*texts));
  for (int i = 1; texts && i < argc; ++i)
    texts[i - 1] = bertc_text_of(argv[i]);
  bertc_tokenizer *tokenizer = bertc_tokenizer_open(model, NULL);
  bertc_answerer *answerer =
      tokenizer ? bertc_answerer_create(model, tokenizer, NULL) : NULL;
  int failed = run(tokenizer, answerer, texts, argc - 1);
  bertc_answerer_destroy(answerer);
  bertc_tokenizer_close(tokenizer);
  bertc_close(model);
  free(texts);
  return failed;
}
