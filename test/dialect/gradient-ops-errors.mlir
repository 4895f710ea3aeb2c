// RUN: bert-opt %s --split-input-file --verify-diagnostics

func.func @linear_input_gradient(%g: tensor<?x6xf32>, %w: tensor<4x6xf32>) -> tensor<?x6xf32> {
  // expected-error @+1 {{C1: weight 'tensor<4x6xf32>' does not make rows of 6}}
  %y = bert.linear_input_gradient %g, %w : (tensor<?x6xf32>, tensor<4x6xf32>) -> tensor<?x6xf32>
  return %y : tensor<?x6xf32>
}

// -----

func.func @linear_input_gradient(%g: tensor<?x6xf32>, %w: tensor<6x4xf32>) -> tensor<?x6xf32> {
  // expected-error @+1 {{C2: result must have 4 columns, got 'tensor<?x6xf32>'}}
  %y = bert.linear_input_gradient %g, %w : (tensor<?x6xf32>, tensor<6x4xf32>) -> tensor<?x6xf32>
  return %y : tensor<?x6xf32>
}

// -----

func.func @linear_input_gradient(%g: tensor<3x6xf32>, %w: tensor<6x4xf32>) -> tensor<2x4xf32> {
  // expected-error @+1 {{C2: 'tensor<3x6xf32>' and 'tensor<2x4xf32>' differ in their rows}}
  %y = bert.linear_input_gradient %g, %w : (tensor<3x6xf32>, tensor<6x4xf32>) -> tensor<2x4xf32>
  return %y : tensor<2x4xf32>
}

// -----

func.func @linear_input_gradient(%g: tensor<?x6xf32>, %w: tensor<6x4xf32>) -> tensor<?x4xf32> {
  // expected-error @+1 {{C3: precision must be f32 or bf16, got int8}}
  %y = bert.linear_input_gradient %g, %w {precision = #bert<precision int8>} : (tensor<?x6xf32>, tensor<6x4xf32>) -> tensor<?x4xf32>
  return %y : tensor<?x4xf32>
}

// -----

func.func @linear_weight_gradient(%g: tensor<?x6xf32>, %x: tensor<?x4xf32>) -> tensor<6x4xf32> {
  // expected-error @+1 {{C3: precision must be f32 or bf16, got int8}}
  %y = bert.linear_weight_gradient %g, %x {precision = #bert<precision int8>} : (tensor<?x6xf32>, tensor<?x4xf32>) -> tensor<6x4xf32>
  return %y : tensor<6x4xf32>
}

// -----

func.func @linear_weight_gradient(%g: tensor<3x6xf32>, %x: tensor<2x4xf32>) -> tensor<6x4xf32> {
  // expected-error @+1 {{C1: 'tensor<3x6xf32>' and 'tensor<2x4xf32>' differ in their rows}}
  %y = bert.linear_weight_gradient %g, %x : (tensor<3x6xf32>, tensor<2x4xf32>) -> tensor<6x4xf32>
  return %y : tensor<6x4xf32>
}

// -----

func.func @linear_weight_gradient(%g: tensor<?x6xf32>, %x: tensor<?x4xf32>) -> tensor<6x6xf32> {
  // expected-error @+1 {{C2: result must have 4 columns, got 'tensor<6x6xf32>'}}
  %y = bert.linear_weight_gradient %g, %x : (tensor<?x6xf32>, tensor<?x4xf32>) -> tensor<6x6xf32>
  return %y : tensor<6x6xf32>
}

// -----

func.func @linear_weight_gradient(%g: tensor<?x6xf32>, %x: tensor<?x4xf32>) -> tensor<4x4xf32> {
  // expected-error @+1 {{C2: result must have 6 rows, got 'tensor<4x4xf32>'}}
  %y = bert.linear_weight_gradient %g, %x : (tensor<?x6xf32>, tensor<?x4xf32>) -> tensor<4x4xf32>
  return %y : tensor<4x4xf32>
}

// -----

func.func @column_sums(%x: tensor<?x6xf32>) -> tensor<4xf32> {
  // expected-error @+1 {{C1: result must have shape [6], got 'tensor<4xf32>'}}
  %y = bert.column_sums %x : (tensor<?x6xf32>) -> tensor<4xf32>
  return %y : tensor<4xf32>
}

// -----

func.func @layer_norm_gradient(%g: tensor<?x6xf32>, %x: tensor<?x4xf32>, %s: tensor<6xf32>) -> tensor<?x4xf32> {
  // expected-error @+1 {{C1: 'tensor<?x6xf32>' and 'tensor<?x4xf32>' differ}}
  %y = bert.layer_norm_gradient %g, %x, %s {epsilon = 1.0e-5} : (tensor<?x6xf32>, tensor<?x4xf32>, tensor<6xf32>) -> tensor<?x4xf32>
  return %y : tensor<?x4xf32>
}

// -----

func.func @layer_norm_gradient(%g: tensor<?x6xf32>, %x: tensor<?x6xf32>, %s: tensor<4xf32>) -> tensor<?x6xf32> {
  // expected-error @+1 {{C2: scale must have shape [6], got 'tensor<4xf32>'}}
  %y = bert.layer_norm_gradient %g, %x, %s {epsilon = 1.0e-5} : (tensor<?x6xf32>, tensor<?x6xf32>, tensor<4xf32>) -> tensor<?x6xf32>
  return %y : tensor<?x6xf32>
}

// -----

func.func @layer_norm_gradient(%g: tensor<?x6xf32>, %x: tensor<?x6xf32>, %s: tensor<6xf32>) -> tensor<?x6xf32> {
  // expected-error @+1 {{C3: epsilon must be positive}}
  %y = bert.layer_norm_gradient %g, %x, %s {epsilon = 0.0} : (tensor<?x6xf32>, tensor<?x6xf32>, tensor<6xf32>) -> tensor<?x6xf32>
  return %y : tensor<?x6xf32>
}

// -----

func.func @layer_norm_gradient(%g: tensor<?x6xf32>, %x: tensor<?x6xf32>, %s: tensor<6xf32>) -> tensor<?x4xf32> {
  // expected-error @+1 {{C4: 'tensor<?x6xf32>' and 'tensor<?x4xf32>' differ}}
  %y = bert.layer_norm_gradient %g, %x, %s {epsilon = 1.0e-5} : (tensor<?x6xf32>, tensor<?x6xf32>, tensor<6xf32>) -> tensor<?x4xf32>
  return %y : tensor<?x4xf32>
}

// -----

func.func @layer_norm_scale_gradient(%g: tensor<?x6xf32>, %x: tensor<?x4xf32>) -> tensor<6xf32> {
  // expected-error @+1 {{C1: 'tensor<?x6xf32>' and 'tensor<?x4xf32>' differ}}
  %y = bert.layer_norm_scale_gradient %g, %x {epsilon = 1.0e-5} : (tensor<?x6xf32>, tensor<?x4xf32>) -> tensor<6xf32>
  return %y : tensor<6xf32>
}

// -----

func.func @layer_norm_scale_gradient(%g: tensor<?x6xf32>, %x: tensor<?x6xf32>) -> tensor<6xf32> {
  // expected-error @+1 {{C2: epsilon must be positive}}
  %y = bert.layer_norm_scale_gradient %g, %x {epsilon = 0.0} : (tensor<?x6xf32>, tensor<?x6xf32>) -> tensor<6xf32>
  return %y : tensor<6xf32>
}

// -----

func.func @layer_norm_scale_gradient(%g: tensor<?x6xf32>, %x: tensor<?x6xf32>) -> tensor<4xf32> {
  // expected-error @+1 {{C3: result must have shape [6], got 'tensor<4xf32>'}}
  %y = bert.layer_norm_scale_gradient %g, %x {epsilon = 1.0e-5} : (tensor<?x6xf32>, tensor<?x6xf32>) -> tensor<4xf32>
  return %y : tensor<4xf32>
}

// -----

func.func @activation_gradient(%g: tensor<?x6xf32>, %x: tensor<?x4xf32>) -> tensor<?x4xf32> {
  // expected-error @+1 {{C1: 'tensor<?x6xf32>' and 'tensor<?x4xf32>' differ}}
  %y = bert.activation_gradient %g, %x {activation = #bert<activation relu>} : (tensor<?x6xf32>, tensor<?x4xf32>) -> tensor<?x4xf32>
  return %y : tensor<?x4xf32>
}

// -----

func.func @activation_gradient(%g: tensor<?x6xf32>, %x: tensor<?x6xf32>) -> tensor<?x6xf32> {
  // expected-error @+1 {{C2: the activation is none}}
  %y = bert.activation_gradient %g, %x {activation = #bert<activation none>} : (tensor<?x6xf32>, tensor<?x6xf32>) -> tensor<?x6xf32>
  return %y : tensor<?x6xf32>
}

// -----

func.func @attention_gradient(%g: tensor<?x6xf32>, %q: tensor<?x4xf32>, %k: tensor<?x6xf32>, %v: tensor<?x6xf32>, %o: tensor<?xi32>) -> tensor<?x18xf32> {
  // expected-error @+1 {{C1: 'tensor<?x6xf32>' and 'tensor<?x4xf32>' differ}}
  %y = bert.attention_gradient %g, %q, %k, %v, %o {num_heads = 2 : i64} : (tensor<?x6xf32>, tensor<?x4xf32>, tensor<?x6xf32>, tensor<?x6xf32>, tensor<?xi32>) -> tensor<?x18xf32>
  return %y : tensor<?x18xf32>
}

// -----

func.func @attention_gradient(%g: tensor<?x6xf32>, %q: tensor<?x6xf32>, %k: tensor<?x6xf32>, %v: tensor<?x6xf32>, %o: tensor<?xi32>) -> tensor<?x18xf32> {
  // expected-error @+1 {{C2: num_heads 4 does not divide 6}}
  %y = bert.attention_gradient %g, %q, %k, %v, %o {num_heads = 4 : i64} : (tensor<?x6xf32>, tensor<?x6xf32>, tensor<?x6xf32>, tensor<?x6xf32>, tensor<?xi32>) -> tensor<?x18xf32>
  return %y : tensor<?x18xf32>
}

// -----

func.func @attention_gradient(%g: tensor<?x6xf32>, %q: tensor<?x6xf32>, %k: tensor<?x6xf32>, %v: tensor<?x6xf32>, %o: tensor<?xi32>) -> tensor<?x6xf32> {
  // expected-error @+1 {{C3: result must have 18 columns, got 'tensor<?x6xf32>'}}
  %y = bert.attention_gradient %g, %q, %k, %v, %o {num_heads = 2 : i64} : (tensor<?x6xf32>, tensor<?x6xf32>, tensor<?x6xf32>, tensor<?x6xf32>, tensor<?xi32>) -> tensor<?x6xf32>
  return %y : tensor<?x6xf32>
}

// -----

func.func @embedding_gradient(%g: tensor<3x6xf32>, %i: tensor<2xi32>) -> tensor<9x6xf32> {
  // expected-error @+1 {{C1: 'tensor<2xi32>' and 'tensor<3x6xf32>' differ in their rows}}
  %y = bert.embedding_gradient %g, %i {rows = 9 : i64} : (tensor<3x6xf32>, tensor<2xi32>) -> tensor<9x6xf32>
  return %y : tensor<9x6xf32>
}

// -----

func.func @embedding_gradient(%g: tensor<?x6xf32>, %i: tensor<?xi32>) -> tensor<8x6xf32> {
  // expected-error @+1 {{C2: result must have 9 rows, a positive number, got 'tensor<8x6xf32>'}}
  %y = bert.embedding_gradient %g, %i {rows = 9 : i64} : (tensor<?x6xf32>, tensor<?xi32>) -> tensor<8x6xf32>
  return %y : tensor<8x6xf32>
}

// -----

func.func @embedding_gradient(%g: tensor<?x6xf32>, %i: tensor<?xi32>) -> tensor<9x4xf32> {
  // expected-error @+1 {{C2: result must have 6 columns, got 'tensor<9x4xf32>'}}
  %y = bert.embedding_gradient %g, %i {rows = 9 : i64} : (tensor<?x6xf32>, tensor<?xi32>) -> tensor<9x4xf32>
  return %y : tensor<9x4xf32>
}

// -----

func.func @embedding_gradient(%g: tensor<?x6xf32>, %i: tensor<?xi32>) -> tensor<9x6xf32> {
  // expected-error @+1 {{C3: padding 9 is no row of 9}}
  %y = bert.embedding_gradient %g, %i {rows = 9 : i64, padding = 9 : i64} : (tensor<?x6xf32>, tensor<?xi32>) -> tensor<9x6xf32>
  return %y : tensor<9x6xf32>
}

// -----

func.func @gather_rows_gradient(%g: tensor<3x6xf32>, %r: tensor<2xi32>, %l: tensor<?x6xf32>) -> tensor<?x6xf32> {
  // expected-error @+1 {{C1: 'tensor<2xi32>' and 'tensor<3x6xf32>' differ in their rows}}
  %y = bert.gather_rows_gradient %g, %r like %l : (tensor<3x6xf32>, tensor<2xi32>, tensor<?x6xf32>) -> tensor<?x6xf32>
  return %y : tensor<?x6xf32>
}

// -----

func.func @gather_rows_gradient(%g: tensor<?x6xf32>, %r: tensor<?xi32>, %l: tensor<?x6xf32>) -> tensor<?x4xf32> {
  // expected-error @+1 {{C2: 'tensor<?x6xf32>' and 'tensor<?x4xf32>' differ}}
  %y = bert.gather_rows_gradient %g, %r like %l : (tensor<?x6xf32>, tensor<?xi32>, tensor<?x6xf32>) -> tensor<?x4xf32>
  return %y : tensor<?x4xf32>
}

// -----

func.func @gather_rows_gradient(%g: tensor<?x4xf32>, %r: tensor<?xi32>, %l: tensor<?x6xf32>) -> tensor<?x6xf32> {
  // expected-error @+1 {{C2: result must have 4 columns, got 'tensor<?x6xf32>'}}
  %y = bert.gather_rows_gradient %g, %r like %l : (tensor<?x4xf32>, tensor<?xi32>, tensor<?x6xf32>) -> tensor<?x6xf32>
  return %y : tensor<?x6xf32>
}

// -----

func.func @first_token_gradient(%g: tensor<3x6xf32>, %o: tensor<3xi32>, %l: tensor<?x6xf32>) -> tensor<?x6xf32> {
  // expected-error @+1 {{C1: 'tensor<3xi32>' does not bound the sequences of 'tensor<3x6xf32>'}}
  %y = bert.first_token_gradient %g, %o like %l : (tensor<3x6xf32>, tensor<3xi32>, tensor<?x6xf32>) -> tensor<?x6xf32>
  return %y : tensor<?x6xf32>
}

// -----

func.func @first_token_gradient(%g: tensor<?x6xf32>, %o: tensor<?xi32>, %l: tensor<?x6xf32>) -> tensor<?x4xf32> {
  // expected-error @+1 {{C2: 'tensor<?x6xf32>' and 'tensor<?x4xf32>' differ}}
  %y = bert.first_token_gradient %g, %o like %l : (tensor<?x6xf32>, tensor<?xi32>, tensor<?x6xf32>) -> tensor<?x4xf32>
  return %y : tensor<?x4xf32>
}

// -----

func.func @mean_pool_gradient(%g: tensor<3x6xf32>, %o: tensor<3xi32>, %l: tensor<?x6xf32>) -> tensor<?x6xf32> {
  // expected-error @+1 {{C1: 'tensor<3xi32>' does not bound the sequences of 'tensor<3x6xf32>'}}
  %y = bert.mean_pool_gradient %g, %o like %l : (tensor<3x6xf32>, tensor<3xi32>, tensor<?x6xf32>) -> tensor<?x6xf32>
  return %y : tensor<?x6xf32>
}

// -----

func.func @mean_pool_gradient(%g: tensor<?x6xf32>, %o: tensor<?xi32>, %l: tensor<?x6xf32>) -> tensor<?x4xf32> {
  // expected-error @+1 {{C2: 'tensor<?x6xf32>' and 'tensor<?x4xf32>' differ}}
  %y = bert.mean_pool_gradient %g, %o like %l : (tensor<?x6xf32>, tensor<?xi32>, tensor<?x6xf32>) -> tensor<?x4xf32>
  return %y : tensor<?x4xf32>
}

// -----

func.func @l2_normalize_gradient(%g: tensor<?x6xf32>, %x: tensor<?x4xf32>) -> tensor<?x4xf32> {
  // expected-error @+1 {{C1: 'tensor<?x6xf32>' and 'tensor<?x4xf32>' differ}}
  %y = bert.l2_normalize_gradient %g, %x {epsilon = 1.0e-5} : (tensor<?x6xf32>, tensor<?x4xf32>) -> tensor<?x4xf32>
  return %y : tensor<?x4xf32>
}

// -----

func.func @l2_normalize_gradient(%g: tensor<?x6xf32>, %x: tensor<?x6xf32>) -> tensor<?x6xf32> {
  // expected-error @+1 {{C2: epsilon must be positive}}
  %y = bert.l2_normalize_gradient %g, %x {epsilon = 0.0} : (tensor<?x6xf32>, tensor<?x6xf32>) -> tensor<?x6xf32>
  return %y : tensor<?x6xf32>
}

// -----

func.func @place_columns(%x: tensor<?x4xf32>) -> tensor<?x6xf32> {
  // expected-error @+1 {{C1: 4 columns from 3 do not fit in 6}}
  %y = bert.place_columns %x {first = 3 : i64, columns = 6 : i64} : (tensor<?x4xf32>) -> tensor<?x6xf32>
  return %y : tensor<?x6xf32>
}

// -----

func.func @place_columns(%x: tensor<?x4xf32>) -> tensor<?x4xf32> {
  // expected-error @+1 {{C2: result must have 6 columns, got 'tensor<?x4xf32>'}}
  %y = bert.place_columns %x {first = 1 : i64, columns = 6 : i64} : (tensor<?x4xf32>) -> tensor<?x4xf32>
  return %y : tensor<?x4xf32>
}

// -----

func.func @cosine_gradient(%g: tensor<?x1xf32>, %x: tensor<?x6xf32>, %t: tensor<?x4xf32>) -> tensor<?x6xf32> {
  // expected-error @+1 {{C1: 'tensor<?x6xf32>' and 'tensor<?x4xf32>' differ}}
  %y = bert.cosine_gradient %g, %x, %t {epsilon = 1.0e-8} : (tensor<?x1xf32>, tensor<?x6xf32>, tensor<?x4xf32>) -> tensor<?x6xf32>
  return %y : tensor<?x6xf32>
}

// -----

func.func @cosine_gradient(%g: tensor<?x6xf32>, %x: tensor<?x6xf32>, %t: tensor<?x6xf32>) -> tensor<?x6xf32> {
  // expected-error @+1 {{C2: gradient must have one column, got 'tensor<?x6xf32>'}}
  %y = bert.cosine_gradient %g, %x, %t {epsilon = 1.0e-8} : (tensor<?x6xf32>, tensor<?x6xf32>, tensor<?x6xf32>) -> tensor<?x6xf32>
  return %y : tensor<?x6xf32>
}

// -----

func.func @cosine_gradient(%g: tensor<3x1xf32>, %x: tensor<2x6xf32>, %t: tensor<2x6xf32>) -> tensor<2x6xf32> {
  // expected-error @+1 {{C2: 'tensor<3x1xf32>' and 'tensor<2x6xf32>' differ in their rows}}
  %y = bert.cosine_gradient %g, %x, %t {epsilon = 1.0e-8} : (tensor<3x1xf32>, tensor<2x6xf32>, tensor<2x6xf32>) -> tensor<2x6xf32>
  return %y : tensor<2x6xf32>
}

// -----

func.func @cosine_gradient(%g: tensor<?x1xf32>, %x: tensor<?x6xf32>, %t: tensor<?x6xf32>) -> tensor<?x6xf32> {
  // expected-error @+1 {{C3: epsilon must be positive}}
  %y = bert.cosine_gradient %g, %x, %t {epsilon = 0.0} : (tensor<?x1xf32>, tensor<?x6xf32>, tensor<?x6xf32>) -> tensor<?x6xf32>
  return %y : tensor<?x6xf32>
}
