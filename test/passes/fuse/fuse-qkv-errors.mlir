// RUN: bert-opt %s --bert-fuse-qkv --verify-diagnostics | FileCheck %s
// What cannot be fused stays, with a remark.

// CHECK-NOT: bert.self_attention

func.func @other_inputs(%x : tensor<?x4xf32>, %z : tensor<?x4xf32>, %offsets : tensor<?xi32>, %w : tensor<4x4xf32>) -> tensor<?x4xf32> {
  %q = bert.linear %x, %w : (tensor<?x4xf32>, tensor<4x4xf32>) -> tensor<?x4xf32>
  %k = bert.linear %z, %w : (tensor<?x4xf32>, tensor<4x4xf32>) -> tensor<?x4xf32>
  %v = bert.linear %z, %w : (tensor<?x4xf32>, tensor<4x4xf32>) -> tensor<?x4xf32>
  // expected-remark@+1 {{not fused: query, key and value come from different inputs}}
  %y = bert.attention %q, %k, %v, %offsets {num_heads = 2 : i64} : (tensor<?x4xf32>, tensor<?x4xf32>, tensor<?x4xf32>, tensor<?xi32>) -> tensor<?x4xf32>
  return %y : tensor<?x4xf32>
}

func.func @some_biases(%x : tensor<?x4xf32>, %offsets : tensor<?xi32>, %w : tensor<4x4xf32>, %b : tensor<4xf32>) -> tensor<?x4xf32> {
  %q = bert.linear %x, %w bias %b : (tensor<?x4xf32>, tensor<4x4xf32>, tensor<4xf32>) -> tensor<?x4xf32>
  %k = bert.linear %x, %w : (tensor<?x4xf32>, tensor<4x4xf32>) -> tensor<?x4xf32>
  %v = bert.linear %x, %w bias %b : (tensor<?x4xf32>, tensor<4x4xf32>, tensor<4xf32>) -> tensor<?x4xf32>
  // expected-remark@+1 {{not fused: only some of query, key and value have a bias}}
  %y = bert.attention %q, %k, %v, %offsets {num_heads = 2 : i64} : (tensor<?x4xf32>, tensor<?x4xf32>, tensor<?x4xf32>, tensor<?xi32>) -> tensor<?x4xf32>
  return %y : tensor<?x4xf32>
}

func.func @other_use(%x : tensor<?x4xf32>, %offsets : tensor<?xi32>, %w : tensor<4x4xf32>) -> (tensor<?x4xf32>, tensor<?x4xf32>) {
  %q = bert.linear %x, %w : (tensor<?x4xf32>, tensor<4x4xf32>) -> tensor<?x4xf32>
  %k = bert.linear %x, %w : (tensor<?x4xf32>, tensor<4x4xf32>) -> tensor<?x4xf32>
  %v = bert.linear %x, %w : (tensor<?x4xf32>, tensor<4x4xf32>) -> tensor<?x4xf32>
  // expected-remark@+1 {{not fused: query, key or value has other uses}}
  %y = bert.attention %q, %k, %v, %offsets {num_heads = 2 : i64} : (tensor<?x4xf32>, tensor<?x4xf32>, tensor<?x4xf32>, tensor<?xi32>) -> tensor<?x4xf32>
  return %y, %k : tensor<?x4xf32>, tensor<?x4xf32>
}

func.func @no_products(%q : tensor<?x4xf32>, %offsets : tensor<?xi32>) -> tensor<?x4xf32> {
  // expected-remark@+1 {{not fused: query, key and value are not all bert.linear}}
  %y = bert.attention %q, %q, %q, %offsets {num_heads = 2 : i64} : (tensor<?x4xf32>, tensor<?x4xf32>, tensor<?x4xf32>, tensor<?xi32>) -> tensor<?x4xf32>
  return %y : tensor<?x4xf32>
}

func.func @maps_of_another_key(%x : tensor<?x4xf32>, %offsets : tensor<?xi32>, %w : tensor<4x4xf32>) -> (tensor<?x4xf32>, tensor<?x6xf32>) {
  %q = bert.linear %x, %w : (tensor<?x4xf32>, tensor<4x4xf32>) -> tensor<?x4xf32>
  %k = bert.linear %x, %w : (tensor<?x4xf32>, tensor<4x4xf32>) -> tensor<?x4xf32>
  %v = bert.linear %x, %w : (tensor<?x4xf32>, tensor<4x4xf32>) -> tensor<?x4xf32>
  // expected-remark@+1 {{not fused: query, key or value has other uses}}
  %y = bert.attention %q, %k, %v, %offsets {num_heads = 2 : i64} : (tensor<?x4xf32>, tensor<?x4xf32>, tensor<?x4xf32>, tensor<?xi32>) -> tensor<?x4xf32>
  // expected-remark@+1 {{not fused: query, key or value has other uses}}
  %maps = bert.attention_probs %q, %v, %offsets {num_heads = 2 : i64, max_positions = 3 : i64} : (tensor<?x4xf32>, tensor<?x4xf32>, tensor<?xi32>) -> tensor<?x6xf32>
  return %y, %maps : tensor<?x4xf32>, tensor<?x6xf32>
}

// Attention to itself: one product in two roles.
func.func @shared_product(%x : tensor<?x4xf32>, %offsets : tensor<?xi32>, %w : tensor<4x4xf32>) -> tensor<?x4xf32> {
  %q = bert.linear %x, %w : (tensor<?x4xf32>, tensor<4x4xf32>) -> tensor<?x4xf32>
  %v = bert.linear %x, %w : (tensor<?x4xf32>, tensor<4x4xf32>) -> tensor<?x4xf32>
  // expected-remark@+1 {{not fused: query, key or value has other uses}}
  %y = bert.attention %q, %q, %v, %offsets {num_heads = 2 : i64} : (tensor<?x4xf32>, tensor<?x4xf32>, tensor<?x4xf32>, tensor<?xi32>) -> tensor<?x4xf32>
  return %y : tensor<?x4xf32>
}

// One product would have to stand before the maps and behind what the value's bias is made of.
func.func @maps_before_the_value(%x : tensor<?x4xf32>, %offsets : tensor<?xi32>, %w : tensor<4x4xf32>) -> (tensor<?x4xf32>, tensor<?x6xf32>) {
  %q = bert.linear %x, %w : (tensor<?x4xf32>, tensor<4x4xf32>) -> tensor<?x4xf32>
  %k = bert.linear %x, %w : (tensor<?x4xf32>, tensor<4x4xf32>) -> tensor<?x4xf32>
  %maps = bert.attention_probs %q, %k, %offsets {num_heads = 2 : i64, max_positions = 3 : i64} : (tensor<?x4xf32>, tensor<?x4xf32>, tensor<?xi32>) -> tensor<?x6xf32>
  %v = bert.linear %x, %w : (tensor<?x4xf32>, tensor<4x4xf32>) -> tensor<?x4xf32>
  // expected-remark@+1 {{not fused: attention or its maps stand before the last product}}
  %y = bert.attention %q, %k, %v, %offsets {num_heads = 2 : i64} : (tensor<?x4xf32>, tensor<?x4xf32>, tensor<?x4xf32>, tensor<?xi32>) -> tensor<?x4xf32>
  return %y, %maps : tensor<?x4xf32>, tensor<?x6xf32>
}

func.func @blocks(%x : tensor<?x4xf32>, %offsets : tensor<?xi32>, %w : tensor<4x4xf32>) -> tensor<?x4xf32> {
  %q = bert.linear %x, %w : (tensor<?x4xf32>, tensor<4x4xf32>) -> tensor<?x4xf32>
  %k = bert.linear %x, %w : (tensor<?x4xf32>, tensor<4x4xf32>) -> tensor<?x4xf32>
  cf.br ^next
^next:
  %v = bert.linear %x, %w : (tensor<?x4xf32>, tensor<4x4xf32>) -> tensor<?x4xf32>
  // expected-remark@+1 {{not fused: query, key and value stand in different blocks}}
  %y = bert.attention %q, %k, %v, %offsets {num_heads = 2 : i64} : (tensor<?x4xf32>, tensor<?x4xf32>, tensor<?x4xf32>, tensor<?xi32>) -> tensor<?x4xf32>
  return %y : tensor<?x4xf32>
}
