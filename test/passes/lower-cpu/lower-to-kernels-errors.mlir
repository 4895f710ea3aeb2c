// RUN: bert-opt %s --bert-lower-to-kernels=target-cpu=x86-64-v3 --split-input-file --verify-diagnostics
// RUN: not bert-opt %s --bert-lower-to-kernels=target-cpu=no-such-cpu 2>&1 | FileCheck %s --check-prefix=CPU
// RUN: not bert-opt %s --bert-lower-to-kernels=target-cpu=x86-64-v2 2>&1 | FileCheck %s --check-prefix=OLD

// CPU: error: --target-cpu: "no-such-cpu" is not a CPU that LLVM knows
// OLD: error: --target-cpu: "x86-64-v2" lacks AVX2 and FMA

// expected-error@+1 {{no function carries bert.entry}}
module attributes {bert.model = {max_positions = 8 : i64}} {
  func.func @encode(%ids : tensor<?xi32> {bert.name = "input_ids"}) {
    return
  }
}

// -----

// How much scratch a thread needs depends on the longest sequence.
// expected-error@+1 {{bert.model with max_positions is missing}}
module {
  func.func @encode(%ids : tensor<?xi32> {bert.name = "input_ids"}) attributes {bert.entry} {
    return
  }
}

// -----

// expected-error@+1 {{bert.model with max_positions is missing}}
module attributes {bert.model = {vocab_size = 7 : i64}} {
  func.func @encode(%ids : tensor<?xi32> {bert.name = "input_ids"}) attributes {bert.entry} {
    return
  }
}

// -----

// A gradient of a parameter is no row of a batch.
module attributes {bert.model = {max_positions = 8 : i64}} {
  bert.parameter @words : tensor<7x4xf32>
  func.func @encode(%ids : tensor<?xi32> {bert.name = "input_ids"}) -> (tensor<7x4xf32> {bert.name = "y"}) attributes {bert.entry} {
    %words = bert.get_parameter @words : tensor<7x4xf32>
    %x = bert.embedding %ids from %words : (tensor<?xi32>, tensor<7x4xf32>) -> tensor<?x4xf32>
    %g = bert.embedding_gradient %x, %ids {rows = 7 : i64} : (tensor<?x4xf32>, tensor<?xi32>) -> tensor<7x4xf32>
    // expected-error@+1 {{'bert.tanh' op has no CPU kernel for gradients of parameters}}
    %y = bert.tanh %g : tensor<7x4xf32>
    return %y : tensor<7x4xf32>
  }
}

// -----

// The table of gradients would have no row for some id.
module attributes {bert.model = {max_positions = 8 : i64}} {
  bert.parameter @words : tensor<7x4xf32>
  func.func @encode(%ids : tensor<?xi32> {bert.name = "input_ids"}, %offsets : tensor<?xi32> {bert.name = "offsets"})
      -> (tensor<7x4xf32> {bert.name = "y"}) attributes {bert.entry} {
    %words = bert.get_parameter @words : tensor<7x4xf32>
    %x = bert.embedding %ids from %words : (tensor<?xi32>, tensor<7x4xf32>) -> tensor<?x4xf32>
    // expected-error@+1 {{'bert.embedding_gradient' op takes ids that are not the tokens'}}
    %g = bert.embedding_gradient %x, %offsets {rows = 7 : i64} : (tensor<?x4xf32>, tensor<?xi32>) -> tensor<7x4xf32>
    return %g : tensor<7x4xf32>
  }
}

// -----

// `like` has a row a token, though it may be any value.
module attributes {bert.model = {max_positions = 8 : i64}} {
  bert.parameter @words : tensor<7x4xf32>
  func.func @encode(%ids : tensor<?xi32> {bert.name = "input_ids"}, %offsets : tensor<?xi32> {bert.name = "offsets"})
      -> (tensor<?x4xf32> {bert.name = "y"}) attributes {bert.entry} {
    %words = bert.get_parameter @words : tensor<7x4xf32>
    %x = bert.embedding %ids from %words : (tensor<?xi32>, tensor<7x4xf32>) -> tensor<?x4xf32>
    %m = bert.mean_pool %x, %offsets : (tensor<?x4xf32>, tensor<?xi32>) -> tensor<?x4xf32>
    // expected-error@+1 {{'bert.mean_pool_gradient' op looks across rows that are not the tokens'}}
    %g = bert.mean_pool_gradient %m, %offsets like %m : (tensor<?x4xf32>, tensor<?xi32>, tensor<?x4xf32>) -> tensor<?x4xf32>
    return %g : tensor<?x4xf32>
  }
}

// -----

// Offsets are no labels: there is one more of them.
module attributes {bert.model = {max_positions = 8 : i64}} {
  bert.parameter @words : tensor<7x1xf32>
  func.func @encode(%ids : tensor<?xi32> {bert.name = "input_ids"}, %offsets : tensor<?xi32> {bert.name = "offsets"})
      -> (tensor<f32> {bert.name = "y"}) attributes {bert.entry} {
    %words = bert.get_parameter @words : tensor<7x1xf32>
    %x = bert.embedding %ids from %words : (tensor<?xi32>, tensor<7x1xf32>) -> tensor<?x1xf32>
    // expected-error@+1 {{'bert.sequence_cross_entropy' op looks across rows of another kind than it should}}
    %l = bert.sequence_cross_entropy %x, %offsets, %offsets : (tensor<?x1xf32>, tensor<?xi32>, tensor<?xi32>) -> tensor<f32>
    return %l : tensor<f32>
  }
}

// -----

// The loss's own gradient is a number; its predictions are rows.
module attributes {bert.model = {max_positions = 8 : i64}} {
  bert.parameter @words : tensor<7x4xf32>
  func.func @encode(%ids : tensor<?xi32> {bert.name = "input_ids"}) -> (tensor<f32> {bert.name = "y"}) attributes {bert.entry} {
    %words = bert.get_parameter @words : tensor<7x4xf32>
    %x = bert.embedding %ids from %words : (tensor<?xi32>, tensor<7x4xf32>) -> tensor<?x4xf32>
    %g = bert.embedding_gradient %x, %ids {rows = 7 : i64} : (tensor<?x4xf32>, tensor<?xi32>) -> tensor<7x4xf32>
    // expected-error@+1 {{'bert.mean_squared_error' op has no CPU kernel for gradients of parameters}}
    %l = bert.mean_squared_error %g, %g : (tensor<7x4xf32>, tensor<7x4xf32>) -> tensor<f32>
    return %l : tensor<f32>
  }
}

// -----

// A weight that is not packed.
module attributes {bert.model = {max_positions = 8 : i64}} {
  bert.parameter @words : tensor<7x4xf32>
  bert.parameter @w : tensor<6x4xf32>
  func.func @encode(%ids : tensor<?xi32> {bert.name = "input_ids"}) -> (tensor<?x6xf32> {bert.name = "y"}) attributes {bert.entry} {
    %words = bert.get_parameter @words : tensor<7x4xf32>
    %x = bert.embedding %ids from %words : (tensor<?xi32>, tensor<7x4xf32>) -> tensor<?x4xf32>
    %w = bert.get_parameter @w : tensor<6x4xf32>
    // expected-error@+1 {{'bert.linear' op has no CPU kernel}}
    %y = bert.linear %x, %w : (tensor<?x4xf32>, tensor<6x4xf32>) -> tensor<?x6xf32>
    return %y : tensor<?x6xf32>
  }
}

// -----

module attributes {bert.model = {max_positions = 8 : i64}} {
  bert.parameter @words : tensor<7x4xf32>
  // expected-error@+1 {{'func.func' op is called on tokens here, on sequences there: no kernel schedule serves both}}
  func.func private @twice(%x : tensor<?x4xf32>) -> tensor<?x4xf32> {
    %0 = bert.tanh %x : tensor<?x4xf32>
    return %0 : tensor<?x4xf32>
  }
  func.func @encode(%ids : tensor<?xi32> {bert.name = "input_ids"}, %offsets : tensor<?xi32> {bert.name = "offsets"})
      -> (tensor<?x4xf32> {bert.name = "y"}) attributes {bert.entry} {
    %words = bert.get_parameter @words : tensor<7x4xf32>
    %0 = bert.embedding %ids from %words : (tensor<?xi32>, tensor<7x4xf32>) -> tensor<?x4xf32>
    %1 = call @twice(%0) : (tensor<?x4xf32>) -> tensor<?x4xf32>
    %2 = bert.mean_pool %1, %offsets : (tensor<?x4xf32>, tensor<?xi32>) -> tensor<?x4xf32>
    %3 = call @twice(%2) : (tensor<?x4xf32>) -> tensor<?x4xf32>
    return %3 : tensor<?x4xf32>
  }
}

// -----

// Rows of two kinds have no sum.
module attributes {bert.model = {max_positions = 8 : i64}} {
  bert.parameter @words : tensor<7x4xf32>
  func.func @encode(%ids : tensor<?xi32> {bert.name = "input_ids"}, %offsets : tensor<?xi32> {bert.name = "offsets"}) -> (tensor<?x4xf32> {bert.name = "y"}) attributes {bert.entry} {
    %words = bert.get_parameter @words : tensor<7x4xf32>
    %x = bert.embedding %ids from %words : (tensor<?xi32>, tensor<7x4xf32>) -> tensor<?x4xf32>
    %first = bert.first_token %x, %offsets : (tensor<?x4xf32>, tensor<?xi32>) -> tensor<?x4xf32>
    // expected-error@+1 {{mixes arrays of tokens and of sequences}}
    %y = bert.add %x, %first : tensor<?x4xf32>
    return %y : tensor<?x4xf32>
  }
}

// -----

// Only the offsets that the runtime has checked say where sequences are.
module attributes {bert.model = {max_positions = 8 : i64}} {
  bert.parameter @words : tensor<7x4xf32>
  func.func @encode(%ids : tensor<?xi32> {bert.name = "input_ids"}, %offsets : tensor<?xi32> {bert.name = "offsets"}) -> (tensor<?x4xf32> {bert.name = "y"}) attributes {bert.entry} {
    %words = bert.get_parameter @words : tensor<7x4xf32>
    %x = bert.embedding %ids from %words : (tensor<?xi32>, tensor<7x4xf32>) -> tensor<?x4xf32>
    // expected-error@+1 {{takes its sequences from another input than offsets}}
    %y = bert.first_token %x, %ids : (tensor<?x4xf32>, tensor<?xi32>) -> tensor<?x4xf32>
    return %y : tensor<?x4xf32>
  }
}

// -----

// The first rows have no first rows.
module attributes {bert.model = {max_positions = 8 : i64}} {
  bert.parameter @words : tensor<7x4xf32>
  func.func @encode(%ids : tensor<?xi32> {bert.name = "input_ids"}, %offsets : tensor<?xi32> {bert.name = "offsets"}) -> (tensor<?x4xf32> {bert.name = "y"}) attributes {bert.entry} {
    %words = bert.get_parameter @words : tensor<7x4xf32>
    %x = bert.embedding %ids from %words : (tensor<?xi32>, tensor<7x4xf32>) -> tensor<?x4xf32>
    %first = bert.first_token %x, %offsets : (tensor<?x4xf32>, tensor<?xi32>) -> tensor<?x4xf32>
    // expected-error@+1 {{looks across rows that are not the tokens'}}
    %y = bert.first_token %first, %offsets : (tensor<?x4xf32>, tensor<?xi32>) -> tensor<?x4xf32>
    return %y : tensor<?x4xf32>
  }
}

// -----

// Ids are no row numbers.
module attributes {bert.model = {max_positions = 8 : i64}} {
  bert.parameter @words : tensor<7x4xf32>
  func.func @encode(%ids : tensor<?xi32> {bert.name = "input_ids"}, %offsets : tensor<?xi32> {bert.name = "offsets"}) -> (tensor<?x4xf32> {bert.name = "y"}) attributes {bert.entry} {
    %words = bert.get_parameter @words : tensor<7x4xf32>
    %x = bert.embedding %ids from %words : (tensor<?xi32>, tensor<7x4xf32>) -> tensor<?x4xf32>
    // expected-error@+1 {{takes its rows from another input than mlm_positions}}
    %y = bert.gather_rows %x, %ids : (tensor<?x4xf32>, tensor<?xi32>) -> tensor<?x4xf32>
    return %y : tensor<?x4xf32>
  }
}

// -----

// A schedule has an end.
module attributes {bert.model = {max_positions = 8 : i64}} {
  bert.parameter @words : tensor<7x4xf32>
  // expected-error@+1 {{calls itself}}
  func.func private @f(%x : tensor<?x4xf32>) -> tensor<?x4xf32> {
    %y = call @f(%x) : (tensor<?x4xf32>) -> tensor<?x4xf32>
    return %y : tensor<?x4xf32>
  }
  func.func @encode(%ids : tensor<?xi32> {bert.name = "input_ids"}) -> (tensor<?x4xf32> {bert.name = "y"}) attributes {bert.entry} {
    %words = bert.get_parameter @words : tensor<7x4xf32>
    %x = bert.embedding %ids from %words : (tensor<?xi32>, tensor<7x4xf32>) -> tensor<?x4xf32>
    %y = call @f(%x) : (tensor<?x4xf32>) -> tensor<?x4xf32>
    return %y : tensor<?x4xf32>
  }
}

// -----

// A map has room for the longest sequence that the runtime lets through.
module attributes {bert.model = {max_positions = 8 : i64}} {
  bert.parameter @words : tensor<7x4xf32>
  func.func @encode(%ids : tensor<?xi32> {bert.name = "input_ids"}, %offsets : tensor<?xi32> {bert.name = "offsets"}) -> (tensor<?x7xf32> {bert.name = "y"}) attributes {bert.entry} {
    %words = bert.get_parameter @words : tensor<7x4xf32>
    %x = bert.embedding %ids from %words : (tensor<?xi32>, tensor<7x4xf32>) -> tensor<?x4xf32>
    // expected-error@+1 {{has max_positions 7, the model 8}}
    %y = bert.self_attention_probs %x, %offsets {num_heads = 1 : i64, head_size = 2 : i64, max_positions = 7 : i64} : (tensor<?x4xf32>, tensor<?xi32>) -> tensor<?x7xf32>
    return %y : tensor<?x7xf32>
  }
}

// -----

module attributes {bert.model = {max_positions = 8 : i64}} {
  bert.parameter @words : tensor<7x4xf32>
  // expected-error@+1 {{result 0 is of attention maps, but 'tensor<?x4xf32>' has no rows of heads times 8 columns}}
  func.func @encode(%ids : tensor<?xi32> {bert.name = "input_ids"}, %offsets : tensor<?xi32> {bert.name = "offsets"}) -> (tensor<?x4xf32> {bert.name = "y", bert.maps}) attributes {bert.entry} {
    %words = bert.get_parameter @words : tensor<7x4xf32>
    %x = bert.embedding %ids from %words : (tensor<?xi32>, tensor<7x4xf32>) -> tensor<?x4xf32>
    return %x : tensor<?x4xf32>
  }
}

// -----

// The runtime checks ids against the vocabulary, offsets against the tokens.
module attributes {bert.model = {max_positions = 8 : i64}} {
  bert.parameter @words : tensor<7x4xf32>
  func.func @encode(%ids : tensor<?xi32> {bert.name = "input_ids"}, %offsets : tensor<?xi32> {bert.name = "offsets"}) -> (tensor<?x4xf32> {bert.name = "y"}) attributes {bert.entry} {
    %words = bert.get_parameter @words : tensor<7x4xf32>
    // expected-error@+1 {{looks up what has no id for each token}}
    %x = bert.embedding %ids, %offsets from %words, %words : (tensor<?xi32>, tensor<?xi32>, tensor<7x4xf32>, tensor<7x4xf32>) -> tensor<?x4xf32>
    return %x : tensor<?x4xf32>
  }
}

// -----

module attributes {bert.model = {max_positions = 8 : i64}} {
  bert.parameter @words : tensor<7x4xf32>
  func.func @encode(%ids : tensor<?xi32> {bert.name = "mlm_positions"}) -> (tensor<?x4xf32> {bert.name = "y"}) attributes {bert.entry} {
    %words = bert.get_parameter @words : tensor<7x4xf32>
    // expected-error@+1 {{looks up what has no id for each token}}
    %x = bert.embedding %ids from %words : (tensor<?xi32>, tensor<7x4xf32>) -> tensor<?x4xf32>
    return %x : tensor<?x4xf32>
  }
}

// -----

module attributes {bert.model = {max_positions = 8 : i64}} {
  bert.parameter @words : tensor<7x4xf32>
  // expected-error@+1 {{has branches: a schedule has none}}
  func.func @encode(%ids : tensor<?xi32> {bert.name = "input_ids"}) -> (tensor<?x4xf32> {bert.name = "y"}) attributes {bert.entry} {
    %words = bert.get_parameter @words : tensor<7x4xf32>
    %x = bert.embedding %ids from %words : (tensor<?xi32>, tensor<7x4xf32>) -> tensor<?x4xf32>
    cf.br ^next
  ^next:
    return %x : tensor<?x4xf32>
  }
}

// -----

module attributes {bert.model = {max_positions = 8 : i64}} {
  bert.parameter @words : tensor<7x4xf32>
  // expected-error@+1 {{has branches: a schedule has none}}
  func.func private @same(%x : tensor<?x4xf32>) -> tensor<?x4xf32> {
    cf.br ^next
  ^next:
    return %x : tensor<?x4xf32>
  }
  func.func @encode(%ids : tensor<?xi32> {bert.name = "input_ids"}) -> (tensor<?x4xf32> {bert.name = "y"}) attributes {bert.entry} {
    %words = bert.get_parameter @words : tensor<7x4xf32>
    %x = bert.embedding %ids from %words : (tensor<?xi32>, tensor<7x4xf32>) -> tensor<?x4xf32>
    %y = call @same(%x) : (tensor<?x4xf32>) -> tensor<?x4xf32>
    return %y : tensor<?x4xf32>
  }
}

// -----

// expected-error@+1 {{bert.placed_weights is not a list as bert.weights is}}
module attributes {bert.model = {max_positions = 8 : i64}, bert.placed_weights = [{name = "words", offset = 0 : i64}]} {
  bert.parameter @words : tensor<7x4xf32>
  func.func @encode(%ids : tensor<?xi32> {bert.name = "input_ids"}) -> (tensor<?x4xf32> {bert.name = "y"}) attributes {bert.entry} {
    %words = bert.get_parameter @words : tensor<7x4xf32>
    %x = bert.embedding %ids from %words : (tensor<?xi32>, tensor<7x4xf32>) -> tensor<?x4xf32>
    return %x : tensor<?x4xf32>
  }
}

// -----

// Tokens are not in pairs, nor are labels of sequences those of pairs.
module attributes {bert.model = {max_positions = 8 : i64}} {
  bert.parameter @words : tensor<7x4xf32>
  func.func @learn(%ids : tensor<?xi32> {bert.name = "input_ids"}, %l : tensor<?x1xf32> {bert.name = "labels", bert.rows = "pairs"}) -> (tensor<f32> {bert.name = "loss"}) attributes {bert.entry} {
    %words = bert.get_parameter @words : tensor<7x4xf32>
    %x = bert.embedding %ids from %words : (tensor<?xi32>, tensor<7x4xf32>) -> tensor<?x4xf32>
    // expected-error@+1 {{'bert.pair_similarity' op looks across rows that are not the sequences'}}
    %y = bert.pair_similarity %x, %l : (tensor<?x4xf32>, tensor<?x1xf32>) -> tensor<f32>
    return %y : tensor<f32>
  }
}

// -----

module attributes {bert.model = {max_positions = 8 : i64}} {
  bert.parameter @words : tensor<7x4xf32>
  func.func @learn(%ids : tensor<?xi32> {bert.name = "input_ids"}, %o : tensor<?xi32> {bert.name = "offsets"}, %l : tensor<?xi32> {bert.name = "labels", bert.rows = "sequences"}) -> (tensor<f32> {bert.name = "loss"}) attributes {bert.entry} {
    %words = bert.get_parameter @words : tensor<7x4xf32>
    %x = bert.embedding %ids from %words : (tensor<?xi32>, tensor<7x4xf32>) -> tensor<?x4xf32>
    %v = bert.mean_pool %x, %o : (tensor<?x4xf32>, tensor<?xi32>) -> tensor<?x4xf32>
    // expected-error@+1 {{'bert.pair_ranking' op looks across rows of another kind than it should}}
    %y = bert.pair_ranking %v, %l {scale = 20.0} : (tensor<?x4xf32>, tensor<?xi32>) -> tensor<f32>
    return %y : tensor<f32>
  }
}

// -----

// Choices are sequences; and attention has room for a sequence's tokens alone.
module attributes {bert.model = {max_positions = 8 : i64}} {
  bert.parameter @words : tensor<7x1xf32>
  func.func @learn(%ids : tensor<?xi32> {bert.name = "input_ids"}, %q : tensor<?xi32> {bert.name = "choice_offsets", bert.rows = "question_offsets"}, %l : tensor<?xi32> {bert.name = "labels", bert.rows = "questions"}) -> (tensor<f32> {bert.name = "loss"}) attributes {bert.entry} {
    %words = bert.get_parameter @words : tensor<7x1xf32>
    %x = bert.embedding %ids from %words : (tensor<?xi32>, tensor<7x1xf32>) -> tensor<?x1xf32>
    // expected-error@+1 {{'bert.sequence_cross_entropy' op looks across rows that are not the sequences'}}
    %y = bert.sequence_cross_entropy %x, %q, %l : (tensor<?x1xf32>, tensor<?xi32>, tensor<?xi32>) -> tensor<f32>
    return %y : tensor<f32>
  }
}

// -----

module attributes {bert.model = {max_positions = 8 : i64}} {
  bert.parameter @words : tensor<7x4xf32>
  func.func @encode(%ids : tensor<?xi32> {bert.name = "input_ids"}, %q : tensor<?xi32> {bert.name = "choice_offsets", bert.rows = "question_offsets"}) -> (tensor<?x4xf32> {bert.name = "y"}) attributes {bert.entry} {
    %words = bert.get_parameter @words : tensor<7x4xf32>
    %x = bert.embedding %ids from %words : (tensor<?xi32>, tensor<7x4xf32>) -> tensor<?x4xf32>
    // expected-error@+1 {{'bert.attention' op takes its sequences from another input than offsets}}
    %y = bert.attention %x, %x, %x, %q {num_heads = 2 : i64} : (tensor<?x4xf32>, tensor<?x4xf32>, tensor<?x4xf32>, tensor<?xi32>) -> tensor<?x4xf32>
    return %y : tensor<?x4xf32>
  }
}
