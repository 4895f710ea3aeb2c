// Nine positions on a way around the check of what looks them up.
module attributes {bert.model = {family = "bert", task = "encode", vocab_size = 3 : i64, type_vocab_size = 1 : i64,
                                 max_positions = 9 : i64, position_offset = 0 : i64}} {
  bert.parameter @words : tensor<3x2xf32> = dense<1.0> : tensor<3x2xf32>
  func.func private @look(%ids : tensor<?xi32>) -> tensor<?x2xf32> {
    %words = bert.get_parameter @words : tensor<3x2xf32>
    %0 = bert.embedding %ids from %words : (tensor<?xi32>, tensor<3x2xf32>) -> tensor<?x2xf32>
    return %0 : tensor<?x2xf32>
  }
  func.func @main(%positions : tensor<?xi32> {bert.name = "position_ids"}) -> (tensor<?x2xf32> {bert.name = "rows"})
      attributes {bert.entry} {
    %look = func.constant @look : (tensor<?xi32>) -> tensor<?x2xf32>
    %0 = func.call_indirect %look(%positions) : (tensor<?xi32>) -> tensor<?x2xf32>
    return %0 : tensor<?x2xf32>
  }
}
