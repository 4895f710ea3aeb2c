// RUN: bert-opt %s --split-input-file --verify-diagnostics

func.func @rows(%s: tensor<?x8xf32>, %on: tensor<f32>) {
  // expected-error @+1 {{C1: the sum has no static shape: 'tensor<?x8xf32>'}}
  %r = bert.accumulate %s, %on, %s : (tensor<?x8xf32>, tensor<f32>, tensor<?x8xf32>) -> tensor<?x8xf32>
  return
}

// -----

func.func @types(%s: tensor<8xf32>, %t: tensor<4xf32>, %on: tensor<f32>) {
  // expected-error @+1 {{C1: }}
  %r = bert.accumulate %s, %on, %t : (tensor<8xf32>, tensor<f32>, tensor<4xf32>) -> tensor<8xf32>
  return
}

// -----

func.func @weight(%s: tensor<3x4xf32>, %on: tensor<f32>, %g: tensor<?x4xf32>, %x: tensor<?x3xf32>) {
  // expected-error @+1 {{C2: the sum must be 'tensor<4x3xf32>', got 'tensor<3x4xf32>'}}
  %r = bert.accumulate_weight_gradient %s, %on, %g, %x : (tensor<3x4xf32>, tensor<f32>, tensor<?x4xf32>, tensor<?x3xf32>) -> tensor<3x4xf32>
  return
}

// -----

func.func @weight_rows(%s: tensor<4x3xf32>, %on: tensor<f32>, %g: tensor<2x4xf32>, %x: tensor<5x3xf32>) {
  // expected-error @+1 {{C1: }}
  %r = bert.accumulate_weight_gradient %s, %on, %g, %x : (tensor<4x3xf32>, tensor<f32>, tensor<2x4xf32>, tensor<5x3xf32>) -> tensor<4x3xf32>
  return
}

// -----

func.func @columns(%s: tensor<9x4xf32>, %on: tensor<f32>, %g: tensor<?x8xf32>, %ids: tensor<?xi32>) {
  // expected-error @+1 {{C2: the sum must have static rows of 8 columns, got 'tensor<9x4xf32>'}}
  %r = bert.accumulate_embedding_gradient %s, %on, %g, %ids : (tensor<9x4xf32>, tensor<f32>, tensor<?x8xf32>, tensor<?xi32>) -> tensor<9x4xf32>
  return
}

// -----

func.func @padding(%s: tensor<9x8xf32>, %on: tensor<f32>, %g: tensor<?x8xf32>, %ids: tensor<?xi32>) {
  // expected-error @+1 {{C3: padding 9 is no row of 9}}
  %r = bert.accumulate_embedding_gradient %s, %on, %g, %ids {padding = 9 : i64} : (tensor<9x8xf32>, tensor<f32>, tensor<?x8xf32>, tensor<?xi32>) -> tensor<9x8xf32>
  return
}
