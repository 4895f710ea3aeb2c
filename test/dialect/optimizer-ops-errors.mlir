// RUN: bert-opt %s --split-input-file --verify-diagnostics

func.func @no_gradient() -> tensor<f32> {
  // expected-error @+1 {{C1: there is no gradient}}
  %n = bert.global_norm : () -> tensor<f32>
  return %n : tensor<f32>
}

// -----

func.func @norm_of_rows(%g: tensor<?x8xf32>) -> tensor<f32> {
  // expected-error @+1 {{C1: a gradient has no static shape: 'tensor<?x8xf32>'}}
  %n = bert.global_norm %g : (tensor<?x8xf32>) -> tensor<f32>
  return %n : tensor<f32>
}

// -----

func.func @clip(%n: tensor<f32>) -> tensor<f32> {
  // expected-error @+1 {{C1: max_norm and epsilon must not be negative}}
  %f = bert.clip_factor %n {max_norm = -1.0 : f64, epsilon = 0.0 : f64} : (tensor<f32>) -> tensor<f32>
  return %f : tensor<f32>
}

// -----

func.func @clip(%n: tensor<f32>) -> tensor<f32> {
  // expected-error @+1 {{C1: max_norm and epsilon must not be negative}}
  %f = bert.clip_factor %n {max_norm = 1.0 : f64, epsilon = 0x7FF8000000000000 : f64} : (tensor<f32>) -> tensor<f32>
  return %f : tensor<f32>
}

// -----

func.func @adam(%p: tensor<8xf32>, %m: tensor<4xf32>, %r: tensor<f32>) {
  // expected-error @+1 {{C1: }}
  %q:3 = bert.adam %p, %m, %p, %p, %r, %r, %r {first_decay = 0.9 : f64, second_decay = 0.999 : f64, epsilon = 1.0e-8 : f64} : (tensor<8xf32>, tensor<4xf32>, tensor<8xf32>, tensor<8xf32>, tensor<f32>, tensor<f32>, tensor<f32>) -> (tensor<8xf32>, tensor<8xf32>, tensor<8xf32>)
  return
}

// -----

func.func @adam(%p: tensor<?x8xf32>, %r: tensor<f32>) {
  // expected-error @+1 {{C1: the gradient has no static shape}}
  %q:3 = bert.adam %p, %p, %p, %p, %r, %r, %r {first_decay = 0.9 : f64, second_decay = 0.999 : f64, epsilon = 1.0e-8 : f64} : (tensor<?x8xf32>, tensor<?x8xf32>, tensor<?x8xf32>, tensor<?x8xf32>, tensor<f32>, tensor<f32>, tensor<f32>) -> (tensor<?x8xf32>, tensor<?x8xf32>, tensor<?x8xf32>)
  return
}

// -----

func.func @adam(%p: tensor<8xf32>, %r: tensor<f32>) {
  // expected-error @+1 {{C2: first_decay must be in [0, 1), got 1.000000e+00}}
  %q:3 = bert.adam %p, %p, %p, %p, %r, %r, %r {first_decay = 1.0 : f64, second_decay = 0.999 : f64, epsilon = 1.0e-8 : f64} : (tensor<8xf32>, tensor<8xf32>, tensor<8xf32>, tensor<8xf32>, tensor<f32>, tensor<f32>, tensor<f32>) -> (tensor<8xf32>, tensor<8xf32>, tensor<8xf32>)
  return
}

// -----

func.func @lamb(%p: tensor<8xf32>, %r: tensor<f32>) {
  // expected-error @+1 {{C2: }}
  %q:3 = bert.lamb %p, %p, %p, %p, %r, %r, %r, %r {first_decay = 0.9 : f64, second_decay = 0.999 : f64, epsilon = 0.0 : f64} : (tensor<8xf32>, tensor<8xf32>, tensor<8xf32>, tensor<8xf32>, tensor<f32>, tensor<f32>, tensor<f32>, tensor<f32>) -> (tensor<8xf32>, tensor<8xf32>, tensor<8xf32>)
  return
}

// -----

func.func @sgd(%p: tensor<8xf32>, %r: tensor<f32>) {
  // expected-error @+1 {{C2: momentum must be in [0, 1), got -5.000000e-01}}
  %q:2 = bert.sgd %p, %p, %p, %r, %r {momentum = -0.5 : f64} : (tensor<8xf32>, tensor<8xf32>, tensor<8xf32>, tensor<f32>, tensor<f32>) -> (tensor<8xf32>, tensor<8xf32>)
  return
}

// -----

// expected-error @+1 {{C7: a learned parameter has values of its own}}
bert.parameter @tied : tensor<4xf32> {tied_to = @own, learned}
bert.parameter @own : tensor<4xf32>
