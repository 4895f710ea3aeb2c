// RUN: bert-opt %s --interpret | FileCheck %s
// RUN: bert-opt %s --bert-fuse-accumulation --interpret | FileCheck %s

// Only what goes on has what was before, which may be no number.
// CHECK: @accumulate, result 0: [2]
// CHECK-NEXT: {{^}} 11 22
// CHECK: @accumulate, result 1: [2]
// CHECK-NEXT: {{^}} 1 2
// CHECK: @accumulate, result 2: []
// CHECK-NEXT: {{^}} 1.5
func.func @accumulate() -> (tensor<2xf32>, tensor<2xf32>, tensor<f32>) {
  %s = arith.constant dense<[10.0, 20.0]> : tensor<2xf32>
  %nan = arith.constant dense<0x7FC00000> : tensor<2xf32>
  %t = arith.constant dense<[1.0, 2.0]> : tensor<2xf32>
  %zero = arith.constant dense<0.0> : tensor<f32>
  %half = arith.constant dense<0.5> : tensor<f32>
  %three = arith.constant dense<3.0> : tensor<f32>
  %0 = bert.accumulate %s, %half, %t : (tensor<2xf32>, tensor<f32>, tensor<2xf32>) -> tensor<2xf32>
  %1 = bert.accumulate %nan, %zero, %t : (tensor<2xf32>, tensor<f32>, tensor<2xf32>) -> tensor<2xf32>
  %2 = bert.weigh %three, %half : tensor<f32>
  return %0, %1, %2 : tensor<2xf32>, tensor<2xf32>, tensor<f32>
}

// gT x = [[1 * 3 + 2 * 4]] and 10; of ids 1, 0 and 1 row 1 is padding's.
// CHECK: @fused, result 0: [1, 1]
// CHECK-NEXT: {{^}} 21
// CHECK: @fused, result 1: [2, 1]
// CHECK-NEXT: {{^}} 12
// CHECK-NEXT: {{^}} 10
func.func @fused() -> (tensor<1x1xf32>, tensor<2x1xf32>) {
  %s = arith.constant dense<10.0> : tensor<1x1xf32>
  %table = arith.constant dense<10.0> : tensor<2x1xf32>
  %one = arith.constant dense<1.0> : tensor<f32>
  %g = arith.constant dense<[[1.0], [2.0]]> : tensor<2x1xf32>
  %x = arith.constant dense<[[3.0], [4.0]]> : tensor<2x1xf32>
  %ids = arith.constant dense<[1, 0]> : tensor<2xi32>
  %dw = bert.linear_weight_gradient %g, %x : (tensor<2x1xf32>, tensor<2x1xf32>) -> tensor<1x1xf32>
  %0 = bert.accumulate %s, %one, %dw : (tensor<1x1xf32>, tensor<f32>, tensor<1x1xf32>) -> tensor<1x1xf32>
  %de = bert.embedding_gradient %g, %ids {rows = 2 : i64, padding = 1 : i64} : (tensor<2x1xf32>, tensor<2xi32>) -> tensor<2x1xf32>
  %1 = bert.accumulate %table, %one, %de : (tensor<2x1xf32>, tensor<f32>, tensor<2x1xf32>) -> tensor<2x1xf32>
  return %0, %1 : tensor<1x1xf32>, tensor<2x1xf32>
}
