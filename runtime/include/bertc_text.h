/* bertc_text.h: text for models that bertc compiled: tokens, and answers.
 *
 *   bertc_model *model = bertc_open(NULL); // the linked one
 *   bertc_answerer *answerer = bertc_answerer_create(model, NULL, NULL);
 *   bertc_text text = bertc_text_of("A fine film.");
 *   bertc_text line = bertc_answer(answerer, &text, NULL, 1);
 *   if (!line.data)
 *     return fail(bertc_last_error());
 *   fwrite(line.data, 1, line.bytes, stdout);
 *   // {"text": "A fine film.", "label": "positive", "score": 0.99, ...}
 *   bertc_answerer_destroy(answerer);
 *   bertc_close(model);
 *
 * Or in two steps: bertc_encode makes token ids, which bertc_run_packed of
 * bertc.h takes.
 *
 * A library that was compiled with a tokenizer has these functions, and so has
 * every archive (`--emit static`). Texts are UTF-8, below 1.4 GB each; bytes
 * that are none count as U+FFFD. Functions that fail say why in
 * bertc_last_error, which counts texts from 1; bertc_answer of multiple-choice
 * models counts questions. Where memory runs out they fail with
 * BERTC_NO_RESOURCES, and some of it may stay in use.
 */
#ifndef BERTC_TEXT_H
#define BERTC_TEXT_H

#include "bertc.h"

#include <string.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Bytes, which may hold zeros and need none at their end. data is NULL for no
 * text at all. */
typedef struct bertc_text {
  const char *data;
  size_t bytes;
} bertc_text;

static inline bertc_text bertc_text_of(const char *string) {
  bertc_text text = {string, string ? strlen(string) : 0};
  return text;
}

/* Tokenizers */

/* Gives what transformers' fast tokenizers give. It never changes: any number
 * of threads may use one at the same time. */
typedef struct bertc_tokenizer bertc_tokenizer;

/* With `path`: of a folder with tokenizer.json, vocab.txt, vocab.json and
 * merges.txt, or spiece.model, or of one of these files; NULL: the one that
 * `model` carries. `model` may be NULL where `path` is not; else the tokenizer
 * is checked to give no ids that the model does not have. NULL on failure. */
BERTC_API bertc_tokenizer *bertc_tokenizer_open(const bertc_model *model,
                                                const char *path);
BERTC_API void bertc_tokenizer_close(bertc_tokenizer *tokenizer);

typedef struct bertc_tokenizer_info {
  int64_t vocab_size; /* ids are below it */
  int64_t max_length; /* most tokens of a sequence; 0: not known */
  int32_t cls_id;     /* -1 where there is none, and so on */
  int32_t sep_id;
  int32_t pad_id;
  int32_t mask_id;
  int32_t unknown_id;
} bertc_tokenizer_info;

/* Lives as long as the tokenizer. Later versions may add fields at the end. */
BERTC_API const bertc_tokenizer_info *
bertc_tokenizer_facts(const bertc_tokenizer *tokenizer);
/* The token of an id, as the vocabulary writes it; no text for an id without
 * one. Lives as long as the tokenizer. */
BERTC_API bertc_text bertc_token(const bertc_tokenizer *tokenizer, int32_t id);
/* The id of a token, -1 where there is none. */
BERTC_API int32_t bertc_find_token(const bertc_tokenizer *tokenizer,
                                   bertc_text token);

typedef enum bertc_truncation {
  BERTC_LONGEST_FIRST = 0, /* the longer text of a pair loses tokens first */
  BERTC_ONLY_FIRST = 1,
  BERTC_ONLY_SECOND = 2,
  BERTC_NO_TRUNCATION = 3
} bertc_truncation;

typedef struct bertc_encode_options {
  size_t struct_size; /* sizeof(bertc_encode_options) */
  /* Most tokens of a sequence with [CLS] and [SEP]; 0: the tokenizer's
   * max_length, where it is known. */
  int64_t max_length;
  int32_t truncation; /* a bertc_truncation */
  /* 1: what is cut off becomes further sequences of the same text, each
   * sharing `stride` tokens with the one before. */
  int windows;
  int64_t stride;
  int no_special_tokens; /* 1: without [CLS], [SEP] and their like */
  int reserved;          /* 0 */
} bertc_encode_options;

/* Sequences as bertc_run_packed takes them, and what their tokens stand for.
 * Arrays have an element a token where nothing else is said. */
typedef struct bertc_encoding {
  int64_t sequences;
  int64_t tokens;
  const int32_t *ids;
  const int32_t *token_types;
  const int32_t *offsets; /* sequences + 1: as in bertc_run_packed */
  const int64_t *texts;   /* a sequence: which of the texts it is */
  const int32_t *cut;     /* a sequence: 1 where its text has further tokens */
  /* Bytes [begins, ends) of the text or its pair that a token stands for. */
  const int64_t *begins;
  const int64_t *ends;
  const int32_t *sides; /* 0: of the text, 1: of its pair, -1: added to them */
  const int32_t *words; /* which word of its side; -1: added */
} bertc_encoding;

/* `count` texts; `pairs` is NULL, or has one for each. `options` may be NULL.
 * NULL on failure. At most 2^31 - 1 tokens in all. */
BERTC_API bertc_encoding *bertc_encode(const bertc_tokenizer *tokenizer,
                                       const bertc_text *texts,
                                       const bertc_text *pairs, int64_t count,
                                       const bertc_encode_options *options);
BERTC_API void bertc_encoding_destroy(bertc_encoding *encoding);

/* The text of ids; those without a token are left out. Writes as much of it as
 * `size` bytes of `buffer` take, with a zero at the end, and gives the bytes of
 * the whole text without the zero, as snprintf does; -1 on failure. */
BERTC_API int64_t bertc_decode(const bertc_tokenizer *tokenizer,
                               const int32_t *ids, int64_t count,
                               int skip_special_tokens, char *buffer,
                               int64_t size);

/* Answers */

/* Texts through a model, and its numbers read as its task has them: labels,
 * entities, answers to questions, choices, words at masks, vectors. It belongs
 * to one thread at a time. */
typedef struct bertc_answerer bertc_answerer;

typedef struct bertc_answer_options {
  size_t struct_size;        /* sizeof(bertc_answer_options) */
  int64_t threads;           /* 0: as many as this process has CPUs */
  int64_t n_best;            /* answers to a question (0: 1), words at a mask
                                (0: 5) */
  int64_t max_answer_length; /* tokens of an answer to a question; 0: 15 */
  int no_answer;             /* 1: a question may have none, as in SQuAD 2 */
  int reserved;              /* 0 */
} bertc_answer_options;

/* `model` must outlive it. `tokenizer` NULL: the one that the model carries;
 * else it must outlive the answerer too. `options` may be NULL. NULL on
 * failure. */
BERTC_API bertc_answerer *
bertc_answerer_create(const bertc_model *model,
                      const bertc_tokenizer *tokenizer,
                      const bertc_answer_options *options);
BERTC_API void bertc_answerer_destroy(bertc_answerer *answerer);

/* A line with a JSON object for each text, in their order: what `bertc run
 * --json` prints. `pairs` is NULL, or has one for each text: contexts where the
 * texts are questions, choices for multiple-choice models, where equal texts
 * after each other are one question and have one line. Lives until the
 * answerer's next call; data is NULL on failure. One text that cannot be
 * encoded, or whose results are not finite (BERTC_BAD_ARTIFACT), fails the
 * call, and bertc_last_error says which is the first. A text that is longer
 * than the model takes is cut, and its line says "truncated": true; contexts of
 * questions and texts to find entities in are read in windows instead. Outputs
 * that the answers do not stand for are members of their own names; where a
 * line is of several sequences, choices or a pair of embeddings, they are lists
 * with an element for each, and where a text was read in several windows they
 * are left out. */
BERTC_API bertc_text bertc_answer(bertc_answerer *answerer,
                                  const bertc_text *texts,
                                  const bertc_text *pairs, int64_t count);

#ifdef __cplusplus
}
#endif

#endif
