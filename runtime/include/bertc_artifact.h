/* bertc_artifact.h: what a compiled model looks like to the runtime.
 *
 * The compiler emits one constant `bertc_artifact` per model under the symbol
 * `bertc_artifact_descriptor`; the runtime reads nothing else of the generated
 * code. Users of a model want bertc.h instead.
 *
 * Every array lives in one workspace that the session allocates once. Its size
 * and the place of each array are affine functions of the run, in bytes:
 *
 *   constant + per_token * round_up(tokens, 16)
 *            + per_sequence * round_up(sequences + 1, 16)
 *            + per_thread * threads
 *
 * so that every array starts on a 64-byte boundary when the workspace does.
 */
#ifndef BERTC_ARTIFACT_H
#define BERTC_ARTIFACT_H

#include <stdint.h>
#include <string.h>

#ifdef __cplusplus
extern "C" {
#endif

#define BERTC_ARTIFACT_MAGIC                                                   \
  UINT64_C(0x4154524143545242) /* "BRTCARTA", little endian */
#define BERTC_ARTIFACT_VERSION 7u
#define BERTC_ARTIFACT_SYMBOL "bertc_artifact_descriptor"
#define BERTC_ARTIFACT_GRAIN                                                   \
  16 /* tokens and sequences + 1 are rounded up to this */

typedef struct bertc_affine {
  int64_t constant;
  int64_t per_token;
  int64_t per_sequence;
  int64_t per_thread;
} bertc_affine;

enum bertc_element { BERTC_ELEMENT_I32 = 0, BERTC_ELEMENT_F32 = 1 };

/* How many rows an array has in a run of `tokens` and `sequences`. */
enum bertc_rows {
  BERTC_ROWS_TOKENS = 0,             /* tokens */
  BERTC_ROWS_SEQUENCES = 1,          /* sequences */
  BERTC_ROWS_SEQUENCES_PLUS_ONE = 2, /* sequences + 1: the offsets */
  BERTC_ROWS_SELECTED = 3, /* the tokens that the run selects, at most tokens */
  /* What the run's questions are, with a sequence each at least; the program's
   * array has as many as sequences, those past the run's own without any. */
  BERTC_ROWS_QUESTIONS = 5,
  BERTC_ROWS_QUESTIONS_PLUS_ONE = 6, /* where their sequences begin and end */
  BERTC_ROWS_PAIRS = 7               /* sequences / 2 */
};

/* How the host sees an output. */
enum bertc_form {
  BERTC_FORM_ROWS = 0, /* [batch, seq_len, columns] or [batch, columns] */
  /* one column, which is no dimension: [batch, seq_len] */
  BERTC_FORM_SCALAR = 1,
  /* attention maps, max_positions columns a head: [batch, heads, seq_len,
     seq_len] */
  BERTC_FORM_MAPS = 2
};

/* How the position id of a token is found. */
enum bertc_position_rule {
  BERTC_POSITION_COLUMN = 0, /* position_offset + its column */
  /* position_offset + how many tokens before it are not pad_token_id; the pad
   * token itself has position pad_token_id (RoBERTa) */
  BERTC_POSITION_COUNT = 1
};

/* What a loss compares with, as transformers calls them. */
#define BERTC_LABEL_NAMES                                                      \
  "labels", "next_sentence_label", "sentence_order_label", "start_positions",  \
      "end_positions", "choice_offsets"

/* An input or output array of the program.
 * Inputs are input_ids, position_ids, token_type_ids (i32, one column, tokens
 * rows), offsets (i32, one column, sequences + 1 rows), mlm_positions (i32, one
 * column, selected rows: numbers of tokens) and sequence_ids (i32, one column,
 * sequences rows); a model without one of them does not list it. A model with a
 * loss also lists labels, BERTC_LABEL_NAMES: i32 in one column, or f32. */
typedef struct bertc_artifact_tensor {
  const char *name; /* transformers' name, e.g. "last_hidden_state" */
  int32_t element;  /* enum bertc_element */
  int32_t rows;     /* enum bertc_rows */
  int64_t columns;  /* 1 for inputs but labels */
  int64_t form;     /* enum bertc_form; 0 for inputs */
  int64_t classes;  /* of labels: they are below it; 0 for all others */
} bertc_artifact_tensor;

/* What a state is: bertc_state_role of bertc_train.h has the same values. */
enum bertc_role {
  BERTC_ROLE_NUMBER = 0, /* the loss, rates of the optimiser, keys */
  BERTC_ROLE_PARAMETER = 1,
  BERTC_ROLE_GRADIENT = 2,
  BERTC_ROLE_FIRST_MOMENT = 3,
  BERTC_ROLE_SECOND_MOMENT = 4
};

/* What a session keeps from run to run in a shape that no batch changes, its
 * rows one behind the other: a learned parameter; its gradient and its moments,
 * under its name and in its shape; a number. No two have one role and name. */
typedef struct bertc_artifact_state {
  const char *name;
  int32_t role;    /* enum bertc_role */
  int32_t element; /* enum bertc_element */
  int64_t rank;    /* 0, a number, to 2 */
  int64_t shape[2];
  /* Which of the model's parameters, of so many f32, it begins as; -1: zero. */
  int64_t parameter;
} bertc_artifact_state;

/* What the host computes rates of. They are states: "rate" and "decay"; of the
 * rule adam "correction", of lamb "first_correction" and "second_correction"
 * (dialect/BertOptimizerOps.td has their formulas). */
typedef struct bertc_artifact_optimizer {
  const char *name; /* "adamw", "adamw-google", "adamw-fairseq", "lamb",
                       "lamb-nvidia", "sgd" */
  double first_decay, second_decay, epsilon; /* of moments */
  double momentum;                           /* of sgd */
  double max_norm; /* gradients are scaled down to it; 0: never */
} bertc_artifact_optimizer;

/* Where a variant of the code has such an array in the workspace. */
typedef struct bertc_artifact_place {
  int64_t row_stride;  /* elements from one row to the next, >= columns */
  bertc_affine offset; /* bytes from the start of the workspace */
} bertc_artifact_place;

/* A parameter as it stands in the weights (after packing), for `inspect`. */
typedef struct bertc_artifact_parameter {
  const char *name;
  const char *layout; /* e.g. "f32 [768, 768]" or "f32 packed [24, 768, 32]" */
  uint64_t offset;    /* bytes into `weights` */
  uint64_t bytes;
} bertc_artifact_parameter;

/* Operations or bytes of a run, none of them negative; per_token_pair is times
 * the sum of squared sequence lengths. */
typedef struct bertc_amount {
  int64_t constant;
  int64_t per_token;
  int64_t per_sequence;
  int64_t per_selected;
  int64_t per_token_pair;
} bertc_amount;

/* What `run` does before its first barrier, or from one to the next: the table
 * has an entry for each barrier, in their order. Texts are printable ASCII. */
typedef struct bertc_artifact_phase {
  const char *kernel;   /* "product_768x3072_bias_gelu" */
  const char *place;    /* of the model: "encoder.layer.3.intermediate.dense" */
  const char *dtype;    /* of the factors of its products: "f32" */
  bertc_amount flops;   /* products, 2 per multiply-add */
  bertc_amount weights; /* bytes that it reads of them */
  bertc_amount activations; /* bytes that it reads and writes of arrays of the
                               run, each element once */
} bertc_artifact_phase;

/* What one thread of one run gets. All threads of a run pass the same values
 * but `thread`. */
typedef struct bertc_call {
  const uint8_t *weights;
  uint8_t *workspace;
  int64_t tokens;    /* T */
  int64_t sequences; /* B */
  int64_t selected;  /* P, at most T */
  int64_t thread;    /* 0 <= thread < threads */
  int64_t threads;
  /* Returns once all `threads` threads of the run have entered it. */
  void (*barrier)(void *executor, int64_t thread);
  void *executor;
} bertc_call;

/* The code for CPUs of one kind, and what depends on it. Variants of a model
 * read the same weights where these are packed alike. */
typedef struct bertc_artifact_variant {
  const char *target_cpu; /* as given to LLVM, e.g. "znver5" */
  const char *isa; /* "AVX-512" or "AVX2": the micro-kernel's instruction set */
  const char *cpu_features; /* comma separated, what the CPU must have:
                               "avx2,fma,avx512f" */
  const bertc_artifact_place *inputs;  /* one for each of the model's inputs */
  const bertc_artifact_place *outputs; /* one for each of its outputs */
  /* One for each of its states; no size of a run moves them but `threads`. */
  const bertc_affine *states;
  int64_t num_parameters;
  const int64_t *parameters; /* which of the model's parameters it reads */
  bertc_affine workspace;    /* bytes */
  /* What `run` and `update` write of it at most, with touched_per_selected for
   * each row that the run selects: less than the whole where rows are not
   * selected, or `evaluate` takes more. */
  bertc_affine touched;
  int64_t touched_per_selected;
  uint64_t code_bytes; /* 0 in code that was printed, not made an object */
  void (*run)(const bertc_call *call); /* called once per thread */
  int64_t num_phases;
  const bertc_artifact_phase *phases;
  /* A step of the optimiser, on states alone, as `run`; null without one. It
   * leaves "gradient_norm", and all else as it was where that is not finite. */
  void (*update)(const bertc_call *call);
  int64_t num_update_phases;
  const bertc_artifact_phase *update_phases;
  /* A run without labels, which gives the outputs, of a model that `run` learns
   * the gradients of; null where `run` is all. */
  void (*evaluate)(const bertc_call *call);
} bertc_artifact_variant;

typedef struct bertc_artifact {
  uint64_t magic;          /* BERTC_ARTIFACT_MAGIC */
  uint32_t version;        /* BERTC_ARTIFACT_VERSION */
  uint32_t struct_size;    /* sizeof(bertc_artifact) */
  uint32_t tensor_size;    /* sizeof(bertc_artifact_tensor) */
  uint32_t place_size;     /* sizeof(bertc_artifact_place) */
  uint32_t parameter_size; /* sizeof(bertc_artifact_parameter) */
  uint32_t variant_size;   /* sizeof(bertc_artifact_variant) */
  uint32_t call_size;      /* sizeof(bertc_call) */
  uint32_t phase_size;     /* sizeof(bertc_artifact_phase) */
  uint32_t state_size;     /* sizeof(bertc_artifact_state) */
  uint32_t optimizer_size; /* sizeof(bertc_artifact_optimizer) */
  const char *family;      /* "bert" */
  const char *task;        /* "encode", "embed" */
  const char *dtype;       /* "f32" */
  const char *build;       /* compiler version and options */
  const char *model_json;  /* one JSON object: config facts the tools show */
  int64_t vocab_size;      /* ids must be below it */
  int64_t type_vocab_size; /* token types must be below it; 0: no token types */
  int64_t max_positions;   /* longest sequence in tokens */
  int64_t position_offset; /* position id of a sequence's first token */
  int64_t position_rule;   /* enum bertc_position_rule */
  int64_t pad_token_id;
  int64_t flops_per_token;      /* products, 2 per multiply-add */
  int64_t flops_per_token_pair; /* attention: times the sum of squared sequence
                                   lengths */
  int64_t num_inputs;
  const bertc_artifact_tensor *inputs;
  int64_t num_outputs;
  const bertc_artifact_tensor *outputs;
  int64_t num_states;
  const bertc_artifact_state *states;
  int64_t num_parameters;
  const bertc_artifact_parameter *parameters; /* of all variants */
  /* At least one; the runtime takes the first whose features the CPU has. */
  int64_t num_variants;
  const bertc_artifact_variant *variants;
  const uint8_t *weights; /* page aligned, read only */
  uint64_t weights_bytes;
  const char *tokenizer; /* what text/Tokenizer.h reads, or null */
  uint64_t tokenizer_bytes;
  const bertc_artifact_optimizer *optimizer; /* null without updates */
} bertc_artifact;

/* The last bytes of a compiled shared library: whether the rest is as it was
 * written. The weights are left out, for they are most of the file and are
 * read only when a run needs them. A file without the seal, as `strip` leaves
 * it, is opened unchecked. */
typedef struct bertc_artifact_seal {
  uint64_t unsummed_begin; /* the weights: bytes [begin, end) of the file */
  uint64_t unsummed_end;
  uint64_t checksum; /* bertc_checksum of the bytes before the weights in
                        pieces of BERTC_ARTIFACT_SEAL_PIECE, then so of those
                        behind them, then of the two fields above */
  uint64_t magic;    /* BERTC_ARTIFACT_SEAL_MAGIC */
} bertc_artifact_seal;

#define BERTC_ARTIFACT_SEAL_PIECE 65536

#define BERTC_ARTIFACT_SEAL_MAGIC                                              \
  UINT64_C(0x4c41455354524542) /* "BERTSEAL", little endian */

/* A checksum against damage, not against malice: FNV-1a's step (Fowler, Noll
 * and Vo) on 64-bit words in four lanes, zeros after the last byte. Each word
 * goes through a bijection of its lane, so that no damage within one word is
 * missed. `sum` is that of the piece before this one, 0 at first. */
static inline uint64_t bertc_checksum(uint64_t sum, const void *bytes,
                                      uint64_t size) {
  const uint8_t *at = (const uint8_t *)bytes;
  const uint64_t prime = UINT64_C(0x100000001b3);
  uint64_t lanes[4] = {sum, 1, 2, 3};
  uint64_t done = 0;
  while (done < size) {
    uint64_t words[4] = {0, 0, 0, 0};
    const uint64_t taken =
        size - done < sizeof(words) ? size - done : sizeof(words);
    memcpy(words, at + done, taken);
    for (int lane = 0; lane < 4; ++lane) {
      lanes[lane] = (lanes[lane] ^ words[lane]) * prime;
      lanes[lane] ^= lanes[lane] >> 32;
    }
    done += taken;
  }
  uint64_t all = size;
  for (int lane = 0; lane < 4; ++lane) {
    all = (all ^ lanes[lane]) * prime;
    all ^= all >> 32;
  }
  return all;
}

#ifdef __cplusplus
}
#endif

#endif
