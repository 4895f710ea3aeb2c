// RUN: bert-opt %s --bert-lower-to-kernels=target-cpu=x86-64-v3 | FileCheck %s

// A phase for each barrier of a run, in its order, a called function's at each of its calls. Amounts are a
// constant, then so much for each token, sequence, chosen token and pair of tokens. The place is what the names
// of the parameters have in common that a phase reads; a packed one stands for its sources.

// Of a table a row for each token, of 4 floats; ids and the result.
// CHECK: bert.phases = [
// CHECK-SAME: {activations = array<i64: 0, 20, 0, 0, 0>, flops = array<i64: 0, 0, 0, 0, 0>, kernel = "embedding_4_7", place = "embeddings", type = "f32", weights = array<i64: 0, 16, 0, 0, 0>}
// 2 x 4 x 12 operations a token. The weight in one panel of 16, a bias of 12.
// CHECK-SAME: {activations = array<i64: 0, 64, 0, 0, 0>, flops = array<i64: 0, 96, 0, 0, 0>, kernel = "product_4x12_bias", place = "layer.0.attention", type = "f32", weights = array<i64: 304, 0, 0, 0, 0>}
// No parameters: the place is the call's. Offsets are one more than sequences.
// CHECK-SAME: {activations = array<i64: 4, 64, 4, 0, 0>, flops = array<i64: 0, 0, 0, 0, 16>, kernel = "attention_2x2", place = "layer.0", type = "f32", weights = array<i64: 0, 0, 0, 0, 0>}
// CHECK-SAME: {activations = array<i64: 0, 48, 0, 0, 0>, flops = array<i64: 0, 32, 0, 0, 0>, kernel = "product_4x4_residual_bf16", place = "layer.0.output", type = "bf16", weights = array<i64: 1024, 0, 0, 0, 0>}
// CHECK-SAME: {activations = array<i64: 0, 32, 0, 0, 0>, flops = array<i64: 0, 0, 0, 0, 0>, kernel = "layer_norm_4_{{[^"]*}}", place = "norm", type = "f32", weights = array<i64: 32, 0, 0, 0, 0>}
// The second call has other parameters, layer.10 and not layer.1.
// CHECK-SAME: kernel = "product_4x12_bias", place = "layer.10.attention"
// CHECK-SAME: kernel = "attention_2x2", place = "layer.10"
// CHECK-SAME: kernel = "product_4x4_residual_bf16", place = "layer.10.output"
// CHECK-SAME: kernel = "layer_norm_4_
// Rows that the run chooses.
// CHECK-SAME: {activations = array<i64: 0, 0, 0, 36, 0>, flops = array<i64: 0, 0, 0, 0, 0>, kernel = "gather_4", place = "", type = "f32", weights = array<i64: 0, 0, 0, 0, 0>}
// One row of each sequence is read, and one written: what is returned twice has one place, and no copy.
// CHECK-SAME: {activations = array<i64: 4, 0, 36, 0, 0>, flops = array<i64: 0, 0, 0, 0, 0>, kernel = "first_token_4", place = "",
// CHECK-NOT: kernel =
// CHECK-SAME: bert.program
module attributes {bert.model = {max_positions = 8 : i64}} {
  bert.parameter @embeddings.words : tensor<7x4xf32>
  bert.parameter @layer.0.attention.q.weight : tensor<4x4xf32>
  bert.parameter @layer.0.attention.k.weight : tensor<4x4xf32>
  bert.parameter @layer.0.attention.v.weight : tensor<4x4xf32>
  bert.parameter @layer.0.attention.bias : tensor<12xf32>
  bert.parameter @layer.0.output.weight : tensor<4x4xf32>
  bert.parameter @layer.10.attention.weight : tensor<12x4xf32>
  bert.parameter @layer.10.attention.bias : tensor<12xf32>
  bert.parameter @layer.10.output.weight : tensor<4x4xf32>
  bert.parameter @norm.scale : tensor<4xf32>
  bert.parameter @qkv0 : tensor<1x4x16xf32> {sources = [@layer.0.attention.q.weight, @layer.0.attention.k.weight, @layer.0.attention.v.weight], panel = 16 : i64}
  bert.parameter @out0 : tensor<1x16x16x2xbf16> {sources = [@layer.0.output.weight], panel = 16 : i64}
  bert.parameter @qkv10 : tensor<1x4x16xf32> {sources = [@layer.10.attention.weight], panel = 16 : i64}
  bert.parameter @out10 : tensor<1x16x16x2xbf16> {sources = [@layer.10.output.weight], panel = 16 : i64}

  func.func private @layer(%x : tensor<?x4xf32>, %offsets : tensor<?xi32>, %qkv : tensor<1x4x16xf32>, %b : tensor<12xf32>,
                           %o : tensor<1x16x16x2xbf16>) -> tensor<?x4xf32> {
    %n = bert.get_parameter @norm.scale : tensor<4xf32>
    %0 = bert.packed_linear %x, %qkv bias %b {activation = #bert<activation none>, out_features = 12 : i64}
        : (tensor<?x4xf32>, tensor<1x4x16xf32>, tensor<12xf32>) -> tensor<?x12xf32>
    %1 = bert.self_attention %0, %offsets {num_heads = 2 : i64} : (tensor<?x12xf32>, tensor<?xi32>) -> tensor<?x4xf32>
    %2 = bert.packed_linear %1, %o residual %x layer_norm %n, %n {activation = #bert<activation none>, epsilon = 1.0e-12 : f64, out_features = 4 : i64}
        : (tensor<?x4xf32>, tensor<1x16x16x2xbf16>, tensor<?x4xf32>, tensor<4xf32>, tensor<4xf32>) -> tensor<?x4xf32>
    return %2 : tensor<?x4xf32>
  }

  func.func @encode(%ids : tensor<?xi32> {bert.name = "input_ids"}, %offsets : tensor<?xi32> {bert.name = "offsets"},
                    %chosen : tensor<?xi32> {bert.name = "mlm_positions"})
      -> (tensor<?x4xf32> {bert.name = "chosen"}, tensor<?x4xf32> {bert.name = "first"}, tensor<?x4xf32> {bert.name = "again"})
      attributes {bert.entry} {
    %words = bert.get_parameter @embeddings.words : tensor<7x4xf32>
    %x = bert.embedding %ids from %words : (tensor<?xi32>, tensor<7x4xf32>) -> tensor<?x4xf32>
    %qkv0 = bert.get_parameter @qkv0 : tensor<1x4x16xf32>
    %b0 = bert.get_parameter @layer.0.attention.bias : tensor<12xf32>
    %o0 = bert.get_parameter @out0 : tensor<1x16x16x2xbf16>
    %1 = call @layer(%x, %offsets, %qkv0, %b0, %o0) : (tensor<?x4xf32>, tensor<?xi32>, tensor<1x4x16xf32>, tensor<12xf32>, tensor<1x16x16x2xbf16>) -> tensor<?x4xf32>
    %qkv10 = bert.get_parameter @qkv10 : tensor<1x4x16xf32>
    %b10 = bert.get_parameter @layer.10.attention.bias : tensor<12xf32>
    %o10 = bert.get_parameter @out10 : tensor<1x16x16x2xbf16>
    %2 = call @layer(%1, %offsets, %qkv10, %b10, %o10) : (tensor<?x4xf32>, tensor<?xi32>, tensor<1x4x16xf32>, tensor<12xf32>, tensor<1x16x16x2xbf16>) -> tensor<?x4xf32>
    %3 = bert.gather_rows %2, %chosen : (tensor<?x4xf32>, tensor<?xi32>) -> tensor<?x4xf32>
    %4 = bert.first_token %2, %offsets : (tensor<?x4xf32>, tensor<?xi32>) -> tensor<?x4xf32>
    return %3, %4, %4 : tensor<?x4xf32>, tensor<?x4xf32>, tensor<?x4xf32>
  }
}
