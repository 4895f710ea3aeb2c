// RUN: bert-opt %s --interpret | FileCheck %s
// Numbers worked out by hand.

// ln(4/3) for the first row, nothing for the second, ln(1 + e) for the third.
// CHECK: @cross_entropy, result 0: []
// CHECK-NEXT: {{^}} 0.8004718
// CHECK: @cross_entropy, result 1: [3, 2]
// CHECK-NEXT: {{^}} 0.{{25|2499999}}{{[0-9]*}} -0.{{25|2499999}}
// CHECK-NEXT: {{^}} 0 0
// CHECK-NEXT: {{^}} -0.731058579 0.731058579
func.func @cross_entropy() -> (tensor<f32>, tensor<3x2xf32>) {
  %logits = arith.constant dense<[[0.0, 1.0986122886681098], [5.0, 5.0], [1.0, 2.0]]> : tensor<3x2xf32>
  %labels = arith.constant dense<[1, -100, 0]> : tensor<3xi32>
  %g = arith.constant dense<2.0> : tensor<f32>
  %y = bert.cross_entropy %logits, %labels : (tensor<3x2xf32>, tensor<3xi32>) -> tensor<f32>
  %dx = bert.cross_entropy_gradient %g, %logits, %labels : (tensor<f32>, tensor<3x2xf32>, tensor<3xi32>) -> tensor<3x2xf32>
  return %y, %dx : tensor<f32>, tensor<3x2xf32>
}

// ln 4 for the first sequence; the second's label is past its end; one token
// has all the probability.
// CHECK: @sequences, result 0: []
// CHECK-NEXT: {{^}} 0.69314718
// CHECK: @sequences, result 1: [4, 1]
// CHECK-NEXT: {{^}} -0.37{{5|499999}}
// CHECK-NEXT: {{^}} 0.37{{5|499999}}
// CHECK-NEXT: {{^}} 0
// CHECK-NEXT: {{^}} 0
func.func @sequences() -> (tensor<f32>, tensor<4x1xf32>) {
  %logits = arith.constant dense<[[0.0], [1.0986122886681098], [7.0], [7.0]]> : tensor<4x1xf32>
  %offsets = arith.constant dense<[0, 2, 3, 4]> : tensor<4xi32>
  %labels = arith.constant dense<[0, 1, 0]> : tensor<3xi32>
  %g = arith.constant dense<1.0> : tensor<f32>
  %y = bert.sequence_cross_entropy %logits, %offsets, %labels : (tensor<4x1xf32>, tensor<4xi32>, tensor<3xi32>) -> tensor<f32>
  %dx = bert.sequence_cross_entropy_gradient %g, %logits, %offsets, %labels : (tensor<f32>, tensor<4x1xf32>, tensor<4xi32>, tensor<3xi32>) -> tensor<4x1xf32>
  return %y, %dx : tensor<f32>, tensor<4x1xf32>
}

// No exp of a large number: (ln 2 + 800 + 0 + 800) / 4.
// CHECK: @binary, result 0: []
// CHECK-NEXT: {{^}} 400.173287
// CHECK: @binary, result 1: [2, 2]
// CHECK-NEXT: {{^}} -0.125 0.25
// CHECK-NEXT: {{^}} 0 -0.25
func.func @binary() -> (tensor<f32>, tensor<2x2xf32>) {
  %logits = arith.constant dense<[[0.0, 800.0], [-800.0, -800.0]]> : tensor<2x2xf32>
  %labels = arith.constant dense<[[1.0, 0.0], [0.0, 1.0]]> : tensor<2x2xf32>
  %g = arith.constant dense<1.0> : tensor<f32>
  %y = bert.binary_cross_entropy %logits, %labels : (tensor<2x2xf32>, tensor<2x2xf32>) -> tensor<f32>
  %dx = bert.binary_cross_entropy_gradient %g, %logits, %labels : (tensor<f32>, tensor<2x2xf32>, tensor<2x2xf32>) -> tensor<2x2xf32>
  return %y, %dx : tensor<f32>, tensor<2x2xf32>
}

// CHECK: @squares, result 0: []
// CHECK-NEXT: {{^}} 5
// CHECK: @squares, result 1: [2, 1]
// CHECK-NEXT: {{^}} -1
// CHECK-NEXT: {{^}} 3
func.func @squares() -> (tensor<f32>, tensor<2x1xf32>) {
  %x = arith.constant dense<[[2.0], [5.0]]> : tensor<2x1xf32>
  %labels = arith.constant dense<[[3.0], [2.0]]> : tensor<2x1xf32>
  %g = arith.constant dense<1.0> : tensor<f32>
  %y = bert.mean_squared_error %x, %labels : (tensor<2x1xf32>, tensor<2x1xf32>) -> tensor<f32>
  %dx = bert.mean_squared_error_gradient %g, %x, %labels : (tensor<f32>, tensor<2x1xf32>, tensor<2x1xf32>) -> tensor<2x1xf32>
  return %y, %dx : tensor<f32>, tensor<2x1xf32>
}

// 4 (0.8 ln(0.8 / 0.5) + 0.2 ln(0.2 / 0.5)) for the first row, 0 for the
// second: a temperature of 2 makes 4 of a ratio of 16.
// CHECK: @teacher, result 0: []
// CHECK-NEXT: {{^}} 0.38548
// CHECK: @teacher, result 1: [2, 2]
// CHECK-NEXT: {{^}} 0.3{{0|2999}}{{[0-9]*}} -0.3{{0|2999}}
// CHECK-NEXT: {{^}} 0 0
func.func @teacher() -> (tensor<f32>, tensor<2x2xf32>) {
  %x = arith.constant dense<[[1.0, 1.0], [3.0, 4.0]]> : tensor<2x2xf32>
  %t = arith.constant dense<[[0.0, 2.772588722], [4.0, 5.0]]> : tensor<2x2xf32>
  %g = arith.constant dense<1.0> : tensor<f32>
  %y = bert.distillation %x, %t {temperature = 2.0} : (tensor<2x2xf32>, tensor<2x2xf32>) -> tensor<f32>
  %dx = bert.distillation_gradient %g, %x, %t {temperature = 2.0} : (tensor<f32>, tensor<2x2xf32>, tensor<2x2xf32>) -> tensor<2x2xf32>
  return %y, %dx : tensor<f32>, tensor<2x2xf32>
}

// 3/5 and a row of zeros, whose cosine is 0.
// CHECK: @cosines, result 0: [2, 1]
// CHECK-NEXT: {{^}} 0.6
// CHECK-NEXT: {{^}} 0
// CHECK: @cosines, result 1: []
// CHECK-NEXT: {{^}} 0.7
func.func @cosines() -> (tensor<2x1xf32>, tensor<f32>) {
  %x = arith.constant dense<[[3.0, 4.0], [0.0, 0.0]]> : tensor<2x2xf32>
  %t = arith.constant dense<[[2.0, 0.0], [1.0, 5.0]]> : tensor<2x2xf32>
  %y = bert.cosine %x, %t {epsilon = 1.0e-8} : (tensor<2x2xf32>, tensor<2x2xf32>) -> tensor<2x1xf32>
  %l = bert.cosine_embedding %x, %t {epsilon = 1.0e-8} : (tensor<2x2xf32>, tensor<2x2xf32>) -> tensor<f32>
  return %y, %l : tensor<2x1xf32>, tensor<f32>
}

// A class that is far off costs what it is off by: (0 + 800) / 2 - ln 2.
// CHECK: @far, result 0: []
// CHECK-NEXT: {{^}} 399.306853
func.func @far() -> tensor<f32> {
  %x = arith.constant dense<[[0.0, -800.0]]> : tensor<1x2xf32>
  %t = arith.constant dense<[[0.0, 0.0]]> : tensor<1x2xf32>
  %y = bert.distillation %x, %t {temperature = 1.0} : (tensor<1x2xf32>, tensor<1x2xf32>) -> tensor<f32>
  return %y : tensor<f32>
}

// Products 2 and -1 beside 1 and 1.
// CHECK: @pair_similarity, result 0: []
// CHECK-NEXT: {{^}} 2.5
// CHECK: @pair_similarity, result 1: [4, 2]
// CHECK-NEXT: {{^}} 2 1
// CHECK-NEXT: {{^}} 1 0
// CHECK-NEXT: {{^}} 2 2
// CHECK-NEXT: {{^}} {{-?}}0 -2
func.func @pair_similarity() -> (tensor<f32>, tensor<4x2xf32>) {
  %x = arith.constant dense<[[1.0, 0.0], [2.0, 1.0], [0.0, 1.0], [-1.0, -1.0]]> : tensor<4x2xf32>
  %labels = arith.constant dense<1.0> : tensor<2x1xf32>
  %g = arith.constant dense<1.0> : tensor<f32>
  %y = bert.pair_similarity %x, %labels : (tensor<4x2xf32>, tensor<2x1xf32>) -> tensor<f32>
  %dx = bert.pair_similarity_gradient %g, %x, %labels : (tensor<f32>, tensor<4x2xf32>, tensor<2x1xf32>) -> tensor<4x2xf32>
  return %y, %dx : tensor<f32>, tensor<4x2xf32>
}

// Scores 0 and ln 3 of the first pair, whose weights by them are -3/4 and 3/4;
// the second has no label.
// CHECK: @pair_ranking, result 0: []
// CHECK-NEXT: {{^}} 1.386294{{3|4}}
// CHECK: @pair_ranking, result 1: [4, 2]
// CHECK-NEXT: {{^}} 0.823959{{[0-9]*}} -1.{{5|499999|500000}}
// CHECK-NEXT: {{^}} -1.{{5|499999|500000}}{{[0-9]*}} {{-?}}0
// CHECK-NEXT: {{^}} 0 0
// CHECK-NEXT: {{^}} 1.{{5|499999|500000}}{{[0-9]*}} 0
func.func @pair_ranking() -> (tensor<f32>, tensor<4x2xf32>) {
  %x = arith.constant dense<[[1.0, 0.0], [0.0, 1.0], [9.0, 9.0], [0.5493061443340548, 0.0]]> : tensor<4x2xf32>
  %labels = arith.constant dense<[0, -100]> : tensor<2xi32>
  %g = arith.constant dense<1.0> : tensor<f32>
  %y = bert.pair_ranking %x, %labels {scale = 2.0} : (tensor<4x2xf32>, tensor<2xi32>) -> tensor<f32>
  %dx = bert.pair_ranking_gradient %g, %x, %labels {scale = 2.0} : (tensor<f32>, tensor<4x2xf32>, tensor<2xi32>) -> tensor<4x2xf32>
  return %y, %dx : tensor<f32>, tensor<4x2xf32>
}
