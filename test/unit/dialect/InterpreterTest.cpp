//===- InterpreterTest.cpp - the interpreter as a library -----------------===//
//
// What each op means is tested in test/dialect/interpret.
//
//===----------------------------------------------------------------------===//

#include "dialect/reference/Interpreter.h"

#include "dialect/BertOps.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/OwningOpRef.h"
#include "mlir/Parser/Parser.h"
#include "gtest/gtest.h"

#include <string>
#include <vector>

using namespace bertc;
using namespace mlir;

namespace {

constexpr llvm::StringLiteral source = R"(
  bert.parameter @kernel : tensor<2x2xf32> {source = "dense.weight"}
  bert.parameter @tied : tensor<2x2xf32> {tied_to = @kernel}
  bert.parameter @unused : tensor<2x2xf32>
  func.func @main(%x: tensor<?x2xf32>) -> tensor<?x2xf32> {
    %unused = bert.get_parameter @unused : tensor<2x2xf32>
    %w = bert.get_parameter @tied : tensor<2x2xf32>
    %y = bert.linear %x, %w : (tensor<?x2xf32>, tensor<2x2xf32>) -> tensor<?x2xf32>
    return %y : tensor<?x2xf32>
  }
)";

ReferenceTensor matrix(std::vector<int64_t> shape, std::vector<double> values) {
  ReferenceTensor tensor(std::move(shape));
  tensor.values = std::move(values);
  return tensor;
}

class InterpreterTest : public testing::Test {
protected:
  InterpreterTest() {
    context.loadDialect<bert::BertDialect, func::FuncDialect>();
    module = parseSourceString<ModuleOp>(source, &context);
  }

  MLIRContext context;
  OwningOpRef<ModuleOp> module;
};

TEST_F(InterpreterTest, AsksForTheParametersThatAreUsed) {
  std::vector<std::string> asked;
  auto results =
      interpret(*module, "main", {matrix({1, 2}, {1, 10})},
                [&](bert::ParameterOp op) -> llvm::Expected<ReferenceTensor> {
                  asked.push_back(op.getSource()->str());
                  return matrix({2, 2}, {1, 2, 3, 4});
                });
  ASSERT_TRUE(bool(results)) << toString(results.takeError());
  EXPECT_EQ(results->front().values, std::vector<double>({21, 43}));
  EXPECT_EQ(asked, std::vector<std::string>{"dense.weight"});
}

TEST_F(InterpreterTest, ShowsAndReplacesWhatTheFunctionMakes) {
  auto program = parseSourceString<ModuleOp>(R"(
    func.func private @callee(%x: tensor<?x1xf32>) -> tensor<?x1xf32> {
      %0 = bert.add %x, %x : tensor<?x1xf32>
      %1 = bert.add %0, %0 : tensor<?x1xf32>
      return %1 : tensor<?x1xf32>
    }
    func.func @main(%x: tensor<?x1xf32>) -> (tensor<?x1xf32>, tensor<?x1xf32>) {
      %0 = call @callee(%x) : (tensor<?x1xf32>) -> tensor<?x1xf32>
      %1 = bert.add %0, %x : tensor<?x1xf32>
      return %0, %1 : tensor<?x1xf32>, tensor<?x1xf32>
    }
  )",
                                             &context);
  ASSERT_TRUE(program);
  std::vector<double> shown;
  auto results = interpret(
      *program, "main", {matrix({1, 1}, {1})}, inlineParameters(),
      [&](Value value,
          const ReferenceTensor &made) -> std::optional<ReferenceTensor> {
        shown.push_back(made.values[0]);
        if (isa<func::CallOp>(value.getDefiningOp()))
          return matrix({1, 1}, {10});
        return std::nullopt;
      });
  ASSERT_TRUE(bool(results)) << llvm::toString(results.takeError());
  EXPECT_EQ(shown, (std::vector<double>{4, 11}));
  EXPECT_EQ((*results)[0].values[0], 10);
  EXPECT_EQ((*results)[1].values[0], 11);
}

TEST_F(InterpreterTest, AnEmptyBatchIsNoError) {
  auto results =
      interpret(*module, "main", {ReferenceTensor({0, 2})},
                [](bert::ParameterOp) { return ReferenceTensor({2, 2}); });
  ASSERT_TRUE(bool(results)) << toString(results.takeError());
  EXPECT_EQ(results->front().shape, std::vector<int64_t>({0, 2}));
}

TEST_F(InterpreterTest, ReportsWhatAReaderGetsWrong) {
  auto message = [&](const ParameterReader &reader) {
    return toString(
        interpret(*module, "main", {ReferenceTensor({1, 2})}, reader)
            .takeError());
  };
  EXPECT_EQ(message([](bert::ParameterOp) { return ReferenceTensor({2, 3}); }),
            "@tied: got shape [2, 3], expected tensor<2x2xf32>");
  EXPECT_EQ(message([](bert::ParameterOp) -> llvm::Expected<ReferenceTensor> {
              return llvm::createStringError("cannot read");
            }),
            "cannot read");
  EXPECT_EQ(message(inlineParameters()),
            "parameter @kernel has no value in the module");
}

TEST_F(InterpreterTest, ChecksTheCall) {
  auto message = [&](llvm::StringRef name,
                     llvm::ArrayRef<ReferenceTensor> inputs) {
    return toString(
        interpret(*module, name, inputs, inlineParameters()).takeError());
  };
  EXPECT_EQ(message("train", {}), "no function @train to interpret");
  EXPECT_EQ(message("main", {}), "@main takes 1 inputs, got 0");
  EXPECT_EQ(message("main", {ReferenceTensor({1, 3})}),
            "@main, input 0: got shape [1, 3], expected tensor<?x2xf32>");
}

} // namespace
