//===- FuseQkv.cpp - bert-fuse-qkv ----------------------------------------===//

#include "passes/Passes.h"

#include "dialect/BertOps.h"

#include "mlir/IR/Builders.h"
#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallVector.h"

#include <algorithm>

namespace bertc {
#define GEN_PASS_DEF_BERTFUSEQKV
#include "passes/Passes.h.inc"
} // namespace bertc

using namespace bertc;
using namespace mlir;

namespace {

/// The products of query, key and value, and the ops that read them: attention,
/// and the attention maps that are wanted. Where the maps alone are, there is
/// no attention and no value.
struct Group {
  SmallVector<bert::LinearOp, 3> products;
  bert::AttentionOp attention;
  SmallVector<bert::AttentionProbsOp, 1> maps;

  Operation *root() const {
    if (attention)
      return attention;
    return maps.front();
  }
  bool reads(Operation *user) const {
    return user == attention || llvm::is_contained(maps, user);
  }
};

/// The product behind the others in their block.
bert::LinearOp lastOf(ArrayRef<bert::LinearOp> products) {
  return *llvm::max_element(products,
                            [](bert::LinearOp one, bert::LinearOp other) {
                              return one->isBeforeInBlock(other);
                            });
}

/// Why the products cannot be one; "" when they can.
StringRef obstacle(const Group &group) {
  if (!llvm::all_of(group.products,
                    [](Operation *op) { return op != nullptr; }))
    return "query, key and value are not all bert.linear";
  bert::LinearOp query = group.products.front();
  for (bert::LinearOp other : llvm::drop_begin(group.products)) {
    if (other->getBlock() != query->getBlock())
      return "query, key and value stand in different blocks";
    if (other.getInput() != query.getInput())
      return "query, key and value come from different inputs";
    if (bool(other.getBias()) != bool(query.getBias()))
      return "only some of query, key and value have a bias";
    if (other.getResult().getType() != query.getResult().getType())
      return "query, key and value differ in their columns";
  }
  // One product in two roles would be erased twice.
  for (auto [i, product] : llvm::enumerate(group.products))
    if (llvm::is_contained(ArrayRef(group.products).drop_front(i + 1), product))
      return "query, key or value has other uses";
  for (bert::LinearOp product : group.products)
    if (!llvm::all_of(product->getUsers(),
                      [&](Operation *user) { return group.reads(user); }))
      return "query, key or value has other uses";
  Operation *last = lastOf(group.products);
  for (bert::LinearOp product : group.products)
    for (Operation *user : product->getUsers())
      if (user->getBlock() != last->getBlock() || user->isBeforeInBlock(last))
        return "attention or its maps stand before the last product";
  return "";
}

Value concat(OpBuilder &b, Location loc, ValueRange vectorsOrMatrices) {
  auto first = cast<RankedTensorType>(vectorsOrMatrices.front().getType());
  SmallVector<int64_t> shape(first.getShape());
  shape[0] = 0;
  for (Value value : vectorsOrMatrices)
    shape[0] += cast<RankedTensorType>(value.getType()).getDimSize(0);
  return bert::ConcatOp::create(
      b, loc, RankedTensorType::get(shape, first.getElementType()),
      vectorsOrMatrices);
}

void fuse(const Group &group) {
  OpBuilder b(group.root());
  // Behind all operands and before all users.
  b.setInsertionPointAfter(lastOf(group.products));
  Location loc = group.root()->getLoc();
  bert::LinearOp query = group.products.front();
  SmallVector<Value> weights, biases;
  for (bert::LinearOp product : group.products) {
    weights.push_back(product.getWeight());
    if (product.getBias())
      biases.push_back(product.getBias());
  }
  Value weight = concat(b, loc, weights);
  Value bias = biases.empty() ? Value() : concat(b, loc, biases);
  auto type = cast<RankedTensorType>(query.getResult().getType());
  int64_t hidden = type.getDimSize(1);
  auto joined =
      type.clone({type.getDimSize(0), int64_t(group.products.size()) * hidden});
  auto qkv =
      bert::LinearOp::create(b, loc, joined, query.getInput(), weight, bias);
  if (auto attention = group.attention) {
    b.setInsertionPoint(attention);
    auto fused = bert::SelfAttentionOp::create(
        b, loc, type, qkv, attention.getOffsets(), attention.getNumHeads());
    attention.getResult().replaceAllUsesWith(fused);
    attention.erase();
  }
  for (bert::AttentionProbsOp maps : group.maps) {
    b.setInsertionPoint(maps);
    auto fused = bert::SelfAttentionProbsOp::create(
        b, maps.getLoc(), maps.getResult().getType(), qkv, maps.getOffsets(),
        maps.getNumHeads(), hidden / int64_t(maps.getNumHeads()),
        maps.getMaxPositions());
    maps.getResult().replaceAllUsesWith(fused);
    maps.erase();
  }
  for (bert::LinearOp product : group.products)
    product.erase();
}

/// The attentions of `module`, each with the maps of the same query and key.
SmallVector<Group> findGroups(ModuleOp module) {
  SmallVector<Group> groups;
  llvm::DenseSet<Operation *> taken;
  auto collect = [&](bert::AttentionOp attention, Value query, Value key) {
    Group group;
    group.attention = attention;
    for (Operation *user : query.getUsers())
      if (auto maps = dyn_cast<bert::AttentionProbsOp>(user))
        if (maps.getQuery() == query && maps.getKey() == key &&
            taken.insert(maps).second)
          group.maps.push_back(maps);
    // Users come last first.
    std::reverse(group.maps.begin(), group.maps.end());
    group.products = {query.getDefiningOp<bert::LinearOp>(),
                      key.getDefiningOp<bert::LinearOp>()};
    if (attention)
      group.products.push_back(
          attention.getValue().getDefiningOp<bert::LinearOp>());
    groups.push_back(std::move(group));
  };
  module.walk(
      [&](bert::AttentionOp op) { collect(op, op.getQuery(), op.getKey()); });
  module.walk([&](bert::AttentionProbsOp op) {
    if (!taken.contains(op))
      collect({}, op.getQuery(), op.getKey());
  });
  return groups;
}

struct FuseQkvPass : bertc::impl::BertFuseQkvBase<FuseQkvPass> {
  void runOnOperation() override {
    for (const Group &group : findGroups(getOperation())) {
      StringRef why = obstacle(group);
      if (why.empty())
        fuse(group);
      else
        group.root()->emitRemark("not fused: ") << why;
    }
  }
};

} // namespace
