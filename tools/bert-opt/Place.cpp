//===- Place.cpp ----------------------------------------------------------===//

#include "tools/bert-opt/Place.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/raw_ostream.h"

#include <cstdint>
#include <vector>

using namespace bertc;

std::string bertc::place(const ReferenceTensor &tensor, size_t i) {
  std::vector<int64_t> index(tensor.shape.size());
  for (size_t d = index.size(); d-- > 0; i /= tensor.shape[d])
    index[d] = int64_t(i) % tensor.shape[d];
  std::string text;
  llvm::raw_string_ostream out(text);
  llvm::interleaveComma(index, out << "[");
  out << "]";
  return text;
}
