// RUN: bert-opt %s --interpret | FileCheck %s
// Numbers worked out by hand.

// A norm of 5 is scaled down to 1; none is left alone, and none is made of what
// is not finite.
// CHECK: @clip, result 0: []
// CHECK-NEXT: {{^}} 5
// CHECK: @clip, result 1: []
// CHECK-NEXT: {{^}} 0.2
// CHECK: @clip, result 2: []
// CHECK-NEXT: {{^}} 1
// CHECK: @clip, result 3: []
// CHECK-NEXT: {{^}} {{-?}}nan
func.func @clip() -> (tensor<f32>, tensor<f32>, tensor<f32>, tensor<f32>) {
  %a = arith.constant dense<[3.0, 0.0]> : tensor<2xf32>
  %b = arith.constant dense<[[4.0]]> : tensor<1x1xf32>
  %inf = arith.constant dense<0x7F800000> : tensor<f32>
  %n = bert.global_norm %a, %b : (tensor<2xf32>, tensor<1x1xf32>) -> tensor<f32>
  %f = bert.clip_factor %n {max_norm = 1.0 : f64, epsilon = 0.0 : f64} : (tensor<f32>) -> tensor<f32>
  %h = bert.clip_factor %n {max_norm = 0.0 : f64, epsilon = 0.0 : f64} : (tensor<f32>) -> tensor<f32>
  %i = bert.clip_factor %inf {max_norm = 1.0 : f64, epsilon = 0.0 : f64} : (tensor<f32>) -> tensor<f32>
  return %n, %f, %h, %i : tensor<f32>, tensor<f32>, tensor<f32>, tensor<f32>
}

// g = 2 and 0; m' = 0.5 m + 0.5 g, v' = 0.5 v + 0.5 g^2, so that of the first
// m' / sqrt(v') = 1 / sqrt(2); rate 0.5, decay 0.25.
// CHECK: @adam, result 0: [2]
// CHECK-NEXT: {{^}} {{0.396446|0.39644}}
// CHECK-SAME: 0.75
// CHECK: @adam, result 1: [2]
// CHECK-NEXT: {{^}} 1 0
// CHECK: @adam, result 2: [2]
// CHECK-NEXT: {{^}} 2 0
func.func @adam() -> (tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) {
  %p = arith.constant dense<1.0> : tensor<2xf32>
  %z = arith.constant dense<0.0> : tensor<2xf32>
  %g = arith.constant dense<[4.0, 0.0]> : tensor<2xf32>
  %half = arith.constant dense<0.5> : tensor<f32>
  %one = arith.constant dense<1.0> : tensor<f32>
  %quarter = arith.constant dense<0.25> : tensor<f32>
  %q:3 = bert.adam %p, %z, %z, %g, %half, %half, %one, %quarter {first_decay = 0.5 : f64, second_decay = 0.5 : f64, epsilon = 1.0e-12 : f64} : (tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<f32>, tensor<f32>, tensor<f32>, tensor<f32>) -> (tensor<2xf32>, tensor<2xf32>, tensor<2xf32>)
  return %q#0, %q#1, %q#2 : tensor<2xf32>, tensor<2xf32>, tensor<2xf32>
}

// The direction is (1, 1) without decay, of length sqrt(2); the parameter's
// norm is 5: a ratio of 5 / sqrt(2), and a rate of sqrt(2) / 5 gives 1. Without
// decay the ratio is 1.
// CHECK: @lamb, result 0: [2]
// CHECK-NEXT: {{^}} {{2|1.99999|2.0000}}
// CHECK: @lamb, result 1: [2]
// CHECK-NEXT: {{^}} 2.717157{{[0-9]*}} 3.717157
func.func @lamb() -> (tensor<2xf32>, tensor<2xf32>) {
  %p = arith.constant dense<[3.0, 4.0]> : tensor<2xf32>
  %z = arith.constant dense<0.0> : tensor<2xf32>
  %g = arith.constant dense<[2.0, 3.0]> : tensor<2xf32>
  %one = arith.constant dense<1.0> : tensor<f32>
  %none = arith.constant dense<0.0> : tensor<f32>
  %rate = arith.constant dense<0.2828427124746190> : tensor<f32>
  %q:3 = bert.lamb %p, %z, %z, %g, %one, %rate, %one, %one, %none {first_decay = 0.0 : f64, second_decay = 0.0 : f64, epsilon = 1.0e-12 : f64} : (tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<f32>, tensor<f32>, tensor<f32>, tensor<f32>, tensor<f32>) -> (tensor<2xf32>, tensor<2xf32>, tensor<2xf32>)
  %r:3 = bert.lamb %p, %z, %z, %g, %one, %rate, %one, %one {first_decay = 0.0 : f64, second_decay = 0.0 : f64, epsilon = 1.0e-12 : f64} : (tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<f32>, tensor<f32>, tensor<f32>, tensor<f32>) -> (tensor<2xf32>, tensor<2xf32>, tensor<2xf32>)
  return %q#0, %r#0 : tensor<2xf32>, tensor<2xf32>
}

// u' = 0.5 * 2 + 1 = 2, p' = 1 - 0.5 * 2; looking ahead 1 - 0.5 (1 + 0.5 * 2).
// CHECK: @sgd, result 0: [1]
// CHECK-NEXT: {{^}} 0
// CHECK: @sgd, result 1: [1]
// CHECK-NEXT: {{^}} 2
// CHECK: @sgd, result 2: [1]
// CHECK-NEXT: {{^}} 0
func.func @sgd() -> (tensor<1xf32>, tensor<1xf32>, tensor<1xf32>) {
  %p = arith.constant dense<1.0> : tensor<1xf32>
  %u = arith.constant dense<2.0> : tensor<1xf32>
  %one = arith.constant dense<1.0> : tensor<f32>
  %half = arith.constant dense<0.5> : tensor<f32>
  %q:2 = bert.sgd %p, %u, %p, %one, %half {momentum = 0.5 : f64} : (tensor<1xf32>, tensor<1xf32>, tensor<1xf32>, tensor<f32>, tensor<f32>) -> (tensor<1xf32>, tensor<1xf32>)
  %r:2 = bert.sgd %p, %u, %p, %one, %half {momentum = 0.5 : f64, nesterov} : (tensor<1xf32>, tensor<1xf32>, tensor<1xf32>, tensor<f32>, tensor<f32>) -> (tensor<1xf32>, tensor<1xf32>)
  return %q#0, %q#1, %r#0 : tensor<1xf32>, tensor<1xf32>, tensor<1xf32>
}

// A factor that is no number changes nothing.
// CHECK: @broken, result 0: [1]
// CHECK-NEXT: {{^}} 1
// CHECK: @broken, result 1: [1]
// CHECK-NEXT: {{^}} 2
func.func @broken() -> (tensor<1xf32>, tensor<1xf32>) {
  %p = arith.constant dense<1.0> : tensor<1xf32>
  %u = arith.constant dense<2.0> : tensor<1xf32>
  %nan = arith.constant dense<0x7FC00000> : tensor<f32>
  %half = arith.constant dense<0.5> : tensor<f32>
  %q:2 = bert.sgd %p, %u, %p, %nan, %half {momentum = 0.5 : f64} : (tensor<1xf32>, tensor<1xf32>, tensor<1xf32>, tensor<f32>, tensor<f32>) -> (tensor<1xf32>, tensor<1xf32>)
  return %q#0, %q#1 : tensor<1xf32>, tensor<1xf32>
}
