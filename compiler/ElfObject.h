//===- ElfObject.h - a relocatable object around one block of data --------===//
//
// The smallest ELF64 object that a linker takes: one read-only section under
// one hidden symbol. The section's bytes are not held here: a writer puts
// `head` at the start of a file, its data at `dataOffset` and `tail` after it,
// so that hundreds of megabytes of weights go to the file directly.
//
//===----------------------------------------------------------------------===//

#ifndef BERTC_COMPILER_ELFOBJECT_H
#define BERTC_COMPILER_ELFOBJECT_H

#include <cstdint>
#include <string>

namespace bertc {

struct ElfDataObject {
  std::string section; ///< e.g. ".bertc.weights"
  std::string symbol;  ///< hidden, marks the first byte
  uint64_t bytes = 0;
  uint64_t alignment = 4096; ///< a power of two
  uint16_t machine = 62;     ///< EM_X86_64

  /// Where the data starts in the file: at its alignment, so that the file may
  /// be mapped.
  uint64_t dataOffset() const;
  uint64_t tailOffset() const;
  uint64_t fileBytes() const;

  /// The ELF header.
  std::string head() const;
  /// Symbols, strings and section headers.
  std::string tail() const;
};

} // namespace bertc

#endif // BERTC_COMPILER_ELFOBJECT_H
