/* bertc.h: run an encoder that bertc compiled.
 *
 *   bertc_model *model = bertc_open("model.so"); // or NULL: the linked one
 *   bertc_session *session = bertc_session_create(model, 512, 8, 2, NULL);
 *   int32_t ids[] = {101, 7592, 2088, 102}, offsets[] = {0, 4};
 *   if (bertc_run_packed(session, ids, NULL, offsets, 1) != BERTC_OK)
 *     return fail(bertc_last_error());
 *   bertc_view states;
 *   bertc_output(session, 0, &states); // 4 rows of floats
 *   bertc_session_destroy(session);
 *   bertc_close(model);
 *
 * A model never changes: any number of threads may use it, and run sessions of
 * it at the same time. A session belongs to one thread at a time. Nothing is
 * allocated while a session runs. A sequence's results have the same bits for
 * any number of threads, alone or in any batch, packed or padded.
 */
#ifndef BERTC_H
#define BERTC_H

#include <stddef.h>
#include <stdint.h>

#if defined(BERTC_BUILDING_RUNTIME)
#define BERTC_API __attribute__((visibility("default")))
#else
#define BERTC_API
#endif

#ifdef __cplusplus
extern "C" {
#endif

typedef struct bertc_model bertc_model;
typedef struct bertc_session bertc_session;

typedef enum bertc_status {
  BERTC_OK = 0,
  BERTC_BAD_ARGUMENT = 1,    /* a null pointer, a number out of its range */
  BERTC_BAD_INPUT = 2,       /* ids, types, mask or offsets it cannot take */
  BERTC_OVER_CAPACITY = 3,   /* more than the session was made for */
  BERTC_BAD_ARTIFACT = 4,    /* missing, damaged, none, of another version; its
                                numbers for a text are not finite */
  BERTC_UNSUPPORTED_CPU = 5, /* compiled for a CPU with more features */
  BERTC_NO_RESOURCES = 6,    /* out of memory, or no more threads */
  BERTC_BUSY = 7,            /* the session is running on another thread */
  BERTC_NOT_FINITE = 8       /* a step whose gradients are no numbers */
} bertc_status;

/* What went wrong in this thread's last call that failed, in one line; "" and
 * BERTC_OK before the first. */
BERTC_API const char *bertc_last_error(void);
BERTC_API bertc_status bertc_last_status(void);
/* Version of the runtime: "0.1.0". */
BERTC_API const char *bertc_version(void);

/* Models */

/* Opens a shared library made by bertc; NULL as path: the model this program or
 * library is linked with, of which there can be one: link one archive and open
 * further models from files. Gives NULL on failure. Opening is cheap: weights
 * are mapped, not read. Of a model that was compiled for several kinds of CPU,
 * the most capable variant that this machine can execute is the one that runs;
 * the environment variable BERTC_ISA names another, by its `isa` or its
 * `target_cpu` below; of a model with one variant it says nothing. What runs on
 * AMX has Linux asked for its tiles, for the whole process: alternative signal
 * stacks must have room for their state, or that variant cannot run. */
BERTC_API bertc_model *bertc_open(const char *path);
/* After the last session of the model was destroyed. NULL is fine. */
BERTC_API void bertc_close(bertc_model *model);

typedef struct bertc_model_info {
  const char *family; /* "bert" */
  const char *task;   /* "encode", "embed", "mlm", ... */
  const char *dtype;  /* of the products: "f32" */
  /* Of the variant that runs: "AVX2", "AVX-VNNI", "AVX-512", "AVX-512 BF16",
   * "AVX-512 VNNI", "AMX". */
  const char *isa;
  const char *target_cpu;   /* its: "znver5" */
  const char *cpu_features; /* what it asks of the CPU: "avx2,fma" */
  const char *build;        /* compiler version and options */
  const char *model_json;   /* the configuration's facts, a JSON object */
  int64_t vocab_size;       /* token ids are below it */
  int64_t type_vocab_size;  /* token types are below it; 0: there are none */
  int64_t max_positions;    /* longest sequence in tokens */
  int64_t position_offset;  /* position id of a sequence's first token */
  int64_t pad_token_id;     /* what tokenizers fill rows with */
  int64_t flops_per_token;  /* of the products */
  int64_t flops_per_token_pair; /* attention: times sum of length^2 */
  int64_t num_inputs;
  int64_t num_outputs;
  int64_t num_parameters;
  uint64_t weights_bytes;
  int64_t workspace_constant; /* bytes: see bertc_workspace_bytes */
  int64_t workspace_per_token;
  int64_t workspace_per_sequence;
  int64_t workspace_per_thread;
  const char *tokenizer; /* what the text library reads, or NULL */
  uint64_t tokenizer_bytes;
  int64_t num_phases;   /* of a run: see bertc_profile */
  int64_t num_variants; /* of the code: one for each CPU it was compiled for */
  int64_t variant;      /* which of them runs */
} bertc_model_info;

typedef enum bertc_element_type {
  BERTC_I32 = 0,
  BERTC_F32 = 1
} bertc_element_type;

typedef enum bertc_rows_kind {
  BERTC_PER_TOKEN = 0,      /* one row a token */
  BERTC_PER_SEQUENCE = 1,   /* one row a sequence */
  BERTC_OFFSETS = 2,        /* one row a sequence and one more */
  BERTC_PER_SELECTED = 3,   /* one row a token that bertc_select chose */
  BERTC_PER_TOKEN_PAIR = 4, /* attention maps: for each token a number for each
                               token of its sequence; columns are the heads */
  BERTC_PER_QUESTION = 5,   /* one row a question, whose choices are sequences
                               (bertc_train.h) */
  BERTC_QUESTION_OFFSETS = 6, /* one row a question and one more */
  BERTC_PER_PAIR = 7          /* one row for two sequences */
} bertc_rows_kind;

typedef struct bertc_tensor_info {
  const char *name; /* transformers' name: "last_hidden_state" */
  bertc_element_type element;
  bertc_rows_kind rows;
  int64_t columns;
  int64_t classes; /* of labels (bertc_train.h): they are below it; else 0 */
} bertc_tensor_info;

typedef struct bertc_parameter_info {
  const char *name;
  const char *layout; /* "f32 [768, 768]" or "f32 packed [24, 768, 32]" */
  uint64_t offset;    /* bytes into the weights, those of all variants */
  uint64_t bytes;
} bertc_parameter_info;

/* The code for one kind of CPU. */
typedef struct bertc_variant_info {
  const char *isa;            /* as in bertc_model_info */
  const char *target_cpu;     /* as there */
  const char *cpu_features;   /* as there */
  uint64_t code_bytes;        /* 0 where it is not known */
  uint64_t weights_bytes;     /* of the parameters that it reads */
  uint64_t own_weights_bytes; /* of those that no other variant reads */
  int64_t runs_here;          /* 1 where this machine has what it asks, or 0 */
} bertc_variant_info;

/* All of these live as long as the model; NULL where the index is out of range.
 * Later versions may add fields at the end. */
BERTC_API const bertc_model_info *bertc_info(const bertc_model *model);
BERTC_API const bertc_tensor_info *bertc_input_info(const bertc_model *model,
                                                    int64_t index);
BERTC_API const bertc_tensor_info *bertc_output_info(const bertc_model *model,
                                                     int64_t index);
BERTC_API const bertc_parameter_info *bertc_parameter(const bertc_model *model,
                                                      int64_t index);
/* The most capable comes first. */
BERTC_API const bertc_variant_info *bertc_variant(const bertc_model *model,
                                                  int64_t index);
/* Index of the output of this name, -1 where there is none. */
BERTC_API int64_t bertc_find_output(const bertc_model *model, const char *name);
/* Bytes of a session's workspace: the constant, so many bytes for each token
 * and each sequence + 1, both rounded up to a multiple of 16, and for each
 * thread. -1 where a number is out of range. */
BERTC_API int64_t bertc_workspace_bytes(const bertc_model *model,
                                        int64_t tokens, int64_t sequences,
                                        int64_t threads);

/* Sessions */

/* Runs task(data, t) for every t in [0, threads), all at the same time (they
 * wait for each other), and returns when all have returned. For hosts that
 * bring their own threads. */
typedef struct bertc_executor {
  void (*run)(void *state, void (*task)(void *data, int64_t thread), void *data,
              int64_t threads);
  void *state;
} bertc_executor;

/* Here and in other options, fields that a later version adds stand at the end
 * and mean what they did before where they are zero or missing: struct_size
 * tells. */
typedef struct bertc_session_options {
  size_t struct_size; /* sizeof(bertc_session_options) */
  /* Copied. NULL: the session starts threads - 1 workers of its own. */
  const bertc_executor *executor;
  /* Not 0: each run is timed, phase by phase, for bertc_profile. */
  int64_t profile;
} bertc_session_options;

/* Memory and threads for runs of at most so many tokens and sequences; NULL on
 * failure. Threads do not follow into a child process: after fork(), a session
 * of several threads runs in the parent only, and the child makes its own. */
BERTC_API bertc_session *
bertc_session_create(const bertc_model *model, int64_t max_tokens,
                     int64_t max_sequences, int64_t threads,
                     const bertc_session_options *options);
BERTC_API void bertc_session_destroy(bertc_session *session);

/* Sequences one after the other: sequence b is ids[offsets[b]] up to
 * ids[offsets[b + 1]], and offsets has num_sequences + 1 entries, the first 0.
 * token_types as ids, or NULL for all 0. An empty batch is fine; a sequence
 * without tokens is not. */
BERTC_API bertc_status bertc_run_packed(bertc_session *session,
                                        const int32_t *ids,
                                        const int32_t *token_types,
                                        const int32_t *offsets,
                                        int64_t num_sequences);

/* Matrices [batch, seq_len] as tokenizers give them. attention_mask is 1 for
 * tokens and 0 for padding, wherever it stands, or NULL for all 1; token_types
 * may be NULL. Only the tokens are computed: they count for the session's
 * capacity, padding does not. Where padding stands in front, a sequence's first
 * token, which poolers and classifiers read, is the first that is no padding;
 * transformers reads column 0 there, which is padding. */
BERTC_API bertc_status bertc_run_padded(bertc_session *session,
                                        const int32_t *ids,
                                        const int32_t *attention_mask,
                                        const int32_t *token_types,
                                        int64_t batch, int64_t seq_len);
BERTC_API bertc_status bertc_run_padded_i64(bertc_session *session,
                                            const int64_t *ids,
                                            const int64_t *attention_mask,
                                            const int64_t *token_types,
                                            int64_t batch, int64_t seq_len);

/* For models with outputs of BERTC_PER_SELECTED rows, such as the logits of
 * masked-language models: the tokens whose rows the next run computes; without
 * a call, all. It is for one call of bertc_run_..., whether that succeeds or
 * not; a call of bertc_select that fails selects nothing. `columns` is a matrix
 * [batch, slots]: row b holds places in sequence b (columns of its row, also
 * where padding stands before them), in any order, then -1 in slots that are
 * not needed. At most as many as the session's max_tokens in all. A place that
 * the run finds to be no token is an error of the run. */
BERTC_API bertc_status bertc_select(bertc_session *session,
                                    const int32_t *columns, int64_t batch,
                                    int64_t slots);

/* Results of a session's last run that succeeded */

typedef struct bertc_view {
  const float *data; /* row r starts at data + r * stride, until the next run */
  int64_t rows;      /* tokens, sequences or selected tokens of the run */
  /* Of attention maps max_positions for each head: what row r of head h gives
   * to token s of its sequence is data[r * stride + h * max_positions + s]. */
  int64_t columns;
  int64_t stride; /* floats */
} bertc_view;

/* Where an output lies, without padding. */
BERTC_API bertc_status bertc_output(const bertc_session *session, int64_t index,
                                    bertc_view *view);

/* The padded shape of an output: [B, S, columns] for rows per token, [B, slots,
 * columns] for selected ones (S where bertc_select was not called), [B,
 * columns] else; scores such as start_logits have no dimension of columns: [B,
 * S]; attention maps are [B, heads, S, S], what a token gives to others in its
 * row. S is the seq_len of a padded run, the longest sequence of a packed one.
 * Gives the rank, or 0. */
BERTC_API int bertc_output_shape(const bertc_session *session, int64_t index,
                                 int64_t shape[4]);
/* Copies an output in that shape to `elements` floats; rows at masked positions
 * are zero, and columns of attention maps there. */
BERTC_API bertc_status bertc_read_output_padded(const bertc_session *session,
                                                int64_t index,
                                                float *destination,
                                                int64_t elements);

/* Profiles */

/* A run is one kernel after the other, and all threads wait for each other at
 * the end of each: a phase. */
typedef struct bertc_phase {
  const char *kernel; /* "product_768x3072_bias_gelu" */
  /* The part of the model, as its parameters' names begin: "encoder.layer.3" */
  const char *place;
  /* Of the factors of its products: "f32", "bf16", "int8"; of f32 that are
   * split into terms of bf16 "bf16x3" or "bf16x6". */
  const char *dtype;
  /* Of the run: products, two a multiply-add; bytes read of the weights, and
   * read and written of the run's arrays, each once. */
  int64_t flops;
  int64_t weight_bytes;
  int64_t activation_bytes;
  /* From when the last thread was done with the phase before, or else the run
   * began, until the last thread was done with this one. */
  int64_t nanoseconds;
  /* What the threads were at work in that time, all of them added up: the rest
   * of `threads` times as much they waited. */
  int64_t busy_nanoseconds;
} bertc_phase;

/* A phase of the session's last run, which succeeded and had tokens, of
 * bertc_model_info's num_phases. The session's options asked for profiles.
 * `bytes` is sizeof(bertc_phase): as many as the host knows are written, zeros
 * where a library knows fewer. */
BERTC_API bertc_status bertc_profile(const bertc_session *session,
                                     int64_t index, bertc_phase *phase,
                                     uint64_t bytes);

#ifdef __cplusplus
}
#endif

#endif
