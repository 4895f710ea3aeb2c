//===- DropoutSteps.cpp ---------------------------------------------------===//

#include "passes/tile/DropoutSteps.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "llvm/Support/MathExtras.h"

#include <cmath>
#include <cstdint>

using namespace bertc;
using namespace mlir;

namespace {

/// A constant of i64 or of a vector of it.
Value constant(ImplicitLocOpBuilder &b, Type type, uint64_t value) {
  auto bits = b.getI64IntegerAttr(int64_t(value));
  if (auto vector = dyn_cast<VectorType>(type))
    return arith::ConstantOp::create(b, DenseElementsAttr::get(vector, bits));
  return arith::ConstantOp::create(b, bits);
}

constexpr uint64_t lowerHalf = UINT32_MAX;

} // namespace

MemRefType bertc::keyType(MLIRContext *context,
                          const TargetDescription &target) {
  return MemRefType::get({int64_t(llvm::alignTo(2, target.panel))},
                         IntegerType::get(context, 32));
}

Philox::Philox(KernelBuilder &k, Value key) : b(k.builder()) {
  constexpr uint32_t steps[] = {0x9E3779B9, 0xBB67AE85};
  for (int word = 0; word < 2; ++word) {
    Value bits = memref::LoadOp::create(b, key, k.index(word));
    for (uint32_t round = 0; round < rounds; ++round) {
      Value step = arith::ConstantOp::create(
          b, b.getI32IntegerAttr(int32_t(round * steps[word])));
      keys[round][word] = arith::ExtUIOp::create(
          b, b.getI64Type(), arith::AddIOp::create(b, bits, step));
    }
  }
}

Philox::Words Philox::draw(Words counter) const {
  const Type type = counter[0].getType();
  Value low = constant(b, type, lowerHalf), half = constant(b, type, 32);
  auto product = [&](Value x, uint32_t factor) -> Value {
    return arith::MulIOp::create(b, arith::AndIOp::create(b, x, low),
                                 constant(b, type, factor));
  };
  auto mix = [&](Value product, Value word, Value key) -> Value {
    if (auto vector = dyn_cast<VectorType>(type))
      key = vector::BroadcastOp::create(b, vector, key);
    Value high = arith::ShRUIOp::create(b, product, half);
    return arith::XOrIOp::create(b, arith::XOrIOp::create(b, high, word), key);
  };
  for (const auto &key : keys) {
    Value first = product(counter[0], 0xD2511F53);
    Value second = product(counter[2], 0xCD9E8D57);
    counter = {mix(second, counter[1], key[0]), second,
               mix(first, counter[3], key[1]), first};
  }
  return counter;
}

DropoutDraws::DropoutDraws(KernelBuilder &k, Value key, double rate)
    : k(k), b(k.builder()), rate(rate), philox(k, key) {}

Value DropoutDraws::idOf(Value sequenceIds, Value sequence) const {
  return arith::ExtUIOp::create(
      b, b.getI64Type(), memref::LoadOp::create(b, sequenceIds, sequence));
}

Value DropoutDraws::wordOf(Value index) const {
  return arith::IndexCastOp::create(b, b.getI64Type(), index);
}

// Head 0 is the counter of rows that are no weights.
DropoutDraws::Row DropoutDraws::rowOfHead(Value sequenceIds, Value sequence,
                                          Value head) const {
  return {{}, idOf(sequenceIds, sequence), wordOf(k.add(head, k.index(1)))};
}

Value DropoutDraws::kept(Value column, const Row &row) const {
  const int64_t counters = k.wide() / 4;
  auto type = VectorType::get({counters}, b.getI64Type());
  auto splat = [&](Value word) -> Value {
    return vector::BroadcastOp::create(b, type, word);
  };
  SmallVector<int64_t> numbers(counters);
  for (int64_t i = 0; i < counters; ++i)
    numbers[i] = i;
  Value first = splat(wordOf(k.div(column, k.index(4))));
  first = arith::AddIOp::create(
      b, first,
      arith::ConstantOp::create(
          b, DenseElementsAttr::get(type, ArrayRef<int64_t>(numbers))));
  Philox::Words words = philox.draw(
      {first, splat(row.place), splat(row.sequenceId), splat(row.head)});

  // Words 0 and 1 of a counter side by side, then 2 and 3: lower halves of two
  // elements as one. Shifted there LLVM would multiply them once more.
  auto halves = VectorType::get({2 * counters}, b.getI32Type());
  SmallVector<int64_t> lowerHalves;
  for (int64_t i = 0; i < counters; ++i)
    lowerHalves.append({2 * i, 2 * (i + counters)});
  auto pair = [&](Value lower, Value upper) -> Value {
    Value both = vector::ShuffleOp::create(
        b, vector::BitCastOp::create(b, halves, lower),
        vector::BitCastOp::create(b, halves, upper), lowerHalves);
    return vector::BitCastOp::create(b, type, both);
  };
  Value drawn = vector::InterleaveOp::create(b, pair(words[0], words[1]),
                                             pair(words[2], words[3]));
  auto wide = VectorType::get({k.wide()}, b.getI32Type());
  drawn = vector::BitCastOp::create(b, wide, drawn);

  // Below rate 2^32 is below the next integer, and at most the one before.
  const auto limit = uint64_t(std::ceil(rate * 0x1p32));
  if (limit == 0)
    return arith::ConstantOp::create(
        b, DenseElementsAttr::get(VectorType::get({k.wide()}, b.getI1Type()),
                                  true));
  return arith::CmpIOp::create(b, arith::CmpIPredicate::ugt, drawn,
                               splatI32(b, wide, int32_t(limit - 1)));
}

// Multiplied by zero, and not zero itself, what is no number remains one.
Value DropoutDraws::factors(Value kept) const {
  return arith::SelectOp::create(b, kept, k.splat(k.f32(1 / (1 - rate))),
                                 k.splat(k.f32(0)));
}
