// RUN: bert-opt %s --interpret | FileCheck %s
// The values are those of torch 2 in f64: gelu, gelu(approximate="tanh"), relu, silu, tanh.

// CHECK: @gelu, result 0: [1, 4]
// CHECK-NEXT: {{^}} -0.158655254 0 0.345731231 1.95449974
func.func @gelu() -> tensor<1x4xf32> {
  %x = arith.constant dense<[[-1.0, 0.0, 0.5, 2.0]]> : tensor<1x4xf32>
  %y = bert.gelu %x {approximate = #bert<gelu_form none>} : tensor<1x4xf32>
  return %y : tensor<1x4xf32>
}

// CHECK: @gelu_tanh, result 0: [1, 4]
// CHECK-NEXT: {{^}} -0.158808009 0 0.34571401 1.95459769
func.func @gelu_tanh() -> tensor<1x4xf32> {
  %x = arith.constant dense<[[-1.0, 0.0, 0.5, 2.0]]> : tensor<1x4xf32>
  %y = bert.gelu %x {approximate = #bert<gelu_form tanh>} : tensor<1x4xf32>
  return %y : tensor<1x4xf32>
}

// CHECK: @relu, result 0: [1, 4]
// CHECK-NEXT: {{^}} 0 0 0.5 2
func.func @relu() -> tensor<1x4xf32> {
  %x = arith.constant dense<[[-1.0, 0.0, 0.5, 2.0]]> : tensor<1x4xf32>
  %y = bert.relu %x : tensor<1x4xf32>
  return %y : tensor<1x4xf32>
}

// CHECK: @silu, result 0: [1, 4]
// CHECK-NEXT: {{^}} -0.268941421 0 0.311229666 1.76159416
func.func @silu() -> tensor<1x4xf32> {
  %x = arith.constant dense<[[-1.0, 0.0, 0.5, 2.0]]> : tensor<1x4xf32>
  %y = bert.silu %x : tensor<1x4xf32>
  return %y : tensor<1x4xf32>
}

// CHECK: @tanh, result 0: [1, 4]
// CHECK-NEXT: {{^}} -0.761594156 0 0.462117157 0.96402758
func.func @tanh() -> tensor<1x4xf32> {
  %x = arith.constant dense<[[-1.0, 0.0, 0.5, 2.0]]> : tensor<1x4xf32>
  %y = bert.tanh %x : tensor<1x4xf32>
  return %y : tensor<1x4xf32>
}
