// RUN: not bert-opt %s --interpret=id 2>&1 | FileCheck %s --check-prefix=ID
// RUN: not bert-opt %s --interpret=negative_id 2>&1 | FileCheck %s --check-prefix=NEGATIVE
// RUN: not bert-opt %s --interpret=offsets 2>&1 | FileCheck %s --check-prefix=OFFSETS
// RUN: not bert-opt %s --interpret=no_tokens 2>&1 | FileCheck %s --check-prefix=TOKENS
// RUN: not bert-opt %s --interpret=rows 2>&1 | FileCheck %s --check-prefix=ROWS
// RUN: not bert-opt %s --interpret=endless 2>&1 | FileCheck %s --check-prefix=ENDLESS
// RUN: not bert-opt %s --interpret=foreign 2>&1 | FileCheck %s --check-prefix=FOREIGN
// RUN: not bert-opt %s --interpret=nothing 2>&1 | FileCheck %s --check-prefix=NOTHING
// RUN: not bert-opt %s --interpret=takes_two --inputs=%S/given-inputs.mlir 2>&1 | FileCheck %s --check-prefix=INPUTS
// RUN: not bert-opt %s --interpret=takes_two --inputs=%S/Inputs/ids-and-offsets.mlir 2>&1 | FileCheck %s --check-prefix=SHAPE
// RUN: not bert-opt %s --interpret=long 2>&1 | FileCheck %s --check-prefix=LONG
// RUN: not bert-opt %s --interpret=branches 2>&1 | FileCheck %s --check-prefix=BRANCHES
// What has no meaning is one line that names the op or the function.

// ID: bert.embedding: id 2 is outside its table of 2 rows
func.func @id() -> tensor<1x2xf32> {
  %ids = arith.constant dense<[2]> : tensor<1xi32>
  %table = arith.constant dense<0.0> : tensor<2x2xf32>
  %y = bert.embedding %ids from %table : (tensor<1xi32>, tensor<2x2xf32>) -> tensor<1x2xf32>
  return %y : tensor<1x2xf32>
}

// NEGATIVE: bert.embedding: id -1 is outside its table of 2 rows
func.func @negative_id() -> tensor<1x2xf32> {
  %ids = arith.constant dense<[-1]> : tensor<1xi32>
  %table = arith.constant dense<0.0> : tensor<2x2xf32>
  %y = bert.embedding %ids from %table : (tensor<1xi32>, tensor<2x2xf32>) -> tensor<1x2xf32>
  return %y : tensor<1x2xf32>
}

// OFFSETS: bert.mean_pool: offsets must ascend from 0 to the number of tokens
func.func @offsets() -> tensor<2x2xf32> {
  %x = arith.constant dense<0.0> : tensor<4x2xf32>
  %offsets = arith.constant dense<[0, 5, 4]> : tensor<3xi32>
  %y = bert.mean_pool %x, %offsets : (tensor<4x2xf32>, tensor<3xi32>) -> tensor<2x2xf32>
  return %y : tensor<2x2xf32>
}

// TOKENS: bert.first_token: a sequence without tokens has no pooling
func.func @no_tokens() -> tensor<2x2xf32> {
  %x = arith.constant dense<0.0> : tensor<4x2xf32>
  %offsets = arith.constant dense<[0, 4, 4]> : tensor<3xi32>
  %y = bert.first_token %x, %offsets : (tensor<4x2xf32>, tensor<3xi32>) -> tensor<2x2xf32>
  return %y : tensor<2x2xf32>
}

// ROWS: bert.add: operands of 11 and 3 rows
func.func @rows(%x: tensor<?x2xf32>, %offsets: tensor<?xi32>) -> tensor<?x2xf32> {
  %pooled = bert.mean_pool %x, %offsets : (tensor<?x2xf32>, tensor<?xi32>) -> tensor<?x2xf32>
  %y = bert.add %x, %pooled : tensor<?x2xf32>
  return %y : tensor<?x2xf32>
}

// ENDLESS: @endless is called too deeply
func.func @endless() -> tensor<2xf32> {
  %y = call @endless() : () -> tensor<2xf32>
  return %y : tensor<2xf32>
}

// FOREIGN: tensor.empty: has no reference semantics
func.func @foreign() -> tensor<2xf32> {
  %y = tensor.empty() : tensor<2xf32>
  return %y : tensor<2xf32>
}

// NOTHING: no function @nothing
// INPUTS: no function @inputs to interpret
// SHAPE: @takes_two, input 0: got shape [3], expected tensor<2xi32>
func.func @takes_two(%a: tensor<2xi32>, %b: tensor<3xi32>) -> tensor<2xi32> {
  return %a : tensor<2xi32>
}

// LONG: bert.attention_probs: sequence 1 is longer than max_positions, which is 2
func.func @long() -> tensor<4x2xf32> {
  %x = arith.constant dense<0.0> : tensor<4x1xf32>
  %offsets = arith.constant dense<[0, 1, 4]> : tensor<3xi32>
  %y = bert.attention_probs %x, %x, %offsets {num_heads = 1, max_positions = 2} : (tensor<4x1xf32>, tensor<4x1xf32>, tensor<3xi32>) -> tensor<4x2xf32>
  return %y : tensor<4x2xf32>
}

// BRANCHES: @branches has branches
func.func @branches(%x: tensor<?x2xf32>) -> tensor<?x2xf32> {
  cf.br ^next
^next:
  return %x : tensor<?x2xf32>
}
