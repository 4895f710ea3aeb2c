// RUN: bert-opt %s --bert-scale-inputs | FileCheck %s
// RUN: bert-opt %s --verify-semantics --tolerance=0.1 --bert-scale-inputs
// RUN: bert-opt %s --bert-scale-inputs > %t.mlir
// RUN: bert-opt %t.mlir --verify-semantics --bert-pack-weights=panel=4 --bert-hoist-packing --bert-materialize-parameters | FileCheck %s --check-prefix=PACKED

// CHECK: bert.parameter @a
// CHECK: bert.parameter @a.scaled : tensor<6x4xf32> {divided_by = @a.input_scale, tied_to = @a}
// CHECK: bert.parameter @b
// CHECK: bert.parameter @b.scaled : tensor<6x4xf32> {divided_by = @a.input_scale, tied_to = @b}
bert.parameter @a : tensor<6x4xf32>
bert.parameter @b : tensor<6x4xf32>
bert.parameter @a.input_scale : tensor<4xf32> = dense<[0.5, 2.0, 1.0, 0.25]> : tensor<4xf32>
bert.parameter @c : tensor<4x12xf32>
bert.parameter @c.input_scale : tensor<12xf32> = dense<2.0> : tensor<12xf32>
bert.parameter @d : tensor<4x12xf32>
bert.parameter @table : tensor<9x4xf32>
bert.parameter @table.input_scale : tensor<4xf32> = dense<4.0> : tensor<4xf32>
// Tied, it is its owner that is divided.
// CHECK: bert.parameter @tied.scaled : tensor<9x4xf32> {divided_by = @tied.input_scale, tied_to = @table}
bert.parameter @tied : tensor<9x4xf32> {tied_to = @table}
bert.parameter @tied.input_scale : tensor<4xf32> = dense<0.5> : tensor<4xf32>

// The scales come behind the arguments; of a concatenation, that of its first part.
// CHECK-LABEL: func.func private @layer
// CHECK-SAME: %[[X:.*]]: tensor<?x4xf32>, %[[A:.*]]: tensor<6x4xf32>, %[[B:.*]]: tensor<6x4xf32>, %[[C:.*]]: tensor<4x12xf32>, %[[SA:.*]]: tensor<4xf32>, %[[SC:.*]]: tensor<12xf32>)
// CHECK: %[[AB:.*]] = bert.concat %[[A]], %[[B]]
// CHECK: bert.fused_linear %[[X]], %[[AB]] input_scale %[[SA]] {
// CHECK: bert.fused_linear %{{.*}}, %[[C]] input_scale %[[SC]] {
func.func private @layer(%x: tensor<?x4xf32>, %a: tensor<6x4xf32>, %b: tensor<6x4xf32>, %c: tensor<4x12xf32>) -> tensor<?x4xf32> {
  %ab = bert.concat %a, %b : (tensor<6x4xf32>, tensor<6x4xf32>) -> tensor<12x4xf32>
  %y = bert.fused_linear %x, %ab {activation = #bert<activation gelu>, precision = #bert<precision int8>} : (tensor<?x4xf32>, tensor<12x4xf32>) -> tensor<?x12xf32>
  %z = bert.fused_linear %y, %c {activation = #bert<activation none>, precision = #bert<precision int8>} : (tensor<?x12xf32>, tensor<4x12xf32>) -> tensor<?x4xf32>
  return %z : tensor<?x4xf32>
}

// One of its calls has a weight without a scale.
// CHECK-LABEL: func.func private @unscaled
// CHECK-NOT: input_scale
func.func private @unscaled(%x: tensor<?x12xf32>, %w: tensor<4x12xf32>) -> tensor<?x4xf32> {
  %y = bert.fused_linear %x, %w {activation = #bert<activation none>, precision = #bert<precision int8>} : (tensor<?x12xf32>, tensor<4x12xf32>) -> tensor<?x4xf32>
  return %y : tensor<?x4xf32>
}

// CHECK-LABEL: func.func @encode
// CHECK: %[[TABLE:.*]] = bert.get_parameter @table :
// CHECK: bert.embedding %{{.*}} from %[[TABLE]] :
// CHECK-DAG: %[[AS:.*]] = bert.get_parameter @a.scaled
// CHECK-DAG: %[[BS:.*]] = bert.get_parameter @b.scaled
// CHECK-DAG: %[[CS:.*]] = bert.get_parameter @c.scaled
// CHECK-DAG: %[[SA1:.*]] = bert.get_parameter @a.input_scale
// CHECK-DAG: %[[SC1:.*]] = bert.get_parameter @c.input_scale
// CHECK: call @layer(%{{.*}}, %[[AS]], %[[BS]], %[[CS]], %[[SA1]], %[[SC1]])
// CHECK: call @layer(%{{.*}}, %{{.*}}, %{{.*}}, %{{.*}}, %{{.*}}, %{{.*}})
// PACKED: bert.parameter @{{.*}}.packed {{.*}}sources = [@a.scaled, @b.scaled]
// PACKED-LABEL: func.func private @layer
// PACKED: bert.packed_linear %{{.*}}, %{{.*}} input_scale %{{.*}}
func.func @encode(%ids: tensor<?xi32> {bert.name = "input_ids"}) -> (tensor<?x9xf32>, tensor<?x4xf32>) attributes {bert.entry} {
  %table = bert.get_parameter @table : tensor<9x4xf32>
  // A table that is looked up stays; the product has a parameter of its own.
  %x = bert.embedding %ids from %table : (tensor<?xi32>, tensor<9x4xf32>) -> tensor<?x4xf32>
  %a = bert.get_parameter @a : tensor<6x4xf32>
  %b = bert.get_parameter @b : tensor<6x4xf32>
  %c = bert.get_parameter @c : tensor<4x12xf32>
  %d = bert.get_parameter @d : tensor<4x12xf32>
  %y = call @layer(%x, %a, %b, %c) : (tensor<?x4xf32>, tensor<6x4xf32>, tensor<6x4xf32>, tensor<4x12xf32>) -> tensor<?x4xf32>
  %z = call @layer(%y, %a, %b, %c) : (tensor<?x4xf32>, tensor<6x4xf32>, tensor<6x4xf32>, tensor<4x12xf32>) -> tensor<?x4xf32>
  // CHECK: bert.fused_linear %{{.*}}, %{{.*}} input_scale %{{.*}} {
  %wide = bert.fused_linear %z, %table {activation = #bert<activation none>, precision = #bert<precision int8>} : (tensor<?x4xf32>, tensor<9x4xf32>) -> tensor<?x9xf32>
  %tied = bert.get_parameter @tied : tensor<9x4xf32>
  %logits = bert.fused_linear %z, %tied residual %wide {activation = #bert<activation none>, precision = #bert<precision int8>} : (tensor<?x4xf32>, tensor<9x4xf32>, tensor<?x9xf32>) -> tensor<?x9xf32>
  %ab = bert.concat %a, %b : (tensor<6x4xf32>, tensor<6x4xf32>) -> tensor<12x4xf32>
  // One of those that read the concatenation is not in int8.
  // CHECK: %[[SCALED:.*]] = bert.concat
  // CHECK: %[[PLAIN:.*]] = bert.concat
  // CHECK: %[[FIRST:.*]] = bert.fused_linear %{{.*}}, %[[PLAIN]] {activation = #bert<activation none>}
  // CHECK: bert.fused_linear %{{.*}}, %[[SCALED]] input_scale %{{.*}} residual %[[FIRST]]
  %first = bert.fused_linear %z, %ab {activation = #bert<activation none>} : (tensor<?x4xf32>, tensor<12x4xf32>) -> tensor<?x12xf32>
  %more = bert.fused_linear %z, %ab residual %first {activation = #bert<activation none>, precision = #bert<precision int8>} : (tensor<?x4xf32>, tensor<12x4xf32>, tensor<?x12xf32>) -> tensor<?x12xf32>
  %u = call @unscaled(%more, %c) : (tensor<?x12xf32>, tensor<4x12xf32>) -> tensor<?x4xf32>
  %v = call @unscaled(%more, %d) : (tensor<?x12xf32>, tensor<4x12xf32>) -> tensor<?x4xf32>
  %sum = bert.add %u, %v : tensor<?x4xf32>
  return %logits, %sum : tensor<?x9xf32>, tensor<?x4xf32>
}
