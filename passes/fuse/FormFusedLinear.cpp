//===- FormFusedLinear.cpp - bert-form-fused-linear -----------------------===//

#include "passes/Passes.h"

#include "dialect/BertOps.h"

#include "mlir/IR/Builders.h"

namespace bertc {
#define GEN_PASS_DEF_BERTFORMFUSEDLINEAR
#include "passes/Passes.h.inc"
} // namespace bertc

using namespace bertc;
using namespace mlir;

namespace {

void form(bert::LinearOp linear) {
  OpBuilder b(linear);
  auto fused = bert::FusedLinearOp::create(
      b, linear.getLoc(), linear.getResult().getType(), linear.getInput(),
      linear.getWeight(), /*input_scale=*/Value(), linear.getBias(),
      /*residual=*/Value(), /*scale=*/Value(), /*beta=*/Value(),
      bert::ActivationAttr::get(b.getContext(), bert::Activation::none),
      /*epsilon=*/FloatAttr(),
      bert::PrecisionAttr::get(b.getContext(), bert::Precision::f32));
  linear.getResult().replaceAllUsesWith(fused);
  linear.erase();
}

struct FormFusedLinearPass
    : bertc::impl::BertFormFusedLinearBase<FormFusedLinearPass> {
  void runOnOperation() override { getOperation().walk(form); }
};

} // namespace
