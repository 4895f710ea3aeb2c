// RUN: bert-opt %s --split-input-file --verify-diagnostics

func.func @embedding(%ids: tensor<?xi32>, %t: tensor<9x8xf32>) -> tensor<?x8xf32> {
  // expected-error @+1 {{C1: 2 ids for 1 tables}}
  %y = bert.embedding %ids, %ids from %t : (tensor<?xi32>, tensor<?xi32>, tensor<9x8xf32>) -> tensor<?x8xf32>
  return %y : tensor<?x8xf32>
}

// -----

func.func @embedding(%ids: tensor<?xi32>, %t: tensor<9x6xf32>) -> tensor<?x8xf32> {
  // expected-error @+1 {{C2: table 'tensor<9x6xf32>' does not make rows of 8}}
  %y = bert.embedding %ids from %t : (tensor<?xi32>, tensor<9x6xf32>) -> tensor<?x8xf32>
  return %y : tensor<?x8xf32>
}

// -----

func.func @embedding(%ids: tensor<3xi32>, %t: tensor<9x8xf32>) -> tensor<4x8xf32> {
  // expected-error @+1 {{C2: 'tensor<3xi32>' and 'tensor<4x8xf32>' differ in their rows}}
  %y = bert.embedding %ids from %t : (tensor<3xi32>, tensor<9x8xf32>) -> tensor<4x8xf32>
  return %y : tensor<4x8xf32>
}

// -----

func.func @embedding(%ids: tensor<?xi32>, %t: tensor<9x8xf32>) -> tensor<?x8xf32> {
  // expected-error @+1 {{C3: padding of 2 tables, of 1}}
  %y = bert.embedding %ids from %t {padding = array<i64: 0, -1>} : (tensor<?xi32>, tensor<9x8xf32>) -> tensor<?x8xf32>
  return %y : tensor<?x8xf32>
}

// -----

func.func @embedding(%ids: tensor<?xi32>, %t: tensor<9x8xf32>) -> tensor<?x8xf32> {
  // expected-error @+1 {{C3: padding 9 is no row of 'tensor<9x8xf32>'}}
  %y = bert.embedding %ids from %t {padding = array<i64: 9>} : (tensor<?xi32>, tensor<9x8xf32>) -> tensor<?x8xf32>
  return %y : tensor<?x8xf32>
}

// -----

func.func @linear(%x: tensor<?x8xf32>, %w: tensor<4x6xf32>) -> tensor<?x4xf32> {
  // expected-error @+1 {{C1: weight 'tensor<4x6xf32>' does not take rows of 8}}
  %y = bert.linear %x, %w : (tensor<?x8xf32>, tensor<4x6xf32>) -> tensor<?x4xf32>
  return %y : tensor<?x4xf32>
}

// -----

func.func @linear(%x: tensor<?x8xf32>, %w: tensor<4x8xf32>, %b: tensor<8xf32>) -> tensor<?x4xf32> {
  // expected-error @+1 {{C2: bias must have shape [4], got 'tensor<8xf32>'}}
  %y = bert.linear %x, %w bias %b : (tensor<?x8xf32>, tensor<4x8xf32>, tensor<8xf32>) -> tensor<?x4xf32>
  return %y : tensor<?x4xf32>
}

// -----

func.func @linear(%x: tensor<?x8xf32>, %w: tensor<4x8xf32>) -> tensor<?x8xf32> {
  // expected-error @+1 {{C3: result must have 4 columns, got 'tensor<?x8xf32>'}}
  %y = bert.linear %x, %w : (tensor<?x8xf32>, tensor<4x8xf32>) -> tensor<?x8xf32>
  return %y : tensor<?x8xf32>
}

// -----

func.func @linear(%x: tensor<?x8xf32>, %w: tensor<4x8xf32>) -> tensor<3x4xf32> {
  // expected-error @+1 {{C3: 'tensor<?x8xf32>' and 'tensor<3x4xf32>' differ in their rows}}
  %y = bert.linear %x, %w : (tensor<?x8xf32>, tensor<4x8xf32>) -> tensor<3x4xf32>
  return %y : tensor<3x4xf32>
}

// -----

func.func @layer_norm(%x: tensor<?x8xf32>, %s: tensor<20xf32>, %b: tensor<8xf32>) -> tensor<?x8xf32> {
  // expected-error @+1 {{C1: scale must have shape [8], got 'tensor<20xf32>'}}
  %y = bert.layer_norm %x, %s, %b {epsilon = 1.0e-12} : (tensor<?x8xf32>, tensor<20xf32>, tensor<8xf32>) -> tensor<?x8xf32>
  return %y : tensor<?x8xf32>
}

// -----

func.func @layer_norm(%x: tensor<?x8xf32>, %s: tensor<8xf32>, %b: tensor<1xf32>) -> tensor<?x8xf32> {
  // expected-error @+1 {{C1: bias must have shape [8], got 'tensor<1xf32>'}}
  %y = bert.layer_norm %x, %s, %b {epsilon = 1.0e-12} : (tensor<?x8xf32>, tensor<8xf32>, tensor<1xf32>) -> tensor<?x8xf32>
  return %y : tensor<?x8xf32>
}

// -----

func.func @layer_norm(%x: tensor<?x8xf32>, %s: tensor<8xf32>) -> tensor<?x8xf32> {
  // expected-error @+1 {{C2: epsilon must be positive}}
  %y = bert.layer_norm %x, %s, %s {epsilon = 0.0} : (tensor<?x8xf32>, tensor<8xf32>, tensor<8xf32>) -> tensor<?x8xf32>
  return %y : tensor<?x8xf32>
}

// -----

func.func @layer_norm(%x: tensor<?x8xf32>, %s: tensor<8xf32>) -> tensor<3x8xf32> {
  // expected-error @+1 {{C3: result must have type 'tensor<?x8xf32>'}}
  %y = bert.layer_norm %x, %s, %s {epsilon = 1.0e-12} : (tensor<?x8xf32>, tensor<8xf32>, tensor<8xf32>) -> tensor<3x8xf32>
  return %y : tensor<3x8xf32>
}

// -----

func.func @attention(%x: tensor<?x8xf32>, %k: tensor<?x4xf32>, %o: tensor<?xi32>) -> tensor<?x8xf32> {
  // expected-error @+1 {{C1: query, key, value and result must have one type, got 'tensor<?x4xf32>' and 'tensor<?x8xf32>'}}
  %y = bert.attention %x, %k, %x, %o {num_heads = 2} : (tensor<?x8xf32>, tensor<?x4xf32>, tensor<?x8xf32>, tensor<?xi32>) -> tensor<?x8xf32>
  return %y : tensor<?x8xf32>
}

// -----

func.func @attention(%x: tensor<?x8xf32>, %o: tensor<?xi32>) -> tensor<?x8xf32> {
  // expected-error @+1 {{C2: num_heads 3 does not divide 8}}
  %y = bert.attention %x, %x, %x, %o {num_heads = 3} : (tensor<?x8xf32>, tensor<?x8xf32>, tensor<?x8xf32>, tensor<?xi32>) -> tensor<?x8xf32>
  return %y : tensor<?x8xf32>
}

// -----

func.func @attention(%x: tensor<?x8xf32>, %o: tensor<?xi32>) -> tensor<?x8xf32> {
  // expected-error @+1 {{C2: num_heads -2 does not divide 8}}
  %y = bert.attention %x, %x, %x, %o {num_heads = -2} : (tensor<?x8xf32>, tensor<?x8xf32>, tensor<?x8xf32>, tensor<?xi32>) -> tensor<?x8xf32>
  return %y : tensor<?x8xf32>
}

// -----

func.func @attention_probs(%x: tensor<?x8xf32>, %k: tensor<?x4xf32>, %o: tensor<?xi32>) -> tensor<?x10xf32> {
  // expected-error @+1 {{C1: query and key must have one type, got 'tensor<?x8xf32>' and 'tensor<?x4xf32>'}}
  %y = bert.attention_probs %x, %k, %o {num_heads = 2, max_positions = 5} : (tensor<?x8xf32>, tensor<?x4xf32>, tensor<?xi32>) -> tensor<?x10xf32>
  return %y : tensor<?x10xf32>
}

// -----

func.func @attention_probs(%x: tensor<?x8xf32>, %o: tensor<?xi32>) -> tensor<?x15xf32> {
  // expected-error @+1 {{C2: num_heads 3 does not divide 8}}
  %y = bert.attention_probs %x, %x, %o {num_heads = 3, max_positions = 5} : (tensor<?x8xf32>, tensor<?x8xf32>, tensor<?xi32>) -> tensor<?x15xf32>
  return %y : tensor<?x15xf32>
}

// -----

func.func @attention_probs(%x: tensor<?x8xf32>, %o: tensor<?xi32>) -> tensor<?x10xf32> {
  // expected-error @+1 {{C3: max_positions must be positive, got 0}}
  %y = bert.attention_probs %x, %x, %o {num_heads = 2, max_positions = 0} : (tensor<?x8xf32>, tensor<?x8xf32>, tensor<?xi32>) -> tensor<?x10xf32>
  return %y : tensor<?x10xf32>
}

// -----

func.func @attention_probs(%x: tensor<?x8xf32>, %o: tensor<?xi32>) -> tensor<?x10xf32> {
  // expected-error @+1 {{C3: 2 maps of 6 columns are not the columns of 'tensor<?x10xf32>'}}
  %y = bert.attention_probs %x, %x, %o {num_heads = 2, max_positions = 6} : (tensor<?x8xf32>, tensor<?x8xf32>, tensor<?xi32>) -> tensor<?x10xf32>
  return %y : tensor<?x10xf32>
}

// -----

func.func @attention_probs(%x: tensor<?x8xf32>, %o: tensor<?xi32>) -> tensor<?x10xf32> {
  // expected-error @+1 {{C3: 2 maps of 9223372036854775807 columns are not the columns of 'tensor<?x10xf32>'}}
  %y = bert.attention_probs %x, %x, %o {num_heads = 2, max_positions = 9223372036854775807} : (tensor<?x8xf32>, tensor<?x8xf32>, tensor<?xi32>) -> tensor<?x10xf32>
  return %y : tensor<?x10xf32>
}

// -----

func.func @attention_probs(%x: tensor<?x8xf32>, %o: tensor<?xi32>) -> tensor<3x10xf32> {
  // expected-error @+1 {{C3: 'tensor<?x8xf32>' and 'tensor<3x10xf32>' differ in their rows}}
  %y = bert.attention_probs %x, %x, %o {num_heads = 2, max_positions = 5} : (tensor<?x8xf32>, tensor<?x8xf32>, tensor<?xi32>) -> tensor<3x10xf32>
  return %y : tensor<3x10xf32>
}

// -----

func.func @first_token(%x: tensor<?x8xf32>, %o: tensor<?xi32>) -> tensor<?x4xf32> {
  // expected-error @+1 {{C1: result must have 8 columns, got 'tensor<?x4xf32>'}}
  %y = bert.first_token %x, %o : (tensor<?x8xf32>, tensor<?xi32>) -> tensor<?x4xf32>
  return %y : tensor<?x4xf32>
}

// -----

func.func @first_token(%x: tensor<?x8xf32>, %o: tensor<3xi32>) -> tensor<3x8xf32> {
  // expected-error @+1 {{C1: 'tensor<3xi32>' does not bound the sequences of 'tensor<3x8xf32>'}}
  %y = bert.first_token %x, %o : (tensor<?x8xf32>, tensor<3xi32>) -> tensor<3x8xf32>
  return %y : tensor<3x8xf32>
}

// -----

func.func @mean_pool(%x: tensor<?x8xf32>, %o: tensor<?xi32>) -> tensor<?x4xf32> {
  // expected-error @+1 {{C1: result must have 8 columns, got 'tensor<?x4xf32>'}}
  %y = bert.mean_pool %x, %o : (tensor<?x8xf32>, tensor<?xi32>) -> tensor<?x4xf32>
  return %y : tensor<?x4xf32>
}

// -----

func.func @l2_normalize(%x: tensor<?x8xf32>) -> tensor<?x8xf32> {
  // expected-error @+1 {{C1: epsilon must be positive}}
  %y = bert.l2_normalize %x {epsilon = -1.0} : (tensor<?x8xf32>) -> tensor<?x8xf32>
  return %y : tensor<?x8xf32>
}

// -----

func.func @l2_normalize(%x: tensor<?x8xf32>) -> tensor<?x4xf32> {
  // expected-error @+1 {{C2: result must have type 'tensor<?x8xf32>'}}
  %y = bert.l2_normalize %x {epsilon = 1.0e-12} : (tensor<?x8xf32>) -> tensor<?x4xf32>
  return %y : tensor<?x4xf32>
}

// -----

func.func @gather_rows(%x: tensor<?x8xf32>, %r: tensor<?xi32>) -> tensor<?x4xf32> {
  // expected-error @below {{C1: result must have 8 columns, got 'tensor<?x4xf32>'}}
  %y = bert.gather_rows %x, %r : (tensor<?x8xf32>, tensor<?xi32>) -> tensor<?x4xf32>
  return %y : tensor<?x4xf32>
}

// -----

func.func @gather_rows(%x: tensor<?x8xf32>, %r: tensor<3xi32>) -> tensor<4x8xf32> {
  // expected-error @below {{C1: 'tensor<3xi32>' and 'tensor<4x8xf32>' differ in their rows}}
  %y = bert.gather_rows %x, %r : (tensor<?x8xf32>, tensor<3xi32>) -> tensor<4x8xf32>
  return %y : tensor<4x8xf32>
}

// -----

func.func @slice_columns(%x: tensor<?x8xf32>) -> tensor<?x4xf32> {
  // expected-error @below {{C1: columns 5 and 3 more do not lie in 'tensor<?x8xf32>'}}
  %y = bert.slice_columns %x {first = 5 : i64, count = 4 : i64} : (tensor<?x8xf32>) -> tensor<?x4xf32>
  return %y : tensor<?x4xf32>
}

// -----

func.func @slice_columns(%x: tensor<?x8xf32>) -> tensor<?x4xf32> {
  // expected-error @below {{C2: result must have 3 columns, got 'tensor<?x4xf32>'}}
  %y = bert.slice_columns %x {first = 5 : i64, count = 3 : i64} : (tensor<?x8xf32>) -> tensor<?x4xf32>
  return %y : tensor<?x4xf32>
}

// -----

func.func @slice_columns(%x: tensor<?x8xf32>) -> tensor<4x3xf32> {
  // expected-error @below {{C2: 'tensor<?x8xf32>' and 'tensor<4x3xf32>' differ in their rows}}
  %y = bert.slice_columns %x {first = 5 : i64, count = 3 : i64} : (tensor<?x8xf32>) -> tensor<4x3xf32>
  return %y : tensor<4x3xf32>
}

// -----

func.func @cosine(%x: tensor<?x6xf32>, %t: tensor<?x4xf32>) -> tensor<?x1xf32> {
  // expected-error @+1 {{C1: 'tensor<?x6xf32>' and 'tensor<?x4xf32>' differ}}
  %y = bert.cosine %x, %t {epsilon = 1.0e-8} : (tensor<?x6xf32>, tensor<?x4xf32>) -> tensor<?x1xf32>
  return %y : tensor<?x1xf32>
}

// -----

func.func @cosine(%x: tensor<?x6xf32>, %t: tensor<?x6xf32>) -> tensor<?x1xf32> {
  // expected-error @+1 {{C2: epsilon must be positive}}
  %y = bert.cosine %x, %t {epsilon = 0.0} : (tensor<?x6xf32>, tensor<?x6xf32>) -> tensor<?x1xf32>
  return %y : tensor<?x1xf32>
}

// -----

func.func @cosine(%x: tensor<?x6xf32>, %t: tensor<?x6xf32>) -> tensor<?x6xf32> {
  // expected-error @+1 {{C3: result must have one column, got 'tensor<?x6xf32>'}}
  %y = bert.cosine %x, %t {epsilon = 1.0e-8} : (tensor<?x6xf32>, tensor<?x6xf32>) -> tensor<?x6xf32>
  return %y : tensor<?x6xf32>
}
