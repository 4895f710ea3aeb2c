// RUN: bert-opt %s --split-input-file --verify-diagnostics

func.func @fold_in(%k: tensor<3xi32>) -> tensor<2xi32> {
  // expected-error @+1 {{C1: key must have shape [2], got 'tensor<3xi32>'}}
  %y = bert.fold_in %k {number = 1 : i64} : (tensor<3xi32>) -> tensor<2xi32>
  return %y : tensor<2xi32>
}

// -----

func.func @fold_in(%k: tensor<2xi32>) -> tensor<3xi32> {
  // expected-error @+1 {{C1: result must have shape [2], got 'tensor<3xi32>'}}
  %y = bert.fold_in %k {number = 1 : i64} : (tensor<2xi32>) -> tensor<3xi32>
  return %y : tensor<3xi32>
}

// -----

func.func @fold_in(%k: tensor<2xi32>) -> tensor<2xi32> {
  // expected-error @+1 {{C2: number -1 is not in [0, 2^32)}}
  %y = bert.fold_in %k {number = -1 : i64} : (tensor<2xi32>) -> tensor<2xi32>
  return %y : tensor<2xi32>
}

// -----

func.func @fold_in(%k: tensor<2xi32>) -> tensor<2xi32> {
  // expected-error @+1 {{C2: number 4294967296 is not in [0, 2^32)}}
  %y = bert.fold_in %k {number = 4294967296 : i64} : (tensor<2xi32>) -> tensor<2xi32>
  return %y : tensor<2xi32>
}

// -----

func.func @dropout(%x: tensor<?x6xf32>, %k: tensor<2xi32>, %i: tensor<?xi32>, %o: tensor<?xi32>) -> tensor<?x4xf32> {
  // expected-error @+1 {{C1: 'tensor<?x6xf32>' and 'tensor<?x4xf32>' differ}}
  %y = bert.dropout %x, %k, %i offsets %o {rate = 0.1} : (tensor<?x6xf32>, tensor<2xi32>, tensor<?xi32>, tensor<?xi32>) -> tensor<?x4xf32>
  return %y : tensor<?x4xf32>
}

// -----

func.func @dropout(%x: tensor<?x6xf32>, %k: tensor<?xi32>, %i: tensor<?xi32>, %o: tensor<?xi32>) -> tensor<?x6xf32> {
  // expected-error @+1 {{C2: key must have shape [2], got 'tensor<?xi32>'}}
  %y = bert.dropout %x, %k, %i offsets %o {rate = 0.1} : (tensor<?x6xf32>, tensor<?xi32>, tensor<?xi32>, tensor<?xi32>) -> tensor<?x6xf32>
  return %y : tensor<?x6xf32>
}

// -----

func.func @dropout(%x: tensor<?x6xf32>, %k: tensor<2xi32>, %i: tensor<3xi32>, %o: tensor<3xi32>) -> tensor<?x6xf32> {
  // expected-error @+1 {{C3: 'tensor<3xi32>' does not bound the sequences of 'tensor<3xi32>'}}
  %y = bert.dropout %x, %k, %i offsets %o {rate = 0.1} : (tensor<?x6xf32>, tensor<2xi32>, tensor<3xi32>, tensor<3xi32>) -> tensor<?x6xf32>
  return %y : tensor<?x6xf32>
}

// -----

func.func @dropout(%x: tensor<4x6xf32>, %k: tensor<2xi32>, %i: tensor<3xi32>) -> tensor<4x6xf32> {
  // expected-error @+1 {{C3: 'tensor<3xi32>' and 'tensor<4x6xf32>' differ in their rows}}
  %y = bert.dropout %x, %k, %i {rate = 0.1} : (tensor<4x6xf32>, tensor<2xi32>, tensor<3xi32>) -> tensor<4x6xf32>
  return %y : tensor<4x6xf32>
}

// -----

func.func @dropout(%x: tensor<?x6xf32>, %k: tensor<2xi32>, %i: tensor<?xi32>, %o: tensor<?xi32>) -> tensor<?x6xf32> {
  // expected-error @+1 {{C4: rate must be from 0 to below 1, got 1.0}}
  %y = bert.dropout %x, %k, %i offsets %o {rate = 1.0} : (tensor<?x6xf32>, tensor<2xi32>, tensor<?xi32>, tensor<?xi32>) -> tensor<?x6xf32>
  return %y : tensor<?x6xf32>
}

// -----

func.func @dropout(%x: tensor<?x6xf32>, %k: tensor<2xi32>, %i: tensor<?xi32>, %o: tensor<?xi32>) -> tensor<?x6xf32> {
  // expected-error @+1 {{C4: rate must be from 0 to below 1, got -1.0}}
  %y = bert.dropout %x, %k, %i offsets %o {rate = -0.1} : (tensor<?x6xf32>, tensor<2xi32>, tensor<?xi32>, tensor<?xi32>) -> tensor<?x6xf32>
  return %y : tensor<?x6xf32>
}

// -----

func.func @dropout_attention(%q: tensor<?x6xf32>, %k: tensor<?x4xf32>, %v: tensor<?x6xf32>, %o: tensor<?xi32>, %r: tensor<2xi32>, %i: tensor<?xi32>) -> tensor<?x6xf32> {
  // expected-error @+1 {{C1: 'tensor<?x6xf32>' and 'tensor<?x4xf32>' differ}}
  %y = bert.dropout_attention %q, %k, %v, %o dropout %r, %i {num_heads = 2 : i64, rate = 0.1} : (tensor<?x6xf32>, tensor<?x4xf32>, tensor<?x6xf32>, tensor<?xi32>, tensor<2xi32>, tensor<?xi32>) -> tensor<?x6xf32>
  return %y : tensor<?x6xf32>
}

// -----

func.func @dropout_attention(%q: tensor<?x6xf32>, %k: tensor<?x6xf32>, %v: tensor<?x6xf32>, %o: tensor<?xi32>, %r: tensor<2xi32>, %i: tensor<?xi32>) -> tensor<?x6xf32> {
  // expected-error @+1 {{C2: num_heads 4 does not divide 6}}
  %y = bert.dropout_attention %q, %k, %v, %o dropout %r, %i {num_heads = 4 : i64, rate = 0.1} : (tensor<?x6xf32>, tensor<?x6xf32>, tensor<?x6xf32>, tensor<?xi32>, tensor<2xi32>, tensor<?xi32>) -> tensor<?x6xf32>
  return %y : tensor<?x6xf32>
}

// -----

func.func @dropout_attention(%q: tensor<?x6xf32>, %k: tensor<?x6xf32>, %v: tensor<?x6xf32>, %o: tensor<?xi32>, %r: tensor<?xi32>, %i: tensor<?xi32>) -> tensor<?x6xf32> {
  // expected-error @+1 {{C3: random_key must have shape [2], got 'tensor<?xi32>'}}
  %y = bert.dropout_attention %q, %k, %v, %o dropout %r, %i {num_heads = 2 : i64, rate = 0.1} : (tensor<?x6xf32>, tensor<?x6xf32>, tensor<?x6xf32>, tensor<?xi32>, tensor<?xi32>, tensor<?xi32>) -> tensor<?x6xf32>
  return %y : tensor<?x6xf32>
}

// -----

func.func @dropout_attention(%q: tensor<?x6xf32>, %k: tensor<?x6xf32>, %v: tensor<?x6xf32>, %o: tensor<3xi32>, %r: tensor<2xi32>, %i: tensor<3xi32>) -> tensor<?x6xf32> {
  // expected-error @+1 {{C4: 'tensor<3xi32>' does not bound the sequences of 'tensor<3xi32>'}}
  %y = bert.dropout_attention %q, %k, %v, %o dropout %r, %i {num_heads = 2 : i64, rate = 0.1} : (tensor<?x6xf32>, tensor<?x6xf32>, tensor<?x6xf32>, tensor<3xi32>, tensor<2xi32>, tensor<3xi32>) -> tensor<?x6xf32>
  return %y : tensor<?x6xf32>
}

// -----

func.func @dropout_attention(%q: tensor<?x6xf32>, %k: tensor<?x6xf32>, %v: tensor<?x6xf32>, %o: tensor<?xi32>, %r: tensor<2xi32>, %i: tensor<?xi32>) -> tensor<?x6xf32> {
  // expected-error @+1 {{C5: rate must be from 0 to below 1, got 1.5}}
  %y = bert.dropout_attention %q, %k, %v, %o dropout %r, %i {num_heads = 2 : i64, rate = 1.5} : (tensor<?x6xf32>, tensor<?x6xf32>, tensor<?x6xf32>, tensor<?xi32>, tensor<2xi32>, tensor<?xi32>) -> tensor<?x6xf32>
  return %y : tensor<?x6xf32>
}

// -----

func.func @dropout_attention_gradient(%g: tensor<?x6xf32>, %q: tensor<?x6xf32>, %k: tensor<?x4xf32>, %v: tensor<?x6xf32>, %o: tensor<?xi32>, %r: tensor<2xi32>, %i: tensor<?xi32>) -> tensor<?x18xf32> {
  // expected-error @+1 {{C1: 'tensor<?x6xf32>' and 'tensor<?x4xf32>' differ}}
  %y = bert.dropout_attention_gradient %g, %q, %k, %v, %o dropout %r, %i {num_heads = 2 : i64, rate = 0.1} : (tensor<?x6xf32>, tensor<?x6xf32>, tensor<?x4xf32>, tensor<?x6xf32>, tensor<?xi32>, tensor<2xi32>, tensor<?xi32>) -> tensor<?x18xf32>
  return %y : tensor<?x18xf32>
}

// -----

func.func @dropout_attention_gradient(%g: tensor<?x6xf32>, %q: tensor<?x6xf32>, %k: tensor<?x6xf32>, %v: tensor<?x6xf32>, %o: tensor<?xi32>, %r: tensor<2xi32>, %i: tensor<?xi32>) -> tensor<?x18xf32> {
  // expected-error @+1 {{C2: num_heads 4 does not divide 6}}
  %y = bert.dropout_attention_gradient %g, %q, %k, %v, %o dropout %r, %i {num_heads = 4 : i64, rate = 0.1} : (tensor<?x6xf32>, tensor<?x6xf32>, tensor<?x6xf32>, tensor<?x6xf32>, tensor<?xi32>, tensor<2xi32>, tensor<?xi32>) -> tensor<?x18xf32>
  return %y : tensor<?x18xf32>
}

// -----

func.func @dropout_attention_gradient(%g: tensor<?x6xf32>, %q: tensor<?x6xf32>, %k: tensor<?x6xf32>, %v: tensor<?x6xf32>, %o: tensor<?xi32>, %r: tensor<?xi32>, %i: tensor<?xi32>) -> tensor<?x18xf32> {
  // expected-error @+1 {{C3: random_key must have shape [2], got 'tensor<?xi32>'}}
  %y = bert.dropout_attention_gradient %g, %q, %k, %v, %o dropout %r, %i {num_heads = 2 : i64, rate = 0.1} : (tensor<?x6xf32>, tensor<?x6xf32>, tensor<?x6xf32>, tensor<?x6xf32>, tensor<?xi32>, tensor<?xi32>, tensor<?xi32>) -> tensor<?x18xf32>
  return %y : tensor<?x18xf32>
}

// -----

func.func @dropout_attention_gradient(%g: tensor<?x6xf32>, %q: tensor<?x6xf32>, %k: tensor<?x6xf32>, %v: tensor<?x6xf32>, %o: tensor<3xi32>, %r: tensor<2xi32>, %i: tensor<3xi32>) -> tensor<?x18xf32> {
  // expected-error @+1 {{C4: 'tensor<3xi32>' does not bound the sequences of 'tensor<3xi32>'}}
  %y = bert.dropout_attention_gradient %g, %q, %k, %v, %o dropout %r, %i {num_heads = 2 : i64, rate = 0.1} : (tensor<?x6xf32>, tensor<?x6xf32>, tensor<?x6xf32>, tensor<?x6xf32>, tensor<3xi32>, tensor<2xi32>, tensor<3xi32>) -> tensor<?x18xf32>
  return %y : tensor<?x18xf32>
}

// -----

func.func @dropout_attention_gradient(%g: tensor<?x6xf32>, %q: tensor<?x6xf32>, %k: tensor<?x6xf32>, %v: tensor<?x6xf32>, %o: tensor<?xi32>, %r: tensor<2xi32>, %i: tensor<?xi32>) -> tensor<?x18xf32> {
  // expected-error @+1 {{C5: rate must be from 0 to below 1, got 1.5}}
  %y = bert.dropout_attention_gradient %g, %q, %k, %v, %o dropout %r, %i {num_heads = 2 : i64, rate = 1.5} : (tensor<?x6xf32>, tensor<?x6xf32>, tensor<?x6xf32>, tensor<?x6xf32>, tensor<?xi32>, tensor<2xi32>, tensor<?xi32>) -> tensor<?x18xf32>
  return %y : tensor<?x18xf32>
}

// -----

func.func @dropout_attention_gradient(%g: tensor<?x6xf32>, %q: tensor<?x6xf32>, %k: tensor<?x6xf32>, %v: tensor<?x6xf32>, %o: tensor<?xi32>, %r: tensor<2xi32>, %i: tensor<?xi32>) -> tensor<?x6xf32> {
  // expected-error @+1 {{C6: result must have 18 columns, got 'tensor<?x6xf32>'}}
  %y = bert.dropout_attention_gradient %g, %q, %k, %v, %o dropout %r, %i {num_heads = 2 : i64, rate = 0.1} : (tensor<?x6xf32>, tensor<?x6xf32>, tensor<?x6xf32>, tensor<?x6xf32>, tensor<?xi32>, tensor<2xi32>, tensor<?xi32>) -> tensor<?x6xf32>
  return %y : tensor<?x6xf32>
}
