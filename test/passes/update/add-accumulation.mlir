// RUN: bert-opt %s --split-input-file --bert-add-accumulation | FileCheck %s
// RUN: bert-opt %s --split-input-file --bert-add-accumulation --bert-fuse-pipeline | FileCheck %s --check-prefix=FUSED

// The loss and each gradient go on from what they were. A gradient of several
// terms takes each as soon as it is there, in the order in which they are
// computed; a function that is called adds what its callers would.
//
// CHECK-LABEL: func.func @main(
// CHECK-SAME: %[[ON:[^ ]*]]: tensor<f32> {bert.name = "accumulate", bert.role = "number"}
// CHECK-SAME: %[[LOSS:[^ ]*]]: tensor<f32> {bert.name = "loss", bert.role = "number"}
// CHECK-SAME: %[[V:[^ ]*]]: tensor<3x4xf32> {bert.name = "v", bert.role = "gradient"}
// CHECK-SAME: %[[W:[^ ]*]]: tensor<4x4xf32> {bert.name = "w", bert.role = "gradient"}
// CHECK: %[[ONE:.*]] = arith.constant dense<1.000000e+00> : tensor<f32>
// CHECK: %[[L:.*]] = bert.accumulate %[[LOSS]], %[[ON]], %{{.*}} : (tensor<f32>
// CHECK: %[[DV:.*]] = bert.accumulate %[[V]], %[[ON]], %{{.*}} : (tensor<3x4xf32>
// CHECK: %[[A:.*]]:2 = call @layer_backward({{.*}}, %[[ON]], %[[W]]) :
// CHECK: %[[B:.*]]:2 = call @layer_backward({{.*}}, %[[ONE]], %[[A]]#1) :
// CHECK: return %[[L]], %[[DV]], %[[B]]#1
//
// CHECK-LABEL: func.func private @layer_backward(
// CHECK-SAME: %[[X:[^:]*]]: tensor<?x4xf32>, %[[G:[^:]*]]: tensor<?x4xf32>, %[[WEIGHT:[^:]*]]: tensor<4x4xf32>, %[[CALLERS:[^:]*]]: tensor<f32>, %[[SUM:[^:]*]]: tensor<4x4xf32>)
// CHECK: %[[DW:.*]] = bert.linear_weight_gradient %[[G]], %[[X]]
// CHECK-NEXT: %[[NEXT:.*]] = bert.accumulate %[[SUM]], %[[CALLERS]], %[[DW]]
// CHECK: return %{{.*}}, %[[NEXT]]
//
// FUSED-LABEL: func.func private @layer_backward(
// FUSED-NOT: bert.linear_weight_gradient
// FUSED: bert.accumulate_weight_gradient
module {
bert.parameter @w : tensor<4x4xf32>
bert.parameter @v : tensor<3x4xf32>
func.func @main(%x: tensor<?x4xf32> {bert.name = "x"}, %labels: tensor<?xi32> {bert.name = "labels"})
    -> (tensor<f32> {bert.name = "loss"}, tensor<3x4xf32> {bert.name = "v", bert.gradient_of = @v}, tensor<4x4xf32> {bert.name = "w", bert.gradient_of = @w}) attributes {bert.entry} {
  %w = bert.get_parameter @w : tensor<4x4xf32>
  %v = bert.get_parameter @v : tensor<3x4xf32>
  %y = bert.linear %x, %w : (tensor<?x4xf32>, tensor<4x4xf32>) -> tensor<?x4xf32>
  %z = bert.linear %y, %w : (tensor<?x4xf32>, tensor<4x4xf32>) -> tensor<?x4xf32>
  %logits = bert.linear %z, %v : (tensor<?x4xf32>, tensor<3x4xf32>) -> tensor<?x3xf32>
  %loss = bert.cross_entropy %logits, %labels : (tensor<?x3xf32>, tensor<?xi32>) -> tensor<f32>
  %one = arith.constant dense<1.0> : tensor<f32>
  %g = bert.cross_entropy_gradient %one, %logits, %labels : (tensor<f32>, tensor<?x3xf32>, tensor<?xi32>) -> tensor<?x3xf32>
  %dv = bert.linear_weight_gradient %g, %z : (tensor<?x3xf32>, tensor<?x4xf32>) -> tensor<3x4xf32>
  %dz = bert.linear_input_gradient %g, %v : (tensor<?x3xf32>, tensor<3x4xf32>) -> tensor<?x4xf32>
  %a:2 = call @layer_backward(%y, %dz, %w) : (tensor<?x4xf32>, tensor<?x4xf32>, tensor<4x4xf32>) -> (tensor<?x4xf32>, tensor<4x4xf32>)
  %b:2 = call @layer_backward(%x, %a#0, %w) : (tensor<?x4xf32>, tensor<?x4xf32>, tensor<4x4xf32>) -> (tensor<?x4xf32>, tensor<4x4xf32>)
  %dw = bert.add %b#1, %a#1 : tensor<4x4xf32>
  return %loss, %dv, %dw : tensor<f32>, tensor<3x4xf32>, tensor<4x4xf32>
}
func.func private @layer_backward(%x: tensor<?x4xf32>, %g: tensor<?x4xf32>, %w: tensor<4x4xf32>) -> (tensor<?x4xf32>, tensor<4x4xf32>) {
  %dx = bert.linear_input_gradient %g, %w : (tensor<?x4xf32>, tensor<4x4xf32>) -> tensor<?x4xf32>
  %dw = bert.linear_weight_gradient %g, %x : (tensor<?x4xf32>, tensor<?x4xf32>) -> tensor<4x4xf32>
  return %dx, %dw : tensor<?x4xf32>, tensor<4x4xf32>
}
}

// -----

// One caller does something else with it: all add for themselves.
// CHECK-LABEL: func.func @shared(
// CHECK: %[[A:.*]] = call @sums(%{{[^,]*}}) :
// CHECK: bert.accumulate %{{.*}}, %[[A]]
// CHECK: call @sums(%{{[^,]*}}) :
module {
bert.parameter @b : tensor<4xf32>
func.func @shared(%x: tensor<?x4xf32>) -> (tensor<f32> {bert.name = "loss"}, tensor<4xf32> {bert.name = "b", bert.gradient_of = @b}) attributes {bert.entry} {
  %db = call @sums(%x) : (tensor<?x4xf32>) -> tensor<4xf32>
  %other = call @sums(%x) : (tensor<?x4xf32>) -> tensor<4xf32>
  %n = bert.global_norm %other : (tensor<4xf32>) -> tensor<f32>
  return %n, %db : tensor<f32>, tensor<4xf32>
}
func.func private @sums(%x: tensor<?x4xf32>) -> tensor<4xf32> {
  %db = bert.column_sums %x : (tensor<?x4xf32>) -> tensor<4xf32>
  return %db : tensor<4xf32>
}
}
