// RUN: bert-opt %s --interpret | FileCheck %s

// CHECK: @linear, result 0: [2, 2]
// CHECK-NEXT: {{^}} 4.5 0.5
// CHECK-NEXT: {{^}} -0.5 0.5
func.func @linear() -> tensor<2x2xf32> {
  %x = arith.constant dense<[[1.0, 2.0, 3.0], [-1.0, 0.5, 0.0]]> : tensor<2x3xf32>
  %w = arith.constant dense<[[1.0, 0.0, 1.0], [0.0, 2.0, -1.0]]> : tensor<2x3xf32>
  %b = arith.constant dense<[0.5, -0.5]> : tensor<2xf32>
  %y = bert.linear %x, %w bias %b : (tensor<2x3xf32>, tensor<2x3xf32>, tensor<2xf32>) -> tensor<2x2xf32>
  return %y : tensor<2x2xf32>
}

// The product is 4 1 and -1 1, relu makes it 4 1 and 0 1, the residual 4 6 and 8 2, whose means
// are 5 and 5 and whose deviations are 1 and 3.
// CHECK: @fused_linear, result 0: [2, 2]
// CHECK-NEXT: {{^}} -1 2.5
// CHECK-NEXT: {{^}} 1 -1.5
func.func @fused_linear() -> tensor<2x2xf32> {
  %x = arith.constant dense<[[1.0, 2.0, 3.0], [-1.0, 0.5, 0.0]]> : tensor<2x3xf32>
  %w = arith.constant dense<[[1.0, 0.0, 1.0], [0.0, 2.0, -1.0]]> : tensor<2x3xf32>
  %r = arith.constant dense<[[0.0, 5.0], [8.0, 1.0]]> : tensor<2x2xf32>
  %b = arith.constant dense<0.0> : tensor<2xf32>
  %scale = arith.constant dense<[1.0, 2.0]> : tensor<2xf32>
  %beta = arith.constant dense<[0.0, 0.5]> : tensor<2xf32>
  %y = bert.fused_linear %x, %w bias %b residual %r layer_norm %scale, %beta
      {activation = #bert<activation relu>, epsilon = 1.0e-14}
      : (tensor<2x3xf32>, tensor<2x3xf32>, tensor<2xf32>, tensor<2x2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<2x2xf32>
  return %y : tensor<2x2xf32>
}

// The weight is [[1, 2], [3, 4], [5, 6]] in panels of 2; the last column is filled up.
// CHECK: @packed_linear, result 0: [1, 3]
// CHECK-NEXT: {{^}} 21 43 65
func.func @packed_linear() -> tensor<1x3xf32> {
  %x = arith.constant dense<[[1.0, 10.0]]> : tensor<1x2xf32>
  %w = arith.constant dense<[[[1.0, 3.0], [2.0, 4.0]], [[5.0, 99.0], [6.0, 99.0]]]> : tensor<2x2x2xf32>
  %y = bert.packed_linear %x, %w {activation = #bert<activation none>, out_features = 3}
      : (tensor<1x2xf32>, tensor<2x2x2xf32>) -> tensor<1x3xf32>
  return %y : tensor<1x3xf32>
}
