// RUN: bert-opt %s --canonicalize --verify-semantics | FileCheck %s

// CHECK-LABEL: @relu_twice
// CHECK-COUNT-1: bert.relu
// CHECK-NOT: bert.relu
func.func @relu_twice(%x: tensor<?x4xf32>) -> tensor<?x4xf32> {
  %once = bert.relu %x : tensor<?x4xf32>
  %twice = bert.relu %once : tensor<?x4xf32>
  return %twice : tensor<?x4xf32>
}

// CHECK-LABEL: @concat_of_one
// CHECK-SAME: %[[A:.*]]: tensor<2x4xf32>
// CHECK-NEXT: return %[[A]]
func.func @concat_of_one(%a: tensor<2x4xf32>) -> tensor<2x4xf32> {
  %all = bert.concat %a : (tensor<2x4xf32>) -> tensor<2x4xf32>
  return %all : tensor<2x4xf32>
}

// CHECK-LABEL: @concat_of_concat
// CHECK-SAME: %[[A:.*]]: tensor<2xf32>, %[[B:.*]]: tensor<3xf32>
// CHECK-NEXT: bert.concat %[[A]], %[[B]], %[[A]] : (tensor<2xf32>, tensor<3xf32>, tensor<2xf32>) -> tensor<7xf32>
func.func @concat_of_concat(%a: tensor<2xf32>, %b: tensor<3xf32>) -> tensor<7xf32> {
  %ab = bert.concat %a, %b : (tensor<2xf32>, tensor<3xf32>) -> tensor<5xf32>
  %aba = bert.concat %ab, %a : (tensor<5xf32>, tensor<2xf32>) -> tensor<7xf32>
  return %aba : tensor<7xf32>
}

// Ops are pure: what nothing uses goes away.
// CHECK-LABEL: @unused
// CHECK-NEXT: return
func.func @unused(%x: tensor<?x4xf32>, %offsets: tensor<?xi32>) -> tensor<?x4xf32> {
  %mean = bert.mean_pool %x, %offsets : (tensor<?x4xf32>, tensor<?xi32>) -> tensor<?x4xf32>
  %unit = bert.l2_normalize %mean {epsilon = 1.0e-12} : (tensor<?x4xf32>) -> tensor<?x4xf32>
  return %x : tensor<?x4xf32>
}

// CHECK-LABEL: @scale
// CHECK-SAME: (%[[X:.*]]: tensor<f32>)
// CHECK-NEXT: %[[Y:.*]] = bert.scale %[[X]] {factor = 2
// CHECK-NEXT: return %[[Y]]
func.func @scale(%x: tensor<f32>) -> tensor<f32> {
  %same = bert.scale %x {factor = 1.0} : tensor<f32>
  %double = bert.scale %same {factor = 2.0} : tensor<f32>
  return %double : tensor<f32>
}
