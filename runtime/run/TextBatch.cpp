//===- TextBatch.cpp ------------------------------------------------------===//

#include "runtime/run/TextBatch.h"

#include <utility>

using namespace bertc;
using namespace bertc::run;

void TextBatch::add(Example example, std::vector<text::Encoding> encodings) {
  examples.push_back(std::move(example));
  for (text::Encoding &encoding : encodings) {
    tokenCount += static_cast<int64_t>(encoding.ids.size());
    sequences.push_back(std::move(encoding));
  }
  firsts.push_back(sequences.size());
}

Batch TextBatch::batch(const bertc_model *model) const {
  const bool hasTypes = bertc_info(model)->type_vocab_size > 0;
  std::vector<std::vector<int32_t>> ids, types;
  for (const text::Encoding &encoding : sequences) {
    ids.push_back(encoding.ids);
    if (hasTypes)
      types.push_back(encoding.typeIds);
  }
  return batchOf(ids, types);
}
