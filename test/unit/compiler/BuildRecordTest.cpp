//===- BuildRecordTest.cpp ------------------------------------------------===//

#include "compiler/BuildRecord.h"

#include "llvm/ADT/StringExtras.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

using namespace bertc;

namespace {

/// What follows the versions, which change.
std::string optionsOf(const CompileOptions &options) {
  std::string record = buildRecord(options);
  EXPECT_TRUE(llvm::StringRef(record).starts_with("bertc ")) << record;
  return record.substr(record.find(" --") + 1);
}

std::string refusal(const std::string &record) {
  llvm::Expected<CompileOptions> options = readBuildRecord(record);
  return options ? "none" : llvm::toString(options.takeError());
}

TEST(BuildRecord, HasTheOptionsInAFixedOrder) {
  CompileOptions options;
  EXPECT_EQ(optionsOf(options), "--target-cpu native --dtype f32");
  options.keepF32 = {"encoder.layer.0.*", "pooler.*"};
  options.f32Products = "bf16x3";
  options.dtype = "int8";
  options.targetCpus = {"x86-64-v3+avxvnni", "znver4"};
  EXPECT_EQ(optionsOf(options),
            "--target-cpu x86-64-v3+avxvnni,znver4 --dtype int8 --f32-products "
            "bf16x3 "
            "--keep-f32 \"encoder.layer.0.*\" --keep-f32 \"pooler.*\"");
}

TEST(BuildRecord, IsReadBack) {
  CompileOptions options;
  options.targetCpus = {"znver4", "native"};
  options.dtype = "bf16";
  options.f32Products = "fma";
  options.keepF32 = {"a b", R"(it's "*" \[0-9\] $x)", "--dtype"};
  options.calibration = "my texts.txt";
  llvm::Expected<CompileOptions> again = readBuildRecord(buildRecord(options));
  ASSERT_TRUE(bool(again)) << llvm::toString(again.takeError());
  EXPECT_EQ(again->targetCpus, options.targetCpus);
  EXPECT_EQ(again->dtype, options.dtype);
  EXPECT_EQ(again->f32Products, options.f32Products);
  EXPECT_EQ(again->keepF32, options.keepF32);
  EXPECT_EQ(again->calibration, options.calibration);
  EXPECT_EQ(buildRecord(*again), buildRecord(options));
}

TEST(BuildRecord, IsOfThisVersionAlone) {
  std::string record = buildRecord({});
  std::string older = record;
  older.replace(older.find("bertc ") + 6, 1, "9");
  EXPECT_EQ(refusal(older), "was compiled by \"" + older + "\", this is " +
                                record.substr(0, record.find(", --")));
  EXPECT_EQ(refusal(""), "was compiled by \"\", this is " +
                             record.substr(0, record.find(", --")));
}

TEST(BuildRecord, SaysEverything) {
  std::string record = buildRecord({});
  for (llvm::StringRef rest :
       {"", " --target-cpu native", " --dtype", " --dtype f32 --frobnicate 3",
        " --dtype f32 --target-cpu"}) {
    std::string other = record.substr(0, record.find(" --")) + rest.str();
    EXPECT_EQ(refusal(other),
              "does not say how it was compiled: \"" + other + "\"");
  }
}

} // namespace
