func.func @inputs() -> (tensor<3x2xf32>, tensor<5xi32>) {
  %x = arith.constant dense<1.0> : tensor<3x2xf32>
  %rows = arith.constant dense<0> : tensor<5xi32>
  return %x, %rows : tensor<3x2xf32>, tensor<5xi32>
}
