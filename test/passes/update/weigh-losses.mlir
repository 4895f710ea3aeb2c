// RUN: not bert-opt %s --split-input-file --bert-weigh-losses 2> /dev/null | FileCheck %s
// RUN: not bert-opt %s --split-input-file --bert-weigh-losses 2>&1 | FileCheck %s --check-prefix=ERROR

// Each loss by the weight of its own labels, two by one's.
// ERROR: error: no function carries bert.entry
// CHECK-LABEL: func.func @main(
// CHECK-SAME: %[[A:[^ ]*]]: tensor<f32> {bert.name = "labels.weight", bert.role = "number"}
// CHECK-SAME: %[[B:[^ ]*]]: tensor<f32> {bert.name = "numbers.weight", bert.role = "number"}
// CHECK: %[[L:.*]] = bert.cross_entropy
// CHECK-NEXT: %[[WL:.*]] = bert.weigh %[[L]], %[[A]] : tensor<f32>
// CHECK: %[[M:.*]] = bert.mean_squared_error
// CHECK-NEXT: %[[WM:.*]] = bert.weigh %[[M]], %[[B]] : tensor<f32>
// CHECK: %[[N:.*]] = bert.binary_cross_entropy
// CHECK-NEXT: %[[WN:.*]] = bert.weigh %[[N]], %[[B]] : tensor<f32>
// CHECK: bert.add %[[WL]], %[[WM]]
func.func @main(%x: tensor<?x4xf32>, %labels: tensor<?xi32> {bert.name = "labels"}, %numbers: tensor<?x4xf32> {bert.name = "numbers"}) -> tensor<f32> attributes {bert.entry} {
  %l = bert.cross_entropy %x, %labels : (tensor<?x4xf32>, tensor<?xi32>) -> tensor<f32>
  %m = bert.mean_squared_error %x, %numbers : (tensor<?x4xf32>, tensor<?x4xf32>) -> tensor<f32>
  %n = bert.binary_cross_entropy %x, %numbers : (tensor<?x4xf32>, tensor<?x4xf32>) -> tensor<f32>
  %lm = bert.add %l, %m : tensor<f32>
  %sum = bert.add %lm, %n : tensor<f32>
  return %sum : tensor<f32>
}

// What the model computes itself is no part of a step's labels.
// -----
// CHECK-LABEL: func.func @computed(
// CHECK-NOT: bert.weigh
func.func @computed(%x: tensor<?x4xf32>) -> tensor<f32> attributes {bert.entry} {
  %y = bert.scale %x {factor = 2.0 : f64} : tensor<?x4xf32>
  %m = bert.mean_squared_error %x, %y : (tensor<?x4xf32>, tensor<?x4xf32>) -> tensor<f32>
  return %m : tensor<f32>
}

// -----
func.func @no_entry(%x: tensor<?x4xf32>) -> tensor<?x4xf32> {
  return %x : tensor<?x4xf32>
}
