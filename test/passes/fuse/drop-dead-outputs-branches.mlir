// RUN: bert-opt %s --bert-drop-dead-outputs=outputs=kept | FileCheck %s
// A model has no branches; what has them loses results at each of its returns, and dead ops in each block.

// CHECK-LABEL: func.func private @branching
// CHECK-SAME: (%[[X:[^:]*]]: tensor<?x4xf32>, %[[C:.*]]: i1) -> tensor<?x4xf32>
// CHECK-NEXT: cf.cond_br %[[C]], ^[[ONE:.*]], ^[[OTHER:.*]]
// CHECK-NEXT: ^[[ONE]]:
// CHECK-NEXT: return %[[X]] : tensor<?x4xf32>
// CHECK-NEXT: ^[[OTHER]]:
// CHECK-NEXT: %[[Y:.*]] = bert.add %[[X]], %[[X]]
// CHECK-NEXT: return %[[Y]] : tensor<?x4xf32>
func.func private @branching(%x : tensor<?x4xf32>, %c : i1) -> (tensor<?x4xf32>, tensor<?x4xf32>) {
  %dead = bert.relu %x : tensor<?x4xf32>
  cf.cond_br %c, ^one, ^other
^one:
  return %dead, %x : tensor<?x4xf32>, tensor<?x4xf32>
^other:
  %0 = bert.silu %x : tensor<?x4xf32>
  %1 = bert.add %x, %x : tensor<?x4xf32>
  return %0, %1 : tensor<?x4xf32>, tensor<?x4xf32>
}

// A loop may not end: the call stays, though nobody reads what it gives.
// CHECK-LABEL: func.func @entry
// CHECK-NEXT: call @loop
// CHECK-NEXT: %[[R:.*]] = call @branching
// CHECK-NEXT: return %[[R]]
func.func private @loop(%x : tensor<?x4xf32>, %c : i1) -> tensor<?x4xf32> {
  cf.br ^again
^again:
  cf.cond_br %c, ^again, ^done
^done:
  return %x : tensor<?x4xf32>
}

func.func @entry(%x : tensor<?x4xf32>, %c : i1)
    -> (tensor<?x4xf32> {bert.name = "other"}, tensor<?x4xf32> {bert.name = "kept"}) attributes {bert.entry} {
  %unread = call @loop(%x, %c) : (tensor<?x4xf32>, i1) -> tensor<?x4xf32>
  %0:2 = call @branching(%x, %c) : (tensor<?x4xf32>, i1) -> (tensor<?x4xf32>, tensor<?x4xf32>)
  return %0#0, %0#1 : tensor<?x4xf32>, tensor<?x4xf32>
}
