// RUN: bert-opt %s --interpret | FileCheck %s
// What finite differences cannot tell; test/passes/differentiate/adjoints.mlir
// has the formulas.

// The row of padding learns nothing from ids; others add up what they get.
// CHECK: @padding, result 0: [3, 2]
// CHECK-NEXT: {{^}} 0 0
// CHECK-NEXT: {{^}} 12 24
// CHECK-NEXT: {{^}} 4 8
func.func @padding() -> tensor<3x2xf32> {
  %g = arith.constant dense<[[1.0, 2.0], [2.0, 4.0], [4.0, 8.0], [10.0, 20.0]]> : tensor<4x2xf32>
  %ids = arith.constant dense<[0, 1, 2, 1]> : tensor<4xi32>
  %y = bert.embedding_gradient %g, %ids {rows = 3 : i64, padding = 0 : i64} : (tensor<4x2xf32>, tensor<4xi32>) -> tensor<3x2xf32>
  return %y : tensor<3x2xf32>
}

// A row that is gathered twice has both gradients.
// CHECK: @twice, result 0: [3, 1]
// CHECK-NEXT: {{^}} 0
// CHECK-NEXT: {{^}} 3
// CHECK-NEXT: {{^}} 4
func.func @twice() -> tensor<3x1xf32> {
  %g = arith.constant dense<[[1.0], [2.0], [4.0]]> : tensor<3x1xf32>
  %rows = arith.constant dense<[1, 1, 2]> : tensor<3xi32>
  %like = arith.constant dense<7.0> : tensor<3x1xf32>
  %y = bert.gather_rows_gradient %g, %rows like %like : (tensor<3x1xf32>, tensor<3xi32>, tensor<3x1xf32>) -> tensor<3x1xf32>
  return %y : tensor<3x1xf32>
}

// torch has the slope 0 there.
// CHECK: @relu_at_zero, result 0: [1, 3]
// CHECK-NEXT: {{^}} 0 0 5
func.func @relu_at_zero() -> tensor<1x3xf32> {
  %g = arith.constant dense<5.0> : tensor<1x3xf32>
  %x = arith.constant dense<[[-1.0, 0.0, 1.0]]> : tensor<1x3xf32>
  %y = bert.activation_gradient %g, %x {activation = #bert<activation relu>} : (tensor<1x3xf32>, tensor<1x3xf32>) -> tensor<1x3xf32>
  return %y : tensor<1x3xf32>
}

// CHECK: @columns, result 0: [2, 4]
// CHECK-NEXT: {{^}} 0 1 2 0
// CHECK-NEXT: {{^}} 0 3 4 0
// CHECK: @columns, result 1: [4]
// CHECK-NEXT: {{^}} 0 4 6 0
func.func @columns() -> (tensor<2x4xf32>, tensor<4xf32>) {
  %x = arith.constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  %y = bert.place_columns %x {first = 1 : i64, columns = 4 : i64} : (tensor<2x2xf32>) -> tensor<2x4xf32>
  %s = bert.column_sums %y : (tensor<2x4xf32>) -> tensor<4xf32>
  return %y, %s : tensor<2x4xf32>, tensor<4xf32>
}
