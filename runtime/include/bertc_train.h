/* bertc_train.h: what runs of models with gradients leave behind.
 *
 *   bertc_session *session = bertc_session_create(model, 4096, 32, 2, NULL);
 *   bertc_run_packed(session, ids, NULL, offsets, 32);
 *   bertc_read_state(session, 0, gradient, elements);
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
