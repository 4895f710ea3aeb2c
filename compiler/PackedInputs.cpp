//===- PackedInputs.cpp ---------------------------------------------------===//

#include "compiler/PackedInputs.h"

#include <utility>

using namespace bertc;

PackedInputs::PackedInputs(const run::Batch &batch, const ModelFacts &facts)
    : rows(batch.batch * batch.seqLen, -1) {
  std::vector<double> ids, positions, types, offsets = {0}, selected, sequences;
  for (int64_t b = 0; b < batch.batch; ++b) {
    int64_t counted = 0;
    for (int64_t s = 0; s < batch.seqLen; ++s) {
      const int64_t place = b * batch.seqLen + s;
      // As transformers: a token's position is its column, padded or not, or
      // how many ids before it are no padding.
      int64_t position = s + facts.positionOffset;
      if (facts.positionsCounted)
        position = batch.ids[place] == facts.padTokenId
                       ? facts.padTokenId
                       : facts.positionOffset + counted++;
      if (!batch.attentionMask.empty() && batch.attentionMask[place] == 0)
        continue;
      rows[place] = int64_t(ids.size());
      ids.push_back(double(batch.ids[place]));
      positions.push_back(double(position));
      types.push_back(
          batch.tokenTypes.empty() ? 0 : double(batch.tokenTypes[place]));
      if (batch.slots < 0)
        selected.push_back(double(rows[place]));
    }
    offsets.push_back(double(ids.size()));
    sequences.push_back(double(b));
    for (int64_t i = 0; i < batch.slots; ++i)
      if (int32_t column = batch.mlmPositions[b * batch.slots + i]; column >= 0)
        selected.push_back(double(rows[b * batch.seqLen + column]));
  }
  for (auto [name, values] :
       {std::pair("input_ids", &ids), std::pair("position_ids", &positions),
        std::pair("token_type_ids", &types), std::pair("offsets", &offsets),
        std::pair("mlm_positions", &selected),
        std::pair("sequence_ids", &sequences)}) {
    ReferenceTensor tensor;
    tensor.shape = {int64_t(values->size())};
    tensor.values = std::move(*values);
    add(name, std::move(tensor));
  }
}

const ReferenceTensor *PackedInputs::find(llvm::StringRef name) const {
  auto found = tensors.find(name);
  return found == tensors.end() ? nullptr : &found->second;
}

void PackedInputs::add(llvm::StringRef name, ReferenceTensor tensor) {
  tensors[name] = std::move(tensor);
}

int64_t PackedInputs::firstRow(int64_t sequence) const {
  return int64_t(find("offsets")->values[sequence]);
}
