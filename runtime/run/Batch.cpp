//===- Batch.cpp ----------------------------------------------------------===//

#include "runtime/run/Batch.h"

#include "runtime/io/Safetensors.h"

#include <algorithm>
#include <iterator>
#include <limits>
#include <numeric>
#include <string_view>

using namespace bertc;
using namespace bertc::run;

namespace {

/// A matrix of whole numbers from a file; `shape` is empty for the first one,
/// the others must agree with it.
MaybeFailure readMatrix(const io::SafetensorsFile &file, const char *name,
                        std::vector<int64_t> &shape,
                        std::vector<int64_t> &values) {
  const io::Tensor *tensor = file.find(name);
  if (!tensor)
    return std::nullopt;
  auto failure = [&](const std::string &problem) {
    return Failure{file.path() + ": tensor \"" + name + "\" " + problem};
  };
  if (!io::toInt64(*tensor, values))
    return failure(std::string("is ") + io::nameOf(tensor->dtype) +
                   ", expected I64 or I32");
  if (tensor->shape.size() != 2)
    return failure("has shape " + io::shapeText(tensor->shape) +
                   ", expected [batch, seq_len]");
  if (!shape.empty() && tensor->shape != shape)
    return failure("has shape " + io::shapeText(tensor->shape) +
                   ", input_ids has " + io::shapeText(shape));
  shape = tensor->shape;
  return std::nullopt;
}

/// `mlm_positions`, a matrix with a row a sequence, if the file has it.
MaybeFailure readPositions(const io::SafetensorsFile &file, Batch &batch) {
  if (!file.find("mlm_positions"))
    return std::nullopt;
  std::vector<int64_t> shape, values;
  if (MaybeFailure failure = readMatrix(file, "mlm_positions", shape, values))
    return failure;
  auto failure = [&](const std::string &problem) {
    return Failure{file.path() + ": tensor \"mlm_positions\" " + problem};
  };
  if (shape[0] != batch.batch)
    return failure("has shape " + io::shapeText(shape) + ", expected [" +
                   std::to_string(batch.batch) + ", positions]");
  batch.slots = shape[1];
  for (int64_t value : values) {
    if (value < -1 || value >= batch.seqLen)
      return failure("has the value " + std::to_string(value) +
                     ", expected -1 to " + std::to_string(batch.seqLen - 1));
    batch.mlmPositions.push_back(static_cast<int32_t>(value));
  }
  return std::nullopt;
}

/// An error where the file has a tensor that a run does not take: a misspelt
/// mask would change every result. Labels are for training, and left alone.
MaybeFailure checkNames(const io::SafetensorsFile &file) {
  constexpr std::string_view known[] = {"input_ids",
                                        "attention_mask",
                                        "token_type_ids",
                                        "mlm_positions",
                                        "labels",
                                        "next_sentence_label",
                                        "sentence_order_label",
                                        "start_positions",
                                        "end_positions"};
  for (const io::Tensor &tensor : file.tensors())
    if (std::find(std::begin(known), std::end(known), tensor.name) ==
        std::end(known))
      return Failure{file.path() + ": tensor \"" + tensor.name +
                     "\" is no input; inputs are input_ids, attention_mask, "
                     "token_type_ids and mlm_positions"};
  return std::nullopt;
}

template <typename Integer>
std::vector<Integer> rowsOf(const std::vector<Integer> &values, int64_t first,
                            int64_t count, int64_t width) {
  if (values.empty())
    return {};
  return {values.begin() + first * width,
          values.begin() + (first + count) * width};
}

/// A list of columns for each sequence.
void setPositions(Batch &batch, std::vector<std::vector<int32_t>> columns) {
  size_t slots = 0;
  for (const std::vector<int32_t> &row : columns)
    slots = std::max(slots, row.size());
  batch.slots = static_cast<int64_t>(slots);
  batch.mlmPositions.clear();
  for (std::vector<int32_t> &row : columns) {
    row.resize(slots, -1);
    batch.mlmPositions.insert(batch.mlmPositions.end(), row.begin(), row.end());
  }
}

} // namespace

std::vector<int64_t> Batch::lengths() const {
  std::vector<int64_t> result(static_cast<size_t>(batch), seqLen);
  if (attentionMask.empty())
    return result;
  for (int64_t row = 0; row < batch; ++row) {
    auto begin = attentionMask.begin() + row * seqLen;
    result[row] -= std::count(begin, begin + seqLen, 0);
  }
  return result;
}

int64_t Batch::tokens() const {
  std::vector<int64_t> each = lengths();
  return std::accumulate(each.begin(), each.end(), int64_t(0));
}

Batch Batch::part(int64_t first, int64_t count) const {
  Batch result;
  result.batch = count;
  result.seqLen = seqLen;
  result.ids = rowsOf(ids, first, count, seqLen);
  result.attentionMask = rowsOf(attentionMask, first, count, seqLen);
  result.tokenTypes = rowsOf(tokenTypes, first, count, seqLen);
  result.slots = slots;
  result.mlmPositions = rowsOf(mlmPositions, first, count, slots);
  return result;
}

Result<Batch> bertc::run::readBatch(const std::string &path) {
  Result<io::SafetensorsFile> file = io::SafetensorsFile::open(path);
  if (!file)
    return Failure{file.error()};
  if (!file->find("input_ids"))
    return Failure{path + ": no tensor \"input_ids\""};
  if (MaybeFailure failure = checkNames(*file))
    return *failure;
  Batch batch;
  std::vector<int64_t> shape;
  if (MaybeFailure failure = readMatrix(*file, "input_ids", shape, batch.ids))
    return *failure;
  if (MaybeFailure failure =
          readMatrix(*file, "attention_mask", shape, batch.attentionMask))
    return *failure;
  if (MaybeFailure failure =
          readMatrix(*file, "token_type_ids", shape, batch.tokenTypes))
    return *failure;
  batch.batch = shape[0];
  batch.seqLen = shape[1];
  // Sizes that take no bytes in the file, and would take long to count.
  if (batch.batch > 0 && batch.seqLen == 0)
    return Failure{path + ": sequence 0 has no tokens: input_ids has shape " +
                   io::shapeText(shape)};
  if (batch.seqLen > std::numeric_limits<int32_t>::max())
    return Failure{path + ": input_ids has shape " + io::shapeText(shape) +
                   ": too large"};
  if (MaybeFailure failure = readPositions(*file, batch))
    return *failure;
  return batch;
}

Batch bertc::run::batchOf(const std::vector<std::vector<int32_t>> &ids,
                          const std::vector<std::vector<int32_t>> &tokenTypes) {
  Batch result;
  result.batch = static_cast<int64_t>(ids.size());
  size_t width = 0;
  for (const std::vector<int32_t> &sequence : ids)
    width = std::max(width, sequence.size());
  result.seqLen = static_cast<int64_t>(width);
  for (size_t row = 0; row < ids.size(); ++row)
    for (size_t column = 0; column < width; ++column) {
      bool isToken = column < ids[row].size();
      result.ids.push_back(isToken ? ids[row][column] : 0);
      result.attentionMask.push_back(isToken);
      if (!tokenTypes.empty())
        result.tokenTypes.push_back(isToken ? tokenTypes[row][column] : 0);
    }
  return result;
}

void bertc::run::selectWhere(Batch &batch,
                             const std::function<bool(int64_t)> &wanted) {
  std::vector<std::vector<int32_t>> columns(batch.batch);
  for (int64_t row = 0; row < batch.batch; ++row)
    for (int64_t column = 0; column < batch.seqLen; ++column) {
      const int64_t place = row * batch.seqLen + column;
      if ((batch.attentionMask.empty() || batch.attentionMask[place] != 0) &&
          wanted(place))
        columns[row].push_back(static_cast<int32_t>(column));
    }
  setPositions(batch, std::move(columns));
}

void bertc::run::selectTokens(Batch &batch, int32_t id) {
  selectWhere(batch, [&](int64_t place) { return batch.ids[place] == id; });
}

void bertc::run::selectAll(Batch &batch) {
  selectWhere(batch, [](int64_t) { return true; });
}

void bertc::run::selectColumns(Batch &batch,
                               const std::vector<int32_t> &columns) {
  setPositions(batch, {static_cast<size_t>(batch.batch), columns});
}
