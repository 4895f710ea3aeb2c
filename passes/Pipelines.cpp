//===- Pipelines.cpp ------------------------------------------------------===//

#include "passes/Pipelines.h"

#include "passes/Passes.h"

#include "mlir/Conversion/ArithToLLVM/ArithToLLVM.h"
#include "mlir/Conversion/ControlFlowToLLVM/ControlFlowToLLVM.h"
#include "mlir/Conversion/ConvertToLLVM/ToLLVMPass.h"
#include "mlir/Conversion/FuncToLLVM/ConvertFuncToLLVM.h"
#include "mlir/Conversion/IndexToLLVM/IndexToLLVM.h"
#include "mlir/Conversion/MathToLLVM/MathToLLVM.h"
#include "mlir/Conversion/MemRefToLLVM/MemRefToLLVM.h"
#include "mlir/Conversion/Passes.h"
#include "mlir/Conversion/UBToLLVM/UBToLLVM.h"
#include "mlir/Conversion/VectorToLLVM/ConvertVectorToLLVM.h"
#include "mlir/Conversion/VectorToSCF/VectorToSCF.h"
#include "mlir/Dialect/AMX/Transforms.h"
#include "mlir/Dialect/MemRef/Transforms/Passes.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Pass/PassOptions.h"
#include "mlir/Pass/PassRegistry.h"
#include "mlir/Transforms/Passes.h"

using namespace bertc;
using namespace mlir;

void bertc::buildFusePipeline(OpPassManager &manager,
                              const PipelineOptions &options) {
  BertDropDeadOutputsOptions dead;
  dead.outputs.assign(options.outputs.begin(), options.outputs.end());
  manager.addPass(createBertDropDeadOutputs(dead));
  manager.addPass(createBertFuseQkv());
  manager.addPass(createBertFuseAccumulation());
  manager.addPass(createBertFuseActivation());
  manager.addPass(createBertFuseResidualLayerNorm());
  manager.addPass(createBertFuseEmbeddingLayerNorm());
  manager.addPass(createBertFormFusedLinear());
  manager.addPass(createCanonicalizerPass());
  manager.addPass(createCSEPass());
}

void bertc::buildPrecisionPipeline(OpPassManager &manager,
                                   const PipelineOptions &options) {
  BertSetPrecisionOptions precision;
  precision.precision = options.precision;
  precision.attention = options.roundAttention;
  precision.keepF32.assign(options.keepF32.begin(), options.keepF32.end());
  manager.addPass(createBertSetPrecision(precision));
  manager.addPass(createBertScaleInputs());
}

void bertc::buildTilePipeline(OpPassManager &manager,
                              const PipelineOptions &options) {
  BertPackWeightsOptions pack;
  pack.targetCpu = options.targetCpu;
  manager.addPass(createBertPackWeights(pack));
  manager.addPass(createBertHoistPacking());
  manager.addPass(createBertMaterializeParameters());
  BertLowerToKernelsOptions kernels;
  kernels.targetCpu = options.targetCpu;
  kernels.f32Products = options.f32Products;
  manager.addPass(createBertLowerToKernels(kernels));
  manager.addPass(createCanonicalizerPass());
  manager.addPass(createCSEPass());
}

void bertc::buildVectorPipeline(OpPassManager &manager,
                                const PipelineOptions &options) {
  BertVectorizeTilesOptions tiles;
  tiles.targetCpu = options.targetCpu;
  manager.addPass(createBertVectorizeTiles(tiles));
  manager.addPass(createBertExpandMath());
  manager.addPass(createCanonicalizerPass());
  manager.addPass(createCSEPass());
}

void bertc::buildLLVMPipeline(OpPassManager &manager, const PipelineOptions &) {
  VectorTransferToSCFOptions unroll;
  unroll.enableFullUnroll();
  manager.addPass(createConvertVectorToSCFPass(unroll));
  manager.addPass(createCanonicalizerPass());
  manager.addPass(createCSEPass());
  manager.addPass(createSCFToControlFlowPass());
  manager.addPass(memref::createExpandStridedMetadataPass());
  manager.addPass(createLowerAffinePass());
  ConvertVectorToLLVMPassOptions vectors;
  vectors.vectorTransposeLowering =
      vector::VectorTransposeLowering::Shuffle16x16;
  vectors.x86Vector = true;
  manager.addPass(createConvertVectorToLLVMPass(vectors));
  // All that is left at once: branches hand tiles of a matrix unit on, which
  // a pass for each dialect would not convert.
  manager.addPass(createConvertToLLVMPass());
  manager.addPass(createReconcileUnrealizedCastsPass());
  manager.addPass(createCanonicalizerPass());
  manager.addPass(createCSEPass());
}

void bertc::registerLLVMConversions(DialectRegistry &registry) {
  registerConvertAMXToLLVMInterface(registry);
  registerConvertFuncToLLVMInterface(registry);
  registerConvertMemRefToLLVMInterface(registry);
  vector::registerConvertVectorToLLVMInterface(registry);
  cf::registerConvertControlFlowToLLVMInterface(registry);
  arith::registerConvertArithToLLVMInterface(registry);
  index::registerConvertIndexToLLVMInterface(registry);
  registerConvertMathToLLVMInterface(registry);
  ub::registerConvertUBToLLVMInterface(registry);
}

namespace {

struct TextOptions : PassPipelineOptions<TextOptions> {
  Option<std::string> targetCpu{*this, "target-cpu",
                                llvm::cl::desc("CPU to generate code for"),
                                llvm::cl::init("native")};
  ListOption<std::string> outputs{*this, "outputs",
                                  llvm::cl::desc("entry results to keep")};

  PipelineOptions toOptions() const {
    PipelineOptions options;
    options.targetCpu = targetCpu;
    options.outputs.assign(outputs.begin(), outputs.end());
    return options;
  }
};

template <typename Build>
void registerOne(StringRef name, StringRef description, Build build) {
  PassPipelineRegistration<TextOptions>(
      name, description, [=](OpPassManager &manager, const TextOptions &text) {
        build(manager, text.toOptions());
      });
}

} // namespace

void bertc::registerPipelines() {
  registerOne("bert-fuse-pipeline", "bert to bert-fused", buildFusePipeline);
  registerOne("bert-tile-pipeline", "bert-fused to linalg", buildTilePipeline);
  registerOne("bert-vector-pipeline", "linalg to vector", buildVectorPipeline);
  registerOne("bert-llvm-pipeline", "vector to llvm", buildLLVMPipeline);
}
