//===- Npy.h - one tensor in a file for NumPy -----------------------------===//

#ifndef BERTC_RUNTIME_IO_NPY_H
#define BERTC_RUNTIME_IO_NPY_H

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace bertc::io {

/// What stands in a .npy file before the elements of an f32 tensor, last
/// dimension fastest (NEP 1, version 1.0): magic, version, length, a Python
/// dictionary filled up to a multiple of 64 bytes. At most 32 dimensions, as
/// NumPy has them.
std::string npyHeader(const std::vector<int64_t> &shape);

/// Whether a file of this name is one: ".npy" and something before it.
bool isNpyName(std::string_view path);

} // namespace bertc::io

#endif // BERTC_RUNTIME_IO_NPY_H
