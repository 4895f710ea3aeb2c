// @w has no gradient among the results, though the loss depends on it.
bert.parameter @w : tensor<2x2xf32>
bert.parameter @v : tensor<2x2xf32>
func.func @loss(%x: tensor<?x2xf32>, %y: tensor<?x2xf32>)
    -> (tensor<f32>, tensor<2x2xf32> {bert.gradient_of = @v}) attributes {bert.entry} {
  %w = bert.get_parameter @w : tensor<2x2xf32>
  %0 = bert.linear %x, %w : (tensor<?x2xf32>, tensor<2x2xf32>) -> tensor<?x2xf32>
  %1 = bert.mean_squared_error %0, %y : (tensor<?x2xf32>, tensor<?x2xf32>) -> tensor<f32>
  %v = arith.constant dense<0.0> : tensor<2x2xf32>
  return %1, %v : tensor<f32>, tensor<2x2xf32>
}
