//===- ElfObject.cpp ------------------------------------------------------===//

#include "compiler/ElfObject.h"

#include "llvm/BinaryFormat/ELF.h"
#include "llvm/Support/MathExtras.h"

#include <type_traits>
#include <vector>

using namespace bertc;
using namespace llvm::ELF;

namespace {

/// Indices of the section headers that `tail` writes, in this order.
enum Section : uint16_t {
  none,
  data,
  stackNote,
  symbols,
  strings,
  names,
  numSections
};

template <typename T> void append(std::string &out, const T &value) {
  static_assert(std::is_trivially_copyable_v<T>);
  out.append(reinterpret_cast<const char *>(&value), sizeof(value));
}

/// A string table under construction.
struct Strings {
  std::string bytes = std::string(1, '\0');

  uint32_t add(const std::string &text) {
    uint32_t offset = bytes.size();
    bytes.append(text.c_str(), text.size() + 1);
    return offset;
  }
};

void alignTo8(std::string &out) { out.resize(llvm::alignTo(out.size(), 8)); }

} // namespace

uint64_t ElfDataObject::dataOffset() const {
  return llvm::alignTo(sizeof(Elf64_Ehdr), alignment);
}

uint64_t ElfDataObject::tailOffset() const {
  return llvm::alignTo(dataOffset() + bytes, 8);
}

uint64_t ElfDataObject::fileBytes() const {
  return tailOffset() + tail().size();
}

std::string ElfDataObject::head() const {
  Elf64_Ehdr header = {};
  header.e_ident[EI_MAG0] = 0x7f;
  header.e_ident[EI_MAG1] = 'E';
  header.e_ident[EI_MAG2] = 'L';
  header.e_ident[EI_MAG3] = 'F';
  header.e_ident[EI_CLASS] = ELFCLASS64;
  header.e_ident[EI_DATA] = ELFDATA2LSB;
  header.e_ident[EI_VERSION] = EV_CURRENT;
  header.e_type = ET_REL;
  header.e_machine = machine;
  header.e_version = EV_CURRENT;
  header.e_ehsize = sizeof(Elf64_Ehdr);
  header.e_shentsize = sizeof(Elf64_Shdr);
  header.e_shnum = numSections;
  header.e_shstrndx = names;
  header.e_shoff = fileBytes() - numSections * sizeof(Elf64_Shdr);
  std::string out;
  append(out, header);
  return out;
}

std::string ElfDataObject::tail() const {
  Strings symbolNames, sectionNames;
  std::string out;
  std::vector<Elf64_Shdr> headers(numSections, Elf64_Shdr{});
  auto describe = [&](Section index, const std::string &name, uint32_t type,
                      uint64_t align) -> Elf64_Shdr & {
    Elf64_Shdr &header = headers[index];
    header.sh_name = sectionNames.add(name);
    header.sh_type = type;
    header.sh_addralign = align;
    header.sh_offset = tailOffset() + out.size();
    return header;
  };

  Elf64_Shdr &payload = describe(data, section, SHT_PROGBITS, alignment);
  payload.sh_offset = dataOffset();
  payload.sh_size = bytes;
  payload.sh_flags = SHF_ALLOC;

  // Its absence would make a linker ask for an executable stack.
  describe(stackNote, ".note.GNU-stack", SHT_PROGBITS, 1);

  Elf64_Shdr &table = describe(symbols, ".symtab", SHT_SYMTAB, 8);
  table.sh_entsize = sizeof(Elf64_Sym);
  table.sh_link = strings;
  table.sh_info = 1; // the first global symbol
  Elf64_Sym entry = {};
  append(out, entry);
  entry.st_name = symbolNames.add(symbol);
  entry.setBindingAndType(STB_GLOBAL, STT_OBJECT);
  entry.st_other = STV_HIDDEN;
  entry.st_shndx = data;
  entry.st_size = bytes;
  append(out, entry);
  table.sh_size = 2 * sizeof(Elf64_Sym);

  Elf64_Shdr &texts = describe(strings, ".strtab", SHT_STRTAB, 1);
  texts.sh_size = symbolNames.bytes.size();
  out += symbolNames.bytes;

  Elf64_Shdr &titles = describe(names, ".shstrtab", SHT_STRTAB, 1);
  titles.sh_size = sectionNames.bytes.size();
  out += sectionNames.bytes;

  alignTo8(out);
  for (const Elf64_Shdr &header : headers)
    append(out, header);
  return out;
}
