// RUN: bert-opt %s --bert-fuse-embedding-layer-norm --verify-diagnostics | FileCheck %s
// What cannot be fused stays, with a remark.

// CHECK: bert.embedding
// CHECK-NEXT: bert.layer_norm
func.func @other_use(%ids : tensor<?xi32>, %a : tensor<7x4xf32>, %s : tensor<4xf32>) -> (tensor<?x4xf32>, tensor<?x4xf32>) {
  %0 = bert.embedding %ids from %a : (tensor<?xi32>, tensor<7x4xf32>) -> tensor<?x4xf32>
  // expected-remark@+1 {{not fused: the embedding has other uses}}
  %1 = bert.layer_norm %0, %s, %s {epsilon = 1.0e-12 : f64} : (tensor<?x4xf32>, tensor<4xf32>, tensor<4xf32>) -> tensor<?x4xf32>
  return %0, %1 : tensor<?x4xf32>, tensor<?x4xf32>
}
