/* FakeModel.h: what the model written by hand in FakeModel.c computes.
 *
 *   last_hidden_state[t, c] = FAKE_SCALE * id' + 10 * position + type + c / 8
 *
 * where id' is the id of the token FAKE_ROUNDS further on, round and round
 * within its sequence. Tokens move by one place a round, with a barrier between
 * the rounds: one that lets a thread through too early shows in the results.
 *
 *   pooler_output[b, c] = sum over t of last_hidden_state[t, c]
 *
 * FAKE_SCALE is 1000 where nothing else is said, and FAKE_POOLED_NAME another
 * name of pooler_output. With FAKE_SELECTS it has two outputs more,
 *
 *   logits[p, c]    = 2 * last_hidden_state[the token selected as p, c]
 *   start_logits[t] = last_hidden_state[t, 0]
 *
 * and its positions count the tokens of a sequence that are not FAKE_PAD, which
 * itself has position FAKE_PAD.
 *
 * With FAKE_DROPS it has an input more, and
 *
 *   pooler_output[b, c] = sequence_ids[b]
 *
 * With FAKE_OTHERS it has three variants: FUTURE for a CPU that is not there,
 * SSE, then the above as SSE2. The first two have their arrays in other places,
 * read another weight, and say so:
 *
 *   last_hidden_state[t, c] = 7 * id,  pooler_output[b, c] = b
 */
#ifndef BERTC_TEST_UNIT_RUNTIME_FAKEMODEL_H
#define BERTC_TEST_UNIT_RUNTIME_FAKEMODEL_H

#define FAKE_VOCABULARY 43
#define FAKE_TYPES 2
#define FAKE_POSITIONS 40
#define FAKE_COLUMNS 5
#define FAKE_STRIDE 16
#define FAKE_PAD 1
#define FAKE_ROUNDS 7

#endif
