// RUN: bert-opt %s --interpret | FileCheck %s
// Parameters with their values, tied ones, and those made of others; calls.

bert.parameter @a : tensor<2x2xf32> = dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
bert.parameter @b : tensor<1x2xf32> = dense<[[5.0, 6.0]]> : tensor<1x2xf32>
bert.parameter @same : tensor<1x2xf32> {tied_to = @b}
bert.parameter @rows : tensor<3x2xf32> {sources = [@a, @b]}
bert.parameter @panels : tensor<2x2x2xf32> {sources = [@a, @same], panel = 2 : i64}

// CHECK: @tied, result 0: [1, 2]
// CHECK-NEXT: {{^}} 5 6
func.func @tied() -> tensor<1x2xf32> {
  %p = bert.get_parameter @same : tensor<1x2xf32>
  return %p : tensor<1x2xf32>
}

// CHECK: @derived, result 0: [3, 2]
// CHECK-NEXT: {{^}} 1 2
// CHECK-NEXT: {{^}} 3 4
// CHECK-NEXT: {{^}} 5 6
// CHECK: @derived, result 1: [2, 2, 2]
// CHECK-NEXT: {{^}} 1 3
// CHECK-NEXT: {{^}} 2 4
// CHECK-NEXT: {{^}} 5 0
// CHECK-NEXT: {{^}} 6 0
func.func @derived() -> (tensor<3x2xf32>, tensor<2x2x2xf32>) {
  %rows = bert.get_parameter @rows : tensor<3x2xf32>
  %panels = bert.get_parameter @panels : tensor<2x2x2xf32>
  return %rows, %panels : tensor<3x2xf32>, tensor<2x2x2xf32>
}

// CHECK: @computed, result 0: [2, 2, 2]
// CHECK-NEXT: {{^}} 1 3
// CHECK-NEXT: {{^}} 2 4
// CHECK-NEXT: {{^}} 5 0
// CHECK-NEXT: {{^}} 6 0
func.func @computed() -> tensor<2x2x2xf32> {
  %a = bert.get_parameter @a : tensor<2x2xf32>
  %b = bert.get_parameter @b : tensor<1x2xf32>
  %p = call @pack(%a, %b) : (tensor<2x2xf32>, tensor<1x2xf32>) -> tensor<2x2x2xf32>
  return %p : tensor<2x2x2xf32>
}

func.func private @pack(%a: tensor<2x2xf32>, %b: tensor<1x2xf32>) -> tensor<2x2x2xf32> {
  %ab = bert.concat %a, %b : (tensor<2x2xf32>, tensor<1x2xf32>) -> tensor<3x2xf32>
  %p = bert.pack %ab {panel = 2 : i64} : tensor<3x2xf32> -> tensor<2x2x2xf32>
  return %p : tensor<2x2x2xf32>
}

// Columns 0 and 1 of [[1, 2, 3], [4, 5, 6]], then column 2 and nothing.
bert.parameter @c : tensor<2x3xf32> = dense<[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]> : tensor<2x3xf32>
// CHECK: @transposed, result 0: [2, 2, 2]
// CHECK-NEXT: {{^}} 1 2
// CHECK-NEXT: {{^}} 4 5
// CHECK-NEXT: {{^}} 3 0
// CHECK-NEXT: {{^}} 6 0
func.func @transposed() -> tensor<2x2x2xf32> {
  %c = bert.get_parameter @c : tensor<2x3xf32>
  %p = bert.pack_transposed %c {panel = 2 : i64} : tensor<2x3xf32> -> tensor<2x2x2xf32>
  return %p : tensor<2x2x2xf32>
}
