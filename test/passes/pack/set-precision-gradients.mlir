// RUN: bert-opt %s --bert-set-precision=precision=bf16 | FileCheck %s
// RUN: not bert-opt %s --bert-set-precision=precision=int8 2>&1 | FileCheck %s --check-prefix=INT8
// RUN: not bert-opt %s --bert-set-precision="precision=bf16 keep-f32=w" 2>&1 | FileCheck %s --check-prefix=KEEP

// Both gradients of products, in every function, and what answers without labels: that in attention too, whose gradients
// are f32.
// INT8: error: gradients of products are f32 or bf16, not int8
// KEEP: error: keep-f32 goes without gradients of products, which have no names

bert.parameter @w : tensor<4x4xf32> {learned}

// CHECK-LABEL: func.func private @backward
// CHECK: bert.linear_input_gradient {{.*}} {precision = #bert<precision bf16>}
// CHECK: bert.linear_weight_gradient {{.*}} {precision = #bert<precision bf16>}
func.func private @backward(%g : tensor<?x4xf32>, %x : tensor<?x4xf32>, %w : tensor<4x4xf32>) -> (tensor<?x4xf32>, tensor<4x4xf32>) {
  %dx = bert.linear_input_gradient %g, %w : (tensor<?x4xf32>, tensor<4x4xf32>) -> tensor<?x4xf32>
  %dw = bert.linear_weight_gradient %g, %x : (tensor<?x4xf32>, tensor<?x4xf32>) -> tensor<4x4xf32>
  return %dx, %dw : tensor<?x4xf32>, tensor<4x4xf32>
}

// CHECK-LABEL: func.func @entry
// CHECK: bert.fused_linear {{.*}} precision = #bert<precision bf16>
// CHECK: bert.fused_linear {{.*}} precision = #bert<precision bf16>
// CHECK: bert.self_attention %{{.*}} {num_heads = 1 : i64} :
func.func @entry(%x : tensor<?x4xf32>, %offsets : tensor<?xi32>, %qkv : tensor<12x4xf32>) -> (tensor<?x4xf32>, tensor<4x4xf32>, tensor<?x4xf32>) attributes {bert.entry} {
  %w = bert.get_parameter @w : tensor<4x4xf32>
  %y = bert.fused_linear %x, %w {activation = #bert<activation none>} : (tensor<?x4xf32>, tensor<4x4xf32>) -> tensor<?x4xf32>
  %g:2 = call @backward(%y, %x, %w) : (tensor<?x4xf32>, tensor<?x4xf32>, tensor<4x4xf32>) -> (tensor<?x4xf32>, tensor<4x4xf32>)
  %p = bert.fused_linear %x, %qkv {activation = #bert<activation none>} : (tensor<?x4xf32>, tensor<12x4xf32>) -> tensor<?x12xf32>
  %a = bert.self_attention %p, %offsets {num_heads = 1 : i64} : (tensor<?x12xf32>, tensor<?xi32>) -> tensor<?x4xf32>
  return %g#0, %g#1, %a : tensor<?x4xf32>, tensor<4x4xf32>, tensor<?x4xf32>
}

// CHECK-LABEL: func.func @entry_evaluation
// CHECK: bert.fused_linear {{.*}} precision = #bert<precision bf16>
// CHECK: bert.self_attention {{.*}} precision = #bert<precision bf16>
func.func @entry_evaluation(%x : tensor<?x4xf32>, %offsets : tensor<?xi32>, %qkv : tensor<12x4xf32>) -> tensor<?x4xf32> attributes {bert.evaluation} {
  %p = bert.fused_linear %x, %qkv {activation = #bert<activation none>} : (tensor<?x4xf32>, tensor<12x4xf32>) -> tensor<?x12xf32>
  %a = bert.self_attention %p, %offsets {num_heads = 1 : i64} : (tensor<?x12xf32>, tensor<?xi32>) -> tensor<?x4xf32>
  return %a : tensor<?x4xf32>
}
