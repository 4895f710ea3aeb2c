//===- Npy.cpp ------------------------------------------------------------===//

#include "runtime/io/Npy.h"

#include <cstddef>

std::string bertc::io::npyHeader(const std::vector<int64_t> &shape) {
  std::string header = "{'descr': '<f4', 'fortran_order': False, 'shape': (";
  for (int64_t size : shape)
    header += std::to_string(size) + ", ";
  header += "), }";
  constexpr size_t before = 10, alignment = 64;
  const size_t used = before + header.size() + 1; // a line break ends it
  header.append((alignment - used % alignment) % alignment, ' ');
  header += '\n';
  std::string start("\x93NUMPY\x01\x00", 8);
  start += static_cast<char>(header.size() & 0xFF);
  start += static_cast<char>(header.size() >> 8);
  return start + header;
}

bool bertc::io::isNpyName(std::string_view path) {
  constexpr std::string_view ending = ".npy";
  return path.size() > ending.size() &&
         path.substr(path.size() - ending.size()) == ending;
}
