// RUN: bert-opt %s --bert-pack-weights=panel=8 | FileCheck %s
// RUN: bert-opt %s --bert-pack-weights=target-cpu=x86-64-v3 | FileCheck %s --check-prefix=AVX2
// RUN: bert-opt %s --bert-pack-weights=target-cpu=x86-64-v4 | FileCheck %s --check-prefix=AVX512
// RUN: bert-opt %S/../fuse/Inputs/tiny.mlir --verify-semantics --bert-pack-weights=panel=8 | FileCheck %s --check-prefix=TINY

// Both products read one packed weight: 20 rows in three panels of 8.
// CHECK-LABEL: func.func @both
// CHECK-SAME: (%[[X:.*]]: tensor<?x4xf32>, %[[W:[^:]*]]: tensor<20x4xf32>, %[[B:[^:]*]]: tensor<20xf32>)
// CHECK-NEXT: %[[P:.*]] = bert.pack %[[W]] {panel = 8 : i64} : tensor<20x4xf32> -> tensor<3x4x8xf32>
// CHECK-NEXT: %[[Y:.*]] = bert.packed_linear %[[X]], %[[P]] bias %[[B]] {activation = #bert<activation none>, out_features = 20 : i64}
// CHECK-NEXT: bert.packed_linear %[[X]], %[[P]] residual %[[Y]] layer_norm %[[B]], %[[B]]
// CHECK-SAME: activation relu>
// AVX2: bert.pack {{.*}} {panel = 16 : i64}
// AVX512: bert.pack {{.*}} {panel = 32 : i64}
func.func @both(%x : tensor<?x4xf32>, %w : tensor<20x4xf32>, %b : tensor<20xf32>) -> tensor<?x20xf32> {
  %0 = bert.linear %x, %w bias %b : (tensor<?x4xf32>, tensor<20x4xf32>, tensor<20xf32>) -> tensor<?x20xf32>
  %1 = bert.fused_linear %x, %w residual %0 layer_norm %b, %b {activation = #bert<activation relu>, epsilon = 1.0e-12 : f64}
      : (tensor<?x4xf32>, tensor<20x4xf32>, tensor<?x20xf32>, tensor<20xf32>, tensor<20xf32>) -> tensor<?x20xf32>
  return %1 : tensor<?x20xf32>
}

// The layout is that of the product's precision: K = 5 in three pairs.
// CHECK-LABEL: func.func @bf16
// CHECK-NEXT: %[[P:.*]] = bert.pack %{{.*}} {panel = 8 : i64} : tensor<20x5xf32> -> tensor<3x16x8x2xbf16>
// CHECK-NEXT: %[[Q:.*]] = bert.pack %{{.*}} {panel = 8 : i64} : tensor<20x5xf32> -> tensor<3x5x8xf32>
// CHECK-DAG: bert.packed_linear %{{.*}}, %[[P]] {{.*}} : (tensor<?x5xf32>, tensor<3x16x8x2xbf16>)
// CHECK-DAG: bert.packed_linear %{{.*}}, %[[Q]] {{.*}} : (tensor<?x5xf32>, tensor<3x5x8xf32>)
func.func @bf16(%x : tensor<?x5xf32>, %w : tensor<20x5xf32>) -> (tensor<?x20xf32>, tensor<?x20xf32>) {
  %0 = bert.fused_linear %x, %w {activation = #bert<activation none>} : (tensor<?x5xf32>, tensor<20x5xf32>) -> tensor<?x20xf32>
  %1 = bert.fused_linear %x, %w {activation = #bert<activation none>, precision = #bert<precision bf16>} : (tensor<?x5xf32>, tensor<20x5xf32>) -> tensor<?x20xf32>
  return %0, %1 : tensor<?x20xf32>, tensor<?x20xf32>
}

// The rows of the weight meet the gradient's columns: panels of its transpose, made where they are read.
// CHECK-LABEL: func.func @input_gradient
// CHECK-SAME: (%[[G:.*]]: tensor<?x20xf32>, %[[W:[^:]*]]: tensor<20x4xf32>)
// CHECK-NEXT: bert.scale
// CHECK-NEXT: %[[P:.*]] = bert.pack_transposed %[[W]] {panel = 8 : i64} : tensor<20x4xf32> -> tensor<1x20x8xf32>
// CHECK-NEXT: bert.packed_linear %{{.*}}, %[[P]] {activation = #bert<activation none>, out_features = 4 : i64}
func.func @input_gradient(%g : tensor<?x20xf32>, %w : tensor<20x4xf32>) -> tensor<?x4xf32> {
  %0 = bert.scale %g {factor = 2.0 : f64} : tensor<?x20xf32>
  %1 = bert.linear_input_gradient %0, %w : (tensor<?x20xf32>, tensor<20x4xf32>) -> tensor<?x4xf32>
  return %1 : tensor<?x4xf32>
}

// CHECK-LABEL: func.func @input_gradient_bf16
// CHECK-NEXT: %[[P:.*]] = bert.pack_transposed %{{.*}} {panel = 8 : i64} : tensor<20x4xf32> -> tensor<1x16x8x2xbf16>
// CHECK-NEXT: bert.packed_linear %{{.*}}, %[[P]] {activation = #bert<activation none>, out_features = 4 : i64}
func.func @input_gradient_bf16(%g : tensor<?x20xf32>, %w : tensor<20x4xf32>) -> tensor<?x4xf32> {
  %0 = bert.linear_input_gradient %g, %w {precision = #bert<precision bf16>} : (tensor<?x20xf32>, tensor<20x4xf32>) -> tensor<?x4xf32>
  return %0 : tensor<?x4xf32>
}

// TINY-NOT: bert.linear
