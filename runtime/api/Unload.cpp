//===- Unload.cpp - what a library leaves behind when it is closed --------===//

namespace __gnu_cxx {
// libstdc++'s, for leak checkers: libsupc++/eh_alloc.cc.
void __freeres();
} // namespace __gnu_cxx

namespace {

/// The C++ library inside an artifact sets memory aside for exceptions when it
/// is loaded, 71 KiB, and never gives it back: each bertc_open and bertc_close
/// of a model would lose as much.
__attribute__((destructor)) void freeExceptionPool() { __gnu_cxx::__freeres(); }

} // namespace
