// RUN: bert-opt %s --split-input-file --verify-diagnostics

func.func @fused_linear(%x: tensor<?x8xf32>, %w: tensor<4x6xf32>) -> tensor<?x4xf32> {
  // expected-error @+1 {{C1: weight 'tensor<4x6xf32>' does not take rows of 8}}
  %y = bert.fused_linear %x, %w {activation = #bert<activation none>} : (tensor<?x8xf32>, tensor<4x6xf32>) -> tensor<?x4xf32>
  return %y : tensor<?x4xf32>
}

// -----

func.func @fused_linear(%x: tensor<?x8xf32>, %w: tensor<4x8xf32>, %b: tensor<8xf32>) -> tensor<?x4xf32> {
  // expected-error @+1 {{C2: bias must have shape [4], got 'tensor<8xf32>'}}
  %y = bert.fused_linear %x, %w bias %b {activation = #bert<activation none>} : (tensor<?x8xf32>, tensor<4x8xf32>, tensor<8xf32>) -> tensor<?x4xf32>
  return %y : tensor<?x4xf32>
}

// -----

func.func @fused_linear(%x: tensor<?x8xf32>, %w: tensor<4x8xf32>, %s: tensor<8xf32>, %b: tensor<4xf32>) -> tensor<?x4xf32> {
  // expected-error @+1 {{C2: scale must have shape [4], got 'tensor<8xf32>'}}
  %y = bert.fused_linear %x, %w layer_norm %s, %b {activation = #bert<activation none>, epsilon = 1.0e-12} : (tensor<?x8xf32>, tensor<4x8xf32>, tensor<8xf32>, tensor<4xf32>) -> tensor<?x4xf32>
  return %y : tensor<?x4xf32>
}

// -----

func.func @fused_linear(%x: tensor<?x8xf32>, %w: tensor<4x8xf32>) -> tensor<?x8xf32> {
  // expected-error @+1 {{C3: result must have 4 columns, got 'tensor<?x8xf32>'}}
  %y = bert.fused_linear %x, %w {activation = #bert<activation none>} : (tensor<?x8xf32>, tensor<4x8xf32>) -> tensor<?x8xf32>
  return %y : tensor<?x8xf32>
}

// -----

func.func @fused_linear(%x: tensor<?x8xf32>, %w: tensor<4x8xf32>, %r: tensor<3x4xf32>) -> tensor<?x4xf32> {
  // expected-error @+1 {{C3: residual must have type 'tensor<?x4xf32>', got 'tensor<3x4xf32>'}}
  %y = bert.fused_linear %x, %w residual %r {activation = #bert<activation none>} : (tensor<?x8xf32>, tensor<4x8xf32>, tensor<3x4xf32>) -> tensor<?x4xf32>
  return %y : tensor<?x4xf32>
}

// -----

func.func @fused_linear(%x: tensor<?x8xf32>, %w: tensor<4x8xf32>, %s: tensor<4xf32>) -> tensor<?x4xf32> {
  // expected-error @+1 {{C4: scale, beta and epsilon are given together}}
  %y = bert.fused_linear %x, %w layer_norm %s, %s {activation = #bert<activation none>} : (tensor<?x8xf32>, tensor<4x8xf32>, tensor<4xf32>, tensor<4xf32>) -> tensor<?x4xf32>
  return %y : tensor<?x4xf32>
}

// -----

func.func @fused_linear(%x: tensor<?x8xf32>, %w: tensor<4x8xf32>, %s: tensor<4xf32>) -> tensor<?x4xf32> {
  // expected-error @+1 {{C4: epsilon must be positive}}
  %y = bert.fused_linear %x, %w layer_norm %s, %s {activation = #bert<activation none>, epsilon = 0.0} : (tensor<?x8xf32>, tensor<4x8xf32>, tensor<4xf32>, tensor<4xf32>) -> tensor<?x4xf32>
  return %y : tensor<?x4xf32>
}

// -----

func.func @self_attention(%qkv: tensor<?x12xf32>, %offsets: tensor<?xi32>) -> tensor<?x4xf32> {
  // expected-error @+1 {{C3: precision must be f32 or bf16}}
  %y = bert.self_attention %qkv, %offsets {num_heads = 2, precision = #bert<precision int8>} : (tensor<?x12xf32>, tensor<?xi32>) -> tensor<?x4xf32>
  return %y : tensor<?x4xf32>
}

// -----

func.func @packed_linear(%x: tensor<?x7xf32>, %w: tensor<2x3x4x2xbf16>) -> tensor<?x8xf32> {
  // expected-error @+1 {{C1: weight 'tensor<2x3x4x2xbf16>' is no packing of [8, 7]}}
  %y = bert.packed_linear %x, %w {activation = #bert<activation none>, out_features = 8} : (tensor<?x7xf32>, tensor<2x3x4x2xbf16>) -> tensor<?x8xf32>
  return %y : tensor<?x8xf32>
}

// -----

func.func @packed_linear(%x: tensor<?x8xf32>, %w: tensor<2x8x3xf32>) -> tensor<?x7xf32> {
  // expected-error @+1 {{C1: weight 'tensor<2x8x3xf32>' is no packing of [7, 8]}}
  %y = bert.packed_linear %x, %w {activation = #bert<activation none>, out_features = 7} : (tensor<?x8xf32>, tensor<2x8x3xf32>) -> tensor<?x7xf32>
  return %y : tensor<?x7xf32>
}

// -----

func.func @packed_linear(%x: tensor<?x8xf32>, %w: tensor<2x8x3xf32>, %b: tensor<6xf32>) -> tensor<?x4xf32> {
  // expected-error @+1 {{C2: bias must have shape [4], got 'tensor<6xf32>'}}
  %y = bert.packed_linear %x, %w bias %b {activation = #bert<activation none>, out_features = 4} : (tensor<?x8xf32>, tensor<2x8x3xf32>, tensor<6xf32>) -> tensor<?x4xf32>
  return %y : tensor<?x4xf32>
}

// -----

func.func @packed_linear(%x: tensor<?x8xf32>, %w: tensor<2x8x3xf32>) -> tensor<?x6xf32> {
  // expected-error @+1 {{C3: result must have 4 columns, got 'tensor<?x6xf32>'}}
  %y = bert.packed_linear %x, %w {activation = #bert<activation none>, out_features = 4} : (tensor<?x8xf32>, tensor<2x8x3xf32>) -> tensor<?x6xf32>
  return %y : tensor<?x6xf32>
}

// -----

func.func @packed_linear(%x: tensor<?x8xf32>, %w: tensor<2x8x3xf32>) -> tensor<?x4xf32> {
  // expected-error @+1 {{C4: scale, beta and epsilon are given together}}
  %y = bert.packed_linear %x, %w {activation = #bert<activation none>, epsilon = 1.0, out_features = 4} : (tensor<?x8xf32>, tensor<2x8x3xf32>) -> tensor<?x4xf32>
  return %y : tensor<?x4xf32>
}

// -----

func.func @self_attention(%x: tensor<?x8xf32>, %o: tensor<?xi32>) -> tensor<?x4xf32> {
  // expected-error @+1 {{C1: qkv must have 12 columns, got 'tensor<?x8xf32>'}}
  %y = bert.self_attention %x, %o {num_heads = 2} : (tensor<?x8xf32>, tensor<?xi32>) -> tensor<?x4xf32>
  return %y : tensor<?x4xf32>
}

// -----

func.func @self_attention(%x: tensor<?x12xf32>, %o: tensor<?xi32>) -> tensor<3x4xf32> {
  // expected-error @+1 {{C1: 'tensor<?x12xf32>' and 'tensor<3x4xf32>' differ in their rows}}
  %y = bert.self_attention %x, %o {num_heads = 2} : (tensor<?x12xf32>, tensor<?xi32>) -> tensor<3x4xf32>
  return %y : tensor<3x4xf32>
}

// -----

func.func @self_attention(%x: tensor<?x12xf32>, %o: tensor<?xi32>) -> tensor<?x4xf32> {
  // expected-error @+1 {{C2: num_heads 3 does not divide 4}}
  %y = bert.self_attention %x, %o {num_heads = 3} : (tensor<?x12xf32>, tensor<?xi32>) -> tensor<?x4xf32>
  return %y : tensor<?x4xf32>
}

// -----

func.func @self_attention_probs(%x: tensor<?x24xf32>, %o: tensor<?xi32>) -> tensor<?x10xf32> {
  // expected-error @+1 {{C1: num_heads and head_size must be positive, got 0 and 4}}
  %y = bert.self_attention_probs %x, %o {num_heads = 0, head_size = 4, max_positions = 5} : (tensor<?x24xf32>, tensor<?xi32>) -> tensor<?x10xf32>
  return %y : tensor<?x10xf32>
}

// -----

func.func @self_attention_probs(%x: tensor<?x24xf32>, %o: tensor<?xi32>) -> tensor<?x10xf32> {
  // expected-error @+1 {{C1: num_heads and head_size must be positive, got 2 and -1}}
  %y = bert.self_attention_probs %x, %o {num_heads = 2, head_size = -1, max_positions = 5} : (tensor<?x24xf32>, tensor<?xi32>) -> tensor<?x10xf32>
  return %y : tensor<?x10xf32>
}

// -----

func.func @self_attention_probs(%x: tensor<?x24xf32>, %o: tensor<?xi32>) -> tensor<?x10xf32> {
  // expected-error @+1 {{C1: 2 heads of 5 columns need two or three times as many, got 'tensor<?x24xf32>'}}
  %y = bert.self_attention_probs %x, %o {num_heads = 2, head_size = 5, max_positions = 5} : (tensor<?x24xf32>, tensor<?xi32>) -> tensor<?x10xf32>
  return %y : tensor<?x10xf32>
}

// -----

func.func @self_attention_probs(%x: tensor<?x24xf32>, %o: tensor<?xi32>) -> tensor<?x30xf32> {
  // expected-error @+1 {{C1: 6 heads of 4 columns need two or three times as many, got 'tensor<?x24xf32>'}}
  %y = bert.self_attention_probs %x, %o {num_heads = 6, head_size = 4, max_positions = 5} : (tensor<?x24xf32>, tensor<?xi32>) -> tensor<?x30xf32>
  return %y : tensor<?x30xf32>
}

// -----

func.func @self_attention_probs(%x: tensor<?x24xf32>, %o: tensor<?xi32>) -> tensor<?x20xf32> {
  // expected-error @+1 {{C1: 4 heads of 4611686018427387904 columns need two or three}}
  %y = bert.self_attention_probs %x, %o {num_heads = 4, head_size = 4611686018427387904, max_positions = 5} : (tensor<?x24xf32>, tensor<?xi32>) -> tensor<?x20xf32>
  return %y : tensor<?x20xf32>
}

// -----

func.func @self_attention_probs(%x: tensor<?x24xf32>, %o: tensor<?xi32>) -> tensor<?x10xf32> {
  // expected-error @+1 {{C2: max_positions must be positive, got -5}}
  %y = bert.self_attention_probs %x, %o {num_heads = 2, head_size = 4, max_positions = -5} : (tensor<?x24xf32>, tensor<?xi32>) -> tensor<?x10xf32>
  return %y : tensor<?x10xf32>
}

// -----

func.func @self_attention_probs(%x: tensor<?x24xf32>, %o: tensor<?xi32>) -> tensor<?x10xf32> {
  // expected-error @+1 {{C2: 2 maps of 6 columns are not the columns of 'tensor<?x10xf32>'}}
  %y = bert.self_attention_probs %x, %o {num_heads = 2, head_size = 4, max_positions = 6} : (tensor<?x24xf32>, tensor<?xi32>) -> tensor<?x10xf32>
  return %y : tensor<?x10xf32>
}

// -----

func.func @self_attention_probs(%x: tensor<?x24xf32>, %o: tensor<?xi32>) -> tensor<3x10xf32> {
  // expected-error @+1 {{C2: 'tensor<?x24xf32>' and 'tensor<3x10xf32>' differ in their rows}}
  %y = bert.self_attention_probs %x, %o {num_heads = 2, head_size = 4, max_positions = 5} : (tensor<?x24xf32>, tensor<?xi32>) -> tensor<3x10xf32>
  return %y : tensor<3x10xf32>
}

// -----

func.func @fused_embedding(%ids: tensor<?xi32>, %t: tensor<9x8xf32>, %s: tensor<8xf32>) -> tensor<?x8xf32> {
  // expected-error @+1 {{C1: 2 ids for 1 tables}}
  %y = bert.fused_embedding %ids, %ids from %t layer_norm %s, %s {epsilon = 1.0e-12} : (tensor<?xi32>, tensor<?xi32>, tensor<9x8xf32>, tensor<8xf32>, tensor<8xf32>) -> tensor<?x8xf32>
  return %y : tensor<?x8xf32>
}

// -----

func.func @fused_embedding(%ids: tensor<?xi32>, %t: tensor<9x6xf32>, %s: tensor<8xf32>) -> tensor<?x8xf32> {
  // expected-error @+1 {{C2: table 'tensor<9x6xf32>' does not make rows of 8}}
  %y = bert.fused_embedding %ids from %t layer_norm %s, %s {epsilon = 1.0e-12} : (tensor<?xi32>, tensor<9x6xf32>, tensor<8xf32>, tensor<8xf32>) -> tensor<?x8xf32>
  return %y : tensor<?x8xf32>
}

// -----

func.func @fused_embedding(%ids: tensor<?xi32>, %t: tensor<9x8xf32>, %b: tensor<4xf32>, %s: tensor<8xf32>) -> tensor<?x8xf32> {
  // expected-error @+1 {{C3: scale must have shape [8], got 'tensor<4xf32>'}}
  %y = bert.fused_embedding %ids from %t layer_norm %b, %s {epsilon = 1.0e-12} : (tensor<?xi32>, tensor<9x8xf32>, tensor<4xf32>, tensor<8xf32>) -> tensor<?x8xf32>
  return %y : tensor<?x8xf32>
}

// -----

func.func @fused_embedding(%ids: tensor<?xi32>, %t: tensor<9x8xf32>, %s: tensor<8xf32>) -> tensor<?x8xf32> {
  // expected-error @+1 {{C4: epsilon must be positive}}
  %y = bert.fused_embedding %ids from %t layer_norm %s, %s {epsilon = 0.0} : (tensor<?xi32>, tensor<9x8xf32>, tensor<8xf32>, tensor<8xf32>) -> tensor<?x8xf32>
  return %y : tensor<?x8xf32>
}

// -----

func.func @int8_sums_overflow(%x : tensor<?x66312xf32>, %w : tensor<1x66312xf32>) -> tensor<?x1xf32> {
  // expected-error @+1 {{C5: int8 takes rows of at most 66311, got 66312}}
  %y = bert.fused_linear %x, %w {activation = #bert<activation none>, precision = #bert<precision int8>} : (tensor<?x66312xf32>, tensor<1x66312xf32>) -> tensor<?x1xf32>
  return %y : tensor<?x1xf32>
}

// -----

func.func @packed_int8_sums_overflow(%x : tensor<?x66312xf32>, %w : tensor<1x16594x16x4xi8>) -> tensor<?x1xf32> {
  // expected-error @+1 {{C5: int8 takes rows of at most 66311, got 66312}}
  %y = bert.packed_linear %x, %w {activation = #bert<activation none>, out_features = 1 : i64} : (tensor<?x66312xf32>, tensor<1x16594x16x4xi8>) -> tensor<?x1xf32>
  return %y : tensor<?x1xf32>
}

// -----

func.func @scale_of_f32(%x : tensor<?x5xf32>, %w : tensor<7x5xf32>, %s : tensor<5xf32>) -> tensor<?x7xf32> {
  // expected-error @+1 {{C6: input_scale needs the precision int8}}
  %y = bert.fused_linear %x, %w input_scale %s {activation = #bert<activation none>} : (tensor<?x5xf32>, tensor<7x5xf32>, tensor<5xf32>) -> tensor<?x7xf32>
  return %y : tensor<?x7xf32>
}

// -----

func.func @scale_of_outputs(%x : tensor<?x5xf32>, %w : tensor<7x5xf32>, %s : tensor<7xf32>) -> tensor<?x7xf32> {
  // expected-error @+1 {{C6: input_scale must have shape [5], got 'tensor<7xf32>'}}
  %y = bert.fused_linear %x, %w input_scale %s {activation = #bert<activation none>, precision = #bert<precision int8>} : (tensor<?x5xf32>, tensor<7x5xf32>, tensor<7xf32>) -> tensor<?x7xf32>
  return %y : tensor<?x7xf32>
}

// -----

func.func @packed_scale_of_outputs(%x : tensor<?x5xf32>, %w : tensor<1x18x16x4xi8>, %s : tensor<7xf32>) -> tensor<?x7xf32> {
  // expected-error @+1 {{C6: input_scale must have shape [5], got 'tensor<7xf32>'}}
  %y = bert.packed_linear %x, %w input_scale %s {activation = #bert<activation none>, out_features = 7 : i64} : (tensor<?x5xf32>, tensor<1x18x16x4xi8>, tensor<7xf32>) -> tensor<?x7xf32>
  return %y : tensor<?x7xf32>
}
