//===- DescriptorTest.cpp -------------------------------------------------===//

#include "compiler/Descriptor.h"
#include "dialect/BertOps.h"
#include "runtime/include/bertc_artifact.h"

#include "llvm/IR/Constants.h"
#include "llvm/IR/DerivedTypes.h"
#include "llvm/IR/GlobalVariable.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Module.h"
#include "llvm/IR/Verifier.h"

#include <gtest/gtest.h>

#include <cstddef>

using namespace bertc;

namespace {

std::unique_ptr<llvm::Module> moduleFor64Bits(llvm::LLVMContext &context) {
  auto module = std::make_unique<llvm::Module>("model", context);
  module->setDataLayout(
      "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:"
      "32:64-S128");
  return module;
}

/// One field of a constant struct.
llvm::Constant *fieldAt(const llvm::Module &module, llvm::Constant *value,
                        size_t offset) {
  auto *type = llvm::cast<llvm::StructType>(value->getType());
  const llvm::StructLayout *layout =
      module.getDataLayout().getStructLayout(type);
  unsigned field = layout->getElementContainingOffset(offset);
  EXPECT_EQ(layout->getElementOffset(field).getFixedValue(), offset);
  return value->getAggregateElement(field);
}

uint64_t integerAt(const llvm::Module &module, llvm::Constant *value,
                   size_t offset) {
  return llvm::cast<llvm::ConstantInt>(fieldAt(module, value, offset))
      ->getZExtValue();
}

/// The array that a field points at.
llvm::Constant *arrayAt(const llvm::Module &module, llvm::Constant *value,
                        size_t offset) {
  return llvm::cast<llvm::GlobalVariable>(fieldAt(module, value, offset))
      ->getInitializer();
}

StoredParameter stored(std::string name, int64_t offset, int64_t bytes) {
  return {name, {name}, {40, 8}, 32, offset, bytes};
}

TEST(Descriptor, HasTheLayoutOfTheHeader) {
  llvm::LLVMContext context;
  auto module = moduleFor64Bits(context);
  ArtifactDescription description;
  description.family = "bert";
  description.vocabSize = 30522;
  description.tokenizer = std::string("a\0b", 3);
  ProgramLayout wide, narrow;
  wide.inputs.emplace_back().name = "input_ids";
  wide.inputs[0].rowStride = 3;
  narrow.inputs.emplace_back().name = "input_ids";
  wide.phases = {{"product", "layer.0", "int8", {0, 640}, {2048}, {}},
                 {"product", "layer.1", "int8", {0, 640}, {2048}, {}}};
  wide.weights = {stored("w", 64, 2048), stored("v", 0, 64)};
  narrow.weights = {stored("v", 0, 64), stored("w", 4096, 1024)};
  addWeights(description.weights, wide);
  addWeights(description.weights, narrow);
  ASSERT_EQ(description.weights.size(), 3u);
  EXPECT_EQ(description.weights[0].name, "v");
  EXPECT_EQ(description.weights[1].bytes, 2048);
  description.variants = {{"znver5", "AVX-512", "avx512f", wide, 77, "run.a"},
                          {"haswell", "AVX2", "avx2", narrow, 66, "run.b"}};
  ASSERT_FALSE(emitDescriptor(*module, description));
  EXPECT_FALSE(llvm::verifyModule(*module, &llvm::errs()));

  auto *global = module->getGlobalVariable(BERTC_ARTIFACT_SYMBOL);
  ASSERT_TRUE(global);
  EXPECT_EQ(global->getVisibility(), llvm::GlobalValue::DefaultVisibility);
  llvm::Constant *value = global->getInitializer();
  auto number = [&](size_t offset) {
    return integerAt(*module, value, offset);
  };
  EXPECT_EQ(number(offsetof(bertc_artifact, magic)), BERTC_ARTIFACT_MAGIC);
  EXPECT_EQ(number(offsetof(bertc_artifact, struct_size)),
            sizeof(bertc_artifact));
  EXPECT_EQ(number(offsetof(bertc_artifact, variant_size)),
            sizeof(bertc_artifact_variant));
  EXPECT_EQ(number(offsetof(bertc_artifact, vocab_size)), 30522u);
  EXPECT_EQ(number(offsetof(bertc_artifact, num_inputs)), 1u);
  EXPECT_EQ(number(offsetof(bertc_artifact, num_outputs)), 0u);
  EXPECT_EQ(number(offsetof(bertc_artifact, num_parameters)), 3u);
  EXPECT_EQ(number(offsetof(bertc_artifact, num_variants)), 2u);
  EXPECT_EQ(number(offsetof(bertc_artifact, weights_bytes)), 4096u + 1024);
  EXPECT_EQ(number(offsetof(bertc_artifact, tokenizer_bytes)), 3u);

  llvm::Constant *variants =
      arrayAt(*module, value, offsetof(bertc_artifact, variants));
  const llvm::DataLayout &layout = module->getDataLayout();
  EXPECT_EQ(layout.getTypeAllocSize(variants->getType()),
            2 * sizeof(bertc_artifact_variant));
  llvm::Constant *first = variants->getAggregateElement(0u);
  EXPECT_EQ(
      integerAt(*module, first, offsetof(bertc_artifact_variant, code_bytes)),
      77u);
  EXPECT_EQ(
      fieldAt(*module, first, offsetof(bertc_artifact_variant, run))->getName(),
      "run.a");
  llvm::Constant *reads =
      arrayAt(*module, first, offsetof(bertc_artifact_variant, parameters));
  EXPECT_EQ(reads->getAggregateElement(0u)->getUniqueInteger(), 1u);
  EXPECT_EQ(reads->getAggregateElement(1u)->getUniqueInteger(), 0u);
  llvm::Constant *places =
      arrayAt(*module, first, offsetof(bertc_artifact_variant, inputs));
  EXPECT_EQ(layout.getTypeAllocSize(places->getType()),
            sizeof(bertc_artifact_place));
  EXPECT_EQ(integerAt(*module, places->getAggregateElement(0u),
                      offsetof(bertc_artifact_place, row_stride)),
            3u);

  EXPECT_EQ(
      integerAt(*module, first, offsetof(bertc_artifact_variant, num_phases)),
      2u);
  llvm::Constant *phases =
      arrayAt(*module, first, offsetof(bertc_artifact_variant, phases));
  llvm::Constant *phase = phases->getAggregateElement(0u);
  EXPECT_EQ(layout.getTypeAllocSize(phase->getType()),
            sizeof(bertc_artifact_phase));
  auto textAt = [&](unsigned index, size_t offset) {
    return fieldAt(*module, phases->getAggregateElement(index), offset);
  };
  fieldAt(*module, phase, offsetof(bertc_artifact_phase, activations));
  // One text for all who say the same.
  EXPECT_EQ(textAt(0, offsetof(bertc_artifact_phase, kernel)),
            textAt(1, offsetof(bertc_artifact_phase, kernel)));
  EXPECT_NE(textAt(0, offsetof(bertc_artifact_phase, place)),
            textAt(1, offsetof(bertc_artifact_phase, place)));
}

TEST(Descriptor, DescribesOneModel) {
  llvm::LLVMContext context;
  auto module = moduleFor64Bits(context);
  ArtifactDescription description;
  ProgramLayout one, other;
  one.outputs.emplace_back().columns = 5;
  other.outputs.emplace_back().columns = 6;
  description.variants = {{"znver5", "", "", one, 0},
                          {"haswell", "", "", other, 0}};
  EXPECT_EQ(llvm::toString(emitDescriptor(*module, description)),
            "the code for haswell has other inputs or outputs than that for "
            "znver5");
}

TEST(Descriptor, NamesStoredLayouts) {
  EXPECT_EQ(storedLayout({"w", {}, {768, 768}, 32, 0, 0}),
            "f32 packed [24, 768, 32]");
  EXPECT_EQ(storedLayout({"w", {}, {30522, 768}, 0, 0, 0}), "f32 [30522, 768]");
  EXPECT_EQ(storedLayout({"b", {}, {20}, 32, 0, 0}), "f32 [20]");
  EXPECT_EQ(storedLayout({"w", {}, {20, 5}, 16, 0, 0, bert::Precision::bf16}),
            "bf16 packed [2, 16, 16, 2]");
  EXPECT_EQ(storedLayout({"w", {}, {20, 5}, 16, 0, 0, bert::Precision::int8}),
            "i8 packed [2, 18, 16, 4]");
}

} // namespace
