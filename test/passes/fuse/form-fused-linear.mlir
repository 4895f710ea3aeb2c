// RUN: bert-opt %s --bert-form-fused-linear | FileCheck %s
// RUN: bert-opt %S/Inputs/tiny.mlir --verify-semantics --bert-form-fused-linear | FileCheck %s --check-prefix=TINY
// RUN: bert-opt %S/Inputs/tiny.mlir --verify-semantics --bert-fuse-pipeline | FileCheck %s --check-prefix=WHOLE

// CHECK-LABEL: func.func @each
// CHECK-SAME: (%[[X:.*]]: tensor<?x4xf32>, %[[W:[^:]*]]: tensor<6x4xf32>, %[[B:[^:]*]]: tensor<6xf32>)
// CHECK-NEXT: %[[Y:.*]] = bert.fused_linear %[[X]], %[[W]] bias %[[B]] {activation = #bert<activation none>}
// CHECK-NEXT: %[[Z:.*]] = bert.fused_linear %[[X]], %[[W]] {activation = #bert<activation none>}
// CHECK-NEXT: return %[[Y]], %[[Z]]
func.func @each(%x : tensor<?x4xf32>, %w : tensor<6x4xf32>, %b : tensor<6xf32>) -> (tensor<?x6xf32>, tensor<?x6xf32>) {
  %0 = bert.linear %x, %w bias %b : (tensor<?x4xf32>, tensor<6x4xf32>, tensor<6xf32>) -> tensor<?x6xf32>
  %1 = bert.linear %x, %w : (tensor<?x4xf32>, tensor<6x4xf32>) -> tensor<?x6xf32>
  return %0, %1 : tensor<?x6xf32>, tensor<?x6xf32>
}

// A product that is fused already stays as it is.
// CHECK-LABEL: func.func @fused
// CHECK-NEXT: bert.fused_linear {{.*}}activation relu>
// CHECK-NEXT: return
func.func @fused(%x : tensor<?x4xf32>, %w : tensor<6x4xf32>) -> tensor<?x6xf32> {
  %0 = bert.fused_linear %x, %w {activation = #bert<activation relu>} : (tensor<?x4xf32>, tensor<6x4xf32>) -> tensor<?x6xf32>
  return %0 : tensor<?x6xf32>
}

// TINY-NOT: bert.linear
// TINY: bert.fused_linear
// TINY-NOT: bert.linear

// After the whole pipeline a layer is four products and an attention.
// WHOLE-LABEL: func.func private @layer
// WHOLE: %[[QKV:.*]] = bert.fused_linear
// WHOLE-SAME: activation none>
// WHOLE-NEXT: %[[MIXED:.*]] = bert.self_attention %[[QKV]]
// WHOLE-NEXT: %[[ATTENDED:.*]] = bert.fused_linear %[[MIXED]], {{.*}} residual %{{.*}} layer_norm
// WHOLE-NEXT: %[[WIDE:.*]] = bert.fused_linear %[[ATTENDED]], {{.*}}activation gelu>
// WHOLE-NEXT: %[[OUT:.*]] = bert.fused_linear %[[WIDE]], {{.*}} residual %[[ATTENDED]] layer_norm
// WHOLE-NEXT: return %[[OUT]]
// WHOLE-LABEL: func.func @encode
// WHOLE: bert.fused_embedding
// WHOLE-NOT: bert.linear
