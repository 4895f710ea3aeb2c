// RUN: bert-opt %s --bert-drop-dead-outputs=outputs=kept | FileCheck %s
// RUN: bert-opt %s --bert-drop-dead-outputs | FileCheck %s --check-prefix=ALL
// RUN: bert-opt %S/Inputs/tiny.mlir --verify-semantics --bert-drop-dead-outputs | FileCheck %s --check-prefix=TINY
// RUN: bert-opt %S/Inputs/tiny.mlir --bert-drop-dead-outputs=outputs=last_hidden_state | FileCheck %s --check-prefix=HIDDEN

// CHECK: bert.parameter @used
// CHECK-NOT: bert.parameter
bert.parameter @used : tensor<4x4xf32>
bert.parameter @dropped : tensor<4x4xf32>
bert.parameter @unread : tensor<4xf32>

// Results that no caller reads go, and the arguments that only they needed.
// CHECK: func.func private @pair(%[[X:.*]]: tensor<?x4xf32>, %[[W:.*]]: tensor<4x4xf32>) -> tensor<?x4xf32>
// CHECK-NEXT: %[[Y:.*]] = bert.linear %[[X]], %[[W]]
// CHECK-NEXT: return %[[Y]]
func.func private @pair(%x : tensor<?x4xf32>, %v : tensor<4x4xf32>, %w : tensor<4x4xf32>) -> (tensor<?x4xf32>, tensor<?x4xf32>) {
  %0 = bert.linear %x, %v : (tensor<?x4xf32>, tensor<4x4xf32>) -> tensor<?x4xf32>
  %1 = bert.linear %x, %w : (tensor<?x4xf32>, tensor<4x4xf32>) -> tensor<?x4xf32>
  return %0, %1 : tensor<?x4xf32>, tensor<?x4xf32>
}

// CHECK-NOT: @uncalled
func.func private @uncalled(%x : tensor<?x4xf32>) -> tensor<?x4xf32> {
  return %x : tensor<?x4xf32>
}

// The entry keeps its arguments: they are what a caller of the artifact knows.
// CHECK: func.func @entry(%[[IN:.*]]: tensor<?x4xf32>, %{{.*}}: tensor<?xi32> {bert.name = "offsets"}) -> (tensor<?x4xf32> {bert.name = "kept"})
// CHECK-NEXT: %[[P:.*]] = bert.get_parameter @used
// CHECK-NEXT: %[[R:.*]] = call @pair(%[[IN]], %[[P]])
// CHECK-NEXT: return %[[R]]
// ALL: -> (tensor<?x4xf32> {bert.name = "other"}, tensor<?x4xf32> {bert.name = "kept"})
func.func @entry(%x : tensor<?x4xf32>, %offsets : tensor<?xi32> {bert.name = "offsets"})
    -> (tensor<?x4xf32> {bert.name = "other"}, tensor<?x4xf32> {bert.name = "kept"}) attributes {bert.entry} {
  %v = bert.get_parameter @dropped : tensor<4x4xf32>
  %w = bert.get_parameter @used : tensor<4x4xf32>
  %0:2 = call @pair(%x, %v, %w) : (tensor<?x4xf32>, tensor<4x4xf32>, tensor<4x4xf32>) -> (tensor<?x4xf32>, tensor<?x4xf32>)
  %1 = bert.first_token %0#0, %offsets : (tensor<?x4xf32>, tensor<?xi32>) -> tensor<?x4xf32>
  return %1, %0#1 : tensor<?x4xf32>, tensor<?x4xf32>
}

// TINY: bert.parameter @pooler.dense.weight
// HIDDEN-NOT: pooler
// HIDDEN-NOT: bert.first_token
