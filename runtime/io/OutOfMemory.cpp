//===- OutOfMemory.cpp ----------------------------------------------------===//

#include "runtime/io/OutOfMemory.h"

#include <cstring>
#include <new>
#include <unistd.h>

namespace {

const char *prefix = "";

[[noreturn]] void end() {
  // No allocation here. Nobody is left to tell when writing fails.
  ssize_t written = write(STDERR_FILENO, prefix, std::strlen(prefix));
  constexpr char message[] = "out of memory\n";
  written = write(STDERR_FILENO, message, sizeof(message) - 1);
  static_cast<void>(written);
  _exit(1);
}

} // namespace

void bertc::io::exitWhenOutOfMemory(const char *prefix) {
  ::prefix = prefix;
  std::set_new_handler(end);
}
