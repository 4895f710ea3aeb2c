// RUN: bert-opt %s --interpret | FileCheck %s

// CHECK: @first_token, result 0: [2, 2]
// CHECK-NEXT: {{^}} 1 2
// CHECK-NEXT: {{^}} 7 8
func.func @first_token() -> tensor<2x2xf32> {
  %x = arith.constant dense<[[1.0, 2.0], [3.0, 4.0], [5.0, 0.0], [7.0, 8.0]]> : tensor<4x2xf32>
  %offsets = arith.constant dense<[0, 3, 4]> : tensor<3xi32>
  %y = bert.first_token %x, %offsets : (tensor<4x2xf32>, tensor<3xi32>) -> tensor<2x2xf32>
  return %y : tensor<2x2xf32>
}

// CHECK: @mean_pool, result 0: [2, 2]
// CHECK-NEXT: {{^}} 3 2
// CHECK-NEXT: {{^}} 7 8
func.func @mean_pool() -> tensor<2x2xf32> {
  %x = arith.constant dense<[[1.0, 2.0], [3.0, 4.0], [5.0, 0.0], [7.0, 8.0]]> : tensor<4x2xf32>
  %offsets = arith.constant dense<[0, 3, 4]> : tensor<3xi32>
  %y = bert.mean_pool %x, %offsets : (tensor<4x2xf32>, tensor<3xi32>) -> tensor<2x2xf32>
  return %y : tensor<2x2xf32>
}

// The zero row is divided by epsilon, not by its norm.
// CHECK: @l2_normalize, result 0: [3, 2]
// CHECK-NEXT: {{^}} 0.6 -0.8
// CHECK-NEXT: {{^}} 0 0
// CHECK-NEXT: {{^}} 0.5 0
func.func @l2_normalize() -> tensor<3x2xf32> {
  %x = arith.constant dense<[[3.0, -4.0], [0.0, 0.0], [0.5, 0.0]]> : tensor<3x2xf32>
  %y = bert.l2_normalize %x {epsilon = 1.0} : (tensor<3x2xf32>) -> tensor<3x2xf32>
  return %y : tensor<3x2xf32>
}
