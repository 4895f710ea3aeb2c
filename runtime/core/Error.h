//===- Error.h - status codes and bertc_last_error ------------------------===//

#ifndef BERTC_RUNTIME_CORE_ERROR_H
#define BERTC_RUNTIME_CORE_ERROR_H

#include "runtime/include/bertc.h"

#include <stddef.h>

namespace bertc::core {

/// Keeps the message for this thread's bertc_last_error and gives `status`.
[[gnu::format(printf, 2, 3)]] bertc_status fail(bertc_status status,
                                                const char *format, ...);

/// Copies options of a host whose header may be another version's: what its
/// struct lacks stays as it is in `options`, and what `options` lacks must be
/// zero, as this library would ignore it (the rule of Linux's clone3 and
/// openat2). `given` begins with its size, at least `least` bytes; false, with
/// the status set, otherwise.
bool copyOptions(void *options, size_t size, const void *given, size_t least,
                 const char *whose);

template <typename Options>
bool copyOptions(Options &options, const Options &given, size_t least,
                 const char *whose) {
  return copyOptions(&options, sizeof(options), &given, least, whose);
}

/// Copies options whose first version ends with `reserved`, which must be zero.
template <typename Options>
bool copyReserving(Options &options, const Options &given, const char *whose) {
  constexpr size_t firstVersion =
      offsetof(Options, reserved) + sizeof(Options::reserved);
  if (!copyOptions(options, given, firstVersion, whose))
    return false;
  if (options.reserved == 0)
    return true;
  fail(BERTC_BAD_ARGUMENT, "reserved of the %s options is not 0", whose);
  return false;
}

} // namespace bertc::core

#endif // BERTC_RUNTIME_CORE_ERROR_H
