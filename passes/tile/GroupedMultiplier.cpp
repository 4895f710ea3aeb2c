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

/// Without an instruction for the group: f32 multiply-adds, element by element.
class WideMultiplier : public GroupedMultiplier {
public:
  WideMultiplier(int64_t group, int64_t lanes) : group(group), lanes(lanes) {}

  Factor left(ImplicitLocOpBuilder &b, Value a, Value r,
              Value k) const override {
    Factor each;
    for (int64_t v = 0; v < group; ++v)
      each.push_back(vector::BroadcastOp::create(
          b, VectorType::get({lanes}, b.getF32Type()),
          memref::LoadOp::create(b, a, ValueRange{r, k, place(b, v)})));
    return each;
  }
  Factor right(ImplicitLocOpBuilder &b, Value w, Value k,
               int64_t column) const override {
    auto type = VectorType::get({lanes}, b.getI32Type());
    Value bits = vector::BitCastOp::create(
        b, type, loadColumns(b, w, k, group * column, group * lanes));
    Factor each;
    for (int64_t v = 0; v < group; ++v)
      each.push_back(widen(b, bits, v));
    return each;
  }
  Value multiply(ImplicitLocOpBuilder &b, const Factor &left,
                 const Factor &right, Value sum) const override {
    for (auto [x, y] : llvm::zip(left, right))
      sum = vector::FMAOp::create(b, x, y, sum);
    return sum;
  }

protected:
  /// Element `v` of each group, whose 32 bits a lane of `bits` has, as f32.
  virtual Value widen(ImplicitLocOpBuilder &b, Value bits, int64_t v) const = 0;

  static Value constant(ImplicitLocOpBuilder &b, Value like, int32_t value) {
    return splatI32(b, cast<VectorType>(like.getType()), value);
  }
  VectorType floats(ImplicitLocOpBuilder &b) const {
    return VectorType::get({lanes}, b.getF32Type());
  }

private:
  const int64_t group, lanes;
};

class WideBf16 : public WideMultiplier {
public:
  explicit WideBf16(int64_t lanes) : WideMultiplier(2, lanes) {}

protected:
  // A bf16 is the upper half of an f32: the even ones move up, the odd ones
  // stand there already.
  Value widen(ImplicitLocOpBuilder &b, Value bits, int64_t v) const override {
    Value upper =
        v == 0 ? Value(arith::ShLIOp::create(b, bits, constant(b, bits, 16)))
               : Value(arith::AndIOp::create(b, bits,
                                             constant(b, bits, -0x10000)));
    return arith::BitcastOp::create(b, floats(b), upper);
  }
};

class WideInt8 : public WideMultiplier {
public:
  explicit WideInt8(int64_t lanes) : WideMultiplier(4, lanes) {}

protected:
  Value widen(ImplicitLocOpBuilder &b, Value bits, int64_t v) const override {
    if (v < 3)
      bits = arith::ShLIOp::create(b, bits,
                                   constant(b, bits, int32_t(24 - 8 * v)));
    Value integer = arith::ShRSIOp::create(b, bits, constant(b, bits, 24));
    return arith::SIToFPOp::create(b, floats(b), integer);
  }
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
  if (left.isF32() && right.isInteger(8))
    return std::make_unique<WideInt8>(target.lanes);
  return nullptr;
}
