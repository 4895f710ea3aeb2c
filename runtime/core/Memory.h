//===- Memory.h - owned memory without the C++ library --------------------===//
//
// The runtime becomes part of every artifact, which may depend on the C library
// only: no operator new, no std containers. Nothing here is resized.
//
//===----------------------------------------------------------------------===//

#ifndef BERTC_RUNTIME_CORE_MEMORY_H
#define BERTC_RUNTIME_CORE_MEMORY_H

#include <cstdint>
#include <cstdlib>
#include <memory>
#include <new>
#include <utility>

namespace bertc::core {

struct Free {
  void operator()(void *memory) const { std::free(memory); }
};

/// Zeroed elements of a trivial type; null when there is no memory.
template <typename T> using Array = std::unique_ptr<T[], Free>;

template <typename T> Array<T> makeArray(int64_t count) {
  // One at least: null means that there was no memory.
  return Array<T>(static_cast<T *>(
      std::calloc(count > 0 ? static_cast<size_t>(count) : 1, sizeof(T))));
}

template <typename T> struct Destroy {
  void operator()(T *object) const {
    object->~T();
    std::free(object);
  }
};

template <typename T> using Owned = std::unique_ptr<T, Destroy<T>>;

/// Null when there is no memory.
template <typename T, typename... Arguments>
Owned<T> makeOwned(Arguments &&...arguments) {
  constexpr size_t alignment =
      alignof(T) < sizeof(void *) ? sizeof(void *) : alignof(T);
  void *memory = nullptr;
  if (posix_memalign(&memory, alignment, sizeof(T)) != 0)
    return nullptr;
  return Owned<T>(new (memory) T(std::forward<Arguments>(arguments)...));
}

} // namespace bertc::core

#endif // BERTC_RUNTIME_CORE_MEMORY_H
