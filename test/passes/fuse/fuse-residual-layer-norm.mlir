// RUN: bert-opt %s --bert-fuse-residual-layer-norm | FileCheck %s
// RUN: bert-opt %S/Inputs/tiny.mlir --verify-semantics --bert-fuse-activation --bert-fuse-residual-layer-norm \
// RUN:   | FileCheck %s --check-prefix=TINY

// CHECK-LABEL: func.func @both
// CHECK-SAME: (%[[X:.*]]: tensor<?x4xf32>, %[[R:[^:]*]]: tensor<?x6xf32>, %[[W:[^:]*]]: tensor<6x4xf32>, %[[B:[^:]*]]: tensor<6xf32>, %[[S:[^:]*]]: tensor<6xf32>)
// CHECK-NEXT: %[[Y:.*]] = bert.fused_linear %[[X]], %[[W]] bias %[[B]] residual %[[R]] layer_norm %[[S]], %[[B]]
// CHECK-SAME: activation none>, epsilon = {{[0-9.]+E-13}} : f64
// CHECK-NEXT: return %[[Y]]
func.func @both(%x : tensor<?x4xf32>, %r : tensor<?x6xf32>, %w : tensor<6x4xf32>, %b : tensor<6xf32>, %s : tensor<6xf32>) -> tensor<?x6xf32> {
  %0 = bert.linear %x, %w bias %b : (tensor<?x4xf32>, tensor<6x4xf32>, tensor<6xf32>) -> tensor<?x6xf32>
  %1 = bert.add %r, %0 : tensor<?x6xf32>
  %2 = bert.layer_norm %1, %s, %b {epsilon = 1.0e-12 : f64} : (tensor<?x6xf32>, tensor<6xf32>, tensor<6xf32>) -> tensor<?x6xf32>
  return %2 : tensor<?x6xf32>
}

// The activation, joined before, comes before the residual.
// CHECK-LABEL: func.func @after_activation
// CHECK: bert.fused_linear %{{.*}}, %{{.*}} residual %{{.*}} {activation = #bert<activation relu>}
// CHECK-NEXT: return
func.func @after_activation(%x : tensor<?x4xf32>, %r : tensor<?x6xf32>, %w : tensor<6x4xf32>) -> tensor<?x6xf32> {
  %0 = bert.fused_linear %x, %w {activation = #bert<activation relu>} : (tensor<?x4xf32>, tensor<6x4xf32>) -> tensor<?x6xf32>
  %1 = bert.add %0, %r : tensor<?x6xf32>
  return %1 : tensor<?x6xf32>
}

// Of two products one takes the other as its residual.
// CHECK-LABEL: func.func @two_products
// CHECK: %[[OTHER:.*]] = bert.linear
// CHECK: bert.fused_linear %{{.*}}, %{{.*}} residual %[[OTHER]]
func.func @two_products(%x : tensor<?x4xf32>, %w : tensor<6x4xf32>) -> tensor<?x6xf32> {
  %0 = bert.linear %x, %w : (tensor<?x4xf32>, tensor<6x4xf32>) -> tensor<?x6xf32>
  %1 = bert.linear %x, %w : (tensor<?x4xf32>, tensor<6x4xf32>) -> tensor<?x6xf32>
  %2 = bert.add %0, %1 : tensor<?x6xf32>
  return %2 : tensor<?x6xf32>
}

// A second residual, and one after the layer norm, stay sums.
// CHECK-LABEL: func.func @second_residual
// CHECK: bert.fused_linear
// CHECK-NEXT: bert.add
// CHECK-NEXT: return
func.func @second_residual(%x : tensor<?x4xf32>, %r : tensor<?x6xf32>, %w : tensor<6x4xf32>) -> tensor<?x6xf32> {
  %0 = bert.linear %x, %w : (tensor<?x4xf32>, tensor<6x4xf32>) -> tensor<?x6xf32>
  %1 = bert.add %0, %r : tensor<?x6xf32>
  %2 = bert.add %1, %r : tensor<?x6xf32>
  return %2 : tensor<?x6xf32>
}

// TINY-LABEL: func.func private @layer
// TINY-NOT: bert.add
// TINY-NOT: bert.layer_norm
// TINY: return
