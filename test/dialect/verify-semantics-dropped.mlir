// RUN: bert-opt %s --verify-semantics --bert-drop-dead-outputs=outputs=sum 2>&1 | FileCheck %s
// Results may go where that is asked for; what could not be compared is said.

// CHECK: verified @main: largest difference 0, no twice after the passes
func.func @main(%x: tensor<?x4xf32>) -> (tensor<?x4xf32> {bert.name = "sum"}, tensor<?x4xf32> {bert.name = "twice"})
    attributes {bert.entry} {
  %y = bert.add %x, %x : tensor<?x4xf32>
  %z = bert.add %y, %y : tensor<?x4xf32>
  return %y, %z : tensor<?x4xf32>, tensor<?x4xf32>
}
