//===- FuseEmbeddingLayerNorm.cpp - bert-fuse-embedding-layer-norm --------===//

#include "passes/Passes.h"

#include "dialect/BertOps.h"

#include "mlir/IR/Builders.h"

namespace bertc {
#define GEN_PASS_DEF_BERTFUSEEMBEDDINGLAYERNORM
#include "passes/Passes.h.inc"
} // namespace bertc

using namespace bertc;
using namespace mlir;

namespace {

void fuse(bert::LayerNormOp norm) {
  auto embedding = norm.getInput().getDefiningOp<bert::EmbeddingOp>();
  if (!embedding)
    return;
  if (!embedding->hasOneUse()) {
    norm.emitRemark("not fused: the embedding has other uses");
    return;
  }
  OpBuilder b(norm);
  auto fused = bert::FusedEmbeddingOp::create(
      b, b.getFusedLoc({embedding.getLoc(), norm.getLoc()}),
      norm.getResult().getType(), embedding.getIds(), embedding.getTables(),
      norm.getScale(), norm.getBias(), norm.getEpsilonAttr());
  norm.getResult().replaceAllUsesWith(fused);
  norm.erase();
  embedding.erase();
}

struct FuseEmbeddingLayerNormPass
    : bertc::impl::BertFuseEmbeddingLayerNormBase<FuseEmbeddingLayerNormPass> {
  void runOnOperation() override {
    SmallVector<bert::LayerNormOp> norms;
    getOperation().walk([&](bert::LayerNormOp op) { norms.push_back(op); });
    for (bert::LayerNormOp norm : norms)
      fuse(norm);
  }
};

} // namespace
