//===- VariantTest.cpp - code for several CPUs in one artifact ------------===//

#include "test/unit/runtime/TestSupport.h"

#include <cstdlib>
#include <gmock/gmock.h>

using namespace bertc;
using namespace bertc::test;
using ::testing::EndsWith;
using ::testing::HasSubstr;

namespace {

/// BERTC_ISA while a test runs; null unsets it.
class VariantTest : public ::testing::Test {
protected:
  void force(const char *isa) {
    if (isa)
      setenv("BERTC_ISA", isa, 1);
    else
      unsetenv("BERTC_ISA");
  }
  void SetUp() override { force(nullptr); }
  void TearDown() override { force(nullptr); }

  static run::Model open(const char *name) {
    return run::Model(bertc_open(library(name).c_str()));
  }
};

struct Results {
  std::vector<float> hidden, pooled;
};

Results run(const bertc_model *model, const Packed &batch) {
  run::Session session(bertc_session_create(model, 200, 10, 2, nullptr));
  EXPECT_TRUE(session) << lastError();
  EXPECT_EQ(bertc_run_packed(session.get(), batch.ids.data(),
                             batch.types.data(), batch.offsets.data(),
                             batch.sequences()),
            BERTC_OK)
      << lastError();
  return {rowsOf(session.get(), 0), rowsOf(session.get(), 1)};
}

TEST_F(VariantTest, takesTheFirstThatRunsHere) {
  run::Model model = open("three_variants");
  ASSERT_TRUE(model) << lastError();
  const bertc_model_info &info = *bertc_info(model.get());
  EXPECT_EQ(info.num_variants, 3);
  EXPECT_EQ(info.variant, 1);
  EXPECT_STREQ(info.isa, "SSE");
  EXPECT_STREQ(info.target_cpu, "pentium3");
  EXPECT_EQ(info.workspace_per_token, 16 + 4 * FAKE_COLUMNS);
  EXPECT_EQ(bertc_workspace_bytes(model.get(), 1, 1, 1),
            16 * (16 + 4 + 8 * FAKE_COLUMNS));

  Packed batch;
  batch.add({3, 4});
  batch.add({5});
  Results results = run(model.get(), batch);
  ASSERT_EQ(results.hidden.size(), 3u * FAKE_COLUMNS);
  ASSERT_EQ(results.pooled.size(), 2u * FAKE_COLUMNS);
  for (int c = 0; c < FAKE_COLUMNS; ++c) {
    EXPECT_EQ(results.hidden[FAKE_COLUMNS + c], 7 * 4);
    EXPECT_EQ(results.hidden[2 * FAKE_COLUMNS + c], 7 * 5);
    EXPECT_EQ(results.pooled[FAKE_COLUMNS + c], 1);
  }
}

TEST_F(VariantTest, passesOverWhatTheMachineLacks) {
  run::Model model = open("last_variant");
  ASSERT_TRUE(model) << lastError();
  EXPECT_EQ(bertc_info(model.get())->variant, 2);
  Packed batch = randomBatch(4, 1);
  run::Model alone = open("model");
  ASSERT_TRUE(alone) << lastError();
  Results results = run(model.get(), batch), same = run(alone.get(), batch);
  EXPECT_EQ(results.hidden, expectedHidden(batch));
  EXPECT_EQ(results.pooled, same.pooled);
}

TEST_F(VariantTest, tellsOfEach) {
  run::Model model = open("three_variants");
  ASSERT_TRUE(model) << lastError();
  const bertc_variant_info &future = *bertc_variant(model.get(), 0);
  EXPECT_STREQ(future.isa, "FUTURE");
  EXPECT_STREQ(future.cpu_features, "sse2,no-such-feature");
  EXPECT_EQ(future.code_bytes, 123u);
  EXPECT_FALSE(future.runs_here);
  // Another variant reads it too.
  EXPECT_EQ(future.weights_bytes, 64u);
  EXPECT_EQ(future.own_weights_bytes, 0u);
  EXPECT_TRUE(bertc_variant(model.get(), 1)->runs_here);
  const bertc_variant_info &last = *bertc_variant(model.get(), 2);
  EXPECT_STREQ(last.target_cpu, "x86-64");
  EXPECT_TRUE(last.runs_here);
  EXPECT_EQ(last.weights_bytes, 4u);
  EXPECT_EQ(last.own_weights_bytes, 4u);
  EXPECT_EQ(bertc_variant(model.get(), 3), nullptr);
  EXPECT_EQ(bertc_variant(model.get(), -1), nullptr);
  EXPECT_EQ(bertc_variant(nullptr, 0), nullptr);
  EXPECT_EQ(bertc_info(model.get())->num_parameters, 2);
}

TEST_F(VariantTest, aNameInTheEnvironmentForcesOne) {
  for (const char *name : {"SSE2", "x86-64"}) {
    force(name);
    run::Model model = open("three_variants");
    ASSERT_TRUE(model) << lastError();
    EXPECT_EQ(bertc_info(model.get())->variant, 2);
    Packed batch = randomBatch(4, 2);
    EXPECT_EQ(run(model.get(), batch).hidden, expectedHidden(batch));
  }
  force("");
  run::Model model = open("three_variants");
  ASSERT_TRUE(model) << lastError();
  EXPECT_EQ(bertc_info(model.get())->variant, 1);
}

TEST_F(VariantTest, refusesANameThatNoneHas) {
  force("sse2");
  EXPECT_FALSE(open("three_variants"));
  EXPECT_EQ(bertc_last_status(), BERTC_BAD_ARGUMENT);
  EXPECT_THAT(lastError(),
              EndsWith("three_variants.so: BERTC_ISA is sse2, compiled for "
                       "FUTURE (future), SSE (pentium3), SSE2 (x86-64)"));
  force("FUTURE");
  EXPECT_FALSE(open("three_variants"));
  EXPECT_EQ(bertc_last_status(), BERTC_UNSUPPORTED_CPU);
  EXPECT_THAT(lastError(),
              EndsWith("three_variants.so: BERTC_ISA asks for FUTURE (future), "
                       "for which this machine lacks no-such-feature"));
  // A model with one variant is not what the name is about.
  EXPECT_TRUE(open("model")) << lastError();
}

TEST_F(VariantTest, saysWhatTheLeastDemandingNeeds) {
  EXPECT_FALSE(open("no_variant_fits"));
  EXPECT_EQ(bertc_last_status(), BERTC_UNSUPPORTED_CPU);
  EXPECT_THAT(lastError(), HasSubstr("compiled for x86-64 with SSE2; this "
                                     "machine lacks least-feature: compile"));
}

} // namespace
