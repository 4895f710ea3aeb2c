// RUN: bert-opt %s --interpret | FileCheck %s
// Two sequences, rows 0-1 and 2. Head 0 (column 0) of the first has scores 0 and ln 3 in row 0,
// so weights 1/4 and 3/4 to the digits of an f32 ln 3, and equal scores in row 1; head 1 (column
// 1) has equal scores.

// CHECK: @attention, result 0: [3, 2]
// CHECK-NEXT: {{^}} 7.0000000{{[0-9]*}} 20
// CHECK-NEXT: {{^}} 6 20
// CHECK-NEXT: {{^}} 50 60
func.func @attention() -> tensor<3x2xf32> {
  %q = arith.constant dense<[[1.09861228867, 0.0], [0.0, 0.0], [5.0, 5.0]]> : tensor<3x2xf32>
  %k = arith.constant dense<[[0.0, 3.0], [1.0, 4.0], [9.0, 9.0]]> : tensor<3x2xf32>
  %v = arith.constant dense<[[4.0, 10.0], [8.0, 30.0], [50.0, 60.0]]> : tensor<3x2xf32>
  %offsets = arith.constant dense<[0, 2, 3]> : tensor<3xi32>
  %y = bert.attention %q, %k, %v, %offsets {num_heads = 2}
      : (tensor<3x2xf32>, tensor<3x2xf32>, tensor<3x2xf32>, tensor<3xi32>) -> tensor<3x2xf32>
  return %y : tensor<3x2xf32>
}

// One head of size 4, so scores are halved: 2 ln 3 / 2.
// CHECK: @scaled, result 0: [2, 4]
// CHECK-NEXT: {{^}} 7.0000000{{[0-9]*}} 0 0 1
func.func @scaled() -> tensor<2x4xf32> {
  %q = arith.constant dense<[[2.19722457734, 0.0, 0.0, 0.0], [0.0, 0.0, 0.0, 0.0]]> : tensor<2x4xf32>
  %k = arith.constant dense<[[0.0, 0.0, 0.0, 0.0], [1.0, 0.0, 0.0, 0.0]]> : tensor<2x4xf32>
  %v = arith.constant dense<[[4.0, 0.0, 0.0, 1.0], [8.0, 0.0, 0.0, 1.0]]> : tensor<2x4xf32>
  %offsets = arith.constant dense<[0, 2]> : tensor<2xi32>
  %y = bert.attention %q, %k, %v, %offsets {num_heads = 1}
      : (tensor<2x4xf32>, tensor<2x4xf32>, tensor<2x4xf32>, tensor<2xi32>) -> tensor<2x4xf32>
  return %y : tensor<2x4xf32>
}

// The numbers of @attention in one tensor of q, k, v.
// CHECK: @self_attention, result 0: [3, 2]
// CHECK-NEXT: {{^}} 7.0000000{{[0-9]*}} 20
// CHECK-NEXT: {{^}} 6 20
// CHECK-NEXT: {{^}} 50 60
func.func @self_attention() -> tensor<3x2xf32> {
  %qkv = arith.constant dense<[[1.09861228867, 0.0, 0.0, 3.0, 4.0, 10.0],
                               [0.0, 0.0, 1.0, 4.0, 8.0, 30.0],
                               [5.0, 5.0, 9.0, 9.0, 50.0, 60.0]]> : tensor<3x6xf32>
  %offsets = arith.constant dense<[0, 2, 3]> : tensor<3xi32>
  %y = bert.self_attention %qkv, %offsets {num_heads = 2}
      : (tensor<3x6xf32>, tensor<3xi32>) -> tensor<3x2xf32>
  return %y : tensor<3x2xf32>
}

// The weights of @attention: a map of three columns a head, the third beyond either sequence.
// CHECK: @attention_probs, result 0: [3, 6]
// CHECK-NEXT: {{^}} 0.249999996 0.750000004 0 0.5 0.5 0
// CHECK-NEXT: {{^}} 0.5 0.5 0 0.5 0.5 0
// CHECK-NEXT: {{^}} 1 0 0 1 0 0
func.func @attention_probs() -> tensor<3x6xf32> {
  %q = arith.constant dense<[[1.09861228867, 0.0], [0.0, 0.0], [5.0, 5.0]]> : tensor<3x2xf32>
  %k = arith.constant dense<[[0.0, 3.0], [1.0, 4.0], [9.0, 9.0]]> : tensor<3x2xf32>
  %offsets = arith.constant dense<[0, 2, 3]> : tensor<3xi32>
  %y = bert.attention_probs %q, %k, %offsets {num_heads = 2, max_positions = 3}
      : (tensor<3x2xf32>, tensor<3x2xf32>, tensor<3xi32>) -> tensor<3x6xf32>
  return %y : tensor<3x6xf32>
}

// CHECK: @self_attention_probs, result 0: [3, 6]
// CHECK-NEXT: {{^}} 0.249999996 0.750000004 0 0.5 0.5 0
// CHECK-NEXT: {{^}} 0.5 0.5 0 0.5 0.5 0
// CHECK-NEXT: {{^}} 1 0 0 1 0 0
func.func @self_attention_probs() -> tensor<3x6xf32> {
  %qk = arith.constant dense<[[1.09861228867, 0.0, 0.0, 3.0], [0.0, 0.0, 1.0, 4.0],
                              [5.0, 5.0, 9.0, 9.0]]> : tensor<3x4xf32>
  %offsets = arith.constant dense<[0, 2, 3]> : tensor<3xi32>
  %y = bert.self_attention_probs %qk, %offsets {num_heads = 2, head_size = 1, max_positions = 3}
      : (tensor<3x4xf32>, tensor<3xi32>) -> tensor<3x6xf32>
  return %y : tensor<3x6xf32>
}
