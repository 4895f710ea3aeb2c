// RUN: bert-opt %s --bert-fuse-accumulation --verify-diagnostics | FileCheck %s

// CHECK-LABEL: func.func @terms(
// CHECK-SAME: %[[S:[^:]*]]: tensor<4x3xf32>, %[[T:[^:]*]]: tensor<9x4xf32>, %[[ON:[^:]*]]: tensor<f32>, %[[G:[^:]*]]: tensor<?x4xf32>, %[[X:[^:]*]]: tensor<?x3xf32>, %[[IDS:[^:]*]]: tensor<?xi32>
// CHECK-NEXT: %[[W:.*]] = bert.accumulate_weight_gradient %[[S]], %[[ON]], %[[G]], %[[X]] :
// CHECK-NEXT: %[[E:.*]] = bert.accumulate_embedding_gradient %[[T]], %[[ON]], %[[G]], %[[IDS]] {padding = 2 : i64} :
// CHECK-NEXT: return %[[W]], %[[E]]
func.func @terms(%s: tensor<4x3xf32>, %t: tensor<9x4xf32>, %on: tensor<f32>, %g: tensor<?x4xf32>, %x: tensor<?x3xf32>, %ids: tensor<?xi32>) -> (tensor<4x3xf32>, tensor<9x4xf32>) {
  %dw = bert.linear_weight_gradient %g, %x : (tensor<?x4xf32>, tensor<?x3xf32>) -> tensor<4x3xf32>
  %w = bert.accumulate %s, %on, %dw : (tensor<4x3xf32>, tensor<f32>, tensor<4x3xf32>) -> tensor<4x3xf32>
  %de = bert.embedding_gradient %g, %ids {rows = 9 : i64, padding = 2 : i64} : (tensor<?x4xf32>, tensor<?xi32>) -> tensor<9x4xf32>
  %e = bert.accumulate %t, %on, %de : (tensor<9x4xf32>, tensor<f32>, tensor<9x4xf32>) -> tensor<9x4xf32>
  return %w, %e : tensor<4x3xf32>, tensor<9x4xf32>
}

// Others need the term, or compute one that no kernel adds.
// CHECK-LABEL: func.func @left(
// CHECK: bert.linear_weight_gradient
// CHECK: bert.accumulate %
// CHECK: bert.column_sums
// CHECK: bert.accumulate %
func.func @left(%s: tensor<4x3xf32>, %b: tensor<4xf32>, %on: tensor<f32>, %g: tensor<?x4xf32>, %x: tensor<?x3xf32>) -> (tensor<4x3xf32>, tensor<4x3xf32>, tensor<4xf32>) {
  %dw = bert.linear_weight_gradient %g, %x : (tensor<?x4xf32>, tensor<?x3xf32>) -> tensor<4x3xf32>
  // expected-remark @+1 {{not fused: the term has other uses}}
  %w = bert.accumulate %s, %on, %dw : (tensor<4x3xf32>, tensor<f32>, tensor<4x3xf32>) -> tensor<4x3xf32>
  %db = bert.column_sums %g : (tensor<?x4xf32>) -> tensor<4xf32>
  %c = bert.accumulate %b, %on, %db : (tensor<4xf32>, tensor<f32>, tensor<4xf32>) -> tensor<4xf32>
  return %w, %dw, %c : tensor<4x3xf32>, tensor<4x3xf32>, tensor<4xf32>
}
