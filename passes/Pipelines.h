//===- Pipelines.h - the compiler's passes in their order -----------------===//
//
// Each pipeline starts where the one before ends; `--emit` prints between them:
//
//   import -> bert -> fuse -> bert-fused -> tile -> linalg -> vectorize ->
//   vector
//          -> lower to LLVM -> llvm
//
//===----------------------------------------------------------------------===//

#ifndef BERTC_PASSES_PIPELINES_H
#define BERTC_PASSES_PIPELINES_H

#include "llvm/ADT/StringRef.h"

#include <string>
#include <vector>

namespace mlir {
class DialectRegistry;
class OpPassManager;
} // namespace mlir

namespace bertc {

struct PipelineOptions {
  /// As TargetDescription::get takes it; for code generation.
  std::string targetCpu = "native";
  /// Of products, f32, bf16 or int8; and globs over the weights whose products
  /// stay f32 (bert-set-precision).
  std::string precision = "f32";
  std::vector<std::string> keepF32;
  /// How products of f32 are made (TargetDescription::setF32Products); as is
  /// best on the target when empty.
  std::string f32Products;
  /// Whether attention has the precision of the product before it.
  bool roundAttention = true;
  /// Entry results to keep; all when empty.
  std::vector<std::string> outputs;
};

/// bert -> bert-fused: coarser ops, dead outputs dropped, still on tensors.
void buildFusePipeline(mlir::OpPassManager &manager,
                       const PipelineOptions &options);
/// On bert-fused: each product gets its precision. Fails where the options name
/// what the model does not have.
void buildPrecisionPipeline(mlir::OpPassManager &manager,
                            const PipelineOptions &options);
/// bert-fused -> linalg: weights in panels, every op a kernel on the workspace,
/// kernels as loops over tiles. Sets bert.program and bert.weights
/// (passes/lower-cpu/ProgramLayout.h).
void buildTilePipeline(mlir::OpPassManager &manager,
                       const PipelineOptions &options);
/// linalg -> vector: tiles in registers.
void buildVectorPipeline(mlir::OpPassManager &manager,
                         const PipelineOptions &options);
/// vector -> llvm: upstream conversions only.
void buildLLVMPipeline(mlir::OpPassManager &manager,
                       const PipelineOptions &options);

/// Has a context know how the dialects of the last pipeline become llvm.
void registerLLVMConversions(mlir::DialectRegistry &registry);

/// Makes the pipelines known to bert-opt as --bert-fuse-pipeline,
/// --bert-tile-pipeline, --bert-vector-pipeline and --bert-llvm-pipeline.
void registerPipelines();

} // namespace bertc

#endif // BERTC_PASSES_PIPELINES_H
