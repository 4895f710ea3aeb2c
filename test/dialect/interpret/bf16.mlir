// RUN: bert-opt %s --interpret | FileCheck %s
// A bf16 has eight bits of precision: 1 + 1/256 lies between two of them and goes to the even one, 1, and
// 1 + 3/256 to 1 + 4/256 = 1.015625. Sums of products are not rounded.

// CHECK: @fused_linear, result 0: [2, 2]
// CHECK-NEXT: {{^}} 4.015625 1.5078125
// CHECK-NEXT: {{^}} 0.00390625 -0.5
func.func @fused_linear() -> tensor<2x2xf32> {
  %x = arith.constant dense<[[1.00390625, 1.01171875, 2.0], [-1.00390625, 1.0, 0.00390625]]> : tensor<2x3xf32>
  %w = arith.constant dense<[[1.0, 1.0, 1.00390625], [1.0, 0.5, 0.0]]> : tensor<2x3xf32>
  %y = bert.fused_linear %x, %w {activation = #bert<activation none>, precision = #bert<precision bf16>}
      : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2x2xf32>
  return %y : tensor<2x2xf32>
}

// Packed it is the same; three columns are two pairs.
// CHECK: @packed_linear, result 0: [2, 2]
// CHECK-NEXT: {{^}} 4.015625 1.5078125
// CHECK-NEXT: {{^}} 0.00390625 -0.5
func.func @packed_linear() -> tensor<2x2xf32> {
  %x = arith.constant dense<[[1.00390625, 1.01171875, 2.0], [-1.00390625, 1.0, 0.00390625]]> : tensor<2x3xf32>
  %w = arith.constant dense<[[1.0, 1.0, 1.00390625], [1.0, 0.5, 0.0]]> : tensor<2x3xf32>
  %p = bert.pack %w {panel = 4 : i64} : tensor<2x3xf32> -> tensor<1x16x4x2xbf16>
  %y = bert.packed_linear %x, %p {activation = #bert<activation none>, out_features = 2 : i64}
      : (tensor<2x3xf32>, tensor<1x16x4x2xbf16>) -> tensor<2x2xf32>
  return %y : tensor<2x2xf32>
}

// Both gradients of a product, whose factors are rounded alike: 1.00390625 is 1, 1.01171875 is 1.015625.
// CHECK: @linear_input_gradient, result 0: [1, 2]
// CHECK-NEXT: {{^}} 3.015625 1
// CHECK: @linear_weight_gradient, result 0: [2, 1]
// CHECK-NEXT: {{^}} 4.015625
// CHECK-NEXT: {{^}} 1
func.func @linear_input_gradient() -> tensor<1x2xf32> {
  %g = arith.constant dense<[[1.00390625, 2.0]]> : tensor<1x2xf32>
  %w = arith.constant dense<[[1.01171875, 1.0], [1.0, 0.0]]> : tensor<2x2xf32>
  %y = bert.linear_input_gradient %g, %w {precision = #bert<precision bf16>} : (tensor<1x2xf32>, tensor<2x2xf32>) -> tensor<1x2xf32>
  return %y : tensor<1x2xf32>
}
func.func @linear_weight_gradient() -> tensor<2x1xf32> {
  %g = arith.constant dense<[[1.01171875, 1.00390625], [3.0, 0.0]]> : tensor<2x2xf32>
  %x = arith.constant dense<[[1.00390625], [1.0]]> : tensor<2x1xf32>
  %y = bert.linear_weight_gradient %g, %x {precision = #bert<precision bf16>} : (tensor<2x2xf32>, tensor<2x1xf32>) -> tensor<2x1xf32>
  return %y : tensor<2x1xf32>
}

// A transpose packed in bf16: three rows are two pairs, the second of which ends with a zero.
// CHECK: @pack_transposed, result 0: [1, 2]
// CHECK-NEXT: {{^}} 10.015625 4
func.func @pack_transposed() -> tensor<1x2xf32> {
  %x = arith.constant dense<[[1.0, 2.0, 3.0]]> : tensor<1x3xf32>
  %w = arith.constant dense<[[1.01171875, 0.0], [0.0, 0.5], [3.0, 1.00390625]]> : tensor<3x2xf32>
  %p = bert.pack_transposed %w {panel = 4 : i64} : tensor<3x2xf32> -> tensor<1x16x4x2xbf16>
  %y = bert.packed_linear %x, %p {activation = #bert<activation none>, out_features = 2 : i64}
      : (tensor<1x3xf32>, tensor<1x16x4x2xbf16>) -> tensor<1x2xf32>
  return %y : tensor<1x2xf32>
}

// One head of one column; the second key's score is 1 less than the first's, e^-1 = 0.36788 is 0.3671875 in bf16, and
// the values are 1 and (rounded) 4: (1 + 4 * 0.3671875) / 1.3671875.
// CHECK: @self_attention, result 0: [2, 1]
// CHECK-NEXT: {{^}} 1.80571429
func.func @self_attention() -> tensor<2x1xf32> {
  %qkv = arith.constant dense<[[1.0, 1.0, 1.0], [1.0, 0.0, 4.0078125]]> : tensor<2x3xf32>
  %offsets = arith.constant dense<[0, 2]> : tensor<2xi32>
  %y = bert.self_attention %qkv, %offsets {num_heads = 1, precision = #bert<precision bf16>} : (tensor<2x3xf32>, tensor<2xi32>) -> tensor<2x1xf32>
  return %y : tensor<2x1xf32>
}
