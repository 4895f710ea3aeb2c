// RUN: bert-opt %s --split-input-file --bert-differentiate=recompute=keep-all --verify-gradients --tokens 6 --sequences 6 -o /dev/null 2>&1 | FileCheck %s
// Of sequences in pairs, as adjoints.mlir.

// CHECK: verified the gradients of @pair_similarity: largest difference {{[0-9.]+e-(09|1[0-9])|0}}
bert.parameter @p : tensor<6x5xf32>
func.func @pair_similarity(%x: tensor<?x5xf32> {bert.rows = "sequences"}, %y: tensor<?x1xf32> {bert.rows = "pairs"}) -> (tensor<f32> {bert.name = "loss"}) attributes {bert.entry} {
  %p = bert.get_parameter @p : tensor<6x5xf32>
  %r = bert.linear %x, %p : (tensor<?x5xf32>, tensor<6x5xf32>) -> tensor<?x6xf32>
  %loss = bert.pair_similarity %r, %y : (tensor<?x6xf32>, tensor<?x1xf32>) -> tensor<f32>
  return %loss : tensor<f32>
}

// -----

// CHECK: verified the gradients of @pair_ranking: largest difference {{[0-9.]+e-(09|1[0-9])|0}}
bert.parameter @p : tensor<6x5xf32>
func.func @pair_ranking(%x: tensor<?x5xf32> {bert.rows = "sequences"}, %labels: tensor<?xi32> {bert.rows = "pairs"}) -> (tensor<f32> {bert.name = "loss"}) attributes {bert.entry} {
  %p = bert.get_parameter @p : tensor<6x5xf32>
  %r = bert.linear %x, %p : (tensor<?x5xf32>, tensor<6x5xf32>) -> tensor<?x6xf32>
  %loss = bert.pair_ranking %r, %labels {scale = 3.0} : (tensor<?x6xf32>, tensor<?xi32>) -> tensor<f32>
  return %loss : tensor<f32>
}
