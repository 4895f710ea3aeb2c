// RUN: bert-opt %s --bert-fuse-qkv | FileCheck %s
// RUN: bert-opt %s --verify-semantics --bert-fuse-qkv -o /dev/null
// RUN: bert-opt %S/Inputs/tiny.mlir --verify-semantics --bert-fuse-qkv | FileCheck %s --check-prefix=TINY

// CHECK-LABEL: func.func @with_bias
// CHECK-SAME: (%[[X:.*]]: tensor<?x4xf32>, %[[OFFSETS:[^:]*]]:
// CHECK-DAG: %[[W:.*]] = bert.concat %[[WQ:.*]], %[[WK:.*]], %[[WV:.*]] : {{.*}} -> tensor<12x4xf32>
// CHECK-DAG: %[[B:.*]] = bert.concat {{.*}} -> tensor<12xf32>
// CHECK: %[[QKV:.*]] = bert.linear %[[X]], %[[W]] bias %[[B]] : {{.*}} -> tensor<?x12xf32>
// CHECK-NEXT: %[[Y:.*]] = bert.self_attention %[[QKV]], %[[OFFSETS]] {num_heads = 2 : i64}
// CHECK-NEXT: return %[[Y]]
func.func @with_bias(%x : tensor<?x4xf32>, %offsets : tensor<?xi32>, %wq : tensor<4x4xf32>, %wk : tensor<4x4xf32>,
                     %wv : tensor<4x4xf32>, %bq : tensor<4xf32>, %bk : tensor<4xf32>, %bv : tensor<4xf32>) -> tensor<?x4xf32> {
  %q = bert.linear %x, %wq bias %bq : (tensor<?x4xf32>, tensor<4x4xf32>, tensor<4xf32>) -> tensor<?x4xf32>
  %k = bert.linear %x, %wk bias %bk : (tensor<?x4xf32>, tensor<4x4xf32>, tensor<4xf32>) -> tensor<?x4xf32>
  %v = bert.linear %x, %wv bias %bv : (tensor<?x4xf32>, tensor<4x4xf32>, tensor<4xf32>) -> tensor<?x4xf32>
  %y = bert.attention %q, %k, %v, %offsets {num_heads = 2 : i64} : (tensor<?x4xf32>, tensor<?x4xf32>, tensor<?x4xf32>, tensor<?xi32>) -> tensor<?x4xf32>
  return %y : tensor<?x4xf32>
}

// CHECK-LABEL: func.func @without_bias
// CHECK: bert.concat {{.*}} -> tensor<12x4xf32>
// CHECK-NOT: bert.concat
// CHECK: bert.linear %{{.*}}, %{{.*}} :
// CHECK: bert.self_attention
func.func @without_bias(%x : tensor<?x4xf32>, %offsets : tensor<?xi32>, %w : tensor<4x4xf32>) -> tensor<?x4xf32> {
  %q = bert.linear %x, %w : (tensor<?x4xf32>, tensor<4x4xf32>) -> tensor<?x4xf32>
  %k = bert.linear %x, %w : (tensor<?x4xf32>, tensor<4x4xf32>) -> tensor<?x4xf32>
  %v = bert.linear %x, %w : (tensor<?x4xf32>, tensor<4x4xf32>) -> tensor<?x4xf32>
  %y = bert.attention %q, %k, %v, %offsets {num_heads = 1 : i64} : (tensor<?x4xf32>, tensor<?x4xf32>, tensor<?x4xf32>, tensor<?xi32>) -> tensor<?x4xf32>
  return %y : tensor<?x4xf32>
}

// The maps of the same query and key join in, wherever they stand.
// CHECK-LABEL: func.func @with_maps
// CHECK: %[[QKV:.*]] = bert.linear %{{.*}}, %{{.*}} : {{.*}} -> tensor<?x12xf32>
// CHECK-NEXT: %[[MAPS:.*]] = bert.self_attention_probs %[[QKV]], %{{.*}} {head_size = 2 : i64, max_positions = 32 : i64, num_heads = 2 : i64} : (tensor<?x12xf32>, tensor<?xi32>) -> tensor<?x64xf32>
// CHECK-NEXT: %[[Y:.*]] = bert.self_attention %[[QKV]]
// CHECK-NEXT: return %[[Y]], %[[MAPS]]
func.func @with_maps(%x : tensor<?x4xf32>, %offsets : tensor<?xi32>, %wq : tensor<4x4xf32>, %wk : tensor<4x4xf32>,
                     %wv : tensor<4x4xf32>) -> (tensor<?x4xf32>, tensor<?x64xf32>) {
  %q = bert.linear %x, %wq : (tensor<?x4xf32>, tensor<4x4xf32>) -> tensor<?x4xf32>
  %k = bert.linear %x, %wk : (tensor<?x4xf32>, tensor<4x4xf32>) -> tensor<?x4xf32>
  %v = bert.linear %x, %wv : (tensor<?x4xf32>, tensor<4x4xf32>) -> tensor<?x4xf32>
  %maps = bert.attention_probs %q, %k, %offsets {num_heads = 2 : i64, max_positions = 32 : i64} : (tensor<?x4xf32>, tensor<?x4xf32>, tensor<?xi32>) -> tensor<?x64xf32>
  %y = bert.attention %q, %k, %v, %offsets {num_heads = 2 : i64} : (tensor<?x4xf32>, tensor<?x4xf32>, tensor<?x4xf32>, tensor<?xi32>) -> tensor<?x4xf32>
  return %y, %maps : tensor<?x4xf32>, tensor<?x64xf32>
}

// CHECK-LABEL: func.func @maps_alone
// CHECK: %[[QK:.*]] = bert.linear %{{.*}}, %{{.*}} bias %{{.*}} : {{.*}} -> tensor<?x8xf32>
// CHECK-NEXT: bert.self_attention_probs %[[QK]]
func.func @maps_alone(%x : tensor<?x4xf32>, %offsets : tensor<?xi32>, %wq : tensor<4x4xf32>, %wk : tensor<4x4xf32>,
                      %b : tensor<4xf32>) -> tensor<?x64xf32> {
  %q = bert.linear %x, %wq bias %b : (tensor<?x4xf32>, tensor<4x4xf32>, tensor<4xf32>) -> tensor<?x4xf32>
  %k = bert.linear %x, %wk bias %b : (tensor<?x4xf32>, tensor<4x4xf32>, tensor<4xf32>) -> tensor<?x4xf32>
  %maps = bert.attention_probs %q, %k, %offsets {num_heads = 2 : i64, max_positions = 32 : i64} : (tensor<?x4xf32>, tensor<?x4xf32>, tensor<?xi32>) -> tensor<?x64xf32>
  return %maps : tensor<?x64xf32>
}

// TINY-LABEL: func.func private @layer
// TINY: bert.self_attention
// TINY-NOT: bert.attention
