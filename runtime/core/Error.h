//===- Error.h - status codes and bertc_last_error ------------------------===//

#ifndef BERTC_RUNTIME_CORE_ERROR_H
#define BERTC_RUNTIME_CORE_ERROR_H

#include "runtime/include/bertc.h"

#include <stddef.h>

namespace bertc::core {

/// Keeps the message for this thread's bertc_last_error and gives `status`.
[[gnu::format(printf, 2, 3)]] bertc_status fail(bertc_status status,
                                                const char *format, ...);

/// Whether a struct of options is as large as `least` says; fails otherwise.
bool checkStructSize(size_t size, size_t least, const char *whose);

} // namespace bertc::core

#endif // BERTC_RUNTIME_CORE_ERROR_H
