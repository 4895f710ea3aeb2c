// RUN: not bert-opt %s --bert-set-precision=precision=f64 2>&1 | FileCheck %s --check-prefix=KIND
// RUN: not bert-opt %s --bert-set-precision="precision=bf16 keep-f32=layer.*,table" 2>&1 | FileCheck %s --check-prefix=GLOB
// RUN: not bert-opt %s --bert-set-precision="precision=bf16 keep-f32=[a" 2>&1 | FileCheck %s --check-prefix=FORM
// RUN: not bert-opt %S/pack-weights.mlir --bert-set-precision=precision=bf16 2>&1 | FileCheck %s --check-prefix=ENTRY

// KIND: error: precision f64 is none of f32, bf16, int8
// A weight that no product reads is none.
// GLOB: error: keep-f32 "table" is the name of no product's weight
// FORM: error: keep-f32 [a: invalid glob pattern
// ENTRY: error: no function carries bert.entry
// RUN: not bert-opt %S/Inputs/recursive.mlir --bert-set-precision=precision=bf16 2>&1 | FileCheck %s --check-prefix=CYCLE
// CYCLE: error: a function calls itself

bert.parameter @layer.w : tensor<4x4xf32>
bert.parameter @table : tensor<4x4xf32>

func.func @entry(%ids : tensor<?xi32>) -> tensor<?x4xf32> attributes {bert.entry} {
  %w = bert.get_parameter @layer.w : tensor<4x4xf32>
  %t = bert.get_parameter @table : tensor<4x4xf32>
  %x = bert.embedding %ids from %t : (tensor<?xi32>, tensor<4x4xf32>) -> tensor<?x4xf32>
  %y = bert.fused_linear %x, %w {activation = #bert<activation none>} : (tensor<?x4xf32>, tensor<4x4xf32>) -> tensor<?x4xf32>
  return %y : tensor<?x4xf32>
}
