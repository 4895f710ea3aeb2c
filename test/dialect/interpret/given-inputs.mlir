// RUN: bert-opt %s --interpret --inputs=%S/Inputs/ids-and-offsets.mlir | FileCheck %s
// An entry with T and B unknown, on given inputs; its results have names.

bert.parameter @table : tensor<2x2xf32> = dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>

// CHECK-NOT: @other
// CHECK: @encode, embedding: [2, 2]
// CHECK-NEXT: {{^}} 3 4
// CHECK-NEXT: {{^}} 2 3
// CHECK-NOT: @other
func.func @encode(%ids: tensor<?xi32>, %offsets: tensor<?xi32>)
    -> (tensor<?x2xf32> {bert.name = "embedding"}) attributes {bert.entry} {
  %table = bert.get_parameter @table : tensor<2x2xf32>
  %x = bert.embedding %ids from %table : (tensor<?xi32>, tensor<2x2xf32>) -> tensor<?x2xf32>
  %y = bert.mean_pool %x, %offsets : (tensor<?x2xf32>, tensor<?xi32>) -> tensor<?x2xf32>
  return %y : tensor<?x2xf32>
}

func.func @other(%x: tensor<2x2xf32>) -> tensor<2x2xf32> {
  return %x : tensor<2x2xf32>
}
