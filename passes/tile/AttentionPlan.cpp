//===- AttentionPlan.cpp --------------------------------------------------===//

#include "passes/tile/AttentionPlan.h"

#include "passes/tile/ProductFactor.h"

#include "llvm/Support/MathExtras.h"

#include <algorithm>

using namespace bertc;
using namespace mlir;

AttentionPlan::AttentionPlan(MLIRContext *context, int64_t headSize,
                             int64_t maxPositions, bert::Precision precision,
                             const TargetDescription &target)
    : headSize(headSize), group(bert::groupOf(precision)),
      step(group * target.groupsAtOnce(precision)),
      tileRows(target.tileRowsOf(precision)), panel(target.panel),
      // Whole panels of keys are whole steps of values.
      paddedKeys(llvm::alignTo(maxPositions, std::max(target.panel, step))),
      keyPanels(paddedKeys / target.panel),
      valuePanels(llvm::divideCeil(headSize, target.panel)),
      packed(bert::elementType(context, precision)),
      factor(factorType(context, precision, target)),
      usesTiles(target.usesTiles(precision)) {}

AttentionArrays::AttentionArrays(ScratchPlaces &places,
                                 const AttentionPlan &plan) {
  const Type f32 = Float32Type::get(plan.packed.getContext());
  auto grouped = [&](int64_t panels, int64_t groups) {
    SmallVector<int64_t> shape = {panels, groups, plan.panel};
    if (plan.group > 1)
      shape.push_back(plan.group);
    return shape;
  };
  keys = places.next(grouped(plan.keyPanels, plan.keyGroups()), plan.packed);
  keyLanes = places.again({plan.keyPanels, plan.keyGroups(), plan.panel}, f32);
  values = places.next(grouped(plan.valuePanels, plan.paddedKeys / plan.group),
                       plan.packed);
  scores = places.next({plan.tileRows, plan.scoreStride()}, f32);
  contexts = places.next({plan.tileRows, plan.valuePanels * plan.panel}, f32);
  sums = places.next({64}, f32);
  if (plan.group == 1)
    return;
  queries = places.next(
      {plan.tileRows,
       int64_t(llvm::alignTo(plan.paddedHead(), plan.panel)) / plan.group,
       plan.group},
      plan.factor);
  weights =
      places.next({plan.tileRows, plan.scoreStride() / plan.group, plan.group},
                  plan.factor);
}

int64_t AttentionPlan::bytes() const {
  ScratchPlaces places;
  AttentionArrays(places, *this);
  return places.bytes();
}
