//===- Guard.h - C++ behind C functions -----------------------------------===//

#ifndef BERTC_RUNTIME_API_GUARD_H
#define BERTC_RUNTIME_API_GUARD_H

#include "runtime/core/Error.h"
#include "runtime/include/bertc_text.h"

#include <new>
#include <stdexcept>
#include <string_view>

namespace bertc::api {

/// What `function` gives; `failed`, with the status set, where memory runs out.
/// Nothing else throws here: the libraries below are compiled without
/// exceptions, so these leave what they hold behind on their way up.
template <typename Function, typename Value>
Value guarded(Function function, Value failed) {
  try {
    return function();
  } catch (const std::bad_alloc &) {
    core::fail(BERTC_NO_RESOURCES, "out of memory");
  } catch (const std::length_error &) {
    core::fail(BERTC_NO_RESOURCES, "out of memory: too much text at once");
  }
  return failed;
}

inline std::string_view viewOf(bertc_text text) {
  return {text.data ? text.data : "", text.data ? text.bytes : 0};
}

/// Whether there are `count` texts, and pairs where `pairs` is not NULL; fails
/// with the status set otherwise.
bool checkTexts(const bertc_text *texts, const bertc_text *pairs,
                int64_t count);

} // namespace bertc::api

#endif // BERTC_RUNTIME_API_GUARD_H
