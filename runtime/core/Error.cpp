//===- Error.cpp ----------------------------------------------------------===//

#include "runtime/core/Error.h"

#include <cstdarg>
#include <cstdio>
#include <cstring>

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

bool bertc::core::copyOptions(void *options, size_t size, const void *given,
                              size_t least, const char *whose) {
  size_t givenSize;
  std::memcpy(&givenSize, given, sizeof(givenSize));
  constexpr size_t most = 4096; // more is no struct but a forgotten size
  if (givenSize < least || givenSize > most) {
    fail(BERTC_BAD_ARGUMENT, "struct_size of the %s options is not set", whose);
    return false;
  }
  const auto *bytes = static_cast<const unsigned char *>(given);
  for (size_t i = size; i < givenSize; ++i)
    if (bytes[i] != 0) {
      fail(BERTC_BAD_ARGUMENT,
           "the %s options have fields that this version of bertc does not "
           "know",
           whose);
      return false;
    }
  std::memcpy(options, given, givenSize < size ? givenSize : size);
  return true;
}

const char *bertc_last_error(void) { return lastError.message; }

bertc_status bertc_last_status(void) { return lastError.status; }

const char *bertc_version(void) { return BERTC_VERSION; }
