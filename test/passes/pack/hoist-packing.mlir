// RUN: bert-opt %s --bert-hoist-packing | FileCheck %s
// RUN: bert-opt %S/../fuse/Inputs/tiny.mlir --verify-semantics --bert-fuse-qkv --bert-pack-weights=panel=8 --bert-hoist-packing \
// RUN:   | FileCheck %s --check-prefix=TINY

bert.parameter @a : tensor<4x4xf32>
bert.parameter @b : tensor<4x4xf32>

// The packed weight takes the place of the first that it is made of; %a stays, it is read as it is too.
// CHECK: func.func private @inner(%[[X:[^:]*]]: tensor<?x4xf32>, %[[P:[^:]*]]: tensor<1x4x8xf32>, %[[A:[^:]*]]: tensor<4x4xf32>)
// CHECK-NEXT: %[[Y:.*]] = bert.packed_linear %[[X]], %[[P]]
// CHECK-NEXT: bert.linear %{{.*}}, %[[A]]
func.func private @inner(%x : tensor<?x4xf32>, %a : tensor<4x4xf32>, %b : tensor<4x4xf32>) -> (tensor<?x8xf32>, tensor<?x4xf32>) {
  %w = bert.concat %a, %b : (tensor<4x4xf32>, tensor<4x4xf32>) -> tensor<8x4xf32>
  %p = bert.pack %w {panel = 8 : i64} : tensor<8x4xf32> -> tensor<1x4x8xf32>
  %y = bert.packed_linear %x, %p {activation = #bert<activation none>, out_features = 8 : i64} : (tensor<?x4xf32>, tensor<1x4x8xf32>) -> tensor<?x8xf32>
  %z = bert.linear %x, %a : (tensor<?x4xf32>, tensor<4x4xf32>) -> tensor<?x4xf32>
  return %y, %z : tensor<?x8xf32>, tensor<?x4xf32>
}

// CHECK: func.func private @outer(%{{[^:]*}}: tensor<?x4xf32>, %[[P2:[^:]*]]: tensor<1x4x8xf32>, %[[A2:[^:]*]]: tensor<4x4xf32>)
// CHECK-NEXT: call @inner(%{{.*}}, %[[P2]], %[[A2]])
func.func private @outer(%x : tensor<?x4xf32>, %a : tensor<4x4xf32>, %b : tensor<4x4xf32>) -> tensor<?x8xf32> {
  %0:2 = call @inner(%x, %a, %b) : (tensor<?x4xf32>, tensor<4x4xf32>, tensor<4x4xf32>) -> (tensor<?x8xf32>, tensor<?x4xf32>)
  return %0#0 : tensor<?x8xf32>
}

// CHECK: func.func @entry
// CHECK-DAG: %[[GA:.*]] = bert.get_parameter @a
// CHECK-DAG: %[[GB:.*]] = bert.get_parameter @b
// CHECK: %[[W1:.*]] = bert.concat %[[GA]], %[[GB]]
// CHECK: %[[PACKED1:.*]] = bert.pack %[[W1]] {panel = 8 : i64}
// CHECK: call @outer(%{{.*}}, %[[PACKED1]], %[[GA]])
// CHECK: %[[W2:.*]] = bert.concat %[[GB]], %[[GA]]
// CHECK: %[[PACKED2:.*]] = bert.pack %[[W2]]
// CHECK: call @outer(%{{.*}}, %[[PACKED2]], %[[GB]])
func.func @entry(%x : tensor<?x4xf32>) -> (tensor<?x8xf32>, tensor<?x8xf32>) attributes {bert.entry} {
  %a = bert.get_parameter @a : tensor<4x4xf32>
  %b = bert.get_parameter @b : tensor<4x4xf32>
  %0 = call @outer(%x, %a, %b) : (tensor<?x4xf32>, tensor<4x4xf32>, tensor<4x4xf32>) -> tensor<?x8xf32>
  %1 = call @outer(%x, %b, %a) : (tensor<?x4xf32>, tensor<4x4xf32>, tensor<4x4xf32>) -> tensor<?x8xf32>
  return %0, %1 : tensor<?x8xf32>, tensor<?x8xf32>
}

// TINY-LABEL: func.func private @layer
// TINY-NOT: bert.concat
// TINY-NOT: bert.pack %
// TINY-LABEL: func.func @encode
// TINY: bert.pack %
