//===- FactsTest.cpp ------------------------------------------------------===//

#include "compiler/Facts.h"
#include "compiler/Model.h"

#include "TestSupport.h"

#include "mlir/Parser/Parser.h"

using namespace bertc;

namespace {

class FactsTest : public testing::Test {
protected:
  mlir::ModuleOp parse(llvm::StringRef text) {
    module = mlir::parseSourceString<mlir::ModuleOp>(text, context.get());
    EXPECT_TRUE(module);
    return *module;
  }
  mlir::ModuleOp open(const std::string &golden, const std::string &task) {
    OpenOptions options;
    options.task = task;
    auto model = Model::open(
        *context, BERTC_SOURCE_DIR "/test/parity/goldens/" + golden, options);
    EXPECT_TRUE(bool(model)) << llvm::toString(model.takeError());
    module = std::move(model->module);
    return *module;
  }

  std::unique_ptr<mlir::MLIRContext> context = makeContext();
  mlir::OwningOpRef<mlir::ModuleOp> module;
};

TEST_F(FactsTest, CountsTheProductsOfEveryLayer) {
  // A token meets four products of H x H and two of H x I in each of L layers,
  // a multiply-add counts two. A pair of tokens is multiplied twice in
  // attention, over H columns. Embeddings and the pooler are left out.
  struct Sizes {
    const char *golden;
    int64_t layers, hidden, inner;
  };
  for (auto [golden, l, h, i] :
       {Sizes{"gelu-one-layer", 1, 20, 52},
        Sizes{"four-layers-long", 4, 20, 60}, Sizes{"odd-sizes", 2, 30, 45}}) {
    for (const char *task : {"encode", "embed"}) {
      FlopCount flops = countFlops(open(golden, task));
      EXPECT_EQ(flops.perToken, 2 * l * (4 * h * h + 2 * h * i))
          << golden << ' ' << task;
      EXPECT_EQ(flops.perTokenPair, 4 * l * h) << golden << ' ' << task;
    }
  }
}

const char *twoEntries = R"(
func.func private @square(%x : tensor<?x4xf32>, %w : tensor<4x4xf32>)
    -> tensor<?x4xf32> {
  %y = bert.linear %x, %w : (tensor<?x4xf32>, tensor<4x4xf32>) -> tensor<?x4xf32>
  return %y : tensor<?x4xf32>
}
func.func @other(%x : tensor<?x4xf32>, %w : tensor<4x4xf32>)
    -> tensor<?x4xf32> {
  %y = call @square(%x, %w) : (tensor<?x4xf32>, tensor<4x4xf32>) -> tensor<?x4xf32>
  return %y : tensor<?x4xf32>
}
func.func @entry(%x : tensor<?x4xf32>, %w : tensor<4x4xf32>,
                 %offsets : tensor<?xi32>)
    -> (tensor<?x4xf32>, tensor<?x4xf32>) attributes {bert.entry} {
  %0 = call @square(%x, %w) : (tensor<?x4xf32>, tensor<4x4xf32>) -> tensor<?x4xf32>
  %1 = call @square(%0, %w) : (tensor<?x4xf32>, tensor<4x4xf32>) -> tensor<?x4xf32>
  %2 = bert.mean_pool %1, %offsets : (tensor<?x4xf32>, tensor<?xi32>) -> tensor<?x4xf32>
  %3 = bert.tanh %2 : tensor<?x4xf32>
  %4 = call @square(%3, %w) : (tensor<?x4xf32>, tensor<4x4xf32>) -> tensor<?x4xf32>
  return %1, %4 : tensor<?x4xf32>, tensor<?x4xf32>
}
)";

TEST_F(FactsTest, CountsCallsOfTheEntryAndNothingAfterAPool) {
  FlopCount flops = countFlops(parse(twoEntries));
  EXPECT_EQ(flops.perToken, 2 * (2 * 4 * 4));
  EXPECT_EQ(flops.perTokenPair, 0);
}

TEST_F(FactsTest, CountsARecursionOnce) {
  FlopCount flops = countFlops(parse(R"(
    func.func @a(%x : tensor<?x4xf32>, %w : tensor<4x4xf32>)
        -> tensor<?x4xf32> attributes {bert.entry} {
      %0 = bert.linear %x, %w : (tensor<?x4xf32>, tensor<4x4xf32>) -> tensor<?x4xf32>
      %1 = call @b(%0, %w) : (tensor<?x4xf32>, tensor<4x4xf32>) -> tensor<?x4xf32>
      return %1 : tensor<?x4xf32>
    }
    func.func private @b(%x : tensor<?x4xf32>, %w : tensor<4x4xf32>)
        -> tensor<?x4xf32> {
      %0 = bert.linear %x, %w : (tensor<?x4xf32>, tensor<4x4xf32>) -> tensor<?x4xf32>
      %1 = call @a(%0, %w) : (tensor<?x4xf32>, tensor<4x4xf32>) -> tensor<?x4xf32>
      return %1 : tensor<?x4xf32>
    })"));
  EXPECT_EQ(flops.perToken, 2 * (2 * 4 * 4));
}

TEST_F(FactsTest, HasNoWorkWithoutAnEntry) {
  FlopCount flops = countFlops(parse("func.func @f() { return }"));
  EXPECT_EQ(flops.perToken, 0);
  EXPECT_EQ(flops.perTokenPair, 0);
}

TEST_F(FactsTest, ReadsTheModelsAttribute) {
  ModelFacts facts = readFacts(parse(R"(
    module attributes {bert.model = {
      family = "albert", task = "embed", vocab_size = 43 : i64,
      type_vocab_size = 2 : i64, max_positions = 40 : i64,
      position_offset = 3 : i64, cased = true, epsilon = 0.5 : f64,
      names = ["a", 1 : i64]}} {})"));
  EXPECT_EQ(facts.family, "albert");
  EXPECT_EQ(facts.task, "embed");
  EXPECT_EQ(facts.vocabSize, 43);
  EXPECT_EQ(facts.typeVocabSize, 2);
  EXPECT_EQ(facts.maxPositions, 40);
  EXPECT_EQ(facts.positionOffset, 3);
  EXPECT_EQ(facts.json,
            R"({"cased":true,"epsilon":0.5,"family":"albert",)"
            R"("max_positions":40,"names":["a",1],"position_offset":3,)"
            R"("task":"embed","type_vocab_size":2,"vocab_size":43})");
}

TEST_F(FactsTest, HasDefaultsForAModuleThatSaysNothing) {
  ModelFacts facts = readFacts(parse("module {}"));
  EXPECT_EQ(facts.family, "bert");
  EXPECT_EQ(facts.task, "encode");
  EXPECT_EQ(facts.vocabSize, 0);
  EXPECT_EQ(facts.json, "{}");
}

} // namespace
