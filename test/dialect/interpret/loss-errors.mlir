// RUN: not bert-opt %s --interpret=label 2>&1 | FileCheck %s --check-prefix=LABEL
// RUN: not bert-opt %s --interpret=negative 2>&1 | FileCheck %s --check-prefix=NEGATIVE
// RUN: not bert-opt %s --interpret=ignored 2>&1 | FileCheck %s --check-prefix=IGNORED
// RUN: not bert-opt %s --interpret=past_the_end 2>&1 | FileCheck %s --check-prefix=END
// RUN: not bert-opt %s --interpret=negative_place 2>&1 | FileCheck %s --check-prefix=PLACE
// RUN: not bert-opt %s --interpret=empty 2>&1 | FileCheck %s --check-prefix=EMPTY
// RUN: not bert-opt %s --interpret=id 2>&1 | FileCheck %s --check-prefix=ID
// RUN: not bert-opt %s --interpret=no_classes 2>&1 | FileCheck %s --check-prefix=CLASSES
// RUN: not bert-opt %s --interpret=gathered --inputs=%S/Inputs/more-rows.mlir 2>&1 | FileCheck %s --check-prefix=GATHERED
// A loss without a meaning is one line that names the op.

// LABEL: bert.cross_entropy: label 2 is none of 2 classes
func.func @label() -> tensor<f32> {
  %x = arith.constant dense<0.0> : tensor<1x2xf32>
  %l = arith.constant dense<[2]> : tensor<1xi32>
  %y = bert.cross_entropy %x, %l : (tensor<1x2xf32>, tensor<1xi32>) -> tensor<f32>
  return %y : tensor<f32>
}

// NEGATIVE: bert.cross_entropy: label -1 is none of 2 classes
func.func @negative() -> tensor<f32> {
  %x = arith.constant dense<0.0> : tensor<1x2xf32>
  %l = arith.constant dense<[-1]> : tensor<1xi32>
  %y = bert.cross_entropy %x, %l : (tensor<1x2xf32>, tensor<1xi32>) -> tensor<f32>
  return %y : tensor<f32>
}

// IGNORED: bert.cross_entropy: no label to learn from
func.func @ignored() -> tensor<f32> {
  %x = arith.constant dense<0.0> : tensor<2x2xf32>
  %l = arith.constant dense<[-100, -100]> : tensor<2xi32>
  %y = bert.cross_entropy %x, %l : (tensor<2x2xf32>, tensor<2xi32>) -> tensor<f32>
  return %y : tensor<f32>
}

// END: bert.sequence_cross_entropy: no label to learn from
func.func @past_the_end() -> tensor<f32> {
  %x = arith.constant dense<0.0> : tensor<2x1xf32>
  %o = arith.constant dense<[0, 2]> : tensor<2xi32>
  %l = arith.constant dense<[2]> : tensor<1xi32>
  %y = bert.sequence_cross_entropy %x, %o, %l : (tensor<2x1xf32>, tensor<2xi32>, tensor<1xi32>) -> tensor<f32>
  return %y : tensor<f32>
}

// PLACE: bert.sequence_cross_entropy: label -3 is negative
func.func @negative_place() -> tensor<f32> {
  %x = arith.constant dense<0.0> : tensor<2x1xf32>
  %o = arith.constant dense<[0, 2]> : tensor<2xi32>
  %l = arith.constant dense<[-3]> : tensor<1xi32>
  %y = bert.sequence_cross_entropy %x, %o, %l : (tensor<2x1xf32>, tensor<2xi32>, tensor<1xi32>) -> tensor<f32>
  return %y : tensor<f32>
}

// EMPTY: bert.mean_squared_error: no label to learn from
func.func @empty() -> tensor<f32> {
  %x = arith.constant dense<0.0> : tensor<0x1xf32>
  %y = bert.mean_squared_error %x, %x : (tensor<0x1xf32>, tensor<0x1xf32>) -> tensor<f32>
  return %y : tensor<f32>
}

// ID: bert.embedding_gradient: id 3 is outside its table of 3 rows
func.func @id() -> tensor<3x2xf32> {
  %g = arith.constant dense<1.0> : tensor<1x2xf32>
  %ids = arith.constant dense<[3]> : tensor<1xi32>
  %y = bert.embedding_gradient %g, %ids {rows = 3 : i64} : (tensor<1x2xf32>, tensor<1xi32>) -> tensor<3x2xf32>
  return %y : tensor<3x2xf32>
}

// CLASSES: bert.cross_entropy: label 0 is none of 0 classes
func.func @no_classes() -> tensor<f32> {
  %x = arith.constant dense<0.0> : tensor<1x0xf32>
  %l = arith.constant dense<[0]> : tensor<1xi32>
  %y = bert.cross_entropy %x, %l : (tensor<1x0xf32>, tensor<1xi32>) -> tensor<f32>
  return %y : tensor<f32>
}

// GATHERED: bert.gather_rows_gradient: 3 rows for 5 sequences
func.func @gathered(%x: tensor<?x2xf32>, %rows: tensor<?xi32>) -> tensor<?x2xf32> {
  %y = bert.gather_rows_gradient %x, %rows like %x : (tensor<?x2xf32>, tensor<?xi32>, tensor<?x2xf32>) -> tensor<?x2xf32>
  return %y : tensor<?x2xf32>
}
