//===- DescriptorTest.cpp -------------------------------------------------===//

#include "compiler/Descriptor.h"
#include "dialect/BertOps.h"
#include "runtime/include/bertc_artifact.h"

#include "llvm/IR/Constants.h"
#include "llvm/IR/Function.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Module.h"
#include "llvm/IR/Verifier.h"

#include <gtest/gtest.h>

#include <cstddef>

using namespace bertc;

namespace {

std::unique_ptr<llvm::Module> moduleWithRun(llvm::LLVMContext &context) {
  auto module = std::make_unique<llvm::Module>("model", context);
  module->setDataLayout(
      "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:"
      "32:64-S128");
  auto *type =
      llvm::FunctionType::get(llvm::Type::getVoidTy(context),
                              {llvm::PointerType::get(context, 0)}, false);
  auto *run = llvm::Function::Create(type, llvm::Function::ExternalLinkage,
                                     "bertc_run", *module);
  llvm::IRBuilder<> builder(llvm::BasicBlock::Create(context, "", run));
  builder.CreateRetVoid();
  return module;
}

TEST(Descriptor, HasTheLayoutOfTheHeader) {
  llvm::LLVMContext context;
  auto module = moduleWithRun(context);
  ArtifactDescription description;
  description.family = "bert";
  description.vocabSize = 30522;
  description.tokenizer = std::string("a\0b", 3);
  description.program.inputs.emplace_back().name = "input_ids";
  description.program.weights.push_back({"w", {"w"}, {40, 8}, 32, 0, 2048});
  description.program.phases = {
      {"product", "layer.0", bert::Precision::int8, {0, 640}, {2048}, {}},
      {"product", "layer.1", bert::Precision::int8, {0, 640}, {2048}, {}}};
  ASSERT_FALSE(emitDescriptor(*module, description));
  EXPECT_FALSE(llvm::verifyModule(*module, &llvm::errs()));

  auto *global = module->getGlobalVariable(BERTC_ARTIFACT_SYMBOL);
  ASSERT_TRUE(global);
  EXPECT_EQ(global->getVisibility(), llvm::GlobalValue::DefaultVisibility);
  auto *value = llvm::cast<llvm::ConstantStruct>(global->getInitializer());
  const llvm::StructLayout *layout =
      module->getDataLayout().getStructLayout(value->getType());
  auto integerAt = [&](size_t offset) -> uint64_t {
    unsigned field = layout->getElementContainingOffset(offset);
    EXPECT_EQ(layout->getElementOffset(field).getFixedValue(), offset);
    return llvm::cast<llvm::ConstantInt>(value->getOperand(field))
        ->getZExtValue();
  };
  EXPECT_EQ(integerAt(offsetof(bertc_artifact, magic)), BERTC_ARTIFACT_MAGIC);
  EXPECT_EQ(integerAt(offsetof(bertc_artifact, struct_size)),
            sizeof(bertc_artifact));
  EXPECT_EQ(integerAt(offsetof(bertc_artifact, vocab_size)), 30522u);
  EXPECT_EQ(integerAt(offsetof(bertc_artifact, num_inputs)), 1u);
  EXPECT_EQ(integerAt(offsetof(bertc_artifact, num_outputs)), 0u);
  EXPECT_EQ(integerAt(offsetof(bertc_artifact, weights_bytes)), 2048u);
  EXPECT_EQ(integerAt(offsetof(bertc_artifact, num_phases)), 2u);
  EXPECT_EQ(integerAt(offsetof(bertc_artifact, tokenizer_bytes)), 3u);

  auto *list = llvm::cast<llvm::GlobalVariable>(value->getOperand(
      layout->getElementContainingOffset(offsetof(bertc_artifact, phases))));
  auto *phases = llvm::cast<llvm::ConstantArray>(list->getInitializer());
  auto *first = llvm::cast<llvm::ConstantStruct>(phases->getOperand(0));
  auto *second = llvm::cast<llvm::ConstantStruct>(phases->getOperand(1));
  EXPECT_EQ(module->getDataLayout().getTypeAllocSize(first->getType()),
            sizeof(bertc_artifact_phase));
  const llvm::StructLayout *places =
      module->getDataLayout().getStructLayout(first->getType());
  EXPECT_EQ(places->getElementOffset(5).getFixedValue(),
            offsetof(bertc_artifact_phase, activations));
  // One text for all who say the same.
  EXPECT_EQ(first->getOperand(0), second->getOperand(0));
  EXPECT_NE(first->getOperand(1), second->getOperand(1));
}

TEST(Descriptor, NeedsTheProgram) {
  llvm::LLVMContext context;
  llvm::Module module("empty", context);
  EXPECT_EQ(llvm::toString(emitDescriptor(module, {})),
            "the generated module does not define bertc_run");
}

TEST(Descriptor, NamesStoredLayouts) {
  EXPECT_EQ(storedLayout({"w", {}, {768, 768}, 32, 0, 0}),
            "f32 packed [24, 768, 32]");
  EXPECT_EQ(storedLayout({"w", {}, {30522, 768}, 0, 0, 0}), "f32 [30522, 768]");
  EXPECT_EQ(storedLayout({"b", {}, {20}, 32, 0, 0}), "f32 [20]");
  EXPECT_EQ(storedLayout({"w", {}, {20, 5}, 16, 0, 0, bert::Precision::bf16}),
            "bf16 packed [2, 3, 16, 2]");
  EXPECT_EQ(storedLayout({"w", {}, {20, 5}, 16, 0, 0, bert::Precision::int8}),
            "i8 packed [2, 4, 16, 4]");
}

} // namespace
