// RUN: bert-opt %s --bert-form-fused-linear --bert-set-precision=precision=bf16 | FileCheck %s --check-prefix=ALL
// RUN: bert-opt %s --bert-form-fused-linear --bert-set-precision="precision=bf16 keep-f32=layer.1.*,head.w" | FileCheck %s --check-prefix=SOME
// RUN: bert-opt %s --bert-form-fused-linear --bert-set-precision | FileCheck %s --check-prefix=NONE
// RUN: bert-opt %S/../fuse/Inputs/tiny.mlir --bert-fuse-pipeline --bert-set-precision=precision=bf16 > %t.mlir
// RUN: bert-opt %t.mlir --verify-semantics --bert-pack-weights=panel=4 --bert-hoist-packing --bert-materialize-parameters | FileCheck %s --check-prefix=TINY

// All products of what the entry calls; what it does not reach stays.
// ALL-LABEL: func.func private @inner
// ALL: bert.fused_linear {{.*}} precision = #bert<precision bf16>
// ALL-LABEL: func.func private @layer
// ALL: bert.fused_linear {{.*}} precision = #bert<precision bf16>
// ALL-LABEL: func.func private @unused
// ALL-NOT: precision
// ALL-LABEL: func.func @entry
// ALL-COUNT-3: call @layer
// ALL: bert.fused_linear {{.*}} precision = #bert<precision bf16>

// Layer 1 keeps f32: it gets functions of its own, the others share the first ones.
// SOME-LABEL: func.func private @inner(
// SOME: bert.fused_linear {{.*}} precision = #bert<precision bf16>
// SOME: func.func private @inner_[[A:[0-9]+]](
// SOME-NOT: precision
// SOME-LABEL: func.func private @layer(
// SOME: bert.fused_linear {{.*}} precision = #bert<precision bf16>
// SOME: call @inner(
// SOME-LABEL: func.func private @layer_{{[0-9]+}}(
// SOME-NOT: precision
// SOME: call @inner_[[A]](
// SOME-LABEL: func.func @entry
// SOME: call @layer(
// SOME: call @layer_{{[0-9]+}}(
// SOME: call @layer(
// SOME: bert.fused_linear
// SOME-NOT: precision

// NONE-NOT: precision

// What was rounded is packed so, and means the same.
// Attention has the precision of the product before it, unless it shall not.
// RUN: bert-opt %S/../fuse/Inputs/tiny.mlir --bert-fuse-pipeline --bert-set-precision="precision=bf16 keep-f32=*layer.1.*query.weight" | FileCheck %s --check-prefix=HEADS
// HEADS: bert.self_attention {{.*}} precision = #bert<precision bf16>
// HEADS: func.func private @{{.*}}_0(
// HEADS: bert.self_attention %{{.*}} {num_heads = 2 : i64} :
// RUN: bert-opt %S/../fuse/Inputs/tiny.mlir --bert-fuse-pipeline --bert-set-precision="precision=bf16 attention=false" | FileCheck %s --check-prefix=WEIGHTS
// RUN: bert-opt %S/../fuse/Inputs/tiny.mlir --bert-fuse-pipeline --bert-set-precision=precision=int8 > %t.int8.mlir
// RUN: FileCheck %s --check-prefix=INT8 < %t.int8.mlir
// INT8: bert.fused_linear {{.*}} precision = #bert<precision int8>
// INT8: bert.self_attention {{.*}} precision = #bert<precision bf16>
// RUN: bert-opt %t.int8.mlir --verify-semantics --bert-pack-weights=panel=4 --bert-hoist-packing --bert-materialize-parameters | FileCheck %s --check-prefix=FOURS
// FOURS: bert.parameter @{{.*}}.packed : tensor<{{.*}}x4xi8> {panel = 4
// WEIGHTS: bert.self_attention %{{.*}} {num_heads = 2 : i64} :

// TINY: bert.parameter @{{.*}}.packed : tensor<{{.*}}x2xbf16> {panel = 4

bert.parameter @layer.0.w : tensor<4x4xf32>
bert.parameter @layer.0.u : tensor<4x4xf32>
bert.parameter @layer.1.w : tensor<4x4xf32>
bert.parameter @layer.1.u : tensor<4x4xf32>
bert.parameter @layer.2.w : tensor<4x4xf32>
bert.parameter @layer.2.u : tensor<4x4xf32>
bert.parameter @head.w : tensor<4x4xf32>

func.func private @inner(%x : tensor<?x4xf32>, %u : tensor<4x4xf32>) -> tensor<?x4xf32> {
  %y = bert.linear %x, %u : (tensor<?x4xf32>, tensor<4x4xf32>) -> tensor<?x4xf32>
  return %y : tensor<?x4xf32>
}

func.func private @layer(%x : tensor<?x4xf32>, %w : tensor<4x4xf32>, %u : tensor<4x4xf32>) -> tensor<?x4xf32> {
  %y = bert.linear %x, %w : (tensor<?x4xf32>, tensor<4x4xf32>) -> tensor<?x4xf32>
  %z = call @inner(%y, %u) : (tensor<?x4xf32>, tensor<4x4xf32>) -> tensor<?x4xf32>
  return %z : tensor<?x4xf32>
}

func.func private @unused(%x : tensor<?x4xf32>, %u : tensor<4x4xf32>) -> tensor<?x4xf32> {
  %y = bert.linear %x, %u : (tensor<?x4xf32>, tensor<4x4xf32>) -> tensor<?x4xf32>
  return %y : tensor<?x4xf32>
}

func.func @entry(%x : tensor<?x4xf32>) -> tensor<?x4xf32> attributes {bert.entry} {
  %w0 = bert.get_parameter @layer.0.w : tensor<4x4xf32>
  %u0 = bert.get_parameter @layer.0.u : tensor<4x4xf32>
  %w1 = bert.get_parameter @layer.1.w : tensor<4x4xf32>
  %u1 = bert.get_parameter @layer.1.u : tensor<4x4xf32>
  %w2 = bert.get_parameter @layer.2.w : tensor<4x4xf32>
  %u2 = bert.get_parameter @layer.2.u : tensor<4x4xf32>
  %h = bert.get_parameter @head.w : tensor<4x4xf32>
  %0 = call @layer(%x, %w0, %u0) : (tensor<?x4xf32>, tensor<4x4xf32>, tensor<4x4xf32>) -> tensor<?x4xf32>
  %1 = call @layer(%0, %w1, %u1) : (tensor<?x4xf32>, tensor<4x4xf32>, tensor<4x4xf32>) -> tensor<?x4xf32>
  %2 = call @layer(%1, %w2, %u2) : (tensor<?x4xf32>, tensor<4x4xf32>, tensor<4x4xf32>) -> tensor<?x4xf32>
  %3 = bert.linear %2, %h : (tensor<?x4xf32>, tensor<4x4xf32>) -> tensor<?x4xf32>
  return %3 : tensor<?x4xf32>
}
