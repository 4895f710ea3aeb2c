// A function that nobody calls but itself.
module attributes {bert.model = {family = "bert", task = "encode", vocab_size = 3 : i64, type_vocab_size = 1 : i64,
                                 max_positions = 4 : i64, position_offset = 0 : i64}} {
  bert.parameter @words : tensor<3x2xf32> = dense<[[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]> : tensor<3x2xf32>
  bert.parameter @swap : tensor<2x2xf32> = dense_resource<swap> : tensor<2x2xf32>
  bert.parameter @shift : tensor<2xf32> = dense<10.0> : tensor<2xf32>

  func.func private @again(%x : tensor<?x2xf32>) -> tensor<?x2xf32> {
    %0 = call @again(%x) : (tensor<?x2xf32>) -> tensor<?x2xf32>
    return %0 : tensor<?x2xf32>
  }

  func.func @main(%ids : tensor<?xi32> {bert.name = "input_ids"}, %offsets : tensor<?xi32> {bert.name = "offsets"})
      -> (tensor<?x2xf32> {bert.name = "rows"}, tensor<?x2xf32> {bert.name = "mean"}) attributes {bert.entry} {
    %words = bert.get_parameter @words : tensor<3x2xf32>
    %swap = bert.get_parameter @swap : tensor<2x2xf32>
    %shift = bert.get_parameter @shift : tensor<2xf32>
    %0 = bert.embedding %ids from %words : (tensor<?xi32>, tensor<3x2xf32>) -> tensor<?x2xf32>
    %1 = bert.linear %0, %swap bias %shift : (tensor<?x2xf32>, tensor<2x2xf32>, tensor<2xf32>) -> tensor<?x2xf32>
    %2 = bert.mean_pool %1, %offsets : (tensor<?x2xf32>, tensor<?xi32>) -> tensor<?x2xf32>
    return %1, %2 : tensor<?x2xf32>, tensor<?x2xf32>
  }
}

{-# dialect_resources: { builtin: {
  // The alignment, then 0, 1, 1, 0.
  swap: "0x04000000000000000000803F0000803F00000000"
} } #-}
