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
 * start_positions, end_positions.
 *
 * A state is an array of f32 whose shape no batch changes: a gradient of a
 * parameter, under the parameter's name, or a number. A session keeps its
 * states from one run to the next; before the first they are zero.
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
 * token), in that order.
 * Classes are below the input's `classes`, or BERTC_NO_LABEL; positions are
 * tokens of their sequence, counted without padding, and none from its length
 * on. They are read when the session runs: the array must stay until that has
 * ended. A run without all of its labels, with a label that is none, or with no
 * label at all is refused with BERTC_BAD_INPUT. */
BERTC_API bertc_status bertc_give_labels(bertc_session *session,
                                         const char *name, const void *values,
                                         int64_t rows);

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
} bertc_state_info;

/* 0 for models without gradients. */
BERTC_API int64_t bertc_num_states(const bertc_model *model);

/* Fills `info` with what state `index` is. */
BERTC_API bertc_status bertc_describe_state(const bertc_model *model,
                                            int64_t index,
                                            bertc_state_info *info);

/* Copies a state, row by row, to `elements` floats, as many as it has. Not
 * while the session runs. */
BERTC_API bertc_status bertc_read_state(const bertc_session *session,
                                        int64_t index, float *destination,
                                        int64_t elements);

#ifdef __cplusplus
}
#endif

#endif
