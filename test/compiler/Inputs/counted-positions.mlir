// Positions 0 to 3 of four tokens, and 5 of padding, whose id is 5.
module attributes {bert.model = {family = "roberta", task = "encode", vocab_size = 6 : i64, type_vocab_size = 1 : i64,
                                 max_positions = 4 : i64, position_offset = 0 : i64, pad_token_id = 5 : i64,
                                 positions_counted = true}} {
  bert.parameter @places : tensor<5x2xf32> = dense<1.0> : tensor<5x2xf32>
  func.func @main(%positions : tensor<?xi32> {bert.name = "position_ids"}) -> (tensor<?x2xf32> {bert.name = "rows"})
      attributes {bert.entry} {
    %places = bert.get_parameter @places : tensor<5x2xf32>
    %0 = bert.embedding %positions from %places : (tensor<?xi32>, tensor<5x2xf32>) -> tensor<?x2xf32>
    return %0 : tensor<?x2xf32>
  }
}
