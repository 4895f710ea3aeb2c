// RUN: bert-opt %s --interpret | FileCheck %s

// CHECK: @main, result 0: [2, 2]
// CHECK-NEXT: {{^}} 11 22
// CHECK-NEXT: {{^}} 33 44.5
func.func @main() -> tensor<2x2xf32> {
  %a = arith.constant dense<[[1.0, 2.0], [3.0, 4.5]]> : tensor<2x2xf32>
  %b = arith.constant dense<[[10.0, 20.0], [30.0, 40.0]]> : tensor<2x2xf32>
  %y = bert.add %a, %b : tensor<2x2xf32>
  return %y : tensor<2x2xf32>
}
