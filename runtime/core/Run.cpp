//===- Run.cpp - checks and packs the inputs of a run ---------------------===//
//
// All is checked before anything is written, so that a run which is refused
// leaves the results of the one before.
//
//===----------------------------------------------------------------------===//

#include "runtime/core/Error.h"
#include "runtime/core/Session.h"

#include <cstring>

using namespace bertc::core;

namespace {

using Long = long long; // what printf's %lld takes

/// A batch as the user gave it: sequence b is one row of a matrix, or a part of
/// a list when there are offsets.
template <typename Integer> struct Given {
  const Integer *ids;
  const Integer *mask;    ///< null: all 1
  const Integer *types;   ///< null: all 0
  const int32_t *offsets; ///< null: a matrix
  int64_t batch;
  int64_t seqLen; ///< of a matrix

  int64_t begin(int64_t sequence) const {
    return offsets ? offsets[sequence] : sequence * seqLen;
  }
  int64_t length(int64_t sequence) const {
    return offsets ? int64_t(offsets[sequence + 1]) - offsets[sequence]
                   : seqLen;
  }
  bool isToken(int64_t place) const { return !mask || mask[place] != 0; }
};

/// The claim of a run: what was selected, the labels and the sequences' ids are
/// for this run, however it ends.
class RunClaim : public Claim {
public:
  explicit RunClaim(bertc_session &session) : Claim(session) {}
  ~RunClaim() {
    if (!*this)
      return;
    session.asked = {};
    session.sequences = {};
    session.accumulates = false;
    for (int64_t i = 0; session.labels && i < session.model.info.num_inputs;
         ++i)
      session.labels[i] = {};
  }
};

/// The position ids of one sequence's tokens, in the order of its columns.
class Positions {
public:
  explicit Positions(const bertc_artifact &artifact)
      : rule(artifact.position_rule), offset(artifact.position_offset),
        pad(artifact.pad_token_id) {}
  /// transformers counts ids that are no padding, whatever the mask says
  /// (models/roberta/modeling_roberta.py, create_position_ids_from_input_ids).
  int64_t next(int64_t column, int64_t id) {
    if (rule == BERTC_POSITION_COLUMN)
      return offset + column;
    return id == pad ? pad : offset + counted++;
  }

private:
  int64_t rule, offset, pad, counted = 0;
};

bertc_status outOfRange(const char *name, int64_t sequence, int64_t column,
                        int64_t value, int64_t limit) {
  return fail(BERTC_BAD_INPUT, "%s[%lld, %lld] is %lld, expected 0 to %lld",
              name, Long(sequence), Long(column), Long(value), Long(limit - 1));
}

bertc_status tooLong(int64_t sequence, int64_t length, int64_t limit) {
  return fail(BERTC_BAD_INPUT,
              "sequence %lld is %lld tokens long, the model takes at most %lld",
              Long(sequence), Long(length), Long(limit));
}

bertc_status overCapacity(const char *what, int64_t count, int64_t capacity) {
  return fail(BERTC_OVER_CAPACITY,
              "%lld %s, the session was made for at most %lld", Long(count),
              what, Long(capacity));
}

/// Values and length of one sequence; adds its tokens to `tokens`.
template <typename Integer>
bertc_status checkSequence(const bertc_model_info &info,
                           const Given<Integer> &given, int64_t sequence,
                           int64_t &tokens) {
  // A model without token types gets zeros from tokenizers all the same.
  const int64_t numTypes = info.type_vocab_size > 0 ? info.type_vocab_size : 1;
  const int64_t begin = given.begin(sequence);
  const int64_t length = given.length(sequence);
  if (!given.mask && length > info.max_positions)
    return tooLong(sequence, length, info.max_positions);
  int64_t used = 0; // columns up to the last token
  int64_t count = 0;
  for (int64_t column = 0; column < length; ++column) {
    const int64_t place = begin + column;
    if (given.mask && given.mask[place] != 0 && given.mask[place] != 1)
      return outOfRange("attention_mask", sequence, column, given.mask[place],
                        2);
    if (!given.isToken(place))
      continue;
    if (given.ids[place] < 0 || given.ids[place] >= info.vocab_size)
      return outOfRange("input_ids", sequence, column, given.ids[place],
                        info.vocab_size);
    if (given.types &&
        (given.types[place] < 0 || given.types[place] >= numTypes))
      return outOfRange("token_type_ids", sequence, column, given.types[place],
                        numTypes);
    used = column + 1;
    ++count;
  }
  if (count == 0)
    return fail(BERTC_BAD_INPUT, "sequence %lld has no tokens", Long(sequence));
  if (used > info.max_positions)
    return tooLong(sequence, used, info.max_positions);
  tokens += count;
  return BERTC_OK;
}

template <typename Integer>
bertc_status check(const bertc_session &session, const Given<Integer> &given,
                   int64_t &tokens) {
  tokens = 0;
  if (given.batch > session.capacity.sequences)
    return overCapacity("sequences", given.batch, session.capacity.sequences);
  for (int64_t sequence = 0; sequence < given.batch; ++sequence)
    if (bertc_status status =
            checkSequence(session.model.info, given, sequence, tokens))
      return status;
  if (tokens > session.capacity.tokens)
    return overCapacity("tokens", tokens, session.capacity.tokens);
  return BERTC_OK;
}

/// An input of the program, which may not have it.
class InputColumn {
public:
  InputColumn(const bertc_session &session, const bertc_artifact_place *place,
              const RunSize &size)
      : rows(place ? addressOf<int32_t>(session, *place, size) : nullptr),
        stride(place ? place->row_stride : 0) {}
  void set(int64_t row, int64_t value) {
    if (rows)
      rows[row * stride] = static_cast<int32_t>(value);
  }

private:
  int32_t *rows;
  int64_t stride;
};

template <typename Integer>
void fill(bertc_session &session, const Given<Integer> &given,
          const RunSize &size) {
  const bertc_model &model = session.model;
  InputColumn ids(session, model.ids, size);
  InputColumn positions(session, model.positions, size);
  InputColumn types(session, model.types, size);
  InputColumn offsets(session, model.offsets, size);
  InputColumn sequences(session, model.sequences, size);
  int64_t token = 0;
  for (int64_t sequence = 0; sequence < given.batch; ++sequence) {
    offsets.set(sequence, token);
    sequences.set(sequence, session.sequences.ids
                                ? session.sequences.ids[sequence]
                                : sequence);
    session.offsets[sequence] = static_cast<int32_t>(token);
    const int64_t begin = given.begin(sequence);
    const int64_t length = given.length(sequence);
    Positions places(*model.artifact);
    for (int64_t column = 0; column < length; ++column) {
      const int64_t place = begin + column;
      const int64_t position = places.next(column, given.ids[place]);
      if (!given.isToken(place))
        continue;
      ids.set(token, given.ids[place]);
      positions.set(token, position);
      types.set(token, given.types ? given.types[place] : 0);
      session.columns[token] = static_cast<int32_t>(column);
      ++token;
    }
  }
  offsets.set(given.batch, token);
  session.offsets[given.batch] = static_cast<int32_t>(token);
}

/// Checks what bertc_select asked for against the batch.
template <typename Integer>
bertc_status checkSelection(const bertc_session &session,
                            const Given<Integer> &given, int64_t tokens) {
  const auto &asked = session.asked;
  if (asked.slots < 0)
    return BERTC_OK;
  if (asked.batch != given.batch)
    return fail(BERTC_BAD_INPUT,
                "mlm_positions are of %lld sequences, the batch has %lld",
                Long(asked.batch), Long(given.batch));
  for (int64_t i = 0; i < asked.count; ++i) {
    const int64_t sequence = session.askedPlaces[i] / asked.slots;
    const int64_t column = session.askedColumns[i];
    if (column >= given.length(sequence) ||
        !given.isToken(given.begin(sequence) + column))
      return fail(BERTC_BAD_INPUT,
                  "mlm_positions: column %lld of sequence %lld is no token",
                  Long(column), Long(sequence));
  }
  if (asked.count > tokens)
    return fail(BERTC_BAD_INPUT,
                "%lld mlm_positions of a batch of %lld tokens: some are there "
                "twice",
                Long(asked.count), Long(tokens));
  return BERTC_OK;
}

/// Fills the program's list of selected tokens; gives how many.
int64_t select(bertc_session &session, const RunSize &size) {
  InputColumn rows(session, session.model.selection, size);
  const auto &asked = session.asked;
  if (asked.slots < 0) {
    int64_t token = 0;
    for (int64_t sequence = 0; sequence < size.sequences; ++sequence)
      for (; token < session.offsets[sequence + 1]; ++token) {
        rows.set(token, token);
        session.places[token] =
            sequence * session.last.seqLen + session.columns[token];
      }
    return token;
  }
  for (int64_t i = 0; i < asked.count; ++i) {
    const int64_t sequence = session.askedPlaces[i] / asked.slots;
    int64_t token = session.offsets[sequence];
    while (session.columns[token] != session.askedColumns[i])
      ++token;
    rows.set(i, token);
    session.places[i] = session.askedPlaces[i];
  }
  return asked.count;
}

/// Before anything is read through the offsets. Gives the longest sequence.
bertc_status checkOffsets(const bertc_session &session, const int32_t *offsets,
                          int64_t numSequences, int64_t &longest) {
  longest = 0;
  if (numSequences == 0)
    return BERTC_OK;
  if (numSequences > session.capacity.sequences)
    return overCapacity("sequences", numSequences, session.capacity.sequences);
  if (offsets[0] != 0)
    return fail(BERTC_BAD_INPUT, "offsets[0] is %d, expected 0", offsets[0]);
  for (int64_t b = 0; b < numSequences; ++b) {
    const Long next = b + 1;
    int64_t length = int64_t(offsets[next]) - offsets[b];
    if (length < 0)
      return fail(BERTC_BAD_INPUT,
                  "offsets[%lld] is %d, less than the one before: %d", next,
                  offsets[next], offsets[b]);
    longest = length > longest ? length : longest;
  }
  if (offsets[numSequences] > session.capacity.tokens)
    return overCapacity("tokens", offsets[numSequences],
                        session.capacity.tokens);
  return BERTC_OK;
}

/// Of a sequence of a Given<Integer>.
template <typename Integer>
int64_t tokensOf(const void *batch, int64_t sequence) {
  const auto &given = *static_cast<const Given<Integer> *>(batch);
  int64_t tokens = 0;
  for (int64_t column = 0; column < given.length(sequence); ++column)
    tokens += given.isToken(given.begin(sequence) + column);
  return tokens;
}

template <typename Integer>
bertc_status run(bertc_session &session, const Given<Integer> &given,
                 int64_t seqLen) {
  if (session.pool && !session.pool->isHere())
    return fail(BERTC_NO_RESOURCES,
                "the session's threads stayed in the parent process: make a "
                "session after fork()");
  int64_t tokens;
  bertc_status status = check(session, given, tokens);
  if (status == BERTC_OK)
    status = checkSelection(session, given, tokens);
  if (status == BERTC_OK && session.sequences.ids &&
      session.sequences.count != given.batch)
    status =
        fail(BERTC_BAD_INPUT, "%lld sequence_ids, the run has %lld sequences",
             Long(session.sequences.count), Long(given.batch));
  if (status != BERTC_OK)
    return status;
  RunSize size = {tokens, given.batch, session.capacity.threads, 0};
  const int64_t slots = session.asked.slots;
  const bool learns = session.labels && hasLabels(session);
  if (learns) {
    size.selected = slots < 0 ? tokens : session.asked.count;
    if (bertc_status labelled =
            checkLabels(session, size, &given, tokensOf<Integer>))
      return labelled;
    if (session.accumulates && !session.hasGradients)
      return fail(BERTC_BAD_INPUT, "the run adds to the gradients of those "
                                   "before it, and there are none");
  }
  session.last = {true, size, seqLen, slots < 0 ? seqLen : slots, learns};
  if (given.batch > 0) {
    fill(session, given, size);
    if (session.model.selection)
      size.selected = select(session, size);
    if (learns)
      fillLabels(session, size);
    session.last.size = size;
    runProgram(session, size, learns);
    session.hasGradients |= learns;
  }
  return BERTC_OK;
}

template <typename Integer>
bertc_status runPadded(bertc_session *session, const Integer *ids,
                       const Integer *mask, const Integer *types, int64_t batch,
                       int64_t seqLen) {
  if (!session)
    return fail(BERTC_BAD_ARGUMENT, "the session is NULL");
  RunClaim claim(*session);
  if (!claim)
    return fail(BERTC_BUSY, "the session is running on another thread");
  int64_t elements, bytes;
  if (batch < 0 || seqLen < 0 ||
      __builtin_mul_overflow(batch, seqLen, &elements) ||
      __builtin_mul_overflow(elements, int64_t(sizeof(Integer)), &bytes))
    return fail(BERTC_BAD_ARGUMENT,
                "batch is %lld and seq_len %lld: negative or too large",
                Long(batch), Long(seqLen));
  if (!ids && elements > 0)
    return fail(BERTC_BAD_ARGUMENT, "input_ids is NULL");
  return run<Integer>(*session, {ids, mask, types, nullptr, batch, seqLen},
                      seqLen);
}

} // namespace

bertc_status bertc_run_packed(bertc_session *session, const int32_t *ids,
                              const int32_t *token_types,
                              const int32_t *offsets, int64_t num_sequences) {
  if (!session)
    return fail(BERTC_BAD_ARGUMENT, "the session is NULL");
  RunClaim claim(*session);
  if (!claim)
    return fail(BERTC_BUSY, "the session is running on another thread");
  if (num_sequences < 0)
    return fail(BERTC_BAD_ARGUMENT, "num_sequences is %lld",
                Long(num_sequences));
  if (num_sequences > 0 && (!ids || !offsets))
    return fail(BERTC_BAD_ARGUMENT, "%s is NULL", ids ? "offsets" : "ids");
  int64_t longest = 0;
  if (bertc_status status =
          checkOffsets(*session, offsets, num_sequences, longest))
    return status;
  return run<int32_t>(*session,
                      {ids, nullptr, token_types, offsets, num_sequences, 0},
                      longest);
}

bertc_status bertc_run_padded(bertc_session *session, const int32_t *ids,
                              const int32_t *attention_mask,
                              const int32_t *token_types, int64_t batch,
                              int64_t seq_len) {
  return runPadded(session, ids, attention_mask, token_types, batch, seq_len);
}

bertc_status bertc_run_padded_i64(bertc_session *session, const int64_t *ids,
                                  const int64_t *attention_mask,
                                  const int64_t *token_types, int64_t batch,
                                  int64_t seq_len) {
  return runPadded(session, ids, attention_mask, token_types, batch, seq_len);
}

bertc_status bertc_select(bertc_session *session, const int32_t *columns,
                          int64_t batch, int64_t slots) {
  if (!session)
    return fail(BERTC_BAD_ARGUMENT, "the session is NULL");
  int64_t elements;
  if (batch < 0 || slots < 0 ||
      __builtin_mul_overflow(batch, slots, &elements) || elements > INT32_MAX)
    return fail(BERTC_BAD_ARGUMENT,
                "batch is %lld and slots %lld: negative or too large",
                Long(batch), Long(slots));
  if (!columns && elements > 0)
    return fail(BERTC_BAD_ARGUMENT, "mlm_positions is NULL");
  if (!session->model.selection)
    return fail(BERTC_BAD_ARGUMENT, "the model has no input mlm_positions");
  Claim claim(*session);
  if (!claim)
    return fail(BERTC_BUSY, "the session is running on another thread");
  session->asked = {};
  int64_t count = 0;
  for (int64_t i = 0; i < elements; ++i) {
    if (columns[i] < -1 || columns[i] >= session->model.info.max_positions)
      return outOfRange("mlm_positions", i / slots, i % slots, columns[i],
                        session->model.info.max_positions);
    if (columns[i] < 0)
      continue;
    if (count == session->capacity.tokens)
      return overCapacity("selected tokens", count + 1, count);
    session->askedColumns[count] = columns[i];
    session->askedPlaces[count] = static_cast<int32_t>(i);
    ++count;
  }
  session->asked = {batch, slots, count};
  return BERTC_OK;
}
