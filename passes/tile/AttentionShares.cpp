//===- AttentionShares.cpp ------------------------------------------------===//

#include "passes/tile/AttentionShares.h"

using namespace bertc;
using namespace mlir;

void bertc::forPairs(KernelBuilder &k, Value offsets, int64_t heads,
                     Value sequences, Value thread, Value threads,
                     llvm::function_ref<void(const AttentionPair &)> body) {
  Value zero = k.index(0), one = k.index(1);
  auto offset = [&](Value i) { return k.numberAt(offsets, i); };
  auto length = [&](Value sequence) {
    return k.sub(offset(k.add(sequence, one)), offset(sequence));
  };
  // Products are quadratic in the length, copies and softmax sums linear.
  auto cost = [&](Value sequence) {
    Value n = length(sequence);
    return k.mul(n, k.add(n, k.index(64)));
  };
  Value total =
      k.reduce(zero, sequences, one, zero,
               [&](Value sequence, ValueRange sum) -> SmallVector<Value> {
                 return {k.add(sum[0], cost(sequence))};
               })[0];
  Value everything = k.mul(total, k.index(heads));
  k.loop(zero, k.index(heads), one, [&](Value head) {
    Value headStart = k.mul(head, total);
    k.reduce(zero, sequences, one, headStart,
             [&](Value sequence, ValueRange start) -> SmallVector<Value> {
               Value owner = k.div(k.mul(start[0], threads), everything);
               k.when(k.equal(owner, thread), [&] {
                 body({sequence, offset(sequence), length(sequence), head});
               });
               return {k.add(start[0], cost(sequence))};
             });
  });
}
