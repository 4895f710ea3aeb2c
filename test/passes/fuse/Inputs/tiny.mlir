// A BERT of two layers as models/ imports one: hidden size 4, two heads, six inner columns. Its parameters
// have no values: --verify-semantics draws them.
module attributes {bert.model = {family = "bert", task = "encode", vocab_size = 7 : i64, type_vocab_size = 2 : i64,
                                 max_positions = 8 : i64, position_offset = 0 : i64, hidden_size = 4 : i64,
                                 num_layers = 2 : i64, num_heads = 2 : i64, intermediate_size = 6 : i64}} {
  bert.parameter @embeddings.word_embeddings.weight : tensor<7x4xf32>
  bert.parameter @embeddings.position_embeddings.weight : tensor<8x4xf32>
  bert.parameter @embeddings.token_type_embeddings.weight : tensor<2x4xf32>
  bert.parameter @embeddings.LayerNorm.weight : tensor<4xf32>
  bert.parameter @embeddings.LayerNorm.bias : tensor<4xf32>
  bert.parameter @encoder.layer.0.attention.self.query.weight : tensor<4x4xf32>
  bert.parameter @encoder.layer.0.attention.self.query.bias : tensor<4xf32>
  bert.parameter @encoder.layer.0.attention.self.key.weight : tensor<4x4xf32>
  bert.parameter @encoder.layer.0.attention.self.key.bias : tensor<4xf32>
  bert.parameter @encoder.layer.0.attention.self.value.weight : tensor<4x4xf32>
  bert.parameter @encoder.layer.0.attention.self.value.bias : tensor<4xf32>
  bert.parameter @encoder.layer.0.attention.output.dense.weight : tensor<4x4xf32>
  bert.parameter @encoder.layer.0.attention.output.dense.bias : tensor<4xf32>
  bert.parameter @encoder.layer.0.attention.output.LayerNorm.weight : tensor<4xf32>
  bert.parameter @encoder.layer.0.attention.output.LayerNorm.bias : tensor<4xf32>
  bert.parameter @encoder.layer.0.intermediate.dense.weight : tensor<6x4xf32>
  bert.parameter @encoder.layer.0.intermediate.dense.bias : tensor<6xf32>
  bert.parameter @encoder.layer.0.output.dense.weight : tensor<4x6xf32>
  bert.parameter @encoder.layer.0.output.dense.bias : tensor<4xf32>
  bert.parameter @encoder.layer.0.output.LayerNorm.weight : tensor<4xf32>
  bert.parameter @encoder.layer.0.output.LayerNorm.bias : tensor<4xf32>
  bert.parameter @encoder.layer.1.attention.self.query.weight : tensor<4x4xf32>
  bert.parameter @encoder.layer.1.attention.self.query.bias : tensor<4xf32>
  bert.parameter @encoder.layer.1.attention.self.key.weight : tensor<4x4xf32>
  bert.parameter @encoder.layer.1.attention.self.key.bias : tensor<4xf32>
  bert.parameter @encoder.layer.1.attention.self.value.weight : tensor<4x4xf32>
  bert.parameter @encoder.layer.1.attention.self.value.bias : tensor<4xf32>
  bert.parameter @encoder.layer.1.attention.output.dense.weight : tensor<4x4xf32>
  bert.parameter @encoder.layer.1.attention.output.dense.bias : tensor<4xf32>
  bert.parameter @encoder.layer.1.attention.output.LayerNorm.weight : tensor<4xf32>
  bert.parameter @encoder.layer.1.attention.output.LayerNorm.bias : tensor<4xf32>
  bert.parameter @encoder.layer.1.intermediate.dense.weight : tensor<6x4xf32>
  bert.parameter @encoder.layer.1.intermediate.dense.bias : tensor<6xf32>
  bert.parameter @encoder.layer.1.output.dense.weight : tensor<4x6xf32>
  bert.parameter @encoder.layer.1.output.dense.bias : tensor<4xf32>
  bert.parameter @encoder.layer.1.output.LayerNorm.weight : tensor<4xf32>
  bert.parameter @encoder.layer.1.output.LayerNorm.bias : tensor<4xf32>
  bert.parameter @pooler.dense.weight : tensor<4x4xf32>
  bert.parameter @pooler.dense.bias : tensor<4xf32>

  func.func private @layer(%x : tensor<?x4xf32>, %offsets : tensor<?xi32>,
                           %qw : tensor<4x4xf32>, %qb : tensor<4xf32>,
                           %kw : tensor<4x4xf32>, %kb : tensor<4xf32>,
                           %vw : tensor<4x4xf32>, %vb : tensor<4xf32>,
                           %ow : tensor<4x4xf32>, %ob : tensor<4xf32>,
                           %nw : tensor<4xf32>, %nb : tensor<4xf32>,
                           %iw : tensor<6x4xf32>, %ib : tensor<6xf32>,
                           %dw : tensor<4x6xf32>, %db : tensor<4xf32>,
                           %mw : tensor<4xf32>, %mb : tensor<4xf32>) -> tensor<?x4xf32> {
    %query = bert.linear %x, %qw bias %qb : (tensor<?x4xf32>, tensor<4x4xf32>, tensor<4xf32>) -> tensor<?x4xf32>
    %key = bert.linear %x, %kw bias %kb : (tensor<?x4xf32>, tensor<4x4xf32>, tensor<4xf32>) -> tensor<?x4xf32>
    %value = bert.linear %x, %vw bias %vb : (tensor<?x4xf32>, tensor<4x4xf32>, tensor<4xf32>) -> tensor<?x4xf32>
    %mixed = bert.attention %query, %key, %value, %offsets {num_heads = 2 : i64} : (tensor<?x4xf32>, tensor<?x4xf32>, tensor<?x4xf32>, tensor<?xi32>) -> tensor<?x4xf32>
    %attended = bert.linear %mixed, %ow bias %ob : (tensor<?x4xf32>, tensor<4x4xf32>, tensor<4xf32>) -> tensor<?x4xf32>
    %sum = bert.add %attended, %x : tensor<?x4xf32>
    %normed = bert.layer_norm %sum, %nw, %nb {epsilon = 1.0e-12 : f64} : (tensor<?x4xf32>, tensor<4xf32>, tensor<4xf32>) -> tensor<?x4xf32>
    %inner = bert.linear %normed, %iw bias %ib : (tensor<?x4xf32>, tensor<6x4xf32>, tensor<6xf32>) -> tensor<?x6xf32>
    %active = bert.gelu %inner {approximate = #bert<gelu_form none>} : tensor<?x6xf32>
    %outer = bert.linear %active, %dw bias %db : (tensor<?x6xf32>, tensor<4x6xf32>, tensor<4xf32>) -> tensor<?x4xf32>
    %sum2 = bert.add %outer, %normed : tensor<?x4xf32>
    %y = bert.layer_norm %sum2, %mw, %mb {epsilon = 1.0e-12 : f64} : (tensor<?x4xf32>, tensor<4xf32>, tensor<4xf32>) -> tensor<?x4xf32>
    return %y : tensor<?x4xf32>
  }

  func.func @encode(%input_ids : tensor<?xi32> {bert.name = "input_ids"}, %position_ids : tensor<?xi32> {bert.name = "position_ids"},
                    %token_type_ids : tensor<?xi32> {bert.name = "token_type_ids"}, %offsets : tensor<?xi32> {bert.name = "offsets"})
      -> (tensor<?x4xf32> {bert.name = "last_hidden_state"}, tensor<?x4xf32> {bert.name = "pooler_output"}) attributes {bert.entry} {
    %words = bert.get_parameter @embeddings.word_embeddings.weight : tensor<7x4xf32>
    %types = bert.get_parameter @embeddings.token_type_embeddings.weight : tensor<2x4xf32>
    %positions = bert.get_parameter @embeddings.position_embeddings.weight : tensor<8x4xf32>
    %embedded = bert.embedding %input_ids, %token_type_ids, %position_ids from %words, %types, %positions : (tensor<?xi32>, tensor<?xi32>, tensor<?xi32>, tensor<7x4xf32>, tensor<2x4xf32>, tensor<8x4xf32>) -> tensor<?x4xf32>
    %ew = bert.get_parameter @embeddings.LayerNorm.weight : tensor<4xf32>
    %eb = bert.get_parameter @embeddings.LayerNorm.bias : tensor<4xf32>
    %x0 = bert.layer_norm %embedded, %ew, %eb {epsilon = 1.0e-12 : f64} : (tensor<?x4xf32>, tensor<4xf32>, tensor<4xf32>) -> tensor<?x4xf32>
    %qw0 = bert.get_parameter @encoder.layer.0.attention.self.query.weight : tensor<4x4xf32>
    %qb0 = bert.get_parameter @encoder.layer.0.attention.self.query.bias : tensor<4xf32>
    %kw0 = bert.get_parameter @encoder.layer.0.attention.self.key.weight : tensor<4x4xf32>
    %kb0 = bert.get_parameter @encoder.layer.0.attention.self.key.bias : tensor<4xf32>
    %vw0 = bert.get_parameter @encoder.layer.0.attention.self.value.weight : tensor<4x4xf32>
    %vb0 = bert.get_parameter @encoder.layer.0.attention.self.value.bias : tensor<4xf32>
    %ow0 = bert.get_parameter @encoder.layer.0.attention.output.dense.weight : tensor<4x4xf32>
    %ob0 = bert.get_parameter @encoder.layer.0.attention.output.dense.bias : tensor<4xf32>
    %nw0 = bert.get_parameter @encoder.layer.0.attention.output.LayerNorm.weight : tensor<4xf32>
    %nb0 = bert.get_parameter @encoder.layer.0.attention.output.LayerNorm.bias : tensor<4xf32>
    %iw0 = bert.get_parameter @encoder.layer.0.intermediate.dense.weight : tensor<6x4xf32>
    %ib0 = bert.get_parameter @encoder.layer.0.intermediate.dense.bias : tensor<6xf32>
    %dw0 = bert.get_parameter @encoder.layer.0.output.dense.weight : tensor<4x6xf32>
    %db0 = bert.get_parameter @encoder.layer.0.output.dense.bias : tensor<4xf32>
    %mw0 = bert.get_parameter @encoder.layer.0.output.LayerNorm.weight : tensor<4xf32>
    %mb0 = bert.get_parameter @encoder.layer.0.output.LayerNorm.bias : tensor<4xf32>
    %x1 = call @layer(%x0, %offsets, %qw0, %qb0, %kw0, %kb0, %vw0, %vb0, %ow0, %ob0, %nw0, %nb0, %iw0, %ib0, %dw0, %db0, %mw0, %mb0) : (tensor<?x4xf32>, tensor<?xi32>, tensor<4x4xf32>, tensor<4xf32>, tensor<4x4xf32>, tensor<4xf32>, tensor<4x4xf32>, tensor<4xf32>, tensor<4x4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<6x4xf32>, tensor<6xf32>, tensor<4x6xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) -> tensor<?x4xf32>
    %qw1 = bert.get_parameter @encoder.layer.1.attention.self.query.weight : tensor<4x4xf32>
    %qb1 = bert.get_parameter @encoder.layer.1.attention.self.query.bias : tensor<4xf32>
    %kw1 = bert.get_parameter @encoder.layer.1.attention.self.key.weight : tensor<4x4xf32>
    %kb1 = bert.get_parameter @encoder.layer.1.attention.self.key.bias : tensor<4xf32>
    %vw1 = bert.get_parameter @encoder.layer.1.attention.self.value.weight : tensor<4x4xf32>
    %vb1 = bert.get_parameter @encoder.layer.1.attention.self.value.bias : tensor<4xf32>
    %ow1 = bert.get_parameter @encoder.layer.1.attention.output.dense.weight : tensor<4x4xf32>
    %ob1 = bert.get_parameter @encoder.layer.1.attention.output.dense.bias : tensor<4xf32>
    %nw1 = bert.get_parameter @encoder.layer.1.attention.output.LayerNorm.weight : tensor<4xf32>
    %nb1 = bert.get_parameter @encoder.layer.1.attention.output.LayerNorm.bias : tensor<4xf32>
    %iw1 = bert.get_parameter @encoder.layer.1.intermediate.dense.weight : tensor<6x4xf32>
    %ib1 = bert.get_parameter @encoder.layer.1.intermediate.dense.bias : tensor<6xf32>
    %dw1 = bert.get_parameter @encoder.layer.1.output.dense.weight : tensor<4x6xf32>
    %db1 = bert.get_parameter @encoder.layer.1.output.dense.bias : tensor<4xf32>
    %mw1 = bert.get_parameter @encoder.layer.1.output.LayerNorm.weight : tensor<4xf32>
    %mb1 = bert.get_parameter @encoder.layer.1.output.LayerNorm.bias : tensor<4xf32>
    %x2 = call @layer(%x1, %offsets, %qw1, %qb1, %kw1, %kb1, %vw1, %vb1, %ow1, %ob1, %nw1, %nb1, %iw1, %ib1, %dw1, %db1, %mw1, %mb1) : (tensor<?x4xf32>, tensor<?xi32>, tensor<4x4xf32>, tensor<4xf32>, tensor<4x4xf32>, tensor<4xf32>, tensor<4x4xf32>, tensor<4xf32>, tensor<4x4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<6x4xf32>, tensor<6xf32>, tensor<4x6xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) -> tensor<?x4xf32>
    %first = bert.first_token %x2, %offsets : (tensor<?x4xf32>, tensor<?xi32>) -> tensor<?x4xf32>
    %pw = bert.get_parameter @pooler.dense.weight : tensor<4x4xf32>
    %pb = bert.get_parameter @pooler.dense.bias : tensor<4xf32>
    %pooled = bert.linear %first, %pw bias %pb : (tensor<?x4xf32>, tensor<4x4xf32>, tensor<4xf32>) -> tensor<?x4xf32>
    %tanh = bert.tanh %pooled : tensor<?x4xf32>
    return %x2, %tanh : tensor<?x4xf32>, tensor<?x4xf32>
  }
}
