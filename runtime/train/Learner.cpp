//===- Learner.cpp --------------------------------------------------------===//

#include "runtime/train/Learner.h"

#include <cmath>
#include <cstdio>

using namespace bertc;
using namespace bertc::train;

namespace {

const char *suffixOf(bertc_state_role role) {
  switch (role) {
  case BERTC_FIRST_MOMENT:
    return ".first_moment";
  case BERTC_SECOND_MOMENT:
    return ".second_moment";
  default:
    return "";
  }
}

bool isKept(const bertc_state_info &info) {
  return info.role == BERTC_PARAMETER || info.role == BERTC_FIRST_MOMENT ||
         info.role == BERTC_SECOND_MOMENT;
}

std::string keptName(const bertc_state_info &info) {
  return std::string(info.name) + suffixOf(info.role);
}

std::vector<bertc_state_info> statesOf(const bertc_model *model) {
  std::vector<bertc_state_info> states(bertc_num_states(model));
  for (size_t i = 0; i < states.size(); ++i)
    bertc_describe_state(model, int64_t(i), &states[i]);
  return states;
}

} // namespace

// Without giving memory back: a step allocates none.
void LabelledBatch::clear() {
  ids.clear();
  types.clear();
  offsets.assign(1, 0);
  classes.clear();
  numbers.clear();
}

void LabelledBatch::add(const std::vector<int32_t> &sequence,
                        const std::vector<int32_t> &sequenceTypes) {
  ids.insert(ids.end(), sequence.begin(), sequence.end());
  types.insert(types.end(), sequenceTypes.begin(), sequenceTypes.end());
  offsets.push_back(int32_t(ids.size()));
}

io::Failure Learner::lastFailure() const {
  return {bertc_last_error(), bertc_last_status()};
}

io::Result<Learner> Learner::create(const bertc_model *model, int64_t tokens,
                                    int64_t sequences, int64_t threads) {
  if (!bertc_optimizer(model))
    return io::Failure{"the model was compiled without an optimiser"};
  bertc_session *session =
      bertc_session_create(model, tokens, sequences, threads, nullptr);
  if (!session)
    return io::Failure{bertc_last_error(), bertc_last_status()};
  return Learner(model, session);
}

io::MaybeFailure Learner::run(const LabelledBatch &batch) {
  // A model without token types takes zeros alone.
  if (bertc_run_packed(session.get(), batch.ids.data(),
                       batch.types.empty() ? nullptr : batch.types.data(),
                       batch.offsets.data(), batch.sequences()))
    return lastFailure();
  return std::nullopt;
}

io::Failure Learner::notFinite(const std::string &what, int64_t step) const {
  std::string message = "step " + std::to_string(step) + ": " + what;
  std::vector<float> values;
  const std::vector<bertc_state_info> states = statesOf(model);
  for (size_t i = 0; i < states.size(); ++i) {
    if (states[i].role != BERTC_GRADIENT)
      continue;
    values.resize(states[i].shape[0] * states[i].shape[1]);
    if (bertc_read_state(session.get(), int64_t(i), values.data(),
                         int64_t(values.size())))
      continue;
    for (float value : values)
      if (!std::isfinite(value))
        return {message +
                    "; the first gradient that is not finite is that of " +
                    states[i].name,
                BERTC_NOT_FINITE};
  }
  return {message, BERTC_NOT_FINITE};
}

io::MaybeFailure Learner::learn(const LabelledBatch &part, int64_t first,
                                int64_t ofStep) {
  const bool areClasses = !part.classes.empty();
  const void *labels = areClasses
                           ? static_cast<const void *>(part.classes.data())
                           : part.numbers.data();
  if (bertc_give_labels(session.get(), "labels", labels, part.sequences()))
    return lastFailure();
  if (part.sequences() == ofStep)
    return run(part);
  if (bertc_count_labels(session.get(), "labels", ofStep) ||
      (first > 0 && bertc_accumulate(session.get())))
    return lastFailure();
  sequenceIds.clear();
  for (int64_t i = 0; i < part.sequences(); ++i)
    sequenceIds.push_back(int32_t(first + i));
  // Refused by a model that drops nothing.
  (void)bertc_give_sequence_ids(session.get(), sequenceIds.data(),
                                part.sequences());
  return run(part);
}

io::Result<float> Learner::step(const std::vector<LabelledBatch> &parts,
                                double rate, double decay, int64_t step) {
  int64_t all = 0, first = 0;
  for (const LabelledBatch &part : parts)
    all += part.sequences();
  for (const LabelledBatch &part : parts) {
    if (io::MaybeFailure failure = learn(part, first, all))
      return *failure;
    first += part.sequences();
  }
  float loss = 0;
  if (bertc_read_state(session.get(),
                       bertc_find_state(model, BERTC_NUMBER, "loss"), &loss, 1))
    return lastFailure();
  if (!std::isfinite(loss))
    return notFinite("the loss is not finite", step);
  switch (bertc_update(session.get(), rate, decay, step)) {
  case BERTC_OK:
    return loss;
  case BERTC_NOT_FINITE:
    return notFinite("the gradients are not finite", step);
  default:
    return lastFailure();
  }
}

void Learner::setDropoutKey(uint64_t key) {
  // Refused by a model that drops nothing.
  (void)bertc_set_dropout_key(session.get(), key);
}

io::Result<std::vector<float>> Learner::answer(const LabelledBatch &batch,
                                               int64_t index) {
  if (io::MaybeFailure failure = run(batch))
    return *failure;
  bertc_view view;
  if (bertc_output(session.get(), index, &view))
    return lastFailure();
  std::vector<float> rows(view.rows * view.columns);
  for (int64_t r = 0; r < view.rows; ++r)
    for (int64_t c = 0; c < view.columns; ++c)
      rows[r * view.columns + c] = view.data[r * view.stride + c];
  return rows;
}

bool Learner::read(const std::string &name, std::vector<float> &values) const {
  const int64_t index = bertc_find_state(model, BERTC_PARAMETER, name.c_str());
  bertc_state_info info;
  if (index < 0 || bertc_describe_state(model, index, &info))
    return false;
  values.resize(info.shape[0] * info.shape[1]);
  return !bertc_read_state(session.get(), index, values.data(),
                           int64_t(values.size()));
}

std::vector<StateArray> Learner::arrays() const {
  std::vector<StateArray> arrays;
  const std::vector<bertc_state_info> states = statesOf(model);
  for (size_t i = 0; i < states.size(); ++i)
    if (isKept(states[i]))
      arrays.push_back({keptName(states[i]),
                        io::DType::F32,
                        {states[i].shape, states[i].shape + states[i].rank},
                        bertc_state_data(session.get(), int64_t(i))});
  return arrays;
}
