//===- Error.cpp ----------------------------------------------------------===//

#include "runtime/core/Error.h"

#include <cstdarg>
#include <cstdio>

namespace {

struct LastError {
  bertc_status status;
  char message[1024];
};
thread_local LastError lastError; // zero at a thread's start

} // namespace

bertc_status bertc::core::fail(bertc_status status, const char *format, ...) {
  lastError.status = status;
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(lastError.message, sizeof(lastError.message), format, arguments);
  va_end(arguments);
  // Paths and names of others may hold anything; a message is one line.
  for (char *c = lastError.message; *c; ++c)
    if (static_cast<unsigned char>(*c) < 0x20)
      *c = '?';
  return status;
}

bool bertc::core::checkStructSize(size_t size, size_t least,
                                  const char *whose) {
  if (size >= least)
    return true;
  fail(BERTC_BAD_ARGUMENT, "struct_size of the %s options is not set", whose);
  return false;
}

const char *bertc_last_error(void) { return lastError.message; }

bertc_status bertc_last_status(void) { return lastError.status; }

const char *bertc_version(void) { return BERTC_VERSION; }
