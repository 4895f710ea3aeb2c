// A gradient that is larger than its parameter.
bert.parameter @w : tensor<1x1xf32>
func.func @loss(%x: tensor<?x1xf32>) -> (tensor<f32>, tensor<40x40xf32> {bert.gradient_of = @w}) attributes {bert.entry} {
  %1 = bert.mean_squared_error %x, %x : (tensor<?x1xf32>, tensor<?x1xf32>) -> tensor<f32>
  %v = arith.constant dense<0.0> : tensor<40x40xf32>
  return %1, %v : tensor<f32>, tensor<40x40xf32>
}
