//===- LinkTest.cpp - artifacts of small hand-made objects ----------------===//

#include "compiler/Link.h"
#include "compiler/OutputFile.h"
#include "compiler/WeightsWriter.h"

#include "TestSupport.h"

#include "llvm/AsmParser/Parser.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/LegacyPassManager.h"
#include "llvm/IR/Module.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Object/Archive.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Program.h"
#include "llvm/Support/SourceMgr.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/Target/TargetMachine.h"
#include "llvm/Target/TargetOptions.h"

#include <dlfcn.h>

using namespace bertc;

namespace {

/// The object file of LLVM assembly, as generated code would be.
void assemble(llvm::StringRef text, const std::string &path) {
  llvm::InitializeNativeTarget();
  llvm::InitializeNativeTargetAsmPrinter();
  llvm::LLVMContext context;
  llvm::SMDiagnostic diagnostic;
  auto module = llvm::parseAssemblyString(text, diagnostic, context);
  ASSERT_TRUE(module) << diagnostic.getMessage().str();
  llvm::Triple triple("x86_64-unknown-linux-gnu");
  std::string error;
  const llvm::Target *target =
      llvm::TargetRegistry::lookupTarget(triple, error);
  ASSERT_TRUE(target) << error;
  std::unique_ptr<llvm::TargetMachine> machine(target->createTargetMachine(
      triple, "x86-64-v3", "", {}, llvm::Reloc::PIC_));
  module->setTargetTriple(triple);
  module->setDataLayout(machine->createDataLayout());
  llvm::SmallVector<char> code;
  llvm::raw_svector_ostream out(code);
  llvm::legacy::PassManager passes;
  machine->addPassesToEmitFile(passes, out, nullptr,
                               llvm::CodeGenFileType::ObjectFile);
  passes.run(*module);
  ASSERT_FALSE(writeFileWhole(path, llvm::StringRef(code.data(), code.size())));
}

class Link : public testing::Test {
protected:
  void SetUp() override {
    assemble("@bertc_weights = external hidden constant [0 x float]\n"
             "@unused = hidden constant [4 x i32] zeroinitializer\n"
             "declare double @sin(double)\n"
             "define float @bertc_probe() {\n"
             "  %s = call double @sin(double 0.0)\n"
             "  %f = fptrunc double %s to float\n"
             "  %v = load float, ptr getelementptr (float, ptr "
             "@bertc_weights, i64 2)\n"
             "  %r = fadd float %v, %f\n"
             "  ret float %r\n"
             "}\n",
             model);
    assemble("define float @helper() {\n  ret float 1.0\n}\n", runtime.runtime);
    assemble("define float @bertc_of_text() {\n  ret float 2.0\n}\n",
             runtime.text);
    assemble("declare float @bertc_probe()\n"
             "declare void @exit(i32)\n"
             "define void @_start() {\n"
             "  %v = call float @bertc_probe()\n"
             "  %i = fptosi float %v to i32\n"
             "  call void @exit(i32 %i)\n"
             "  unreachable\n"
             "}\n",
             runtime.executable);
    for (const std::string &header : runtime.headers)
      ASSERT_FALSE(writeFileWhole(header, "/* header */\n"));
    CountingSource source; // its third element is 1002
    source.add("w", {8});
    ASSERT_EQ(message(writeWeightsObject(weights, {{"w", {"w"}, {8}, 0, 0, 32}},
                                         source)),
              "");
    inputs = folder.list();
  }

  /// What lies in the folder beyond the inputs.
  std::vector<std::string> made() const {
    std::vector<std::string> names = folder.list();
    for (const std::string &input : inputs)
      names.erase(std::find(names.begin(), names.end(), input));
    return names;
  }

  using Names = std::vector<std::string>;
  TestFolder folder;
  std::string headers = [this] {
    std::string path = folder.file("headers");
    EXPECT_FALSE(llvm::sys::fs::create_directory(path));
    return path;
  }();
  std::string model = folder.file("m.o"), weights = folder.emptyFile("w.o");
  ModelObjects objects{{{model, "model.o"}}, weights, /*hasTokenizer=*/false};
  RuntimeFiles runtime{folder.file("bertc_runtime.o"),
                       folder.file("bertc_text.o"),
                       folder.file("bertc_main.o"),
                       {headers + "/bertc.h", headers + "/bertc_text.h",
                        headers + "/bertc_train.h"}};
  Names inputs;
};

TEST_F(Link, MakesASharedLibrary) {
  std::string output = folder.file("model.so");
  ASSERT_EQ(message(link(ArtifactKind::shared, objects, runtime, output)), "");
  EXPECT_EQ(made(), Names{"model.so"});
  void *library = ::dlopen(output.c_str(), RTLD_NOW | RTLD_LOCAL);
  ASSERT_TRUE(library) << ::dlerror();
  auto *probe = reinterpret_cast<float (*)()>(::dlsym(library, "bertc_probe"));
  ASSERT_TRUE(probe);
  EXPECT_EQ(probe(), 1002.0f);
  EXPECT_FALSE(::dlsym(library, "bertc_weights"));
  EXPECT_FALSE(::dlsym(library, "helper"));
  EXPECT_FALSE(::dlsym(library, "bertc_of_text"));
  ::dlclose(library);
}

TEST_F(Link, GivesTheFunctionsForTextToModelsWithATokenizer) {
  std::string output = folder.file("model.so");
  objects.hasTokenizer = true;
  ASSERT_EQ(message(link(ArtifactKind::shared, objects, runtime, output)), "");
  void *library = ::dlopen(output.c_str(), RTLD_NOW | RTLD_LOCAL);
  ASSERT_TRUE(library) << ::dlerror();
  EXPECT_TRUE(::dlsym(library, "bertc_of_text"));
  ::dlclose(library);
}

TEST_F(Link, MakesAProgram) {
  std::string output = folder.file("model");
  ASSERT_EQ(message(link(ArtifactKind::executable, objects, runtime, output)),
            "");
  EXPECT_EQ(made(), Names{"model"});
  EXPECT_EQ(llvm::sys::ExecuteAndWait(output, {output}), 1002 % 256);
}

TEST_F(Link, MakesAnArchiveWithItsHeader) {
  std::string output = folder.file("libmodel.a");
  ASSERT_EQ(
      message(link(ArtifactKind::staticLibrary, objects, runtime, output)), "");
  EXPECT_EQ(made(),
            (Names{"bertc.h", "bertc_text.h", "bertc_train.h", "libmodel.a"}));
  EXPECT_EQ(contents(folder.file("bertc.h")), "/* header */\n");
  auto buffer = llvm::MemoryBuffer::getFile(output);
  ASSERT_TRUE(bool(buffer));
  auto archive = llvm::object::Archive::create((*buffer)->getMemBufferRef());
  ASSERT_TRUE(bool(archive)) << llvm::toString(archive.takeError());
  Names members;
  llvm::Error error = llvm::Error::success();
  for (const auto &child : (*archive)->children(error))
    members.push_back(llvm::cantFail(child.getName()).str());
  EXPECT_FALSE(error);
  EXPECT_EQ(members,
            (Names{"model.o", "weights.o", "bertc_runtime.o", "bertc_text.o"}));
  for (const char *symbol : {"bertc_probe", "bertc_of_text"})
    EXPECT_TRUE(llvm::cantFail((*archive)->findSym(symbol))) << symbol;
}

TEST_F(Link, TakesCodeInSeveralObjects) {
  std::string second = folder.file("second.o");
  assemble("define hidden float @bertc_second() {\n  ret float 3.0\n}\n"
           "define float @bertc_probe_second() {\n"
           "  %v = call float @bertc_second()\n"
           "  ret float %v\n"
           "}\n",
           second);
  objects.code.push_back({second, "code.second.o"});
  std::string output = folder.file("model.so");
  ASSERT_EQ(message(link(ArtifactKind::shared, objects, runtime, output)), "");
  void *library = ::dlopen(output.c_str(), RTLD_NOW | RTLD_LOCAL);
  ASSERT_TRUE(library) << ::dlerror();
  EXPECT_TRUE(::dlsym(library, "bertc_probe"));
  EXPECT_TRUE(::dlsym(library, "bertc_probe_second"));
  EXPECT_FALSE(::dlsym(library, "bertc_second"));
  ::dlclose(library);
  std::string archive = folder.file("libmodel.a");
  ASSERT_EQ(
      message(link(ArtifactKind::staticLibrary, objects, runtime, archive)),
      "");
  EXPECT_NE(contents(archive).find("code.second.o/"), std::string::npos);
}

TEST_F(Link, MakesAnObjectThatLinksAgain) {
  std::string object = folder.file("model.o"), output = folder.file("again.so");
  ASSERT_EQ(message(link(ArtifactKind::object, objects, runtime, object)), "");
  EXPECT_EQ(made(), Names{"model.o"});
  // The runtime's object stands in for empty weights.
  EXPECT_EQ(message(link(ArtifactKind::shared,
                         {{{object, "model.o"}}, runtime.executable}, runtime,
                         output)),
            "");
}

TEST_F(Link, LeavesNothingBehindWhenItFails) {
  EXPECT_NE(message(link(ArtifactKind::shared,
                         {{{model, "model.o"}}, folder.file("none.o")}, runtime,
                         folder.file("model.so"))),
            "");
  EXPECT_EQ(made(), Names{});
  std::string missing = folder.file("no/such/folder/model.so");
  EXPECT_EQ(message(link(ArtifactKind::shared, objects, runtime, missing)),
            missing + ": cannot write: No such file or directory");
}

} // namespace
