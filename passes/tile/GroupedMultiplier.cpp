//===- GroupedMultiplier.cpp ----------------------------------------------===//

#include "passes/tile/GroupedMultiplier.h"

#include "passes/tile/KernelBuilder.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/Dialect/X86Vector/X86VectorDialect.h"

using namespace bertc;
using namespace mlir;

namespace {

Value place(ImplicitLocOpBuilder &b, int64_t value) {
  return arith::ConstantIndexOp::create(b, value);
}

/// A vector of `count` elements of w from [k, column] on.
Value loadColumns(ImplicitLocOpBuilder &b, Value w, Value k, int64_t column,
                  int64_t count) {
  auto type =
      VectorType::get({count}, cast<MemRefType>(w.getType()).getElementType());
  return vector::LoadOp::create(b, type, w, ValueRange{k, place(b, column)});
}

/// Instructions that multiply groups of 32 bits: a left factor is such a group
/// in every lane.
class DotMultiplier : public GroupedMultiplier {
public:
  DotMultiplier(int64_t group, int64_t lanes) : group(group), lanes(lanes) {}

  Factor left(ImplicitLocOpBuilder &b, Value a, Value r,
              Value k) const override {
    Type element = cast<MemRefType>(a.getType()).getElementType();
    Value one = vector::LoadOp::create(b, VectorType::get({group}, element), a,
                                       ValueRange{r, k, place(b, 0)});
    Value bits =
        vector::BitCastOp::create(b, VectorType::get({1}, b.getI32Type()), one);
    Value all = vector::BroadcastOp::create(
        b, VectorType::get({lanes}, b.getI32Type()), bits);
    return {vector::BitCastOp::create(
        b, VectorType::get({group * lanes}, element), all)};
  }
  Factor right(ImplicitLocOpBuilder &b, Value w, Value k,
               int64_t column) const override {
    return {loadColumns(b, w, k, group * column, group * lanes)};
  }

protected:
  const int64_t group, lanes;
};

class DotBf16 : public DotMultiplier {
public:
  explicit DotBf16(int64_t lanes) : DotMultiplier(2, lanes) {}
  Value multiply(ImplicitLocOpBuilder &b, const Factor &left,
                 const Factor &right, Value sum) const override {
    return x86vector::DotBF16Op::create(b, sum.getType(), sum, left[0],
                                        right[0]);
  }
};

/// The left factor has no sign, the right one has: VPDPBUSD.
class DotInt8 : public DotMultiplier {
public:
  explicit DotInt8(int64_t lanes) : DotMultiplier(4, lanes) {}
  Value multiply(ImplicitLocOpBuilder &b, const Factor &left,
                 const Factor &right, Value sum) const override {
    auto name = b.getStringAttr("llvm.x86.avx512.vpdpbusd." +
                                std::to_string(32 * lanes));
    return LLVM::CallIntrinsicOp::create(b, sum.getType(), name,
                                         ValueRange{sum, left[0], right[0]})
        .getResult(0);
  }
};

/// Without an instruction for pairs of bf16: f32 multiply-adds, element by
/// element.
class WideBf16 : public GroupedMultiplier {
public:
  explicit WideBf16(int64_t lanes) : lanes(lanes) {}

  Factor left(ImplicitLocOpBuilder &b, Value a, Value r,
              Value k) const override {
    Factor each;
    for (int64_t v = 0; v < 2; ++v)
      each.push_back(vector::BroadcastOp::create(
          b, VectorType::get({lanes}, b.getF32Type()),
          memref::LoadOp::create(b, a, ValueRange{r, k, place(b, v)})));
    return each;
  }
  // A bf16 is the upper half of an f32: the even ones move up, the odd ones
  // stand there already.
  Factor right(ImplicitLocOpBuilder &b, Value w, Value k,
               int64_t column) const override {
    auto bitsType = VectorType::get({lanes}, b.getI32Type());
    Value bits = vector::BitCastOp::create(
        b, bitsType, loadColumns(b, w, k, 2 * column, 2 * lanes));
    Value even = arith::ShLIOp::create(b, bits, splatI32(b, bitsType, 16));
    Value odd = arith::AndIOp::create(b, bits, splatI32(b, bitsType, -0x10000));
    auto floats = VectorType::get({lanes}, b.getF32Type());
    return {arith::BitcastOp::create(b, floats, even),
            arith::BitcastOp::create(b, floats, odd)};
  }
  Value multiply(ImplicitLocOpBuilder &b, const Factor &left,
                 const Factor &right, Value sum) const override {
    for (auto [x, y] : llvm::zip(left, right))
      sum = vector::FMAOp::create(b, x, y, sum);
    return sum;
  }

private:
  const int64_t lanes;
};

/// Pairs of words of 16 bits: VPMADDWD. Every other integer of a column's four
/// is the upper byte of a word already, or moves there, and comes down with its
/// sign; the left factor's pairs are in that order in memory.
class WordInt8 : public GroupedMultiplier {
public:
  explicit WordInt8(int64_t lanes) : lanes(lanes) {}

  Factor left(ImplicitLocOpBuilder &b, Value a, Value r,
              Value k) const override {
    Factor pairs;
    for (int64_t p = 0; p < 2; ++p) {
      Value one =
          vector::LoadOp::create(b, VectorType::get({2}, b.getI16Type()), a,
                                 ValueRange{r, k, place(b, p), place(b, 0)});
      Value bits = vector::BitCastOp::create(
          b, VectorType::get({1}, b.getI32Type()), one);
      Value all = vector::BroadcastOp::create(
          b, VectorType::get({lanes}, b.getI32Type()), bits);
      pairs.push_back(vector::BitCastOp::create(b, words(b), all));
    }
    return pairs;
  }
  Factor right(ImplicitLocOpBuilder &b, Value w, Value k,
               int64_t column) const override {
    Value bytes = vector::BitCastOp::create(
        b, words(b), loadColumns(b, w, k, 4 * column, 4 * lanes));
    Value eight = arith::ConstantOp::create(
        b, DenseElementsAttr::get(words(b), b.getI16IntegerAttr(8)));
    Value moved = arith::ShLIOp::create(b, bytes, eight);
    return {arith::ShRSIOp::create(b, moved, eight),
            arith::ShRSIOp::create(b, bytes, eight)};
  }
  Value multiply(ImplicitLocOpBuilder &b, const Factor &left,
                 const Factor &right, Value sum) const override {
    auto name = b.getStringAttr(lanes == 16 ? "llvm.x86.avx512.pmaddw.d.512"
                                            : "llvm.x86.avx2.pmadd.wd");
    for (auto [x, y] : llvm::zip(left, right))
      sum = arith::AddIOp::create(b, sum,
                                  LLVM::CallIntrinsicOp::create(
                                      b, sum.getType(), name, ValueRange{x, y})
                                      .getResult(0));
    return sum;
  }

private:
  VectorType words(ImplicitLocOpBuilder &b) const {
    return VectorType::get({2 * lanes}, b.getI16Type());
  }

  const int64_t lanes;
};

} // namespace

std::unique_ptr<GroupedMultiplier>
GroupedMultiplier::create(linalg::LinalgOp product,
                          const TargetDescription &target) {
  auto elementOf = [&](int64_t input) {
    return cast<MemRefType>(product.getDpsInputs()[input].getType())
        .getElementType();
  };
  const Type left = elementOf(0), right = elementOf(1);
  if (left.isBF16() && right.isBF16() && target.multipliesBf16)
    return std::make_unique<DotBf16>(target.lanes);
  if (left.isInteger(8) && right.isInteger(8) && target.multipliesInt8)
    return std::make_unique<DotInt8>(target.lanes);
  if (left.isF32() && right.isBF16())
    return std::make_unique<WideBf16>(target.lanes);
  if (left.isInteger(16) && right.isInteger(8))
    return std::make_unique<WordInt8>(target.lanes);
  return nullptr;
}
