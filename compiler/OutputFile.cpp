//===- OutputFile.cpp -----------------------------------------------------===//

#include "compiler/OutputFile.h"

#include "runtime/io/AsideFile.h"

#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/Twine.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Signals.h"

#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <iterator>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

using namespace bertc;

namespace {

llvm::Error cannotWrite(int code) {
  return llvm::createStringError("cannot write: %s", std::strerror(code));
}

/// Files and empty folders that go when a signal ends the program. LLVM has
/// such a list; its handler lets a second signal, as of two quick Ctrl-C, end
/// the program before the files are gone. This one runs first, and nothing
/// interrupts it.
class DoomedFiles {
public:
  /// A place in the list, or -1 where it is full.
  static int add(const std::string &name) {
    static const bool installed = install();
    static_cast<void>(installed);
    for (int place = 0; place < most; ++place) {
      const char *none = nullptr;
      char *copy = ::strdup(name.c_str());
      if (copy && names[place].compare_exchange_strong(none, copy))
        return place;
      std::free(copy);
    }
    return -1;
  }
  static void remove(const std::string &name) {
    for (std::atomic<const char *> &one : names) {
      const char *known = one.load();
      // Not freed: the handler may be reading it.
      if (known && name == known)
        one.store(nullptr);
    }
  }

private:
  static constexpr int most = 64;
  static constexpr int signals[] = {SIGHUP, SIGINT, SIGTERM};

  static bool install() {
    // LLVM's handler first, so that this one is in front of it.
    llvm::sys::RemoveFileOnSignal("");
    llvm::sys::DontRemoveFileOnSignal("");
    struct sigaction action = {};
    action.sa_handler = end;
    sigfillset(&action.sa_mask);
    for (size_t i = 0; i < std::size(signals); ++i) {
      ::sigaction(signals[i], nullptr, &before[i]);
      if (before[i].sa_handler != SIG_IGN)
        ::sigaction(signals[i], &action, nullptr);
    }
    return true;
  }

  static void end(int signal) {
    for (std::atomic<const char *> &one : names)
      if (const char *name = one.load())
        if (::unlink(name) != 0)
          ::rmdir(name);
    for (size_t i = 0; i < std::size(signals); ++i)
      if (signals[i] == signal)
        ::sigaction(signal, &before[i], nullptr);
    ::raise(signal); // once this has returned
  }

  static std::atomic<const char *> names[most];
  static struct sigaction before[std::size(signals)];
};

std::atomic<const char *> DoomedFiles::names[];
struct sigaction DoomedFiles::before[];

} // namespace

llvm::Expected<TemporaryFile> TemporaryFile::create(llvm::StringRef path,
                                                    llvm::StringRef suffix) {
  llvm::SmallString<128> name;
  if (std::error_code code =
          llvm::sys::fs::createUniqueFile(path + ".%%%%%%%%" + suffix, name))
    return cannotWrite(code.value());
  DoomedFiles::add(name.str().str());
  return TemporaryFile(name.str().str());
}

TemporaryFile::TemporaryFile(TemporaryFile &&other) noexcept
    : name(std::move(other.name)) {
  other.name.clear();
}

TemporaryFile::~TemporaryFile() {
  if (name.empty())
    return;
  const std::error_code mayBeGone = llvm::sys::fs::remove(name);
  static_cast<void>(mayBeGone);
  DoomedFiles::remove(name);
}

llvm::Error TemporaryFile::write(llvm::StringRef bytes) const {
  llvm::Expected<PositionedWriter> file =
      PositionedWriter::create(name, bytes.size());
  if (!file)
    return file.takeError();
  if (llvm::Error error = file->write(0, bytes.data(), bytes.size()))
    return error;
  return file->close();
}

llvm::Error TemporaryFile::keep(llvm::StringRef path) {
  if (std::error_code code = llvm::sys::fs::rename(name, path))
    return cannotWrite(code.value());
  DoomedFiles::remove(name);
  name.clear();
  return llvm::Error::success();
}

llvm::Expected<OutputFolder> OutputFolder::create(llvm::StringRef path) {
  if (::mkdir(path.str().c_str(), 0777) == 0) {
    DoomedFiles::add(path.str());
    return OutputFolder(path.str());
  }
  const int code = errno;
  if (code == EEXIST && llvm::sys::fs::is_directory(path))
    return OutputFolder("");
  return cannotWrite(code == EEXIST ? ENOTDIR : code);
}

OutputFolder::OutputFolder(OutputFolder &&other) noexcept
    : made(std::exchange(other.made, "")) {}

OutputFolder::~OutputFolder() {
  if (made.empty())
    return;
  ::rmdir(made.c_str());
  DoomedFiles::remove(made);
}

void OutputFolder::keep() {
  DoomedFiles::remove(made);
  made.clear();
}

llvm::Expected<PositionedWriter> PositionedWriter::create(llvm::StringRef path,
                                                          uint64_t bytes) {
  // The file is there. Were it made here, one that a signal has just removed
  // would come back, and stay.
  int descriptor = ::open(path.str().c_str(), O_WRONLY | O_TRUNC | O_CLOEXEC);
  if (descriptor < 0)
    return cannotWrite(errno);
  PositionedWriter writer(descriptor);
  if (int code = bytes ? ::posix_fallocate(descriptor, 0, bytes) : 0)
    return cannotWrite(code);
  return std::move(writer);
}

PositionedWriter::PositionedWriter(PositionedWriter &&other) noexcept
    : descriptor(other.descriptor) {
  other.descriptor = -1;
}

PositionedWriter::~PositionedWriter() {
  if (descriptor >= 0)
    ::close(descriptor);
}

llvm::Error PositionedWriter::write(uint64_t offset, const void *data,
                                    size_t bytes) const {
  const char *next = static_cast<const char *>(data);
  while (bytes > 0) {
    ssize_t written = ::pwrite(descriptor, next, bytes, offset);
    if (written < 0 && errno == EINTR)
      continue;
    if (written <= 0)
      return cannotWrite(written < 0 ? errno : EIO);
    next += written;
    offset += written;
    bytes -= written;
  }
  return llvm::Error::success();
}

llvm::Error PositionedWriter::close() {
  int closing = descriptor;
  descriptor = -1;
  // Some file systems report a full disk only now.
  if (::close(closing) != 0)
    return cannotWrite(errno);
  return llvm::Error::success();
}

llvm::Error bertc::writeFileWhole(llvm::StringRef path, llvm::StringRef bytes) {
  if (io::MaybeFailure failure = io::writeWhole(path.str(), bytes))
    return llvm::createStringError(failure->message);
  return llvm::Error::success();
}

llvm::Expected<std::string> bertc::regularTarget(llvm::StringRef path) {
  if (io::descriptorNamed(path.str()) >= 0)
    return llvm::createStringError(
        "cannot write: an artifact needs a name of its own");
  llvm::sys::fs::file_status status;
  if (llvm::sys::fs::status(path, status))
    return path.str(); // nothing there yet
  if (llvm::sys::fs::is_directory(status))
    return llvm::createStringError("cannot write: Is a directory");
  if (!llvm::sys::fs::is_regular_file(status))
    return llvm::createStringError("cannot write: not a regular file");
  llvm::SmallString<128> target;
  if (std::error_code code = llvm::sys::fs::real_path(path, target))
    return cannotWrite(code.value());
  return target.str().str();
}
