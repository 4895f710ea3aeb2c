//===- ProgramStart.cpp ---------------------------------------------------===//
//
// What a C++ compiler's crtbegin.o gives a program besides: artifacts are
// linked without one.
//
//===----------------------------------------------------------------------===//

extern "C" {
/// Names the program to __cxa_atexit, which runs destructors at exit; null is
/// the main program.
// NOLINTNEXTLINE(bugprone-reserved-identifier,readability-identifier-naming)
[[gnu::visibility("hidden")]] void *__dso_handle = nullptr;
}
