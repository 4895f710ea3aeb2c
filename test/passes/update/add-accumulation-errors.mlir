// RUN: bert-opt %s --split-input-file --bert-add-accumulation --verify-diagnostics

// expected-error @+1 {{no function of one block carries bert.entry}}
module {
func.func @main(%x: tensor<f32>) -> tensor<f32> {
  return %x : tensor<f32>
}
}

// -----

// expected-error @+1 {{the entry gives no gradients}}
module {
func.func @main(%x: tensor<f32> {bert.name = "x"}) -> (tensor<f32> {bert.name = "loss"}) attributes {bert.entry} {
  return %x : tensor<f32>
}
}

// -----

// expected-error @+1 {{a function calls itself}}
module {
bert.parameter @b : tensor<4xf32>
func.func @main(%x: tensor<4xf32>) -> (tensor<4xf32> {bert.name = "b", bert.gradient_of = @b}) attributes {bert.entry} {
  %y = call @self(%x) : (tensor<4xf32>) -> tensor<4xf32>
  return %y : tensor<4xf32>
}
func.func private @self(%x: tensor<4xf32>) -> tensor<4xf32> {
  %y = call @self(%x) : (tensor<4xf32>) -> tensor<4xf32>
  return %y : tensor<4xf32>
}
}
