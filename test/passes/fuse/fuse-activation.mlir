// RUN: bert-opt %s --bert-fuse-activation | FileCheck %s
// RUN: bert-opt %S/Inputs/tiny.mlir --verify-semantics --bert-fuse-activation | FileCheck %s --check-prefix=TINY

// CHECK-LABEL: func.func @each
// CHECK-SAME: (%[[X:.*]]: tensor<?x4xf32>, %[[W:[^:]*]]: tensor<6x4xf32>, %[[B:[^:]*]]: tensor<6xf32>)
// CHECK-NEXT: bert.fused_linear %[[X]], %[[W]] bias %[[B]] {activation = #bert<activation gelu>}
// CHECK-NEXT: bert.fused_linear {{.*}}activation gelu_tanh>
// CHECK-NEXT: bert.fused_linear {{.*}}activation relu>
// CHECK-NEXT: bert.fused_linear {{.*}}activation silu>
// CHECK-NEXT: bert.fused_linear %[[X]], %[[W]] {activation = #bert<activation tanh>}
// CHECK-NEXT: return
func.func @each(%x : tensor<?x4xf32>, %w : tensor<6x4xf32>, %b : tensor<6xf32>)
    -> (tensor<?x6xf32>, tensor<?x6xf32>, tensor<?x6xf32>, tensor<?x6xf32>, tensor<?x6xf32>) {
  %0 = bert.linear %x, %w bias %b : (tensor<?x4xf32>, tensor<6x4xf32>, tensor<6xf32>) -> tensor<?x6xf32>
  %1 = bert.gelu %0 {approximate = #bert<gelu_form none>} : tensor<?x6xf32>
  %2 = bert.linear %x, %w bias %b : (tensor<?x4xf32>, tensor<6x4xf32>, tensor<6xf32>) -> tensor<?x6xf32>
  %3 = bert.gelu %2 {approximate = #bert<gelu_form tanh>} : tensor<?x6xf32>
  %4 = bert.linear %x, %w bias %b : (tensor<?x4xf32>, tensor<6x4xf32>, tensor<6xf32>) -> tensor<?x6xf32>
  %5 = bert.relu %4 : tensor<?x6xf32>
  %6 = bert.linear %x, %w bias %b : (tensor<?x4xf32>, tensor<6x4xf32>, tensor<6xf32>) -> tensor<?x6xf32>
  %7 = bert.silu %6 : tensor<?x6xf32>
  %8 = bert.linear %x, %w : (tensor<?x4xf32>, tensor<6x4xf32>) -> tensor<?x6xf32>
  %9 = bert.tanh %8 : tensor<?x6xf32>
  return %1, %3, %5, %7, %9 : tensor<?x6xf32>, tensor<?x6xf32>, tensor<?x6xf32>, tensor<?x6xf32>, tensor<?x6xf32>
}

// A second activation is not the product's.
// CHECK-LABEL: func.func @two
// CHECK: bert.fused_linear {{.*}}activation relu>
// CHECK-NEXT: bert.tanh
func.func @two(%x : tensor<?x4xf32>, %w : tensor<6x4xf32>) -> tensor<?x6xf32> {
  %0 = bert.linear %x, %w : (tensor<?x4xf32>, tensor<6x4xf32>) -> tensor<?x6xf32>
  %1 = bert.relu %0 : tensor<?x6xf32>
  %2 = bert.tanh %1 : tensor<?x6xf32>
  return %2 : tensor<?x6xf32>
}

// TINY-LABEL: func.func private @layer
// TINY: bert.fused_linear {{.*}}activation gelu>
// TINY-LABEL: func.func @encode
// TINY: bert.fused_linear {{.*}}activation tanh>
