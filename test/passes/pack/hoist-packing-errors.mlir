// RUN: bert-opt %s --bert-hoist-packing --verify-diagnostics | FileCheck %s
// What cannot move stays, with a remark.

// A public function may have callers that nobody sees.
// CHECK-LABEL: func.func @public
// CHECK: bert.pack
func.func @public(%x : tensor<?x4xf32>, %w : tensor<8x4xf32>) -> tensor<?x8xf32> {
  // expected-remark@+1 {{not hoisted: the function is not only called}}
  %p = bert.pack %w {panel = 8 : i64} : tensor<8x4xf32> -> tensor<1x4x8xf32>
  %y = bert.packed_linear %x, %p {activation = #bert<activation none>, out_features = 8 : i64} : (tensor<?x4xf32>, tensor<1x4x8xf32>) -> tensor<?x8xf32>
  return %y : tensor<?x8xf32>
}

bert.parameter @w : tensor<8x4xf32>

// CHECK-LABEL: func.func private @reads_parameter
// CHECK: bert.pack
func.func private @reads_parameter(%x : tensor<?x4xf32>) -> tensor<?x8xf32> {
  %w = bert.get_parameter @w : tensor<8x4xf32>
  // expected-remark@+1 {{not hoisted: it reads more than arguments}}
  %p = bert.pack %w {panel = 8 : i64} : tensor<8x4xf32> -> tensor<1x4x8xf32>
  %y = bert.packed_linear %x, %p {activation = #bert<activation none>, out_features = 8 : i64} : (tensor<?x4xf32>, tensor<1x4x8xf32>) -> tensor<?x8xf32>
  return %y : tensor<?x8xf32>
}

func.func @entry(%x : tensor<?x4xf32>) -> tensor<?x8xf32> attributes {bert.entry} {
  %0 = call @reads_parameter(%x) : (tensor<?x4xf32>) -> tensor<?x8xf32>
  return %0 : tensor<?x8xf32>
}

// Packing that leaves a function which calls itself, here by way of another, would come back to it.
// CHECK-LABEL: func.func private @even
// CHECK: bert.pack
func.func private @even(%w : tensor<8x4xf32>, %v : tensor<8x4xf32>) -> tensor<1x4x8xf32> {
  // expected-remark@+1 {{not hoisted: the function calls itself}}
  %p = bert.pack %w {panel = 8 : i64} : tensor<8x4xf32> -> tensor<1x4x8xf32>
  %0 = call @odd(%v, %w) : (tensor<8x4xf32>, tensor<8x4xf32>) -> tensor<1x4x8xf32>
  return %p : tensor<1x4x8xf32>
}

func.func private @odd(%w : tensor<8x4xf32>, %v : tensor<8x4xf32>) -> tensor<1x4x8xf32> {
  %0 = call @even(%w, %v) : (tensor<8x4xf32>, tensor<8x4xf32>) -> tensor<1x4x8xf32>
  return %0 : tensor<1x4x8xf32>
}
