// RUN: bert-opt %s --interpret | FileCheck %s

// Variances 2/3 and 0; with epsilon 1/3 the first row is divided by 1, the second stays 0.
// CHECK: @main, result 0: [2, 3]
// CHECK-NEXT: {{^}} -1 10 4
// CHECK-NEXT: {{^}} 0 10 1
func.func @main() -> tensor<2x3xf32> {
  %x = arith.constant dense<[[1.0, 2.0, 3.0], [7.0, 7.0, 7.0]]> : tensor<2x3xf32>
  %scale = arith.constant dense<[1.0, 2.0, 3.0]> : tensor<3xf32>
  %bias = arith.constant dense<[0.0, 10.0, 1.0]> : tensor<3xf32>
  %y = bert.layer_norm %x, %scale, %bias {epsilon = 0.33333333333333333}
      : (tensor<2x3xf32>, tensor<3xf32>, tensor<3xf32>) -> tensor<2x3xf32>
  return %y : tensor<2x3xf32>
}
