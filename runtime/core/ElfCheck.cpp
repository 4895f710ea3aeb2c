//===- ElfCheck.cpp -------------------------------------------------------===//

#include "runtime/core/ElfCheck.h"

#include "runtime/core/Error.h"
#include "runtime/include/bertc_artifact.h"

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <elf.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace bertc::core;

namespace {

class File {
public:
  explicit File(const char *path)
      : descriptor(::open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)) {}
  File(const File &) = delete;
  ~File() {
    if (descriptor >= 0)
      ::close(descriptor);
  }
  bool isOpen() const { return descriptor >= 0; }
  bool isRegular() {
    struct stat status;
    if (fstat(descriptor, &status) != 0 || !S_ISREG(status.st_mode))
      return false;
    bytes = static_cast<uint64_t>(status.st_size);
    return true;
  }
  uint64_t size() const { return bytes; }
  bool contains(uint64_t offset, uint64_t length) const {
    return offset <= bytes && length <= bytes - offset;
  }
  bool read(uint64_t offset, void *out, size_t length) const {
    return contains(offset, length) &&
           pread(descriptor, out, length, static_cast<off_t>(offset)) ==
               static_cast<ssize_t>(length);
  }

private:
  int descriptor;
  uint64_t bytes = 0;
};

bertc_status cutOff(const char *path, const char *what) {
  return fail(BERTC_BAD_ARTIFACT,
              "%s: damaged: %s lies beyond the end of the file; was it cut off "
              "when it was copied?",
              path, what);
}

bertc_status checkKind(const char *path, const Elf64_Ehdr &header) {
  if (std::memcmp(header.e_ident, "!<arch>\n", 8) == 0)
    return fail(BERTC_BAD_ARTIFACT,
                "%s: is a static library: to be linked with, not opened", path);
  if (std::memcmp(header.e_ident, ELFMAG, SELFMAG) != 0)
    return fail(BERTC_BAD_ARTIFACT,
                "%s: not a bertc artifact: expected a shared library", path);
  if (header.e_ident[EI_CLASS] != ELFCLASS64 ||
      header.e_ident[EI_DATA] != ELFDATA2LSB || header.e_machine != EM_X86_64)
    return fail(BERTC_BAD_ARTIFACT,
                "%s: compiled for another kind of CPU than x86-64", path);
  if (header.e_type == ET_REL)
    return fail(BERTC_BAD_ARTIFACT,
                "%s: is an object file: to be linked with, not opened", path);
  if (header.e_type != ET_DYN)
    return fail(BERTC_BAD_ARTIFACT,
                "%s: not a bertc artifact: expected a shared library", path);
  return BERTC_OK;
}

bertc_status checkSegments(const char *path, const File &file,
                           const Elf64_Ehdr &header) {
  if (header.e_phnum == 0 || header.e_phentsize != sizeof(Elf64_Phdr) ||
      !file.contains(header.e_phoff, header.e_phnum * sizeof(Elf64_Phdr)))
    return cutOff(path, "the program header");
  for (unsigned i = 0; i < header.e_phnum; ++i) {
    Elf64_Phdr segment;
    if (!file.read(header.e_phoff + i * sizeof(segment), &segment,
                   sizeof(segment)) ||
        !file.contains(segment.p_offset, segment.p_filesz))
      return cutOff(path, "a segment");
    if (segment.p_type == PT_INTERP)
      return fail(BERTC_BAD_ARTIFACT,
                  "%s: is a program: to be run itself, not opened", path);
  }
  return BERTC_OK;
}

bertc_status checkSections(const char *path, const File &file,
                           const Elf64_Ehdr &header) {
  if (header.e_shnum == 0)
    return BERTC_OK; // stripped of its section headers
  if (header.e_shentsize != sizeof(Elf64_Shdr) ||
      !file.contains(header.e_shoff, header.e_shnum * sizeof(Elf64_Shdr)))
    return cutOff(path, "the section header");
  for (unsigned i = 0; i < header.e_shnum; ++i) {
    Elf64_Shdr section;
    if (!file.read(header.e_shoff + i * sizeof(section), &section,
                   sizeof(section)) ||
        (section.sh_type != SHT_NOBITS &&
         !file.contains(section.sh_offset, section.sh_size)))
      return cutOff(path, "a section");
  }
  return BERTC_OK;
}

/// Continues `sum` with bytes [begin, end) of the file. False: not readable.
bool addToChecksum(const File &file, uint64_t begin, uint64_t end,
                   uint64_t &sum) {
  uint8_t buffer[BERTC_ARTIFACT_SEAL_PIECE];
  while (begin < end) {
    const uint64_t size =
        end - begin < sizeof(buffer) ? end - begin : sizeof(buffer);
    if (!file.read(begin, buffer, size))
      return false;
    sum = bertc_checksum(sum, buffer, size);
    begin += size;
  }
  return true;
}

bertc_status checkSeal(const char *path, const File &file) {
  bertc_artifact_seal seal;
  if (file.size() < sizeof(seal))
    return BERTC_OK;
  const uint64_t end = file.size() - sizeof(seal);
  if (!file.read(end, &seal, sizeof(seal)) ||
      seal.magic != BERTC_ARTIFACT_SEAL_MAGIC)
    return BERTC_OK;
  uint64_t sum = 0;
  if (seal.unsummed_begin > seal.unsummed_end || seal.unsummed_end > end ||
      !addToChecksum(file, 0, seal.unsummed_begin, sum) ||
      !addToChecksum(file, seal.unsummed_end, end, sum) ||
      bertc_checksum(sum, &seal, offsetof(bertc_artifact_seal, checksum)) !=
          seal.checksum)
    return fail(BERTC_BAD_ARTIFACT,
                "%s: damaged: its bytes are not those that were compiled; copy "
                "it again, or compile the model again",
                path);
  return BERTC_OK;
}

} // namespace

bertc_status bertc::core::checkSharedLibrary(const char *path) {
  File file(path);
  if (!file.isOpen())
    return fail(BERTC_BAD_ARTIFACT, "%s: cannot open: %s", path,
                std::strerror(errno));
  if (!file.isRegular())
    return fail(BERTC_BAD_ARTIFACT, "%s: not a regular file", path);
  Elf64_Ehdr header;
  if (!file.read(0, &header, sizeof(header)))
    return fail(BERTC_BAD_ARTIFACT,
                "%s: not a bertc artifact: expected a shared library, found "
                "%llu bytes",
                path, static_cast<unsigned long long>(file.size()));
  if (bertc_status status = checkKind(path, header))
    return status;
  if (bertc_status status = checkSegments(path, file, header))
    return status;
  if (bertc_status status = checkSections(path, file, header))
    return status;
  return checkSeal(path, file);
}
