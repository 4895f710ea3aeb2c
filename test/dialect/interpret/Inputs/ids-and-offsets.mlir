func.func @inputs() -> (tensor<3xi32>, tensor<3xi32>) {
  %ids = arith.constant dense<[1, 0, 1]> : tensor<3xi32>
  %offsets = arith.constant dense<[0, 1, 3]> : tensor<3xi32>
  return %ids, %offsets : tensor<3xi32>, tensor<3xi32>
}
