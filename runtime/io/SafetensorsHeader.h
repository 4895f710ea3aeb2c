//===- SafetensorsHeader.h - the JSON at the start of the file ------------===//

#ifndef BERTC_RUNTIME_IO_SAFETENSORSHEADER_H
#define BERTC_RUNTIME_IO_SAFETENSORSHEADER_H

#include "runtime/io/Result.h"
#include "runtime/io/Tensor.h"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace bertc::io {

/// What the header says of one tensor, as yet without looking at the data.
struct TensorEntry {
  std::string name;
  DType dtype = DType::F32;
  std::vector<int64_t> shape;
  uint64_t begin = 0, end = 0; ///< bytes after the header
};

struct SafetensorsHeader {
  std::vector<TensorEntry> tensors; ///< in the order of the JSON text
  std::map<std::string, std::string> metadata;
};

/// The failure's message names no file.
Result<SafetensorsHeader> parseSafetensorsHeader(std::string_view json);

} // namespace bertc::io

#endif // BERTC_RUNTIME_IO_SAFETENSORSHEADER_H
