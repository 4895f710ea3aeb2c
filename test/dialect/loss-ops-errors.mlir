// RUN: bert-opt %s --split-input-file --verify-diagnostics

func.func @cross_entropy(%x: tensor<3x6xf32>, %l: tensor<2xi32>) -> tensor<f32> {
  // expected-error @+1 {{C1: 'tensor<3x6xf32>' and 'tensor<2xi32>' differ in their rows}}
  %y = bert.cross_entropy %x, %l : (tensor<3x6xf32>, tensor<2xi32>) -> tensor<f32>
  return %y : tensor<f32>
}

// -----

func.func @cross_entropy_gradient(%g: tensor<f32>, %x: tensor<3x6xf32>, %l: tensor<2xi32>) -> tensor<3x6xf32> {
  // expected-error @+1 {{C1: 'tensor<3x6xf32>' and 'tensor<2xi32>' differ in their rows}}
  %y = bert.cross_entropy_gradient %g, %x, %l : (tensor<f32>, tensor<3x6xf32>, tensor<2xi32>) -> tensor<3x6xf32>
  return %y : tensor<3x6xf32>
}

// -----

func.func @cross_entropy_gradient(%g: tensor<f32>, %x: tensor<?x6xf32>, %l: tensor<?xi32>) -> tensor<?x4xf32> {
  // expected-error @+1 {{C2: 'tensor<?x6xf32>' and 'tensor<?x4xf32>' differ}}
  %y = bert.cross_entropy_gradient %g, %x, %l : (tensor<f32>, tensor<?x6xf32>, tensor<?xi32>) -> tensor<?x4xf32>
  return %y : tensor<?x4xf32>
}

// -----

func.func @sequence_cross_entropy(%x: tensor<?x6xf32>, %o: tensor<?xi32>, %l: tensor<?xi32>) -> tensor<f32> {
  // expected-error @+1 {{C1: logits must have one column, got 'tensor<?x6xf32>'}}
  %y = bert.sequence_cross_entropy %x, %o, %l : (tensor<?x6xf32>, tensor<?xi32>, tensor<?xi32>) -> tensor<f32>
  return %y : tensor<f32>
}

// -----

func.func @sequence_cross_entropy(%x: tensor<?x1xf32>, %o: tensor<3xi32>, %l: tensor<3xi32>) -> tensor<f32> {
  // expected-error @+1 {{C2: 'tensor<3xi32>' does not bound the sequences of 'tensor<3xi32>'}}
  %y = bert.sequence_cross_entropy %x, %o, %l : (tensor<?x1xf32>, tensor<3xi32>, tensor<3xi32>) -> tensor<f32>
  return %y : tensor<f32>
}

// -----

func.func @sequence_cross_entropy_gradient(%g: tensor<f32>, %x: tensor<?x6xf32>, %o: tensor<?xi32>, %l: tensor<?xi32>) -> tensor<?x6xf32> {
  // expected-error @+1 {{C1: logits must have one column, got 'tensor<?x6xf32>'}}
  %y = bert.sequence_cross_entropy_gradient %g, %x, %o, %l : (tensor<f32>, tensor<?x6xf32>, tensor<?xi32>, tensor<?xi32>) -> tensor<?x6xf32>
  return %y : tensor<?x6xf32>
}

// -----

func.func @sequence_cross_entropy_gradient(%g: tensor<f32>, %x: tensor<?x1xf32>, %o: tensor<3xi32>, %l: tensor<3xi32>) -> tensor<?x1xf32> {
  // expected-error @+1 {{C2: 'tensor<3xi32>' does not bound the sequences of 'tensor<3xi32>'}}
  %y = bert.sequence_cross_entropy_gradient %g, %x, %o, %l : (tensor<f32>, tensor<?x1xf32>, tensor<3xi32>, tensor<3xi32>) -> tensor<?x1xf32>
  return %y : tensor<?x1xf32>
}

// -----

func.func @sequence_cross_entropy_gradient(%g: tensor<f32>, %x: tensor<?x1xf32>, %o: tensor<?xi32>, %l: tensor<?xi32>) -> tensor<?x6xf32> {
  // expected-error @+1 {{C3: 'tensor<?x1xf32>' and 'tensor<?x6xf32>' differ}}
  %y = bert.sequence_cross_entropy_gradient %g, %x, %o, %l : (tensor<f32>, tensor<?x1xf32>, tensor<?xi32>, tensor<?xi32>) -> tensor<?x6xf32>
  return %y : tensor<?x6xf32>
}

// -----

func.func @binary_cross_entropy(%x: tensor<?x6xf32>, %l: tensor<?x4xf32>) -> tensor<f32> {
  // expected-error @+1 {{C1: 'tensor<?x6xf32>' and 'tensor<?x4xf32>' differ}}
  %y = bert.binary_cross_entropy %x, %l : (tensor<?x6xf32>, tensor<?x4xf32>) -> tensor<f32>
  return %y : tensor<f32>
}

// -----

func.func @binary_cross_entropy_gradient(%g: tensor<f32>, %x: tensor<?x6xf32>, %l: tensor<?x4xf32>) -> tensor<?x6xf32> {
  // expected-error @+1 {{C1: 'tensor<?x6xf32>' and 'tensor<?x4xf32>' differ}}
  %y = bert.binary_cross_entropy_gradient %g, %x, %l : (tensor<f32>, tensor<?x6xf32>, tensor<?x4xf32>) -> tensor<?x6xf32>
  return %y : tensor<?x6xf32>
}

// -----

func.func @binary_cross_entropy_gradient(%g: tensor<f32>, %x: tensor<?x6xf32>, %l: tensor<?x6xf32>) -> tensor<?x4xf32> {
  // expected-error @+1 {{C1: 'tensor<?x6xf32>' and 'tensor<?x4xf32>' differ}}
  %y = bert.binary_cross_entropy_gradient %g, %x, %l : (tensor<f32>, tensor<?x6xf32>, tensor<?x6xf32>) -> tensor<?x4xf32>
  return %y : tensor<?x4xf32>
}

// -----

func.func @mean_squared_error(%x: tensor<?x6xf32>, %l: tensor<?x4xf32>) -> tensor<f32> {
  // expected-error @+1 {{C1: 'tensor<?x6xf32>' and 'tensor<?x4xf32>' differ}}
  %y = bert.mean_squared_error %x, %l : (tensor<?x6xf32>, tensor<?x4xf32>) -> tensor<f32>
  return %y : tensor<f32>
}

// -----

func.func @mean_squared_error_gradient(%g: tensor<f32>, %x: tensor<?x6xf32>, %l: tensor<?x4xf32>) -> tensor<?x6xf32> {
  // expected-error @+1 {{C1: 'tensor<?x6xf32>' and 'tensor<?x4xf32>' differ}}
  %y = bert.mean_squared_error_gradient %g, %x, %l : (tensor<f32>, tensor<?x6xf32>, tensor<?x4xf32>) -> tensor<?x6xf32>
  return %y : tensor<?x6xf32>
}

// -----

func.func @mean_squared_error_gradient(%g: tensor<f32>, %x: tensor<?x6xf32>, %l: tensor<?x6xf32>) -> tensor<?x4xf32> {
  // expected-error @+1 {{C1: 'tensor<?x6xf32>' and 'tensor<?x4xf32>' differ}}
  %y = bert.mean_squared_error_gradient %g, %x, %l : (tensor<f32>, tensor<?x6xf32>, tensor<?x6xf32>) -> tensor<?x4xf32>
  return %y : tensor<?x4xf32>
}

// -----

func.func @distillation(%x: tensor<?x6xf32>, %t: tensor<?x4xf32>) -> tensor<f32> {
  // expected-error @+1 {{C1: 'tensor<?x6xf32>' and 'tensor<?x4xf32>' differ}}
  %y = bert.distillation %x, %t {temperature = 2.0} : (tensor<?x6xf32>, tensor<?x4xf32>) -> tensor<f32>
  return %y : tensor<f32>
}

// -----

func.func @distillation(%x: tensor<?x6xf32>, %t: tensor<?x6xf32>) -> tensor<f32> {
  // expected-error @+1 {{C2: temperature must be positive}}
  %y = bert.distillation %x, %t {temperature = 0.0} : (tensor<?x6xf32>, tensor<?x6xf32>) -> tensor<f32>
  return %y : tensor<f32>
}

// -----

func.func @distillation_gradient(%g: tensor<f32>, %x: tensor<?x6xf32>, %t: tensor<?x4xf32>) -> tensor<?x6xf32> {
  // expected-error @+1 {{C1: 'tensor<?x6xf32>' and 'tensor<?x4xf32>' differ}}
  %y = bert.distillation_gradient %g, %x, %t {temperature = 2.0} : (tensor<f32>, tensor<?x6xf32>, tensor<?x4xf32>) -> tensor<?x6xf32>
  return %y : tensor<?x6xf32>
}

// -----

func.func @distillation_gradient(%g: tensor<f32>, %x: tensor<?x6xf32>, %t: tensor<?x6xf32>) -> tensor<?x6xf32> {
  // expected-error @+1 {{C2: temperature must be positive}}
  %y = bert.distillation_gradient %g, %x, %t {temperature = -1.0} : (tensor<f32>, tensor<?x6xf32>, tensor<?x6xf32>) -> tensor<?x6xf32>
  return %y : tensor<?x6xf32>
}

// -----

func.func @cosine_embedding(%x: tensor<?x6xf32>, %t: tensor<?x4xf32>) -> tensor<f32> {
  // expected-error @+1 {{C1: 'tensor<?x6xf32>' and 'tensor<?x4xf32>' differ}}
  %y = bert.cosine_embedding %x, %t {epsilon = 1.0e-8} : (tensor<?x6xf32>, tensor<?x4xf32>) -> tensor<f32>
  return %y : tensor<f32>
}

// -----

func.func @cosine_embedding(%x: tensor<?x6xf32>, %t: tensor<?x6xf32>) -> tensor<f32> {
  // expected-error @+1 {{C2: epsilon must be positive}}
  %y = bert.cosine_embedding %x, %t {epsilon = 0.0} : (tensor<?x6xf32>, tensor<?x6xf32>) -> tensor<f32>
  return %y : tensor<f32>
}

// -----

func.func @cosine_embedding_gradient(%g: tensor<f32>, %x: tensor<?x6xf32>, %t: tensor<?x4xf32>) -> tensor<?x6xf32> {
  // expected-error @+1 {{C1: 'tensor<?x6xf32>' and 'tensor<?x4xf32>' differ}}
  %y = bert.cosine_embedding_gradient %g, %x, %t {epsilon = 1.0e-8} : (tensor<f32>, tensor<?x6xf32>, tensor<?x4xf32>) -> tensor<?x6xf32>
  return %y : tensor<?x6xf32>
}

// -----

func.func @cosine_embedding_gradient(%g: tensor<f32>, %x: tensor<?x6xf32>, %t: tensor<?x6xf32>) -> tensor<?x6xf32> {
  // expected-error @+1 {{C2: epsilon must be positive}}
  %y = bert.cosine_embedding_gradient %g, %x, %t {epsilon = 0.0} : (tensor<f32>, tensor<?x6xf32>, tensor<?x6xf32>) -> tensor<?x6xf32>
  return %y : tensor<?x6xf32>
}

// -----

func.func @pair_similarity(%a0: tensor<4x6xf32>, %a1: tensor<4x1xf32>) -> tensor<f32> {
  // expected-error @+1 {{C1: labels 'tensor<4x1xf32>' are not one for each pair of rows of 'tensor<4x6xf32>'}}
  %y = bert.pair_similarity %a0, %a1 : (tensor<4x6xf32>, tensor<4x1xf32>) -> tensor<f32>
  return %y : tensor<f32>
}

// -----

func.func @pair_similarity(%a0: tensor<?x6xf32>, %a1: tensor<?x2xf32>) -> tensor<f32> {
  // expected-error @+1 {{C1: labels 'tensor<?x2xf32>' are not one for each pair of rows}}
  %y = bert.pair_similarity %a0, %a1 : (tensor<?x6xf32>, tensor<?x2xf32>) -> tensor<f32>
  return %y : tensor<f32>
}

// -----

func.func @pair_similarity_gradient(%a0: tensor<f32>, %a1: tensor<5x6xf32>, %a2: tensor<2x1xf32>) -> tensor<5x6xf32> {
  // expected-error @+1 {{C1: labels 'tensor<2x1xf32>' are not one for each pair of rows of 'tensor<5x6xf32>'}}
  %y = bert.pair_similarity_gradient %a0, %a1, %a2 : (tensor<f32>, tensor<5x6xf32>, tensor<2x1xf32>) -> tensor<5x6xf32>
  return %y : tensor<5x6xf32>
}

// -----

func.func @pair_similarity_gradient(%a0: tensor<f32>, %a1: tensor<4x6xf32>, %a2: tensor<2x1xf32>) -> tensor<4x5xf32> {
  // expected-error @+1 {{C2: 'tensor<4x6xf32>' and 'tensor<4x5xf32>' differ}}
  %y = bert.pair_similarity_gradient %a0, %a1, %a2 : (tensor<f32>, tensor<4x6xf32>, tensor<2x1xf32>) -> tensor<4x5xf32>
  return %y : tensor<4x5xf32>
}

// -----

func.func @pair_ranking(%a0: tensor<4x6xf32>, %a1: tensor<3xi32>) -> tensor<f32> {
  // expected-error @+1 {{C1: labels 'tensor<3xi32>' are not one for each pair of rows of 'tensor<4x6xf32>'}}
  %y = bert.pair_ranking %a0, %a1 {scale = 20.0} : (tensor<4x6xf32>, tensor<3xi32>) -> tensor<f32>
  return %y : tensor<f32>
}

// -----

func.func @pair_ranking(%a0: tensor<4x6xf32>, %a1: tensor<2xi32>) -> tensor<f32> {
  // expected-error @+1 {{C2: scale must be positive and finite}}
  %y = bert.pair_ranking %a0, %a1 {scale = 0.0} : (tensor<4x6xf32>, tensor<2xi32>) -> tensor<f32>
  return %y : tensor<f32>
}

// -----

func.func @pair_ranking_gradient(%a0: tensor<f32>, %a1: tensor<4x6xf32>, %a2: tensor<3xi32>) -> tensor<4x6xf32> {
  // expected-error @+1 {{C1: labels 'tensor<3xi32>' are not one for each pair of rows of 'tensor<4x6xf32>'}}
  %y = bert.pair_ranking_gradient %a0, %a1, %a2 {scale = 20.0} : (tensor<f32>, tensor<4x6xf32>, tensor<3xi32>) -> tensor<4x6xf32>
  return %y : tensor<4x6xf32>
}

// -----

func.func @pair_ranking_gradient(%a0: tensor<f32>, %a1: tensor<4x6xf32>, %a2: tensor<2xi32>) -> tensor<4x6xf32> {
  // expected-error @+1 {{C2: scale must be positive and finite}}
  %y = bert.pair_ranking_gradient %a0, %a1, %a2 {scale = 0x7FF0000000000000 : f64} : (tensor<f32>, tensor<4x6xf32>, tensor<2xi32>) -> tensor<4x6xf32>
  return %y : tensor<4x6xf32>
}

// -----

func.func @pair_ranking_gradient(%a0: tensor<f32>, %a1: tensor<4x6xf32>, %a2: tensor<2xi32>) -> tensor<4x5xf32> {
  // expected-error @+1 {{C3: 'tensor<4x6xf32>' and 'tensor<4x5xf32>' differ}}
  %y = bert.pair_ranking_gradient %a0, %a1, %a2 {scale = 20.0} : (tensor<f32>, tensor<4x6xf32>, tensor<2xi32>) -> tensor<4x5xf32>
  return %y : tensor<4x5xf32>
}
