/* bertc_train.h: what models with a loss learn from, and what runs of them
 * leave behind.
 *
 *   bertc_session *session = bertc_session_create(model, 4096, 32, 2, NULL);
 *   bertc_give_labels(session, "labels", labels, 32);
 *   bertc_run_packed(session, ids, NULL, offsets, 32);
 *   bertc_read_state(session, 0, gradient, elements);
 *
 * Such a model has labels among its inputs (bertc_input_info), under
 * transformers' names: labels, next_sentence_label, sentence_order_label,
 * start_positions, end_positions; and choice_offsets of multiple choice.
 *
 * A state is an array whose shape no batch changes: a parameter that is
 * learned, its gradient or its moments, under the parameter's name, or a
 * number. A session keeps its states from one run to the next; before the
 * first, parameters are the checkpoint's and all else is zero.
 *
 * With an optimiser, a step is a run with labels and
 *
 *   bertc_update(session, learning_rate, weight_decay, step);
 */
#ifndef BERTC_TRAIN_H
#define BERTC_TRAIN_H

#include "bertc.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A label that is not learnt from, as torch.nn.CrossEntropyLoss has it. */
#define BERTC_NO_LABEL (-100)

/* The labels of the next run: int32_t, or float where the input's element says
 * so, `rows` times its columns. A row is a sequence of the run, one of its
 * tokens without padding, or one that bertc_select chose (without it: each
 * token), in that order. Of multiple choice it is a question: its choices are
 * the run's sequences from choice_offsets[q], a row more than questions, to
 * choice_offsets[q + 1], one at least, and its label the right one's number
 * among them. Of vectors it is a pair, sequences 2p and 2p + 1: its label is
 * the number of the pair whose second one belongs to its first one, or a float,
 * their cosine.
 * Classes are below the input's `classes`, or BERTC_NO_LABEL; positions are
 * tokens of their sequence, counted without padding, and none from its length
 * on. They are read when the session runs: the array must stay until that has
 * ended. A run with some but not all of its labels, with a label that is none,
 * or with nothing to learn from is refused with BERTC_BAD_INPUT. A run without
 * any gives the model's outputs, by the parameters of the moment and without
 * dropout; one with labels gives no outputs, but a loss and gradients. */
BERTC_API bertc_status bertc_give_labels(bertc_session *session,
                                         const char *name, const void *values,
                                         int64_t rows);

/* A step may be computed in several runs, each on a part of its batch, in less
 * memory than the whole takes: all but the first add their loss and gradients
 * to those that the session has, and each knows how many labels the step has.
 *
 *   for each part:
 *     bertc_give_labels(session, "labels", labels of the part, rows);
 *     bertc_count_labels(session, "labels", labels of the whole batch);
 *     if (it is not the first)
 *       bertc_accumulate(session);
 *     bertc_run_packed(...);
 *   bertc_update(...);
 */

/* How many labels of that name the step of the next run has in all its runs:
 * its loss is then their sum by so many, not their mean. Labels that are none
 * do not count; of floats, rows do. A run may have none of them, and not more
 * (BERTC_BAD_INPUT, when it runs). BERTC_BAD_ARGUMENT for labels < 1, and where
 * a loss is no mean over rows. */
BERTC_API bertc_status bertc_count_labels(bertc_session *session,
                                          const char *name, int64_t labels);
/* Has the next run add its loss and gradients to those of the session. It is
 * refused with BERTC_BAD_INPUT where there are none since the last update;
 * BERTC_BAD_ARGUMENT for a model without gradients. */
BERTC_API bertc_status bertc_accumulate(bertc_session *session);

/* The key that a model with dropout draws its numbers by in runs with labels,
 * until another is set; 0 at first. One for each step: a function of the
 * training's seed and the step. BERTC_BAD_ARGUMENT for a model that drops
 * nothing. */
BERTC_API bertc_status bertc_set_dropout_key(bertc_session *session,
                                             uint64_t key);

typedef enum bertc_state_role {
  BERTC_NUMBER = 0, /* "loss"; "gradient_norm", of the last update */
  BERTC_PARAMETER = 1,
  BERTC_GRADIENT = 2,
  BERTC_FIRST_MOMENT = 3, /* of SGD: the velocity */
  BERTC_SECOND_MOMENT = 4
} bertc_state_role;

/* Which sequences the next run has, of those that a step of training learns
 * from; 0 to the run's last by default. What dropout drops of a sequence
 * depends on its id, not on what else is in the run: with ids, a step in
 * several runs drops what it does in one. Read when the session runs, as labels
 * are; another number of ids than of sequences is refused with BERTC_BAD_INPUT,
 * then. BERTC_BAD_ARGUMENT for a model that drops nothing (bertc_input_info:
 * "sequence_ids"). */
BERTC_API bertc_status bertc_give_sequence_ids(bertc_session *session,
                                               const int32_t *ids,
                                               int64_t sequences);

typedef struct bertc_state_info {
  const char *name; /* belongs to the model */
  int64_t rank;     /* 0, a number, to 2 */
  int64_t shape[2]; /* 1 where it has no such dimension */
  bertc_state_role role;
  bertc_element_type element;
} bertc_state_info;

/* 0 for models without gradients. */
BERTC_API int64_t bertc_num_states(const bertc_model *model);

/* Fills `info` with what state `index` is. */
BERTC_API bertc_status bertc_describe_state(const bertc_model *model,
                                            int64_t index,
                                            bertc_state_info *info);
/* Index of the state of this role and name, -1 where there is none. */
BERTC_API int64_t bertc_find_state(const bertc_model *model,
                                   bertc_state_role role, const char *name);

/* Copies a state of f32, row by row, to `elements` floats, as many as it has.
 * Not while the session runs. */
BERTC_API bertc_status bertc_read_state(const bertc_session *session,
                                        int64_t index, float *destination,
                                        int64_t elements);
/* The other way: parameters from elsewhere, or the moments of a training that
 * goes on. */
BERTC_API bertc_status bertc_write_state(bertc_session *session, int64_t index,
                                         const float *source, int64_t elements);

/* Where a state of f32 lies, row by row, as long as the session does: to save
 * it without a copy, or to write a parameter or a moment in place. What is
 * written to a gradient here counts as none (bertc_write_state). Not while the
 * session runs. NULL on failure. */
BERTC_API float *bertc_state_data(bertc_session *session, int64_t index);

/* The name of the model's optimiser, as `bertc compile --optimizer` took it;
 * NULL where it was compiled without one. */
BERTC_API const char *bertc_optimizer(const bertc_model *model);

/* One step of the optimiser, number `step` from 1, on the gradients that the
 * session's last run with labels left, or bertc_write_state: once, a second
 * step on them is refused. Gradients that are not finite are refused with
 * BERTC_NOT_FINITE: parameters and moments stay as they were. Outputs of the
 * runs before it are gone. */
BERTC_API bertc_status bertc_update(bertc_session *session,
                                    double learning_rate, double weight_decay,
                                    int64_t step);

/* Memory */

/* What a session of steps keeps in memory, in bytes: runs with labels and
 * updates. Runs without labels may need more, and the program has code and data
 * of its own. */
typedef struct bertc_step_memory {
  int64_t parameters; /* the states of each role */
  int64_t gradients;
  int64_t moments;
  int64_t numbers;
  uint64_t weights; /* of the artifact, read in place: what is not learned */
  int64_t
      constant; /* temporaries whatever the batch, and gaps between states */
  /* Activations and temporaries. Tokens and sequences + 1 are rounded up to 16;
   * selected rows are those of bertc_select, without it one for each token. */
  int64_t per_token;
  int64_t per_sequence;
  int64_t per_selected;
  int64_t per_thread;
} bertc_step_memory;

/* Fills `memory` with what steps of the model take: of parameters alone where
 * it does not learn. */
BERTC_API bertc_status bertc_describe_step_memory(const bertc_model *model,
                                                  bertc_step_memory *memory);

/* The bytes of a session whose largest steps are of so many tokens, sequences
 * and selected rows. -1 for numbers that no session takes, and where they do
 * not fit into 63 bits. */
BERTC_API int64_t bertc_step_bytes(const bertc_step_memory *memory,
                                   int64_t tokens, int64_t sequences,
                                   int64_t selected, int64_t threads);

#ifdef __cplusplus
}
#endif

#endif
