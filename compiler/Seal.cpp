//===- Seal.cpp -----------------------------------------------------------===//

#include "compiler/Seal.h"

#include "compiler/Errors.h"
#include "compiler/WeightsWriter.h"
#include "runtime/include/bertc_artifact.h"

#include "llvm/Object/ELF.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/raw_ostream.h"

#include <cstddef>
#include <memory>

using namespace bertc;
using namespace llvm;
using object::ELF64LEFile;

namespace {

struct Extent {
  uint64_t begin, end;
};

/// Where in the file the weights are; [0, 0) for a model without any.
Expected<Extent> findWeights(StringRef bytes) {
  Expected<ELF64LEFile> file = ELF64LEFile::create(bytes);
  if (!file)
    return file.takeError();
  auto sections = file->sections();
  if (!sections)
    return sections.takeError();
  for (const ELF64LEFile::Elf_Shdr &section : *sections) {
    Expected<StringRef> name = file->getSectionName(section);
    if (!name)
      return name.takeError();
    if (*name == weightsSection)
      return Extent{section.sh_offset, section.sh_offset + section.sh_size};
  }
  return Extent{0, 0};
}

uint64_t addToChecksum(uint64_t sum, StringRef bytes) {
  while (!bytes.empty()) {
    StringRef piece = bytes.take_front(BERTC_ARTIFACT_SEAL_PIECE);
    sum = bertc_checksum(sum, piece.data(), piece.size());
    bytes = bytes.drop_front(piece.size());
  }
  return sum;
}

} // namespace

Error bertc::sealArtifact(StringRef path) {
  bertc_artifact_seal seal{};
  {
    // Mapped: the weights are not read.
    auto file = MemoryBuffer::getFile(path, /*IsText=*/false,
                                      /*RequiresNullTerminator=*/false);
    if (!file)
      return createStringError("cannot read: " + file.getError().message());
    StringRef bytes = (*file)->getBuffer();
    Expected<Extent> weights = findWeights(bytes);
    if (!weights)
      return defect("linking made no library: " +
                    toString(weights.takeError()));
    seal.unsummed_begin = weights->begin;
    seal.unsummed_end = weights->end;
    uint64_t sum = addToChecksum(0, bytes.take_front(weights->begin));
    sum = addToChecksum(sum, bytes.drop_front(weights->end));
    seal.checksum =
        bertc_checksum(sum, &seal, offsetof(bertc_artifact_seal, checksum));
    seal.magic = BERTC_ARTIFACT_SEAL_MAGIC;
  }
  std::error_code code;
  raw_fd_ostream out(path, code, sys::fs::OF_Append);
  if (!code) {
    out.write(reinterpret_cast<const char *>(&seal), sizeof(seal));
    out.close();
    code = out.error();
    out.clear_error();
  }
  if (code)
    return createStringError("cannot write: " + code.message());
  return Error::success();
}
