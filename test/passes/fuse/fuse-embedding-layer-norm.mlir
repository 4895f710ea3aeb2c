// RUN: bert-opt %s --bert-fuse-embedding-layer-norm | FileCheck %s
// RUN: bert-opt %S/Inputs/tiny.mlir --verify-semantics --bert-fuse-embedding-layer-norm | FileCheck %s --check-prefix=TINY

// CHECK-LABEL: func.func @two_tables
// CHECK-SAME: (%[[IDS:.*]]: tensor<?xi32>, %[[A:[^:]*]]: tensor<7x4xf32>, %[[B:[^:]*]]: tensor<8x4xf32>, %[[S:[^:]*]]: tensor<4xf32>)
// CHECK-NEXT: %[[Y:.*]] = bert.fused_embedding %[[IDS]], %[[IDS]] from %[[A]], %[[B]] layer_norm %[[S]], %[[S]] {epsilon = {{[0-9.]+E-13}} : f64}
// CHECK-NEXT: return %[[Y]]
func.func @two_tables(%ids : tensor<?xi32>, %a : tensor<7x4xf32>, %b : tensor<8x4xf32>, %s : tensor<4xf32>) -> tensor<?x4xf32> {
  %0 = bert.embedding %ids, %ids from %a, %b : (tensor<?xi32>, tensor<?xi32>, tensor<7x4xf32>, tensor<8x4xf32>) -> tensor<?x4xf32>
  %1 = bert.layer_norm %0, %s, %s {epsilon = 1.0e-12 : f64} : (tensor<?x4xf32>, tensor<4xf32>, tensor<4xf32>) -> tensor<?x4xf32>
  return %1 : tensor<?x4xf32>
}

// TINY-LABEL: func.func @encode
// TINY: bert.fused_embedding
// TINY-NOT: bert.layer_norm
