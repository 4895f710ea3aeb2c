// RUN: bert-opt %s --interpret | FileCheck %s
// test/unit/dialect/DropoutTest.cpp holds Philox against its published answers,
// and has rates and independence.

// CHECK: @key, result 0: [2]
// CHECK-NEXT: {{^}} -862466316 -96731939
func.func @key() -> tensor<2xi32> {
  %k = arith.constant dense<0> : tensor<2xi32>
  %y = bert.fold_in %k {number = 0 : i64} : (tensor<2xi32>) -> tensor<2xi32>
  return %y : tensor<2xi32>
}

// Words 0x6627e8d5, 0xe169c58d, 0xbc57ac4c and 0x9b00dbd8 are 0.40, 0.88, 0.74
// and 0.61 of 2^32.
// CHECK: @row, result 0: [1, 4]
// CHECK-NEXT: {{^}} 0 2 2 2
func.func @row() -> tensor<1x4xf32> {
  %x = arith.constant dense<1.0> : tensor<1x4xf32>
  %k = arith.constant dense<0> : tensor<2xi32>
  %i = arith.constant dense<0> : tensor<1xi32>
  %o = arith.constant dense<[0, 1]> : tensor<2xi32>
  %y = bert.dropout %x, %k, %i offsets %o {rate = 0.5} : (tensor<1x4xf32>, tensor<2xi32>, tensor<1xi32>, tensor<2xi32>) -> tensor<1x4xf32>
  return %y : tensor<1x4xf32>
}
