//===- FuseActivation.cpp - bert-fuse-activation --------------------------===//

#include "passes/Passes.h"
#include "passes/fuse/Product.h"

#include "dialect/BertOps.h"

#include "llvm/ADT/TypeSwitch.h"

namespace bertc {
#define GEN_PASS_DEF_BERTFUSEACTIVATION
#include "passes/Passes.h.inc"
} // namespace bertc

using namespace bertc;
using namespace mlir;

namespace {

/// What an op computes of each element; none for ops that are no activation.
bert::Activation activationOf(Operation *op) {
  return llvm::TypeSwitch<Operation *, bert::Activation>(op)
      .Case([](bert::GeluOp gelu) {
        return gelu.getApproximate() == bert::GeluForm::tanh
                   ? bert::Activation::gelu_tanh
                   : bert::Activation::gelu;
      })
      .Case([](bert::ReluOp) { return bert::Activation::relu; })
      .Case([](bert::SiluOp) { return bert::Activation::silu; })
      .Case([](bert::TanhOp) { return bert::Activation::tanh; })
      .Default(bert::Activation::none);
}

struct FuseActivationPass
    : bertc::impl::BertFuseActivationBase<FuseActivationPass> {
  void runOnOperation() override {
    SmallVector<Operation *> activations;
    getOperation().walk([&](Operation *op) {
      if (activationOf(op) != bert::Activation::none)
        activations.push_back(op);
    });
    for (Operation *op : activations) {
      std::optional<Product> product =
          Product::of(op->getOperand(0).getDefiningOp());
      // The activation comes first in a product's epilogue, and only once.
      if (!product || product->activation != bert::Activation::none ||
          product->residual || product->scale)
        continue;
      if (!product->op->hasOneUse()) {
        op->emitRemark("not fused: the product has other uses");
        continue;
      }
      product->activation = activationOf(op);
      product->replace(op);
    }
  }
};

} // namespace
