//===- ElfObjectTest.cpp --------------------------------------------------===//

#include "compiler/ElfObject.h"

#include "llvm/BinaryFormat/ELF.h"
#include "llvm/Object/ELFObjectFile.h"
#include "llvm/Support/MemoryBuffer.h"

#include <gtest/gtest.h>

using namespace bertc;
using namespace llvm::object;

namespace {

TEST(ElfObject, IsAnObjectWithOneHiddenSymbol) {
  ElfDataObject object{".bertc.weights", "bertc_weights", 5};
  std::string file = object.head();
  file.resize(object.dataOffset());
  file += "hello";
  file.resize(object.tailOffset());
  file += object.tail();
  ASSERT_EQ(file.size(), object.fileBytes());
  EXPECT_EQ(object.dataOffset(), 4096u);

  auto parsed =
      ObjectFile::createELFObjectFile(llvm::MemoryBufferRef(file, "weights.o"));
  ASSERT_TRUE(bool(parsed)) << llvm::toString(parsed.takeError());
  auto *elf = llvm::cast<ELF64LEObjectFile>(parsed->get());
  EXPECT_TRUE(elf->isRelocatableObject());
  EXPECT_EQ(elf->getArch(), llvm::Triple::x86_64);

  int seen = 0;
  for (ELFSectionRef section : elf->sections()) {
    if (llvm::cantFail(section.getName()) != ".bertc.weights")
      continue;
    ++seen;
    EXPECT_EQ(llvm::cantFail(section.getContents()), "hello");
    EXPECT_EQ(section.getFlags(), llvm::ELF::SHF_ALLOC);
    EXPECT_EQ(section.getAlignment().value(), 4096u);
  }
  EXPECT_EQ(seen, 1);

  auto symbols = elf->symbols();
  ASSERT_EQ(std::distance(symbols.begin(), symbols.end()), 1);
  ELFSymbolRef symbol = *symbols.begin();
  EXPECT_EQ(llvm::cantFail(symbol.getName()), "bertc_weights");
  EXPECT_EQ(symbol.getOther(), llvm::ELF::STV_HIDDEN);
  EXPECT_EQ(symbol.getBinding(), llvm::ELF::STB_GLOBAL);
  EXPECT_EQ(symbol.getSize(), 5u);
}

TEST(ElfObject, MayBeEmpty) {
  ElfDataObject object{".bertc.weights", "bertc_weights", 0};
  std::string file = object.head();
  file.resize(object.tailOffset());
  file += object.tail();
  auto parsed =
      ObjectFile::createELFObjectFile(llvm::MemoryBufferRef(file, "weights.o"));
  EXPECT_TRUE(bool(parsed)) << llvm::toString(parsed.takeError());
}

} // namespace
