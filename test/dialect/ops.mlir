// RUN: bert-opt %s | bert-opt | FileCheck %s
// Every op of the dialect, written, read and written again.

// CHECK: bert.parameter @embeddings.word : tensor<30x8xf32> {source = "bert.embeddings.word"}
bert.parameter @embeddings.word : tensor<30x8xf32> {source = "bert.embeddings.word"}
// CHECK: bert.parameter @scale : tensor<2xf32> = dense<1.000000e+00> : tensor<2xf32>
bert.parameter @scale : tensor<2xf32> = dense<1.0> : tensor<2xf32>
bert.parameter @query : tensor<8x8xf32>
bert.parameter @key : tensor<8x8xf32>
// CHECK: bert.parameter @decoder : tensor<30x8xf32> {tied_to = @embeddings.word}
bert.parameter @decoder : tensor<30x8xf32> {tied_to = @embeddings.word}
bert.parameter @columns : tensor<8xf32>
// CHECK: bert.parameter @query.scaled : tensor<8x8xf32> {divided_by = @columns, tied_to = @query}
bert.parameter @query.scaled : tensor<8x8xf32> {tied_to = @query, divided_by = @columns}
// CHECK: bert.parameter @packed : tensor<4x8x4xf32> {panel = 4 : i64, sources = [@query, @key]}
bert.parameter @packed : tensor<4x8x4xf32> {sources = [@query, @key], panel = 4 : i64}

// CHECK-LABEL: @parameters
func.func @parameters() -> tensor<4x8x4xf32> {
  // CHECK: %[[Q:.*]] = bert.get_parameter @query : tensor<8x8xf32>
  %q = bert.get_parameter @query : tensor<8x8xf32>
  %k = bert.get_parameter @key : tensor<8x8xf32>
  // CHECK: %[[QK:.*]] = bert.concat %[[Q]], %{{.*}} : (tensor<8x8xf32>, tensor<8x8xf32>) -> tensor<16x8xf32>
  %qk = bert.concat %q, %k : (tensor<8x8xf32>, tensor<8x8xf32>) -> tensor<16x8xf32>
  // CHECK: bert.pack %[[QK]] {panel = 4 : i64} : tensor<16x8xf32> -> tensor<4x8x4xf32>
  %p = bert.pack %qk {panel = 4 : i64} : tensor<16x8xf32> -> tensor<4x8x4xf32>
  // CHECK: bert.pack_transposed %[[QK]] {panel = 3 : i64} : tensor<16x8xf32> -> tensor<3x16x3xf32>
  %t = bert.pack_transposed %qk {panel = 3 : i64} : tensor<16x8xf32> -> tensor<3x16x3xf32>
  return %p : tensor<4x8x4xf32>
}

// CHECK-LABEL: @encoder
// CHECK-SAME: %[[IDS:.*]]: tensor<?xi32>, %[[OFFSETS:.*]]: tensor<?xi32>, %[[TABLE:.*]]: tensor<30x8xf32>, %[[W:.*]]: tensor<8x8xf32>, %[[V:.*]]: tensor<8xf32>
func.func @encoder(%ids: tensor<?xi32>, %offsets: tensor<?xi32>, %table: tensor<30x8xf32>,
                   %w: tensor<8x8xf32>, %v: tensor<8xf32>) -> (tensor<?x8xf32>, tensor<?x8xf32>) {
  // CHECK: %[[E:.*]] = bert.embedding %[[IDS]], %[[IDS]] from %[[TABLE]], %[[TABLE]] : (tensor<?xi32>, tensor<?xi32>, tensor<30x8xf32>, tensor<30x8xf32>) -> tensor<?x8xf32>
  %e = bert.embedding %ids, %ids from %table, %table : (tensor<?xi32>, tensor<?xi32>, tensor<30x8xf32>, tensor<30x8xf32>) -> tensor<?x8xf32>
  // CHECK: bert.linear %[[E]], %[[W]] : (tensor<?x8xf32>, tensor<8x8xf32>) -> tensor<?x8xf32>
  %q = bert.linear %e, %w : (tensor<?x8xf32>, tensor<8x8xf32>) -> tensor<?x8xf32>
  // CHECK: bert.linear %{{.*}}, %[[W]] bias %[[V]] : (tensor<?x8xf32>, tensor<8x8xf32>, tensor<8xf32>) -> tensor<?x8xf32>
  %k = bert.linear %q, %w bias %v : (tensor<?x8xf32>, tensor<8x8xf32>, tensor<8xf32>) -> tensor<?x8xf32>
  // CHECK: bert.attention %{{.*}}, %{{.*}}, %{{.*}}, %[[OFFSETS]] {num_heads = 2 : i64} : (tensor<?x8xf32>, tensor<?x8xf32>, tensor<?x8xf32>, tensor<?xi32>) -> tensor<?x8xf32>
  %a = bert.attention %q, %k, %e, %offsets {num_heads = 2} : (tensor<?x8xf32>, tensor<?x8xf32>, tensor<?x8xf32>, tensor<?xi32>) -> tensor<?x8xf32>
  // CHECK: bert.attention_probs %{{.*}}, %{{.*}}, %[[OFFSETS]] {max_positions = 5 : i64, num_heads = 2 : i64} : (tensor<?x8xf32>, tensor<?x8xf32>, tensor<?xi32>) -> tensor<?x10xf32>
  %maps = bert.attention_probs %q, %k, %offsets {num_heads = 2, max_positions = 5} : (tensor<?x8xf32>, tensor<?x8xf32>, tensor<?xi32>) -> tensor<?x10xf32>
  // CHECK: bert.layer_norm %{{.*}}, %[[V]], %[[V]] {epsilon = {{.*}} : f64} : (tensor<?x8xf32>, tensor<8xf32>, tensor<8xf32>) -> tensor<?x8xf32>
  %n = bert.layer_norm %a, %v, %v {epsilon = 1.0e-12} : (tensor<?x8xf32>, tensor<8xf32>, tensor<8xf32>) -> tensor<?x8xf32>
  // CHECK: bert.gelu %{{.*}} {approximate = #bert<gelu_form none>} : tensor<?x8xf32>
  %g = bert.gelu %n {approximate = #bert<gelu_form none>} : tensor<?x8xf32>
  // CHECK: bert.gelu %{{.*}} {approximate = #bert<gelu_form tanh>} : tensor<?x8xf32>
  %h = bert.gelu %g {approximate = #bert<gelu_form tanh>} : tensor<?x8xf32>
  // CHECK: bert.relu %{{.*}} : tensor<?x8xf32>
  %r = bert.relu %h : tensor<?x8xf32>
  // CHECK: bert.silu %{{.*}} : tensor<?x8xf32>
  %s = bert.silu %r : tensor<?x8xf32>
  // CHECK: bert.tanh %{{.*}} : tensor<?x8xf32>
  %t = bert.tanh %s : tensor<?x8xf32>
  // CHECK: bert.add %{{.*}}, %[[E]] : tensor<?x8xf32>
  %sum = bert.add %t, %e : tensor<?x8xf32>
  // CHECK: bert.gather_rows %{{.*}}, %[[OFFSETS]] : (tensor<?x8xf32>, tensor<?xi32>) -> tensor<?x8xf32>
  %chosen = bert.gather_rows %sum, %offsets : (tensor<?x8xf32>, tensor<?xi32>) -> tensor<?x8xf32>
  // CHECK: bert.slice_columns %{{.*}} {count = 3 : i64, first = 5 : i64} : (tensor<?x8xf32>) -> tensor<?x3xf32>
  %columns = bert.slice_columns %sum {first = 5 : i64, count = 3 : i64} : (tensor<?x8xf32>) -> tensor<?x3xf32>
  // CHECK: bert.first_token %{{.*}}, %[[OFFSETS]] : (tensor<?x8xf32>, tensor<?xi32>) -> tensor<?x8xf32>
  %first = bert.first_token %sum, %offsets : (tensor<?x8xf32>, tensor<?xi32>) -> tensor<?x8xf32>
  // CHECK: bert.mean_pool %{{.*}}, %[[OFFSETS]] : (tensor<?x8xf32>, tensor<?xi32>) -> tensor<?x8xf32>
  %mean = bert.mean_pool %sum, %offsets : (tensor<?x8xf32>, tensor<?xi32>) -> tensor<?x8xf32>
  // CHECK: bert.l2_normalize %{{.*}} {epsilon = {{.*}} : f64} : (tensor<?x8xf32>) -> tensor<?x8xf32>
  %unit = bert.l2_normalize %mean {epsilon = 1.0e-12} : (tensor<?x8xf32>) -> tensor<?x8xf32>
  return %first, %unit : tensor<?x8xf32>, tensor<?x8xf32>
}

// CHECK: bert.parameter @pairs : tensor<2x16x4x2xbf16> {panel = 4 : i64, sources = [@odd]}
bert.parameter @odd : tensor<7x5xf32>
bert.parameter @pairs : tensor<2x16x4x2xbf16> {sources = [@odd], panel = 4 : i64}

// CHECK-LABEL: @bf16
func.func @bf16(%x: tensor<?x5xf32>, %w: tensor<7x5xf32>) -> tensor<?x7xf32> {
  // CHECK: bert.fused_linear %{{.*}}, %{{.*}} {activation = #bert<activation none>, precision = #bert<precision bf16>} : (tensor<?x5xf32>, tensor<7x5xf32>) -> tensor<?x7xf32>
  %y = bert.fused_linear %x, %w {activation = #bert<activation none>, precision = #bert<precision bf16>} : (tensor<?x5xf32>, tensor<7x5xf32>) -> tensor<?x7xf32>
  // CHECK: bert.pack %{{.*}} {panel = 4 : i64} : tensor<7x5xf32> -> tensor<2x16x4x2xbf16>
  %p = bert.pack %w {panel = 4 : i64} : tensor<7x5xf32> -> tensor<2x16x4x2xbf16>
  // CHECK: bert.packed_linear %{{.*}}, %{{.*}} residual %{{.*}} {activation = #bert<activation none>, out_features = 7 : i64} : (tensor<?x5xf32>, tensor<2x16x4x2xbf16>, tensor<?x7xf32>) -> tensor<?x7xf32>
  %z = bert.packed_linear %x, %p residual %y {activation = #bert<activation none>, out_features = 7} : (tensor<?x5xf32>, tensor<2x16x4x2xbf16>, tensor<?x7xf32>) -> tensor<?x7xf32>
  return %z : tensor<?x7xf32>
}

// CHECK: bert.parameter @fours : tensor<2x18x4x4xi8> {panel = 4 : i64, sources = [@odd]}
bert.parameter @fours : tensor<2x18x4x4xi8> {sources = [@odd], panel = 4 : i64}

// CHECK-LABEL: @int8
func.func @int8(%x: tensor<?x5xf32>, %w: tensor<7x5xf32>, %s: tensor<5xf32>) -> tensor<?x7xf32> {
  // CHECK: bert.fused_linear %{{.*}}, %{{.*}} {activation = #bert<activation none>, precision = #bert<precision int8>}
  %y = bert.fused_linear %x, %w {activation = #bert<activation none>, precision = #bert<precision int8>} : (tensor<?x5xf32>, tensor<7x5xf32>) -> tensor<?x7xf32>
  // CHECK: bert.fused_linear %{{.*}}, %{{.*}} input_scale %{{.*}} {activation = #bert<activation none>, precision = #bert<precision int8>} : (tensor<?x5xf32>, tensor<7x5xf32>, tensor<5xf32>) -> tensor<?x7xf32>
  %scaled = bert.fused_linear %x, %w input_scale %s {activation = #bert<activation none>, precision = #bert<precision int8>} : (tensor<?x5xf32>, tensor<7x5xf32>, tensor<5xf32>) -> tensor<?x7xf32>
  // CHECK: bert.pack %{{.*}} {panel = 4 : i64} : tensor<7x5xf32> -> tensor<2x18x4x4xi8>
  %p = bert.pack %w {panel = 4 : i64} : tensor<7x5xf32> -> tensor<2x18x4x4xi8>
  // CHECK: bert.packed_linear {{.*}} : (tensor<?x5xf32>, tensor<2x18x4x4xi8>, tensor<?x7xf32>) -> tensor<?x7xf32>
  %z = bert.packed_linear %x, %p residual %y {activation = #bert<activation none>, out_features = 7} : (tensor<?x5xf32>, tensor<2x18x4x4xi8>, tensor<?x7xf32>) -> tensor<?x7xf32>
  return %z : tensor<?x7xf32>
}

// CHECK-LABEL: @attention_bf16
func.func @attention_bf16(%qkv: tensor<?x24xf32>, %offsets: tensor<?xi32>) -> tensor<?x8xf32> {
  // CHECK: bert.self_attention %{{.*}}, %{{.*}} {num_heads = 2 : i64, precision = #bert<precision bf16>}
  %y = bert.self_attention %qkv, %offsets {num_heads = 2, precision = #bert<precision bf16>} : (tensor<?x24xf32>, tensor<?xi32>) -> tensor<?x8xf32>
  return %y : tensor<?x8xf32>
}

// CHECK-LABEL: @fused
func.func @fused(%ids: tensor<?xi32>, %offsets: tensor<?xi32>, %table: tensor<30x8xf32>,
                 %w: tensor<24x8xf32>, %p: tensor<2x8x4xf32>, %b: tensor<24xf32>,
                 %v: tensor<8xf32>) -> tensor<?x8xf32> {
  // CHECK: %[[E:.*]] = bert.fused_embedding %{{.*}} from %{{.*}} layer_norm %{{.*}}, %{{.*}} {epsilon = {{.*}} : f64} : (tensor<?xi32>, tensor<30x8xf32>, tensor<8xf32>, tensor<8xf32>) -> tensor<?x8xf32>
  %e = bert.fused_embedding %ids from %table layer_norm %v, %v {epsilon = 1.0e-12} : (tensor<?xi32>, tensor<30x8xf32>, tensor<8xf32>, tensor<8xf32>) -> tensor<?x8xf32>
  // CHECK: bert.fused_linear %[[E]], %{{.*}} bias %{{.*}} {activation = #bert<activation none>} : (tensor<?x8xf32>, tensor<24x8xf32>, tensor<24xf32>) -> tensor<?x24xf32>
  %qkv = bert.fused_linear %e, %w bias %b {activation = #bert<activation none>} : (tensor<?x8xf32>, tensor<24x8xf32>, tensor<24xf32>) -> tensor<?x24xf32>
  // CHECK: bert.self_attention %{{.*}}, %{{.*}} {num_heads = 2 : i64} : (tensor<?x24xf32>, tensor<?xi32>) -> tensor<?x8xf32>
  %a = bert.self_attention %qkv, %offsets {num_heads = 2} : (tensor<?x24xf32>, tensor<?xi32>) -> tensor<?x8xf32>
  // CHECK: bert.self_attention_probs %{{.*}}, %{{.*}} {head_size = 4 : i64, max_positions = 5 : i64, num_heads = 2 : i64} : (tensor<?x24xf32>, tensor<?xi32>) -> tensor<?x10xf32>
  %maps = bert.self_attention_probs %qkv, %offsets {num_heads = 2, head_size = 4, max_positions = 5} : (tensor<?x24xf32>, tensor<?xi32>) -> tensor<?x10xf32>
  // CHECK: bert.packed_linear %{{.*}}, %{{.*}} bias %[[V:.*]] residual %[[E]] layer_norm %[[V]], %[[V]] {activation = #bert<activation gelu>, epsilon = {{.*}} : f64, out_features = 8 : i64} : (tensor<?x8xf32>, tensor<2x8x4xf32>, tensor<8xf32>, tensor<?x8xf32>, tensor<8xf32>, tensor<8xf32>) -> tensor<?x8xf32>
  %y = bert.packed_linear %a, %p bias %v residual %e layer_norm %v, %v {activation = #bert<activation gelu>, epsilon = 1.0e-12, out_features = 8} : (tensor<?x8xf32>, tensor<2x8x4xf32>, tensor<8xf32>, tensor<?x8xf32>, tensor<8xf32>, tensor<8xf32>) -> tensor<?x8xf32>
  return %y : tensor<?x8xf32>
}

// CHECK-LABEL: @losses
func.func @losses(%x: tensor<?x8xf32>, %y: tensor<?x8xf32>, %c: tensor<?x1xf32>, %offsets: tensor<?xi32>, %labels: tensor<?xi32>) {
  // CHECK: bert.cross_entropy %{{.*}}, %{{.*}} : (tensor<?x8xf32>, tensor<?xi32>) -> tensor<f32>
  %a = bert.cross_entropy %x, %labels : (tensor<?x8xf32>, tensor<?xi32>) -> tensor<f32>
  // CHECK: bert.cross_entropy %{{.*}}, %{{.*}} {ignore_label = -1 : i64} : (tensor<?x8xf32>, tensor<?xi32>) -> tensor<f32>
  %b = bert.cross_entropy %x, %labels {ignore_label = -1 : i64} : (tensor<?x8xf32>, tensor<?xi32>) -> tensor<f32>
  // CHECK: bert.sequence_cross_entropy %{{.*}}, %{{.*}}, %{{.*}} : (tensor<?x1xf32>, tensor<?xi32>, tensor<?xi32>) -> tensor<f32>
  %d = bert.sequence_cross_entropy %c, %offsets, %labels : (tensor<?x1xf32>, tensor<?xi32>, tensor<?xi32>) -> tensor<f32>
  // CHECK: bert.binary_cross_entropy %{{.*}}, %{{.*}} : (tensor<?x8xf32>, tensor<?x8xf32>) -> tensor<f32>
  %e = bert.binary_cross_entropy %x, %y : (tensor<?x8xf32>, tensor<?x8xf32>) -> tensor<f32>
  // CHECK: bert.mean_squared_error %{{.*}}, %{{.*}} : (tensor<?x8xf32>, tensor<?x8xf32>) -> tensor<f32>
  %f = bert.mean_squared_error %x, %y : (tensor<?x8xf32>, tensor<?x8xf32>) -> tensor<f32>
  // CHECK: bert.scale %{{.*}} {factor = 5.000000e-01 : f64} : tensor<f32>
  %g = bert.scale %f {factor = 5.000000e-01 : f64} : tensor<f32>
  // CHECK: bert.add %{{.*}}, %{{.*}} : tensor<f32>
  %h = bert.add %a, %g : tensor<f32>
  // CHECK: bert.cross_entropy_gradient %{{.*}}, %{{.*}}, %{{.*}} : (tensor<f32>, tensor<?x8xf32>, tensor<?xi32>) -> tensor<?x8xf32>
  %i = bert.cross_entropy_gradient %h, %x, %labels : (tensor<f32>, tensor<?x8xf32>, tensor<?xi32>) -> tensor<?x8xf32>
  // CHECK: bert.sequence_cross_entropy_gradient %{{.*}}, %{{.*}}, %{{.*}}, %{{.*}} : (tensor<f32>, tensor<?x1xf32>, tensor<?xi32>, tensor<?xi32>) -> tensor<?x1xf32>
  %j = bert.sequence_cross_entropy_gradient %h, %c, %offsets, %labels : (tensor<f32>, tensor<?x1xf32>, tensor<?xi32>, tensor<?xi32>) -> tensor<?x1xf32>
  // CHECK: bert.binary_cross_entropy_gradient %{{.*}}, %{{.*}}, %{{.*}} : (tensor<f32>, tensor<?x8xf32>, tensor<?x8xf32>) -> tensor<?x8xf32>
  %k = bert.binary_cross_entropy_gradient %h, %x, %y : (tensor<f32>, tensor<?x8xf32>, tensor<?x8xf32>) -> tensor<?x8xf32>
  // CHECK: bert.mean_squared_error_gradient %{{.*}}, %{{.*}}, %{{.*}} : (tensor<f32>, tensor<?x8xf32>, tensor<?x8xf32>) -> tensor<?x8xf32>
  %l = bert.mean_squared_error_gradient %h, %x, %y : (tensor<f32>, tensor<?x8xf32>, tensor<?x8xf32>) -> tensor<?x8xf32>
  // CHECK: bert.distillation %{{.*}}, %{{.*}} {temperature = 2.000000e+00 : f64} : (tensor<?x8xf32>, tensor<?x8xf32>) -> tensor<f32>
  %m = bert.distillation %x, %y {temperature = 2.000000e+00 : f64} : (tensor<?x8xf32>, tensor<?x8xf32>) -> tensor<f32>
  // CHECK: bert.cosine_embedding %{{.*}}, %{{.*}} {epsilon = {{.*}} : f64} : (tensor<?x8xf32>, tensor<?x8xf32>) -> tensor<f32>
  %n = bert.cosine_embedding %x, %y {epsilon = 1.000000e-08 : f64} : (tensor<?x8xf32>, tensor<?x8xf32>) -> tensor<f32>
  // CHECK: bert.distillation_gradient %{{.*}}, %{{.*}}, %{{.*}} {temperature = 2.000000e+00 : f64} : (tensor<f32>, tensor<?x8xf32>, tensor<?x8xf32>) -> tensor<?x8xf32>
  %o = bert.distillation_gradient %h, %x, %y {temperature = 2.000000e+00 : f64} : (tensor<f32>, tensor<?x8xf32>, tensor<?x8xf32>) -> tensor<?x8xf32>
  // CHECK: bert.cosine_embedding_gradient %{{.*}}, %{{.*}}, %{{.*}} {epsilon = {{.*}} : f64} : (tensor<f32>, tensor<?x8xf32>, tensor<?x8xf32>) -> tensor<?x8xf32>
  %p = bert.cosine_embedding_gradient %h, %x, %y {epsilon = 1.000000e-08 : f64} : (tensor<f32>, tensor<?x8xf32>, tensor<?x8xf32>) -> tensor<?x8xf32>
  // CHECK: bert.cosine %{{.*}}, %{{.*}} {epsilon = {{.*}} : f64} : (tensor<?x8xf32>, tensor<?x8xf32>) -> tensor<?x1xf32>
  %q = bert.cosine %x, %y {epsilon = 1.000000e-08 : f64} : (tensor<?x8xf32>, tensor<?x8xf32>) -> tensor<?x1xf32>
  // CHECK: bert.cosine_gradient %{{.*}}, %{{.*}}, %{{.*}} {epsilon = {{.*}} : f64} : (tensor<?x1xf32>, tensor<?x8xf32>, tensor<?x8xf32>) -> tensor<?x8xf32>
  %r = bert.cosine_gradient %q, %x, %y {epsilon = 1.000000e-08 : f64} : (tensor<?x1xf32>, tensor<?x8xf32>, tensor<?x8xf32>) -> tensor<?x8xf32>
  // CHECK: bert.pair_similarity %{{.*}}, %{{.*}} : (tensor<?x8xf32>, tensor<?x1xf32>) -> tensor<f32>
  %s = bert.pair_similarity %x, %c : (tensor<?x8xf32>, tensor<?x1xf32>) -> tensor<f32>
  // CHECK: bert.pair_similarity_gradient %{{.*}}, %{{.*}}, %{{.*}} : (tensor<f32>, tensor<?x8xf32>, tensor<?x1xf32>) -> tensor<?x8xf32>
  %t = bert.pair_similarity_gradient %h, %x, %c : (tensor<f32>, tensor<?x8xf32>, tensor<?x1xf32>) -> tensor<?x8xf32>
  // CHECK: bert.pair_ranking %{{.*}}, %{{.*}} {scale = 2.000000e+01 : f64} : (tensor<?x8xf32>, tensor<?xi32>) -> tensor<f32>
  %u = bert.pair_ranking %x, %labels {scale = 2.000000e+01 : f64} : (tensor<?x8xf32>, tensor<?xi32>) -> tensor<f32>
  // CHECK: bert.pair_ranking_gradient %{{.*}}, %{{.*}}, %{{.*}} {scale = 2.000000e+01 : f64} : (tensor<f32>, tensor<?x8xf32>, tensor<?xi32>) -> tensor<?x8xf32>
  %v = bert.pair_ranking_gradient %h, %x, %labels {scale = 2.000000e+01 : f64} : (tensor<f32>, tensor<?x8xf32>, tensor<?xi32>) -> tensor<?x8xf32>
  return
}

// CHECK-LABEL: @gradients
func.func @gradients(%g: tensor<?x8xf32>, %x: tensor<?x8xf32>, %w: tensor<8x6xf32>, %s: tensor<8xf32>, %ids: tensor<?xi32>, %offsets: tensor<?xi32>) {
  // CHECK: bert.linear_input_gradient %{{.*}}, %{{.*}} : (tensor<?x8xf32>, tensor<8x6xf32>) -> tensor<?x6xf32>
  %a = bert.linear_input_gradient %g, %w : (tensor<?x8xf32>, tensor<8x6xf32>) -> tensor<?x6xf32>
  // CHECK: bert.linear_weight_gradient %{{.*}}, %{{.*}} {precision = #bert<precision bf16>} : (tensor<?x8xf32>, tensor<?x6xf32>) -> tensor<8x6xf32>
  %b = bert.linear_weight_gradient %g, %a {precision = #bert<precision bf16>} : (tensor<?x8xf32>, tensor<?x6xf32>) -> tensor<8x6xf32>
  // CHECK: bert.column_sums %{{.*}} : (tensor<?x8xf32>) -> tensor<8xf32>
  %c = bert.column_sums %g : (tensor<?x8xf32>) -> tensor<8xf32>
  // CHECK: bert.layer_norm_gradient %{{.*}}, %{{.*}}, %{{.*}} {epsilon = 1.000000e-05 : f64} : (tensor<?x8xf32>, tensor<?x8xf32>, tensor<8xf32>) -> tensor<?x8xf32>
  %d = bert.layer_norm_gradient %g, %x, %s {epsilon = 1.000000e-05 : f64} : (tensor<?x8xf32>, tensor<?x8xf32>, tensor<8xf32>) -> tensor<?x8xf32>
  // CHECK: bert.layer_norm_scale_gradient %{{.*}}, %{{.*}} {epsilon = 1.000000e-05 : f64} : (tensor<?x8xf32>, tensor<?x8xf32>) -> tensor<8xf32>
  %e = bert.layer_norm_scale_gradient %g, %x {epsilon = 1.000000e-05 : f64} : (tensor<?x8xf32>, tensor<?x8xf32>) -> tensor<8xf32>
  // CHECK: bert.activation_gradient %{{.*}}, %{{.*}} {activation = #bert<activation gelu>} : (tensor<?x8xf32>, tensor<?x8xf32>) -> tensor<?x8xf32>
  %f = bert.activation_gradient %g, %x {activation = #bert<activation gelu>} : (tensor<?x8xf32>, tensor<?x8xf32>) -> tensor<?x8xf32>
  // CHECK: bert.attention_gradient %{{.*}}, %{{.*}}, %{{.*}}, %{{.*}}, %{{.*}} {num_heads = 2 : i64} : (tensor<?x8xf32>, tensor<?x8xf32>, tensor<?x8xf32>, tensor<?x8xf32>, tensor<?xi32>) -> tensor<?x24xf32>
  %h = bert.attention_gradient %g, %x, %x, %x, %offsets {num_heads = 2 : i64} : (tensor<?x8xf32>, tensor<?x8xf32>, tensor<?x8xf32>, tensor<?x8xf32>, tensor<?xi32>) -> tensor<?x24xf32>
  // CHECK: bert.embedding_gradient %{{.*}}, %{{.*}} {padding = 1 : i64, rows = 30 : i64} : (tensor<?x8xf32>, tensor<?xi32>) -> tensor<30x8xf32>
  %i = bert.embedding_gradient %g, %ids {padding = 1 : i64, rows = 30 : i64} : (tensor<?x8xf32>, tensor<?xi32>) -> tensor<30x8xf32>
  // CHECK: bert.gather_rows_gradient %{{.*}}, %{{.*}} like %{{.*}} : (tensor<?x8xf32>, tensor<?xi32>, tensor<?x8xf32>) -> tensor<?x8xf32>
  %j = bert.gather_rows_gradient %g, %ids like %x : (tensor<?x8xf32>, tensor<?xi32>, tensor<?x8xf32>) -> tensor<?x8xf32>
  // CHECK: bert.first_token_gradient %{{.*}}, %{{.*}} like %{{.*}} : (tensor<?x8xf32>, tensor<?xi32>, tensor<?x8xf32>) -> tensor<?x8xf32>
  %k = bert.first_token_gradient %g, %offsets like %x : (tensor<?x8xf32>, tensor<?xi32>, tensor<?x8xf32>) -> tensor<?x8xf32>
  // CHECK: bert.mean_pool_gradient %{{.*}}, %{{.*}} like %{{.*}} : (tensor<?x8xf32>, tensor<?xi32>, tensor<?x8xf32>) -> tensor<?x8xf32>
  %l = bert.mean_pool_gradient %g, %offsets like %x : (tensor<?x8xf32>, tensor<?xi32>, tensor<?x8xf32>) -> tensor<?x8xf32>
  // CHECK: bert.l2_normalize_gradient %{{.*}}, %{{.*}} {epsilon = {{.*}} : f64} : (tensor<?x8xf32>, tensor<?x8xf32>) -> tensor<?x8xf32>
  %m = bert.l2_normalize_gradient %g, %x {epsilon = 1.000000e-12 : f64} : (tensor<?x8xf32>, tensor<?x8xf32>) -> tensor<?x8xf32>
  // CHECK: bert.place_columns %{{.*}} {columns = 8 : i64, first = 2 : i64} : (tensor<?x6xf32>) -> tensor<?x8xf32>
  %n = bert.place_columns %a {columns = 8 : i64, first = 2 : i64} : (tensor<?x6xf32>) -> tensor<?x8xf32>
  // CHECK: bert.embedding %{{.*}}, %{{.*}} from %{{.*}}, %{{.*}} {padding = array<i64: 0, -1>} : (tensor<?xi32>, tensor<?xi32>, tensor<30x8xf32>, tensor<30x8xf32>) -> tensor<?x8xf32>
  %o = bert.embedding %ids, %ids from %i, %i {padding = array<i64: 0, -1>} : (tensor<?xi32>, tensor<?xi32>, tensor<30x8xf32>, tensor<30x8xf32>) -> tensor<?x8xf32>
  return
}

// CHECK-LABEL: @dropout
func.func @dropout(%x: tensor<?x8xf32>, %key: tensor<2xi32>, %ids: tensor<?xi32>, %offsets: tensor<?xi32>) {
  // CHECK: bert.fold_in %{{.*}} {number = 7 : i64} : (tensor<2xi32>) -> tensor<2xi32>
  %a = bert.fold_in %key {number = 7 : i64} : (tensor<2xi32>) -> tensor<2xi32>
  // CHECK: bert.dropout %{{.*}}, %{{.*}}, %{{.*}} offsets %{{.*}} {rate = 1.000000e-01 : f64} : (tensor<?x8xf32>, tensor<2xi32>, tensor<?xi32>, tensor<?xi32>) -> tensor<?x8xf32>
  %b = bert.dropout %x, %a, %ids offsets %offsets {rate = 1.000000e-01 : f64} : (tensor<?x8xf32>, tensor<2xi32>, tensor<?xi32>, tensor<?xi32>) -> tensor<?x8xf32>
  // CHECK: bert.dropout %{{.*}}, %{{.*}}, %{{.*}} {rate = 5.000000e-01 : f64} : (tensor<?x8xf32>, tensor<2xi32>, tensor<?xi32>) -> tensor<?x8xf32>
  %c = bert.dropout %b, %a, %ids {rate = 5.000000e-01 : f64} : (tensor<?x8xf32>, tensor<2xi32>, tensor<?xi32>) -> tensor<?x8xf32>
  // CHECK: bert.dropout_attention %{{.*}}, %{{.*}}, %{{.*}}, %{{.*}} dropout %{{.*}}, %{{.*}} {num_heads = 2 : i64, rate = 1.000000e-01 : f64} : (tensor<?x8xf32>, tensor<?x8xf32>, tensor<?x8xf32>, tensor<?xi32>, tensor<2xi32>, tensor<?xi32>) -> tensor<?x8xf32>
  %d = bert.dropout_attention %x, %x, %x, %offsets dropout %a, %ids {num_heads = 2 : i64, rate = 1.000000e-01 : f64} : (tensor<?x8xf32>, tensor<?x8xf32>, tensor<?x8xf32>, tensor<?xi32>, tensor<2xi32>, tensor<?xi32>) -> tensor<?x8xf32>
  // CHECK: bert.dropout_attention_gradient %{{.*}}, %{{.*}}, %{{.*}}, %{{.*}}, %{{.*}} dropout %{{.*}}, %{{.*}} {num_heads = 2 : i64, rate = 1.000000e-01 : f64} : (tensor<?x8xf32>, tensor<?x8xf32>, tensor<?x8xf32>, tensor<?x8xf32>, tensor<?xi32>, tensor<2xi32>, tensor<?xi32>) -> tensor<?x24xf32>
  %e = bert.dropout_attention_gradient %d, %x, %x, %x, %offsets dropout %a, %ids {num_heads = 2 : i64, rate = 1.000000e-01 : f64} : (tensor<?x8xf32>, tensor<?x8xf32>, tensor<?x8xf32>, tensor<?x8xf32>, tensor<?xi32>, tensor<2xi32>, tensor<?xi32>) -> tensor<?x24xf32>
  return
}

// CHECK-LABEL: @update
func.func @update(%p: tensor<4x8xf32>, %g: tensor<4x8xf32>, %b: tensor<8xf32>, %r: tensor<f32>) {
  // CHECK: %[[N:.*]] = bert.global_norm %{{.*}}, %{{.*}} : (tensor<4x8xf32>, tensor<8xf32>) -> tensor<f32>
  %n = bert.global_norm %g, %b : (tensor<4x8xf32>, tensor<8xf32>) -> tensor<f32>
  // CHECK: bert.clip_factor %[[N]] {epsilon = {{.*}} : f64, max_norm = 1.000000e+00 : f64} : (tensor<f32>) -> tensor<f32>
  %f = bert.clip_factor %n {max_norm = 1.0 : f64, epsilon = 1.0e-6 : f64} : (tensor<f32>) -> tensor<f32>
  // CHECK: bert.adam %{{.*}} {epsilon = {{.*}} : f64, first_decay = 9.000000e-01 : f64, second_decay = {{.*}} : f64}
  %q:3 = bert.adam %p, %p, %p, %g, %f, %r, %r, %r {first_decay = 0.9 : f64, second_decay = 0.999 : f64, epsilon = 1.0e-8 : f64} : (tensor<4x8xf32>, tensor<4x8xf32>, tensor<4x8xf32>, tensor<4x8xf32>, tensor<f32>, tensor<f32>, tensor<f32>, tensor<f32>) -> (tensor<4x8xf32>, tensor<4x8xf32>, tensor<4x8xf32>)
  // CHECK: bert.lamb
  %l:3 = bert.lamb %b, %b, %b, %b, %f, %r, %r, %r {first_decay = 0.9 : f64, second_decay = 0.999 : f64, epsilon = 1.0e-6 : f64} : (tensor<8xf32>, tensor<8xf32>, tensor<8xf32>, tensor<8xf32>, tensor<f32>, tensor<f32>, tensor<f32>, tensor<f32>) -> (tensor<8xf32>, tensor<8xf32>, tensor<8xf32>)
  // CHECK: bert.sgd %{{.*}} {momentum = 9.000000e-01 : f64, nesterov}
  %s:2 = bert.sgd %b, %b, %b, %f, %r {momentum = 0.9 : f64, nesterov} : (tensor<8xf32>, tensor<8xf32>, tensor<8xf32>, tensor<f32>, tensor<f32>) -> (tensor<8xf32>, tensor<8xf32>)
  return
}
