// RUN: bert-opt %s --split-input-file --verify-diagnostics

// expected-error @+1 {{C1: type must be a static tensor of f32, or packed of bf16 or i8, got 'tensor<?xf32>'}}
bert.parameter @p : tensor<?xf32>

// -----

// expected-error @+1 {{C1: type must be a static tensor of f32, or packed of bf16 or i8, got 'tensor<4xi32>'}}
bert.parameter @p : tensor<4xi32>

// -----

// expected-error @+1 {{C2: value has type 'tensor<3xf32>', the parameter 'tensor<4xf32>'}}
bert.parameter @p : tensor<4xf32> = dense<0.0> : tensor<3xf32>

// -----

// expected-error @+1 {{C3: source @q is no plain parameter}}
bert.parameter @p : tensor<4xf32> {sources = [@q]}

// -----

bert.parameter @q : tensor<4x2xf32>
bert.parameter @k : tensor<4x3xf32>
// expected-error @+1 {{C3: sources differ in more than their rows}}
bert.parameter @p : tensor<8x2xf32> {sources = [@q, @k]}

// -----

bert.parameter @q : tensor<4x2xf32>
// expected-error @+1 {{C3: sources make up [2, 2, 3], the type says 'tensor<8x2xf32>'}}
bert.parameter @p : tensor<8x2xf32> {sources = [@q], panel = 3 : i64}

// -----

bert.parameter @b : tensor<4xf32>
// expected-error @+1 {{C3: only a matrix can be packed}}
bert.parameter @p : tensor<4xf32> {sources = [@b], panel = 2 : i64}

// -----

// expected-error @+1 {{C4: only one of value, source and sources may stand}}
bert.parameter @p : tensor<4xf32> = dense<0.0> : tensor<4xf32> {source = "p"}

// -----

// expected-error @+1 {{C4: panel must be positive and needs sources}}
bert.parameter @p : tensor<4xf32> {panel = 2 : i64}

// -----

bert.parameter @word : tensor<5xf32>
// expected-error @+1 {{C5: tied_to @word is not a parameter of type 'tensor<4xf32>'}}
bert.parameter @p : tensor<4xf32> {tied_to = @word}

// -----

bert.parameter @word : tensor<4xf32>
bert.parameter @head : tensor<4xf32> {tied_to = @word}
// expected-error @+1 {{C5: tied_to @head must be where the values are}}
bert.parameter @p : tensor<4xf32> {tied_to = @head}

// -----

func.func @get_parameter() -> tensor<4xf32> {
  // expected-error @+1 {{C1: @nothing is not a bert.parameter}}
  %p = bert.get_parameter @nothing : tensor<4xf32>
  return %p : tensor<4xf32>
}

// -----

bert.parameter @p : tensor<4xf32>
func.func @get_parameter() -> tensor<5xf32> {
  // expected-error @+1 {{C2: @p has type 'tensor<4xf32>', the result 'tensor<5xf32>'}}
  %p = bert.get_parameter @p : tensor<5xf32>
  return %p : tensor<5xf32>
}

// -----

func.func @concat(%a: tensor<4x2x2xf32>) -> tensor<4x2x2xf32> {
  // expected-error @+1 {{C1: needs tensors of rank 1 or 2}}
  %all = bert.concat %a : (tensor<4x2x2xf32>) -> tensor<4x2x2xf32>
  return %all : tensor<4x2x2xf32>
}

// -----

func.func @concat(%a: tensor<4x2xf32>, %b: tensor<2xf32>) -> tensor<5x2xf32> {
  // expected-error @+1 {{C1: ranks differ: 'tensor<2xf32>' and 'tensor<5x2xf32>'}}
  %all = bert.concat %a, %b : (tensor<4x2xf32>, tensor<2xf32>) -> tensor<5x2xf32>
  return %all : tensor<5x2xf32>
}

// -----

func.func @concat(%a: tensor<4x2xf32>, %b: tensor<4x3xf32>) -> tensor<8x2xf32> {
  // expected-error @+1 {{C2: 'tensor<4x3xf32>' does not fit 'tensor<8x2xf32>'}}
  %all = bert.concat %a, %b : (tensor<4x2xf32>, tensor<4x3xf32>) -> tensor<8x2xf32>
  return %all : tensor<8x2xf32>
}

// -----

func.func @concat(%a: tensor<4x2xf32>) -> tensor<5x2xf32> {
  // expected-error @+1 {{C2: the rows add up to 4, the result has 5}}
  %all = bert.concat %a : (tensor<4x2xf32>) -> tensor<5x2xf32>
  return %all : tensor<5x2xf32>
}

// -----

func.func @pack(%w: tensor<4x2xf32>) -> tensor<1x2x4xf32> {
  // expected-error @+1 {{C1: panel must be positive, got 0}}
  %p = bert.pack %w {panel = 0 : i64} : tensor<4x2xf32> -> tensor<1x2x4xf32>
  return %p : tensor<1x2x4xf32>
}

// -----

func.func @pack(%w: tensor<5x2xf32>) -> tensor<1x2x4xf32> {
  // expected-error @+1 {{C2: result must be 'tensor<2x2x4xf32>', got 'tensor<1x2x4xf32>'}}
  %p = bert.pack %w {panel = 4 : i64} : tensor<5x2xf32> -> tensor<1x2x4xf32>
  return %p : tensor<1x2x4xf32>
}

// -----

func.func @pack(%w: tensor<5x3xf32>) -> tensor<2x3x4x2xbf16> {
  // expected-error @+1 {{C2: result must be 'tensor<2x16x4x2xbf16>', got 'tensor<2x3x4x2xbf16>'}}
  %p = bert.pack %w {panel = 4 : i64} : tensor<5x3xf32> -> tensor<2x3x4x2xbf16>
  return %p : tensor<2x3x4x2xbf16>
}

// -----

// expected-error @below {{C1: type must be a static tensor of f32, or packed of bf16 or i8, got 'tensor<4x4xbf16>'}}
bert.parameter @p : tensor<4x4xbf16>

// -----

bert.parameter @w : tensor<4x3xf32>
// expected-error @below {{C3: sources make up [1, 16, 4, 2], the type says 'tensor<1x3x4x2xbf16>'}}
bert.parameter @p : tensor<1x3x4x2xbf16> {sources = [@w], panel = 4 : i64}

// -----

// expected-error @below {{C1: type has more than 2^48 elements: 'tensor<4611686018427387904x32xf32>'}}
bert.parameter @p : tensor<4611686018427387904x32xf32>

// -----

func.func @pack(%w: tensor<5x3xf32>) -> tensor<2x1x4x4xi8> {
  // expected-error @+1 {{C2: result must be 'tensor<2x18x4x4xi8>', got 'tensor<2x1x4x4xi8>'}}
  %p = bert.pack %w {panel = 4 : i64} : tensor<5x3xf32> -> tensor<2x1x4x4xi8>
  return %p : tensor<2x1x4x4xi8>
}

// -----

bert.parameter @columns : tensor<4xf32>
// expected-error @+1 {{C6: divided_by needs tied_to and a matrix}}
bert.parameter @w.scaled : tensor<3x4xf32> {divided_by = @columns}

// -----

bert.parameter @columns : tensor<3xf32>
bert.parameter @w : tensor<3x4xf32>
// expected-error @+1 {{C6: divided_by @columns is no plain parameter of 4 elements}}
bert.parameter @w.scaled : tensor<3x4xf32> {tied_to = @w, divided_by = @columns}

// -----

bert.parameter @columns : tensor<4xf32>
bert.parameter @others : tensor<4xf32> {tied_to = @columns}
bert.parameter @w : tensor<3x4xf32>
// expected-error @+1 {{C6: divided_by @others is no plain parameter of 4 elements}}
bert.parameter @w.scaled : tensor<3x4xf32> {tied_to = @w, divided_by = @others}

// -----

func.func @pack_transposed(%w: tensor<4x2xf32>) -> tensor<1x4x4xf32> {
  // expected-error @+1 {{C1: panel must be positive, got -1}}
  %p = bert.pack_transposed %w {panel = -1 : i64} : tensor<4x2xf32> -> tensor<1x4x4xf32>
  return %p : tensor<1x4x4xf32>
}

// -----

func.func @pack_transposed(%w: tensor<4x2xf32>) -> tensor<1x4x4x2xbf16> {
  // expected-error @+1 {{C2: result must be 'tensor<1x16x4x2xbf16>', got 'tensor<1x4x4x2xbf16>'}}
  %p = bert.pack_transposed %w {panel = 4 : i64} : tensor<4x2xf32> -> tensor<1x4x4x2xbf16>
  return %p : tensor<1x4x4x2xbf16>
}

// -----

func.func @pack_transposed(%w: tensor<4x2xf32>) -> tensor<1x18x4x4xi8> {
  // expected-error @+1 {{C2: result must be 'tensor<1x4x4xf32>', got 'tensor<1x18x4x4xi8>'}}
  %p = bert.pack_transposed %w {panel = 4 : i64} : tensor<4x2xf32> -> tensor<1x18x4x4xi8>
  return %p : tensor<1x18x4x4xi8>
}

// -----

func.func @pack_transposed(%w: tensor<4x2xf32>) -> tensor<1x2x4xf32> {
  // expected-error @+1 {{C2: result must be 'tensor<1x4x4xf32>', got 'tensor<1x2x4xf32>'}}
  %p = bert.pack_transposed %w {panel = 4 : i64} : tensor<4x2xf32> -> tensor<1x2x4xf32>
  return %p : tensor<1x2x4xf32>
}
