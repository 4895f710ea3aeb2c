// RUN: bert-opt %s --interpret | FileCheck %s
// Inputs of the range -1 to 1.55 have a scale of 0.01 and a zero point of 100; 0.014 is 1.4 of them.
// Weights of 1.27 at most have a scale of 0.01 too, 0.026 is 3.

// CHECK: @fused_linear, result 0: [1, 2]
// CHECK-NEXT: {{^}} 1.96879991 0.0155999989
func.func @fused_linear() -> tensor<1x2xf32> {
  %x = arith.constant dense<[[-1.0, 1.55, 0.014]]> : tensor<1x3xf32>
  %w = arith.constant dense<[[0.0, 1.27, 0.026], [0.0, 0.0, 1.56]]> : tensor<2x3xf32>
  %y = bert.fused_linear %x, %w {activation = #bert<activation none>, precision = #bert<precision int8>}
      : (tensor<1x3xf32>, tensor<2x3xf32>) -> tensor<1x2xf32>
  return %y : tensor<1x2xf32>
}

// Packed it is the same.
// CHECK: @packed_linear, result 0: [1, 2]
// CHECK-NEXT: {{^}} 1.96879991 0.0155999989
func.func @packed_linear() -> tensor<1x2xf32> {
  %x = arith.constant dense<[[-1.0, 1.55, 0.014]]> : tensor<1x3xf32>
  %w = arith.constant dense<[[0.0, 1.27, 0.026], [0.0, 0.0, 1.56]]> : tensor<2x3xf32>
  %p = bert.pack %w {panel = 4 : i64} : tensor<2x3xf32> -> tensor<1x18x4x4xi8>
  %y = bert.packed_linear %x, %p {activation = #bert<activation none>, out_features = 2 : i64}
      : (tensor<1x3xf32>, tensor<1x18x4x4xi8>) -> tensor<1x2xf32>
  return %y : tensor<1x2xf32>
}
