// RUN: bert-opt %s --interpret | FileCheck %s

// Rows in any order, and twice.
// CHECK: @gather_rows, result 0: [3, 2]
// CHECK-NEXT: {{^}} 5 6
// CHECK-NEXT: {{^}} 1 2
// CHECK-NEXT: {{^}} 5 6
func.func @gather_rows() -> tensor<3x2xf32> {
  %x = arith.constant dense<[[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]> : tensor<3x2xf32>
  %rows = arith.constant dense<[2, 0, 2]> : tensor<3xi32>
  %y = bert.gather_rows %x, %rows : (tensor<3x2xf32>, tensor<3xi32>) -> tensor<3x2xf32>
  return %y : tensor<3x2xf32>
}

// CHECK: @slice_columns, result 0: [2, 2]
// CHECK-NEXT: {{^}} 2 3
// CHECK-NEXT: {{^}} 5 6
func.func @slice_columns() -> tensor<2x2xf32> {
  %x = arith.constant dense<[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]> : tensor<2x3xf32>
  %y = bert.slice_columns %x {first = 1 : i64, count = 2 : i64} : (tensor<2x3xf32>) -> tensor<2x2xf32>
  return %y : tensor<2x2xf32>
}
