// RUN: bert-opt %s --bert-fuse-residual-layer-norm --verify-diagnostics | FileCheck %s
// What cannot be fused stays, with a remark.

// CHECK-NOT: bert.fused_linear

func.func @sum_with_other_use(%x : tensor<?x4xf32>, %r : tensor<?x6xf32>, %w : tensor<6x4xf32>) -> (tensor<?x6xf32>, tensor<?x6xf32>) {
  %0 = bert.linear %x, %w : (tensor<?x4xf32>, tensor<6x4xf32>) -> tensor<?x6xf32>
  // expected-remark@+1 {{not fused: the product has other uses}}
  %1 = bert.add %0, %r : tensor<?x6xf32>
  return %0, %1 : tensor<?x6xf32>, tensor<?x6xf32>
}

func.func @twice(%x : tensor<?x4xf32>, %w : tensor<6x4xf32>) -> tensor<?x6xf32> {
  %0 = bert.linear %x, %w : (tensor<?x4xf32>, tensor<6x4xf32>) -> tensor<?x6xf32>
  // expected-remark@+1 {{not fused: the product has other uses}}
  %1 = bert.add %0, %0 : tensor<?x6xf32>
  return %1 : tensor<?x6xf32>
}

func.func @norm_with_other_use(%x : tensor<?x4xf32>, %w : tensor<6x4xf32>, %s : tensor<6xf32>) -> (tensor<?x6xf32>, tensor<?x6xf32>) {
  %0 = bert.linear %x, %w : (tensor<?x4xf32>, tensor<6x4xf32>) -> tensor<?x6xf32>
  // expected-remark@+1 {{not fused: the product has other uses}}
  %1 = bert.layer_norm %0, %s, %s {epsilon = 1.0e-12 : f64} : (tensor<?x6xf32>, tensor<6xf32>, tensor<6xf32>) -> tensor<?x6xf32>
  return %0, %1 : tensor<?x6xf32>, tensor<?x6xf32>
}
