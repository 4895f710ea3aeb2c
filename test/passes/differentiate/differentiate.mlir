// RUN: bert-opt %s --bert-differentiate=recompute=keep-all | FileCheck %s --check-prefixes=CHECK,KEEP
// RUN: bert-opt %s --bert-differentiate | FileCheck %s --check-prefixes=CHECK,CHEAP
// RUN: bert-opt %s --bert-differentiate=recompute=recompute-layer | FileCheck %s --check-prefixes=CHECK,LAYER
// RUN: bert-opt %s --bert-differentiate=recompute=keep-all --interpret > %t.keep
// RUN: bert-opt %s --bert-differentiate --interpret > %t.cheap
// RUN: bert-opt %s --bert-differentiate=recompute=recompute-layer --interpret > %t.layer
// RUN: cmp %t.keep %t.cheap && cmp %t.keep %t.layer
// RUN: bert-opt %s --bert-differentiate --verify-gradients -o /dev/null 2>&1 | FileCheck %s --check-prefix=VERIFIED
// RUN: bert-opt %s --bert-differentiate --verify-semantics -o /dev/null 2>&1 | FileCheck %s --check-prefix=SAME
// SAME: verified @loss: largest difference 0
// RUN: bert-opt %s --bert-differentiate=freeze=first.*,tok* --verify-gradients 2>/dev/null | FileCheck %s --check-prefix=FROZEN
// VERIFIED: verified the gradients of @loss: largest difference {{.*}}e-1

// Two layers of two kinds of parameters, one of them shared; a tied decoder.
bert.parameter @words : tensor<7x4xf32> {source = "tokens"}
bert.parameter @decoder : tensor<7x4xf32> {tied_to = @words}
bert.parameter @first : tensor<4x4xf32> {source = "first.weight"}
bert.parameter @second : tensor<4x4xf32>
bert.parameter @shared : tensor<4xf32>
bert.parameter @unread : tensor<4xf32>

// What no gradient is asked of is gone.
// CHECK-NOT: @layer(
// CHECK: func.func @loss(%[[IDS:.*]]: tensor<?xi32>, %[[LABELS:.*]]: tensor<?xi32>)
// CHECK-SAME: -> (tensor<f32> {bert.name = "loss"}, tensor<?x7xf32> {bert.name = "logits"}
// CHECK-SAME: tensor<7x4xf32> {bert.gradient_of = @words, bert.name = "tokens"}
// CHECK-SAME: tensor<4x4xf32> {bert.gradient_of = @first, bert.name = "first.weight"}
// CHECK-SAME: tensor<4x4xf32> {bert.gradient_of = @second, bert.name = "second"}
// CHECK-SAME: tensor<4xf32> {bert.gradient_of = @shared, bert.name = "shared"})
// Both layers call one function for each direction.
// CHECK: %[[X:.*]] = bert.embedding
// KEEP: %[[ONE:.*]]:3 = call @layer_forward(%[[X]]
// KEEP: %[[TWO:.*]]:3 = call @layer_forward(%[[ONE]]#0
// CHEAP: %[[ONE:.*]]:2 = call @layer_forward(%[[X]]
// CHEAP: %[[TWO:.*]]:2 = call @layer_forward(%[[ONE]]#0
// LAYER: %[[ONE:.*]] = call @layer_forward(%[[X]]
// LAYER: %[[TWO:.*]] = call @layer_forward(%[[ONE]]
// CHECK: bert.cross_entropy %
// CHECK: arith.constant dense<1.0
// CHECK: call @layer_backward(
// CHECK: call @layer_backward(
// CHECK: bert.embedding_gradient {{.*}} {rows = 7 : i64}
// FROZEN: func.func @loss
// FROZEN-SAME: -> (tensor<f32> {bert.name = "loss"}, tensor<?x7xf32> {bert.name = "logits"}, tensor<4x4xf32> {bert.gradient_of = @second, bert.name = "second"}, tensor<4xf32> {bert.gradient_of = @shared, bert.name = "shared"})
// The first layer's input and weight are frozen, the second's input is not.
// FROZEN: %[[ONE:.*]]:2 = call @layer_forward_0(
// FROZEN: %[[TWO:.*]]:2 = call @layer_forward(%[[ONE]]#0
// FROZEN: %[[DX:.*]]:3 = call @layer_backward(%[[ONE]]#0
// FROZEN: %{{[0-9]+}} = call @layer_backward_1(%[[ONE]]#1, %[[DX]]#0) : (tensor<?x4xf32>, tensor<?x4xf32>) -> tensor<4xf32>
// FROZEN-NOT: bert.embedding_gradient
func.func @loss(%ids: tensor<?xi32>, %labels: tensor<?xi32>)
    -> (tensor<f32> {bert.name = "loss"}, tensor<?x7xf32> {bert.name = "logits"}) attributes {bert.entry} {
  %words = bert.get_parameter @words : tensor<7x4xf32>
  %x = bert.embedding %ids from %words : (tensor<?xi32>, tensor<7x4xf32>) -> tensor<?x4xf32>
  %w1 = bert.get_parameter @first : tensor<4x4xf32>
  %s1 = bert.get_parameter @shared : tensor<4xf32>
  %y = call @layer(%x, %w1, %s1) : (tensor<?x4xf32>, tensor<4x4xf32>, tensor<4xf32>) -> tensor<?x4xf32>
  %w2 = bert.get_parameter @second : tensor<4x4xf32>
  %s2 = bert.get_parameter @shared : tensor<4xf32>
  %z = call @layer(%y, %w2, %s2) : (tensor<?x4xf32>, tensor<4x4xf32>, tensor<4xf32>) -> tensor<?x4xf32>
  %decoder = bert.get_parameter @decoder : tensor<7x4xf32>
  %logits = bert.linear %z, %decoder : (tensor<?x4xf32>, tensor<7x4xf32>) -> tensor<?x7xf32>
  %loss = bert.cross_entropy %logits, %labels : (tensor<?x7xf32>, tensor<?xi32>) -> tensor<f32>
  return %loss, %logits : tensor<f32>, tensor<?x7xf32>
}

// CHECK: func.func private @layer_forward
// CHECK: %[[P:.*]] = bert.linear
// CHECK: %[[G:.*]] = bert.gelu %[[P]]
// CHECK: %[[Y:.*]] = bert.layer_norm %[[G]]
// KEEP: return %[[Y]], %[[G]], %[[P]]
// CHEAP: return %[[Y]], %[[P]] :
// LAYER: return %[[Y]] :
// CHECK: func.func private @layer_backward
// KEEP-NOT: bert.gelu
// KEEP-NOT: bert.linear %
// CHEAP-NOT: bert.linear %
// CHEAP: bert.gelu
// LAYER: bert.linear %
// LAYER: bert.gelu
// CHECK-NOT: bert.layer_norm %
// CHECK: bert.layer_norm_gradient
// CHECK: bert.layer_norm_scale_gradient
// CHECK: bert.activation_gradient
// CHECK: bert.linear_input_gradient
// CHECK: bert.linear_weight_gradient
// CHECK: return
func.func private @layer(%x: tensor<?x4xf32>, %w: tensor<4x4xf32>, %s: tensor<4xf32>) -> tensor<?x4xf32> {
  %0 = bert.linear %x, %w : (tensor<?x4xf32>, tensor<4x4xf32>) -> tensor<?x4xf32>
  %1 = bert.gelu %0 {approximate = #bert<gelu_form none>} : tensor<?x4xf32>
  %2 = bert.layer_norm %1, %s, %s {epsilon = 1.0e-2} : (tensor<?x4xf32>, tensor<4xf32>, tensor<4xf32>) -> tensor<?x4xf32>
  return %2 : tensor<?x4xf32>
}
