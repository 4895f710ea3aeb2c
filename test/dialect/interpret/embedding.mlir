// RUN: bert-opt %s --interpret | FileCheck %s

// CHECK: @sum, result 0: [3, 2]
// CHECK-NEXT: {{^}} 130 230
// CHECK-NEXT: {{^}} 110 210
// CHECK-NEXT: {{^}} 31 31
func.func @sum() -> tensor<3x2xf32> {
  %ids = arith.constant dense<[2, 0, 2]> : tensor<3xi32>
  %types = arith.constant dense<[1, 1, 0]> : tensor<3xi32>
  %words = arith.constant dense<[[10.0, 10.0], [20.0, 20.0], [30.0, 30.0]]> : tensor<3x2xf32>
  %kinds = arith.constant dense<[[1.0, 1.0], [100.0, 200.0]]> : tensor<2x2xf32>
  %y = bert.embedding %ids, %types from %words, %kinds
      : (tensor<3xi32>, tensor<3xi32>, tensor<3x2xf32>, tensor<2x2xf32>) -> tensor<3x2xf32>
  return %y : tensor<3x2xf32>
}

// Rows 1 3 and 2 8 have mean 2 and 5, deviation 1 and 3: normalised, both are -1 1.
// CHECK: @fused, result 0: [2, 2]
// CHECK-NEXT: {{^}} 0.5 1.5
// CHECK-NEXT: {{^}} 0.5 1.5
func.func @fused() -> tensor<2x2xf32> {
  %ids = arith.constant dense<[1, 0]> : tensor<2xi32>
  %words = arith.constant dense<[[2.0, 8.0], [1.0, 3.0]]> : tensor<2x2xf32>
  %scale = arith.constant dense<[0.5, 1.0]> : tensor<2xf32>
  %bias = arith.constant dense<[1.0, 0.5]> : tensor<2xf32>
  %y = bert.fused_embedding %ids from %words layer_norm %scale, %bias {epsilon = 1.0e-14}
      : (tensor<2xi32>, tensor<2x2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<2x2xf32>
  return %y : tensor<2x2xf32>
}
