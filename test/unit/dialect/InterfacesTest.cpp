//===- InterfacesTest.cpp - what builders infer and passes may ask --------===//

#include "dialect/BertOps.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"
#include "gtest/gtest.h"

#include <cstdint>

using namespace bertc;
using namespace mlir;

namespace {

constexpr int64_t any = ShapedType::kDynamic;

/// A function whose arguments the ops of a test take.
class InterfacesTest : public testing::Test {
protected:
  InterfacesTest() : builder(&context) {
    context.loadDialect<bert::BertDialect, func::FuncDialect>();
    module = ModuleOp::create(builder.getUnknownLoc());
    builder.setInsertionPointToEnd(module->getBody());
    function = func::FuncOp::create(builder, builder.getUnknownLoc(), "f",
                                    builder.getFunctionType({}, {}));
    builder.setInsertionPointToStart(function.addEntryBlock());
  }

  Type floats(ArrayRef<int64_t> shape) {
    return RankedTensorType::get(shape, builder.getF32Type());
  }
  Value argument(Type type) {
    return function.getBody().addArgument(type, builder.getUnknownLoc());
  }
  Value rows(ArrayRef<int64_t> shape) { return argument(floats(shape)); }
  Value ids(int64_t count) {
    return argument(RankedTensorType::get({count}, builder.getI32Type()));
  }
  template <typename Op, typename... Args> Op make(Args &&...args) {
    return Op::create(builder, builder.getUnknownLoc(),
                      std::forward<Args>(args)...);
  }

  MLIRContext context;
  OpBuilder builder;
  OwningOpRef<ModuleOp> module;
  func::FuncOp function;
};

TEST_F(InterfacesTest, BuildersInferResultTypes) {
  Value x = rows({any, 8}), weight = rows({6, 8}), vector = rows({8});
  Value offsets = ids(any);
  auto epsilon = builder.getF64FloatAttr(1e-12);
  auto type = [](Operation *op) { return op->getResult(0).getType(); };

  EXPECT_EQ(type(make<bert::LinearOp>(x, weight, Value())), floats({any, 6}));
  EXPECT_EQ(type(make<bert::EmbeddingOp>(ValueRange{ids(3)},
                                         ValueRange{rows({30, 8})},
                                         DenseI64ArrayAttr())),
            floats({3, 8}));
  EXPECT_EQ(type(make<bert::LayerNormOp>(x, vector, vector, epsilon)),
            floats({any, 8}));
  EXPECT_EQ(type(make<bert::AttentionOp>(x, x, x, offsets, 2)),
            floats({any, 8}));
  EXPECT_EQ(type(make<bert::SelfAttentionOp>(rows({any, 24}), offsets, 2)),
            floats({any, 8}));
  EXPECT_EQ(type(make<bert::FirstTokenOp>(x, ids(4))), floats({3, 8}));
  EXPECT_EQ(type(make<bert::MeanPoolOp>(x, offsets)), floats({any, 8}));
  EXPECT_EQ(type(make<bert::ConcatOp>(ValueRange{weight, rows({2, 8})})),
            floats({8, 8}));
  EXPECT_EQ(type(make<bert::PackOp>(weight, 4)), floats({2, 8, 4}));

  EXPECT_EQ(type(make<bert::LinearInputGradientOp>(rows({any, 6}), weight)),
            floats({any, 8}));
  EXPECT_EQ(type(make<bert::LinearWeightGradientOp>(rows({any, 6}), x)),
            floats({6, 8}));
  EXPECT_EQ(type(make<bert::ColumnSumsOp>(x)), floats({8}));
  EXPECT_EQ(type(make<bert::AttentionGradientOp>(x, x, x, x, offsets, 2)),
            floats({any, 24}));
  EXPECT_EQ(
      type(make<bert::EmbeddingGradientOp>(x, ids(any), 30, IntegerAttr())),
      floats({30, 8}));
  EXPECT_EQ(type(make<bert::FirstTokenGradientOp>(rows({3, 8}), ids(4), x)),
            floats({any, 8}));
  EXPECT_EQ(type(make<bert::PlaceColumnsOp>(x, 2, 12)), floats({any, 12}));
  EXPECT_EQ(type(make<bert::CrossEntropyOp>(x, ids(any))), floats({}));
  EXPECT_EQ(type(make<bert::CrossEntropyGradientOp>(rows({}), x, ids(any))),
            floats({any, 8}));
}

TEST_F(InterfacesTest, FlopsAreTwoForEachMultiplyAdd) {
  auto linear = make<bert::LinearOp>(rows({any, 8}), rows({6, 8}), Value());
  EXPECT_EQ(cast<bert::FlopsOpInterface>(*linear).getFlopsPerRow(), 2 * 6 * 8);
  // Columns that only fill up the last panel count nothing.
  auto packed = make<bert::PackedLinearOp>(
      rows({any, 8}), rows({2, 8, 4}), Value(), Value(), Value(), Value(),
      Value(), bert::Activation::none, FloatAttr(), 6);
  EXPECT_EQ(cast<bert::FlopsOpInterface>(*packed).getFlopsPerRow(), 2 * 6 * 8);
  EXPECT_EQ(cast<bert::FlopsOpInterface>(*packed).getFlopsPerTokenPair(), 0);
  // A score and its share of the sum, over all heads together.
  Value x = rows({any, 8});
  auto attention = make<bert::AttentionOp>(x, x, x, ids(any), 2);
  EXPECT_EQ(cast<bert::FlopsOpInterface>(*attention).getFlopsPerTokenPair(),
            2 * 8 + 2 * 8);
}

TEST_F(InterfacesTest, SequencesAndLookups) {
  Value x = rows({any, 8}), offsets = ids(any), words = ids(any);
  auto pool = make<bert::MeanPoolOp>(x, offsets);
  EXPECT_EQ(cast<bert::SequenceOpInterface>(*pool).getOffsets(), offsets);
  EXPECT_FALSE(isa<bert::SequenceOpInterface>(*make<bert::ReluOp>(x)));

  Value table = rows({30, 8});
  auto embedding = make<bert::EmbeddingOp>(ValueRange{words}, ValueRange{table},
                                           DenseI64ArrayAttr());
  auto lookup = cast<bert::LookupOpInterface>(*embedding);
  EXPECT_EQ(lookup.getIds().front(), words);
  EXPECT_EQ(lookup.getTables().front(), table);
}

} // namespace
