// RUN: bert-opt %s --split-input-file --bert-add-evaluation | FileCheck %s
// RUN: bert-opt %s --split-input-file --bert-add-evaluation --verify-semantics -o /dev/null
// RUN: sed 's/ attributes {bert.entry}//' %s | not bert-opt --split-input-file --bert-add-evaluation 2>&1 | FileCheck %s --check-prefix=NONE

// NONE: error: no function carries bert.entry

module attributes {bert.model = {max_positions = 8 : i64}} {
bert.parameter @w : tensor<4x4xf32>

// The entry, and what it calls, learn as before.
// CHECK-LABEL: func.func @main(
// CHECK-SAME: bert.entry
// CHECK: bert.fold_in
// CHECK: bert.dropout
// CHECK: call @layer(
// CHECK: call @layer(
// CHECK: bert.dropout
func.func @main(%x: tensor<?x4xf32>, %offsets: tensor<?xi32> {bert.name = "offsets"},
    %key: tensor<2xi32> {bert.name = "dropout_key"},
    %ids: tensor<?xi32> {bert.name = "sequence_ids", bert.rows = "sequences"})
    -> (tensor<?x4xf32> {bert.name = "y"}) attributes {bert.entry} {
  %first = bert.fold_in %key {number = 7 : i64} : (tensor<2xi32>) -> tensor<2xi32>
  %dropped = bert.dropout %x, %first, %ids offsets %offsets {rate = 0.5} : (tensor<?x4xf32>, tensor<2xi32>, tensor<?xi32>, tensor<?xi32>) -> tensor<?x4xf32>
  %a = func.call @layer(%dropped, %offsets, %first, %ids) : (tensor<?x4xf32>, tensor<?xi32>, tensor<2xi32>, tensor<?xi32>) -> tensor<?x4xf32>
  %b = func.call @layer(%a, %offsets, %first, %ids) : (tensor<?x4xf32>, tensor<?xi32>, tensor<2xi32>, tensor<?xi32>) -> tensor<?x4xf32>
  %y = bert.dropout %b, %first, %ids offsets %offsets {rate = 0.25} : (tensor<?x4xf32>, tensor<2xi32>, tensor<?xi32>, tensor<?xi32>) -> tensor<?x4xf32>
  return %y : tensor<?x4xf32>
}

// Its copy calls one copy of the layer, twice, and drops nothing.
// CHECK-LABEL: func.func @main_evaluation(
// CHECK-SAME: %[[X:[^:]*]]: tensor<?x4xf32>
// CHECK-SAME: bert.evaluation
// CHECK-NOT: bert.dropout
// CHECK: %[[A:.*]] = call @layer_evaluation(%[[X]],
// CHECK: %[[B:.*]] = call @layer_evaluation(%[[A]],
// CHECK-NOT: bert.dropout
// CHECK: return %[[B]]

// CHECK-LABEL: func.func private @layer(
// CHECK: bert.dropout_attention
func.func private @layer(%x: tensor<?x4xf32>, %offsets: tensor<?xi32>, %key: tensor<2xi32>, %ids: tensor<?xi32>) -> tensor<?x4xf32> {
  %w = bert.get_parameter @w : tensor<4x4xf32>
  %q = bert.linear %x, %w : (tensor<?x4xf32>, tensor<4x4xf32>) -> tensor<?x4xf32>
  %y = bert.dropout_attention %q, %x, %x, %offsets dropout %key, %ids {num_heads = 2 : i64, rate = 0.5} : (tensor<?x4xf32>, tensor<?x4xf32>, tensor<?x4xf32>, tensor<?xi32>, tensor<2xi32>, tensor<?xi32>) -> tensor<?x4xf32>
  return %y : tensor<?x4xf32>
}

// CHECK-LABEL: func.func private @layer_evaluation(
// CHECK: %[[Q:.*]] = bert.linear %[[X:[^,]*]],
// CHECK: %[[Y:.*]] = bert.attention %[[Q]], %[[X]], %[[X]], %{{.*}} {num_heads = 2 : i64}
// CHECK-NOT: bert.dropout
// CHECK: return %[[Y]]
}

// -----

// What only dropout reads is no argument of the copy.
// CHECK-LABEL: func.func @alone(
// CHECK-SAME: bert.entry
// CHECK-LABEL: func.func @alone_evaluation(
// CHECK-SAME: %[[X:[^:]*]]: tensor<?x4xf32> {bert.rows = "sequences"}) ->
// CHECK-NEXT: return %[[X]]
module attributes {bert.model = {max_positions = 8 : i64}} {
func.func @alone(%x: tensor<?x4xf32> {bert.rows = "sequences"}, %key: tensor<2xi32> {bert.name = "dropout_key"},
    %ids: tensor<?xi32> {bert.name = "sequence_ids", bert.rows = "sequences"})
    -> (tensor<?x4xf32> {bert.name = "y"}) attributes {bert.entry} {
  %site = bert.fold_in %key {number = 7 : i64} : (tensor<2xi32>) -> tensor<2xi32>
  %y = bert.dropout %x, %site, %ids {rate = 0.5} : (tensor<?x4xf32>, tensor<2xi32>, tensor<?xi32>) -> tensor<?x4xf32>
  return %y : tensor<?x4xf32>
}
}
