//===- Passes.td - every pass of bertc ------------------------------------===//

#ifndef BERTC_PASSES_PASSES_TD
#define BERTC_PASSES_PASSES_TD

include "mlir/Pass/PassBase.td"

def TargetCpuOption
    : Option<"targetCpu", "target-cpu", "std::string", "\"native\"",
             "CPU to generate code for: a name LLVM knows, or native">;

//===----------------------------------------------------------------------===//
// lower-cpu/ and tile/: kernels
//===----------------------------------------------------------------------===//

def BertLowerToKernels : Pass<"bert-lower-to-kernels", "mlir::ModuleOp"> {
  let summary = "every op a kernel on the session's workspace";
  let description = [{
    Turns the entry (the function with `bert.entry`) into
    `bertc_run(const bertc_call *)` of runtime/include/bertc_artifact.h: each op
    becomes a call of its kernel followed by a barrier, each tensor a place in
    the workspace, each parameter a place in the weights. Private functions stay
    functions. Leaves `bert.program` and `bert.weights` on the module
    (passes/lower-cpu/ProgramLayout.h) and no op of the bert dialect.

    Weights must be packed: run bert-pack-weights, bert-hoist-packing and
    bert-materialize-parameters before.
  }];
  let options = [TargetCpuOption];
  let dependentDialects = [
    "mlir::LLVM::LLVMDialect", "mlir::arith::ArithDialect",
    "mlir::linalg::LinalgDialect", "mlir::math::MathDialect",
    "mlir::memref::MemRefDialect", "mlir::scf::SCFDialect",
    "mlir::vector::VectorDialect"
  ];
}

def BertVectorizeTiles : Pass<"bert-vectorize-tiles", "mlir::ModuleOp"> {
  let summary = "linalg ops on tiles become registers";
  let description = [{
    A product on a tile becomes one loop over k whose accumulators stay in
    registers; the heights that occur, up to the target's tile rows, are told
    apart by a switch. An elementwise op becomes a loop over the tile's rows,
    each row one vector. A linalg op that is no tile gets a remark and stays.
  }];
  let options = [TargetCpuOption];
  let dependentDialects = [
    "mlir::arith::ArithDialect", "mlir::memref::MemRefDialect",
    "mlir::scf::SCFDialect", "mlir::vector::VectorDialect"
  ];
}

def BertExpandMath : Pass<"bert-expand-math", "mlir::ModuleOp"> {
  let summary = "exp, erf and tanh become polynomials";
  let description = [{
    Applies MLIR's polynomial approximations to math.exp, math.erf and
    math.tanh, so that no kernel calls libm.
  }];
  let dependentDialects = [
    "mlir::arith::ArithDialect", "mlir::math::MathDialect",
    "mlir::vector::VectorDialect"
  ];
}

#endif // BERTC_PASSES_PASSES_TD
