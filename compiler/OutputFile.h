//===- OutputFile.h - files that appear whole or not at all ---------------===//
//
// Most errors of this file name no path: the one that was asked for is known to
// the caller, the one that is written is nobody's business.
//
//===----------------------------------------------------------------------===//

#ifndef BERTC_COMPILER_OUTPUTFILE_H
#define BERTC_COMPILER_OUTPUTFILE_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>

namespace bertc {

/// A file beside the final one, of a name nobody else uses. It goes away with
/// this object, and when a signal ends the program, unless it is kept.
class TemporaryFile {
public:
  /// `path` + random letters + `suffix`.
  static llvm::Expected<TemporaryFile> create(llvm::StringRef path,
                                              llvm::StringRef suffix);
  TemporaryFile(TemporaryFile &&other) noexcept;
  TemporaryFile &operator=(TemporaryFile &&other) = delete;
  ~TemporaryFile();

  const std::string &path() const { return name; }
  /// Fills the file with `bytes`.
  llvm::Error write(llvm::StringRef bytes) const;
  /// Gives the file its final name, replacing what stands there.
  llvm::Error keep(llvm::StringRef path);

private:
  explicit TemporaryFile(std::string name) : name(std::move(name)) {}

  std::string name;
};

/// A folder to write into. Where it was not there before it goes away with this
/// object, and when a signal ends the program, while it is empty and unless it
/// is kept.
class OutputFolder {
public:
  /// Makes the folder where there is none; what it lies in must be there.
  static llvm::Expected<OutputFolder> create(llvm::StringRef path);
  OutputFolder(OutputFolder &&other) noexcept;
  OutputFolder &operator=(OutputFolder &&other) = delete;
  ~OutputFolder();

  void keep();

private:
  explicit OutputFolder(std::string made) : made(std::move(made)) {}

  std::string made; ///< by this object; empty for one that was there
};

/// A file descriptor that writes at given places, from any thread.
class PositionedWriter {
public:
  /// Opens the file at `path`, which is there, and reserves `bytes` on the
  /// disk, all zero, so that a full disk shows before any work is done.
  static llvm::Expected<PositionedWriter> create(llvm::StringRef path,
                                                 uint64_t bytes);
  PositionedWriter(PositionedWriter &&other) noexcept;
  PositionedWriter &operator=(PositionedWriter &&other) = delete;
  ~PositionedWriter();

  llvm::Error write(uint64_t offset, const void *data, size_t bytes) const;
  llvm::Error close();

private:
  explicit PositionedWriter(int descriptor) : descriptor(descriptor) {}

  int descriptor;
};

/// Writes `bytes` to `path` aside and renames it; in place where `path` is no
/// regular file. Unlike the others, its errors name the path.
llvm::Error writeFileWhole(llvm::StringRef path, llvm::StringRef bytes);

/// The file that an artifact at `path` replaces: where a symbolic link leads;
/// an error for what is no regular file.
llvm::Expected<std::string> regularTarget(llvm::StringRef path);

} // namespace bertc

#endif // BERTC_COMPILER_OUTPUTFILE_H
