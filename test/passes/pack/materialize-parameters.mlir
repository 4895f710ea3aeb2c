// RUN: bert-opt %s --bert-materialize-parameters | FileCheck %s
// RUN: bert-opt %S/../fuse/Inputs/tiny.mlir --verify-semantics \
// RUN:   --bert-fuse-qkv --bert-fuse-activation --bert-fuse-residual-layer-norm --bert-fuse-embedding-layer-norm --canonicalize --cse \
// RUN:   --bert-pack-weights=panel=8 --bert-hoist-packing --bert-materialize-parameters | FileCheck %s --check-prefix=TINY

// Sources stay: the weights writer reads them. What nothing reads goes.
// CHECK-DAG: bert.parameter @l.query.weight : tensor<4x4xf32>
// CHECK-DAG: bert.parameter @l.key.weight : tensor<4x4xf32>
// CHECK-DAG: bert.parameter @l.query_key.weight.packed : tensor<1x4x8xf32> {panel = 8 : i64, sources = [@l.query.weight, @l.key.weight]}
// CHECK-DAG: bert.parameter @l.query_key.bias : tensor<8xf32> {sources = [@l.query.bias, @l.key.bias]}
// CHECK-NOT: @unread
bert.parameter @l.query.weight : tensor<4x4xf32>
bert.parameter @l.key.weight : tensor<4x4xf32>
bert.parameter @l.query.bias : tensor<4xf32>
bert.parameter @l.key.bias : tensor<4xf32>
bert.parameter @unread : tensor<4xf32>

// CHECK-LABEL: func.func @entry
// CHECK-SAME: (%[[X:[^:]*]]:
// CHECK-NEXT: %[[W:.*]] = bert.get_parameter @l.query_key.weight.packed
// CHECK-NEXT: %[[B:.*]] = bert.get_parameter @l.query_key.bias
// CHECK-NEXT: bert.packed_linear %[[X]], %[[W]] bias %[[B]]
// The same sources packed the same way are the same parameter.
// CHECK-NEXT: %[[W2:.*]] = bert.get_parameter @l.query_key.weight.packed
// CHECK-NEXT: bert.packed_linear %[[X]], %[[W2]]
// CHECK-NEXT: return
func.func @entry(%x : tensor<?x4xf32>) -> (tensor<?x8xf32>, tensor<?x8xf32>) attributes {bert.entry} {
  %bq = bert.get_parameter @l.query.bias : tensor<4xf32>
  %bk = bert.get_parameter @l.key.bias : tensor<4xf32>
  %b = bert.concat %bq, %bk : (tensor<4xf32>, tensor<4xf32>) -> tensor<8xf32>
  %wq = bert.get_parameter @l.query.weight : tensor<4x4xf32>
  %wk = bert.get_parameter @l.key.weight : tensor<4x4xf32>
  %w = bert.concat %wq, %wk : (tensor<4x4xf32>, tensor<4x4xf32>) -> tensor<8x4xf32>
  %p = bert.pack %w {panel = 8 : i64} : tensor<8x4xf32> -> tensor<1x4x8xf32>
  %y = bert.packed_linear %x, %p bias %b {activation = #bert<activation none>, out_features = 8 : i64} : (tensor<?x4xf32>, tensor<1x4x8xf32>, tensor<8xf32>) -> tensor<?x8xf32>
  %w2 = bert.concat %wq, %wk : (tensor<4x4xf32>, tensor<4x4xf32>) -> tensor<8x4xf32>
  %p2 = bert.pack %w2 {panel = 8 : i64} : tensor<8x4xf32> -> tensor<1x4x8xf32>
  %y2 = bert.packed_linear %x, %p2 {activation = #bert<activation none>, out_features = 8 : i64} : (tensor<?x4xf32>, tensor<1x4x8xf32>) -> tensor<?x8xf32>
  return %y, %y2 : tensor<?x8xf32>, tensor<?x8xf32>
}

// TINY: bert.parameter @encoder.layer.1.attention.self.query_key_value.weight.packed : tensor<2x4x8xf32>
// TINY-LABEL: func.func @encode
// TINY-NOT: bert.concat
// TINY-NOT: bert.pack %
