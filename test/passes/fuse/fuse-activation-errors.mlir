// RUN: bert-opt %s --bert-fuse-activation --verify-diagnostics | FileCheck %s
// What cannot be fused stays, with a remark.

// CHECK: bert.linear
// CHECK-NEXT: bert.relu
func.func @other_use(%x : tensor<?x4xf32>, %w : tensor<6x4xf32>) -> (tensor<?x6xf32>, tensor<?x6xf32>) {
  %0 = bert.linear %x, %w : (tensor<?x4xf32>, tensor<6x4xf32>) -> tensor<?x6xf32>
  // expected-remark@+1 {{not fused: the product has other uses}}
  %1 = bert.relu %0 : tensor<?x6xf32>
  return %0, %1 : tensor<?x6xf32>, tensor<?x6xf32>
}
