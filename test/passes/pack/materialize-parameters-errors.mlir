// RUN: bert-opt %s --bert-materialize-parameters --verify-diagnostics | FileCheck %s
// What is not made of parameters stays, with a remark.

bert.parameter @w : tensor<4x4xf32>

// CHECK: bert.concat
// CHECK: bert.pack
func.func @entry(%x : tensor<?x4xf32>, %v : tensor<4x4xf32>) -> tensor<?x8xf32> attributes {bert.entry} {
  %w = bert.get_parameter @w : tensor<4x4xf32>
  %c = bert.concat %w, %v : (tensor<4x4xf32>, tensor<4x4xf32>) -> tensor<8x4xf32>
  // expected-remark@+1 {{not materialized: it reads more than parameters}}
  %p = bert.pack %c {panel = 8 : i64} : tensor<8x4xf32> -> tensor<1x4x8xf32>
  %y = bert.packed_linear %x, %p {activation = #bert<activation none>, out_features = 8 : i64} : (tensor<?x4xf32>, tensor<1x4x8xf32>) -> tensor<?x8xf32>
  return %y : tensor<?x8xf32>
}
