// RUN: bert-opt %s --bert-vectorize-tiles=target-cpu=sapphirerapids | FileCheck %s
// RUN: bert-opt %s --bert-vectorize-tiles=target-cpu=x86-64-v4 | FileCheck %s --check-prefix=VECTORS --implicit-check-not=amx.

// A product of whole tiles is a matrix unit's: two by two tiles of sums stay in registers over k, and begin as zero where
// a fill cleared them. Without such a unit it is one of vectors.
#a = affine_map<(m, n, k, v) -> (m, k, v)>
#w = affine_map<(m, n, k, v) -> (k, n, v)>
#c = affine_map<(m, n, k, v) -> (m, n)>
// CHECK-LABEL: func.func @cleared
// CHECK-NOT: linalg.fill
// CHECK-COUNT-4: amx.tile_zero : !amx.tile<16x16xf32>
// CHECK: scf.for %[[K:.*]] = %{{.*}} to %{{.*}} step %c16
// CHECK-DAG: %[[C2:.*]] = arith.constant 2
// CHECK-DAG: %[[E:.*]] = arith.muli %[[K]], %[[C2]]
// CHECK: %[[A0:.*]] = amx.tile_load %{{.*}}[%{{.*}}, %[[E]]] : memref<32x?xbf16{{.*}}> into !amx.tile<16x32xbf16>
// CHECK: %[[A1:.*]] = amx.tile_load
// CHECK: %[[W0:.*]] = amx.tile_load %{{.*}}[%[[K]], %{{.*}}] : memref<?x64xbf16{{.*}}> into !amx.tile<16x32xbf16>
// CHECK: %[[W1:.*]] = amx.tile_load
// CHECK: amx.tile_mulf %[[A0]], %[[W0]]
// CHECK: amx.tile_mulf %[[A0]], %[[W1]]
// CHECK: amx.tile_mulf %[[A1]], %[[W0]]
// CHECK: amx.tile_mulf %[[A1]], %[[W1]]
// CHECK-COUNT-4: amx.tile_store
// VECTORS-LABEL: func.func @cleared
func.func @cleared(%a : memref<32x?x2xbf16>, %w : memref<?x32x2xbf16>, %c : memref<32x32xf32>) {
  %zero = arith.constant 0.0 : f32
  linalg.fill ins(%zero : f32) outs(%c : memref<32x32xf32>)
  linalg.generic {indexing_maps = [#a, #w, #c], iterator_types = ["parallel", "parallel", "reduction", "reduction"]}
      ins(%a, %w : memref<32x?x2xbf16>, memref<?x32x2xbf16>) outs(%c : memref<32x32xf32>) {
  ^bb0(%x : bf16, %y : bf16, %s : f32):
    %0 = arith.extf %x : bf16 to f32
    %1 = arith.extf %y : bf16 to f32
    %2 = arith.mulf %0, %1 : f32
    %3 = arith.addf %s, %2 : f32
    linalg.yield %3 : f32
  }
  return
}

// Sixteen rows are one tile; sums that nothing cleared are read. Of integers the left ones have no sign.
// CHECK-LABEL: func.func @integers
// CHECK-COUNT-2: amx.tile_load %{{.*}} : memref<16x32xi32> into !amx.tile<16x16xi32>
// CHECK: scf.for
// CHECK-COUNT-2: amx.tile_muli %{{.*}} zext, %{{.*}}, %{{.*}} : !amx.tile<16x64xi8>, !amx.tile<16x64xi8>, !amx.tile<16x16xi32>
// CHECK-COUNT-2: amx.tile_store
func.func @integers(%a : memref<16x?x4xi8>, %w : memref<?x32x4xi8>, %c : memref<16x32xi32>) {
  linalg.generic {indexing_maps = [#a, #w, #c], iterator_types = ["parallel", "parallel", "reduction", "reduction"]}
      ins(%a, %w : memref<16x?x4xi8>, memref<?x32x4xi8>) outs(%c : memref<16x32xi32>) {
  ^bb0(%x : i8, %y : i8, %s : i32):
    %0 = arith.extui %x : i8 to i32
    %1 = arith.extsi %y : i8 to i32
    %2 = arith.muli %0, %1 : i32
    %3 = arith.addi %s, %2 : i32
    linalg.yield %3 : i32
  }
  return
}

// Something is done to the sums in between: they are read.
// CHECK-LABEL: func.func @changed
// CHECK-NOT: amx.tile_zero
// CHECK: amx.tile_load %{{.*}} : memref<16x16xf32> into !amx.tile<16x16xf32>
// CHECK: amx.tile_mulf
func.func @changed(%a : memref<16x?x2xbf16>, %w : memref<?x16x2xbf16>, %c : memref<16x16xf32>, %i : index) {
  %zero = arith.constant 0.0 : f32
  %one = arith.constant 1.0 : f32
  linalg.fill ins(%zero : f32) outs(%c : memref<16x16xf32>)
  memref.store %one, %c[%i, %i] : memref<16x16xf32>
  linalg.generic {indexing_maps = [#a, #w, #c], iterator_types = ["parallel", "parallel", "reduction", "reduction"]}
      ins(%a, %w : memref<16x?x2xbf16>, memref<?x16x2xbf16>) outs(%c : memref<16x16xf32>) {
  ^bb0(%x : bf16, %y : bf16, %s : f32):
    %0 = arith.extf %x : bf16 to f32
    %1 = arith.extf %y : bf16 to f32
    %2 = arith.mulf %0, %1 : f32
    %3 = arith.addf %s, %2 : f32
    linalg.yield %3 : f32
  }
  return
}

// Two products that follow each other on the same sums are one loop; what they have in common is loaded once.
// CHECK-LABEL: func.func @terms
// CHECK-COUNT-1: amx.tile_zero
// CHECK: scf.for
// CHECK: %[[A:.*]] = amx.tile_load
// CHECK: %[[W:.*]] = amx.tile_load
// CHECK: %[[S:.*]] = amx.tile_mulf %[[A]], %[[W]]
// CHECK: %[[V:.*]] = amx.tile_load
// CHECK-NOT: amx.tile_load
// CHECK: amx.tile_mulf %[[A]], %[[V]], %[[S]]
// CHECK-NOT: scf.for
func.func @terms(%a : memref<16x32x2xbf16>, %w : memref<32x16x2xbf16>, %v : memref<32x16x2xbf16>, %c : memref<16x16xf32>) {
  %zero = arith.constant 0.0 : f32
  linalg.fill ins(%zero : f32) outs(%c : memref<16x16xf32>)
  linalg.generic {indexing_maps = [#a, #w, #c], iterator_types = ["parallel", "parallel", "reduction", "reduction"]}
      ins(%a, %w : memref<16x32x2xbf16>, memref<32x16x2xbf16>) outs(%c : memref<16x16xf32>) {
  ^bb0(%x : bf16, %y : bf16, %s : f32):
    %0 = arith.extf %x : bf16 to f32
    %1 = arith.extf %y : bf16 to f32
    %2 = arith.mulf %0, %1 : f32
    %3 = arith.addf %s, %2 : f32
    linalg.yield %3 : f32
  }
  linalg.generic {indexing_maps = [#a, #w, #c], iterator_types = ["parallel", "parallel", "reduction", "reduction"]}
      ins(%a, %v : memref<16x32x2xbf16>, memref<32x16x2xbf16>) outs(%c : memref<16x16xf32>) {
  ^bb0(%x : bf16, %y : bf16, %s : f32):
    %0 = arith.extf %x : bf16 to f32
    %1 = arith.extf %y : bf16 to f32
    %2 = arith.mulf %0, %1 : f32
    %3 = arith.addf %s, %2 : f32
    linalg.yield %3 : f32
  }
  return
}

// Not whole steps of k: vectors' work.
// CHECK-LABEL: func.func @half_a_step
// CHECK-NOT: amx.
// CHECK: return
func.func @half_a_step(%a : memref<16x8x2xbf16>, %w : memref<8x16x2xbf16>, %c : memref<16x16xf32>) {
  linalg.generic {indexing_maps = [#a, #w, #c], iterator_types = ["parallel", "parallel", "reduction", "reduction"]}
      ins(%a, %w : memref<16x8x2xbf16>, memref<8x16x2xbf16>) outs(%c : memref<16x16xf32>) {
  ^bb0(%x : bf16, %y : bf16, %s : f32):
    %0 = arith.extf %x : bf16 to f32
    %1 = arith.extf %y : bf16 to f32
    %2 = arith.mulf %0, %1 : f32
    %3 = arith.addf %s, %2 : f32
    linalg.yield %3 : f32
  }
  return
}
