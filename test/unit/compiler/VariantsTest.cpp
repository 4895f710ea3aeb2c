//===- VariantsTest.cpp - which CPUs, and in which order ------------------===//

#include "compiler/Variants.h"
#include "dialect/BertOps.h"

#include <gtest/gtest.h>

using namespace bertc;

namespace {

std::string refusal(std::vector<std::string> cpus) {
  llvm::Expected<std::vector<Variant>> variants = describeTargets(cpus);
  EXPECT_FALSE(bool(variants));
  return llvm::toString(variants.takeError());
}

/// Names in the order that the runtime tries them for products in `precision`.
std::vector<std::string> order(std::vector<std::string> cpus,
                               bert::Precision precision) {
  std::vector<Variant> variants = llvm::cantFail(describeTargets(cpus));
  for (Variant &variant : variants)
    variant.target.require(precision);
  sortByCapability(variants);
  std::vector<std::string> names;
  for (size_t i = 0; i < variants.size(); ++i) {
    const Variant *other = variantInFrontOf(variants, i);
    names.push_back(variants[i].cpu + (other ? " behind " + other->cpu : ""));
  }
  return names;
}

using Names = std::vector<std::string>;

TEST(Variants, EachCpuOnce) {
  EXPECT_EQ(refusal({"haswell", "skylake", "haswell"}),
            "--target-cpu: \"haswell\" is there twice");
  std::string host =
      llvm::cantFail(describeTargets({"native"}))[0].target.tuneCpu;
  EXPECT_EQ(refusal({host, "native"}), "--target-cpu: \"" + host +
                                           "\" and \"native\" are the same "
                                           "CPU here");
  EXPECT_EQ(refusal({"haswell", "abacus"}),
            "--target-cpu: \"abacus\" is not a CPU that LLVM knows");
  EXPECT_EQ(refusal({"haswell", "k6-2"}).find("--target-cpu: \"k6-2\" lacks"),
            0u);
}

TEST(Variants, TheMostCapableIsTriedFirst) {
  EXPECT_EQ(order({"x86-64-v3", "x86-64-v4"}, bert::Precision::f32),
            (Names{"x86-64-v4", "x86-64-v3"}));
  EXPECT_EQ(order({"x86-64-v3", "x86-64-v4", "znver4"}, bert::Precision::int8),
            (Names{"znver4", "x86-64-v4", "x86-64-v3"}));
  EXPECT_EQ(order({"x86-64-v4", "znver4", "skylake"}, bert::Precision::bf16),
            (Names{"znver4", "x86-64-v4", "skylake"}));
  // Four products an instruction count for more than twice the lanes.
  EXPECT_EQ(order({"x86-64-v4", "alderlake"}, bert::Precision::int8),
            (Names{"alderlake", "x86-64-v4"}));
}

TEST(Variants, OfTwoThatAskTheSameTheFirstRuns) {
  EXPECT_EQ(order({"haswell", "znver4", "x86-64-v4"}, bert::Precision::f32),
            (Names{"znver4", "x86-64-v4 behind znver4", "haswell"}));
}

} // namespace
