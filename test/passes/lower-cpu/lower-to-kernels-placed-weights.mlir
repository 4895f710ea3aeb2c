// RUN: bert-opt %s --bert-lower-to-kernels=target-cpu=x86-64-v3 --split-input-file | FileCheck %s --implicit-check-not=placed_weights

// What another program of the artifact has placed is read there if its values, layout and room are right: the plain
// table and the vector, which was padded for wider panels. The product's weight lies in other panels: it follows behind.
// CHECK-LABEL: module
// CHECK-SAME: bert.weights = [{bytes = 112 : i64, name = "words", offset = 0 : i64,
// CHECK-SAME: {bytes = 256 : i64, name = "o.packed", offset = [[BEHIND:832]] : i64, panel = 16 : i64
// CHECK-SAME: {bytes = 128 : i64, name = "b", offset = 640 : i64
// CHECK: arith.constant [[BEHIND]] : index
module attributes {
    bert.model = {max_positions = 8 : i64},
    bert.placed_weights = [
      {bytes = 112 : i64, name = "words", offset = 0 : i64, panel = 0 : i64, shape = array<i64: 7, 4>, sources = ["words"], type = "f32"},
      {bytes = 512 : i64, name = "o.packed", offset = 128 : i64, panel = 32 : i64, shape = array<i64: 4, 4>, sources = ["o"], type = "f32"},
      {bytes = 128 : i64, name = "b", offset = 640 : i64, panel = 0 : i64, shape = array<i64: 4>, sources = ["b"], type = "f32"},
      {bytes = 64 : i64, name = "elsewhere", offset = 768 : i64, panel = 0 : i64, shape = array<i64: 4>, sources = ["elsewhere"], type = "f32"}]} {
  bert.parameter @words : tensor<7x4xf32>
  bert.parameter @o : tensor<4x4xf32>
  bert.parameter @b : tensor<4xf32>
  bert.parameter @o.packed : tensor<1x4x16xf32> {sources = [@o], panel = 16 : i64}
  func.func @encode(%ids : tensor<?xi32> {bert.name = "input_ids"}) -> (tensor<?x4xf32> {bert.name = "y"}) attributes {bert.entry} {
    %words = bert.get_parameter @words : tensor<7x4xf32>
    %x = bert.embedding %ids from %words : (tensor<?xi32>, tensor<7x4xf32>) -> tensor<?x4xf32>
    %o = bert.get_parameter @o.packed : tensor<1x4x16xf32>
    %b = bert.get_parameter @b : tensor<4xf32>
    %y = bert.packed_linear %x, %o bias %b {activation = #bert<activation none>, out_features = 4 : i64}
        : (tensor<?x4xf32>, tensor<1x4x16xf32>, tensor<4xf32>) -> tensor<?x4xf32>
    return %y : tensor<?x4xf32>
  }
}

// -----

// Fewer zeros than the panel needs are not enough, and of other precision nothing is.
// CHECK-LABEL: module
// CHECK-SAME: {bytes = 1024 : i64, name = "words.packed", offset = 1088 : i64
// CHECK-SAME: {bytes = 64 : i64, name = "b", offset = 2112 : i64
module attributes {
    bert.model = {max_positions = 8 : i64},
    bert.placed_weights = [
      {bytes = 1024 : i64, name = "words.packed", offset = 0 : i64, panel = 16 : i64, shape = array<i64: 4, 4>, sources = ["words"], type = "f32"},
      {bytes = 32 : i64, name = "b", offset = 1024 : i64, panel = 0 : i64, shape = array<i64: 4>, sources = ["b"], type = "f32"}]} {
  bert.parameter @table : tensor<7x4xf32>
  bert.parameter @words : tensor<4x4xf32>
  bert.parameter @b : tensor<4xf32>
  bert.parameter @words.packed : tensor<1x16x16x2xbf16> {sources = [@words], panel = 16 : i64}
  func.func @encode(%ids : tensor<?xi32> {bert.name = "input_ids"}) -> (tensor<?x4xf32> {bert.name = "y"}) attributes {bert.entry} {
    %o = bert.get_parameter @words.packed : tensor<1x16x16x2xbf16>
    %b = bert.get_parameter @b : tensor<4xf32>
    %table = bert.get_parameter @table : tensor<7x4xf32>
    %x = bert.embedding %ids from %table : (tensor<?xi32>, tensor<7x4xf32>) -> tensor<?x4xf32>
    %y = bert.packed_linear %x, %o bias %b {activation = #bert<activation none>, out_features = 4 : i64}
        : (tensor<?x4xf32>, tensor<1x16x16x2xbf16>, tensor<4xf32>) -> tensor<?x4xf32>
    return %y : tensor<?x4xf32>
  }
}
