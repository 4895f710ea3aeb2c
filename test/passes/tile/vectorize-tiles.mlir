// RUN: bert-opt %s --bert-vectorize-tiles=target-cpu=x86-64-v3 | FileCheck %s
// RUN: bert-opt %s --bert-vectorize-tiles=target-cpu=x86-64-v4 | FileCheck %s --check-prefix=AVX512
// RUN: bert-opt %s --bert-vectorize-tiles=target-cpu=x86-64-v4 | FileCheck %s --check-prefix=NONE-LEFT --implicit-check-not=linalg.

// One variant for each height of the target's register tile, chosen by the tile's own height.
// CHECK-LABEL: func.func @product
// CHECK-SAME: (%[[A:[^:]*]]: memref<?x?xf32>, %[[W:[^:]*]]: memref<?x32xf32>, %[[C:[^:]*]]: memref<?x32xf32>)
// CHECK: %[[ROWS:.*]] = memref.dim %[[C]], %{{.*}}
// CHECK-NEXT: scf.index_switch %[[ROWS]]

// Up to three rows, four steps of k at a time, all into one vector of sums that no step stores. What is left of k
// starts from those sums, and its result is what is written: it holds the whole product when K % 4 != 0.
// CHECK-NEXT: case 1 {
// CHECK: case 2 {
// CHECK: %[[START:.*]] = vector.transfer_read %[[C]]{{.*}} vector<2x32xf32>
// CHECK: %[[DEPTH:.*]] = memref.dim %[[W]], %{{.*}}
// CHECK: %[[WHOLE:.*]] = scf.for %[[K:.*]] = %{{.*}} to %[[END:.*]] step %{{.*}} iter_args(%[[S0:.*]] = %[[START]]) -> (vector<2x32xf32>) {
// CHECK-NOT: vector.transfer_write
// CHECK: %[[COLUMN:.*]] = vector.transfer_read %[[A]][%{{.*}}, %[[K]]]{{.*}} vector<2x1xf32>
// CHECK: %[[LEFT:.*]] = vector.shape_cast %[[COLUMN]]
// CHECK: %[[RIGHT:.*]] = vector.transfer_read %[[W]][%[[K]], %{{.*}}]{{.*}} vector<32xf32>
// CHECK: %[[S1:.*]] = vector.outerproduct %[[LEFT]], %[[RIGHT]], %[[S0]] {kind = #vector.kind<add>}
// CHECK: %[[S2:.*]] = vector.outerproduct {{.*}}, %[[S1]]
// CHECK: %[[S3:.*]] = vector.outerproduct {{.*}}, %[[S2]]
// CHECK: %[[S4:.*]] = vector.outerproduct {{.*}}, %[[S3]]
// CHECK-NEXT: scf.yield %[[S4]]
// CHECK-NEXT: }
// CHECK-NEXT: %[[SUMS:.*]] = scf.for %{{.*}} = %[[END]] to %[[DEPTH]] step %{{.*}} iter_args(%[[R0:.*]] = %[[WHOLE]]) -> (vector<2x32xf32>) {
// CHECK-NOT: vector.transfer_write
// CHECK: %[[R1:.*]] = vector.outerproduct {{.*}}, %[[R0]]
// CHECK-NEXT: scf.yield %[[R1]]
// CHECK-NEXT: }
// CHECK-NEXT: vector.transfer_write %[[SUMS]], %[[C]]

// Up to six rows, two steps.
// CHECK: case 6 {
// CHECK: %[[WHOLE6:.*]] = scf.for {{.*}} -> (vector<6x32xf32>) {
// CHECK-COUNT-2: vector.outerproduct
// CHECK-NOT: vector.outerproduct
// CHECK: %[[SUMS6:.*]] = scf.for {{.*}} iter_args(%{{.*}} = %[[WHOLE6]]) -> (vector<6x32xf32>) {
// CHECK: vector.outerproduct
// CHECK: vector.transfer_write %[[SUMS6]]
// CHECK-NOT: case
// CHECK: default {
// CHECK-NEXT: }

// AVX-512 has registers for 14 rows; one step of a tile that tall is long enough.
// AVX512-LABEL: func.func @product
// AVX512: case 14 {
// AVX512: %[[SUMS:.*]] = scf.for {{.*}} -> (vector<14x32xf32>) {
// AVX512: vector.outerproduct
// AVX512-NEXT: scf.yield
// AVX512-NEXT: }
// AVX512-NEXT: vector.transfer_write %[[SUMS]]
// AVX512-NOT: case
// AVX512: default {
func.func @product(%a : memref<?x?xf32>, %w : memref<?x32xf32>, %c : memref<?x32xf32>) {
  linalg.matmul ins(%a, %w : memref<?x?xf32>, memref<?x32xf32>) outs(%c : memref<?x32xf32>)
  return
}

// A height that the type tells needs no switch.
// CHECK-LABEL: func.func @static_height
// CHECK-NOT: scf.index_switch
// CHECK: vector.transfer_read {{.*}} vector<5x16xf32>
func.func @static_height(%a : memref<5x?xf32>, %w : memref<?x16xf32>, %c : memref<5x16xf32>) {
  linalg.matmul ins(%a, %w : memref<5x?xf32>, memref<?x16xf32>) outs(%c : memref<5x16xf32>)
  return
}

// Elementwise ops go over the tile's rows, each one vector: a scalar and a bias are the same for every row.
// CHECK-LABEL: func.func @fill
// CHECK-SAME: (%[[X:[^:]*]]: f32, %[[C:[^:]*]]: memref<?x16xf32>)
// CHECK: %[[ROWS:.*]] = memref.dim %[[C]], %{{.*}}
// CHECK: scf.for %[[R:.*]] = %{{.*}} to %[[ROWS]] step %{{.*}} {
// CHECK: %[[ROW:.*]] = vector.broadcast %[[X]] : f32 to vector<16xf32>
// CHECK-NEXT: vector.transfer_write %[[ROW]], %[[C]][%[[R]], %{{.*}}]
func.func @fill(%x : f32, %c : memref<?x16xf32>) {
  linalg.fill ins(%x : f32) outs(%c : memref<?x16xf32>)
  return
}

// CHECK-LABEL: func.func @bias
// CHECK-SAME: (%[[B:[^:]*]]: memref<16xf32>, %[[C:[^:]*]]: memref<?x16xf32>)
// CHECK: scf.for %[[R:.*]] = %{{.*}}
// CHECK: %[[ROW:.*]] = vector.transfer_read %[[B]][%{{.*}}]
// CHECK-NEXT: vector.transfer_write %[[ROW]], %[[C]][%[[R]], %{{.*}}]
func.func @bias(%b : memref<16xf32>, %c : memref<?x16xf32>) {
  linalg.broadcast ins(%b : memref<16xf32>) outs(%c : memref<?x16xf32>) dimensions = [0]
  return
}

// The formula is the op's own, on vectors; constants and scalars from outside are spread.
// CHECK-LABEL: func.func @epilogue
// CHECK-SAME: (%[[R:[^:]*]]: memref<?x16xf32>, %[[X:[^:]*]]: f32, %[[C:[^:]*]]: memref<?x16xf32>)
// CHECK: scf.for %[[I:.*]] = %{{.*}}
// CHECK-DAG: %[[RESIDUAL:.*]] = vector.transfer_read %[[R]][%[[I]], %{{.*}}]
// CHECK-DAG: %[[SUMS:.*]] = vector.transfer_read %[[C]][%[[I]], %{{.*}}]
// CHECK: %[[HALF:.*]] = vector.broadcast %{{.*}} : f32 to vector<16xf32>
// CHECK: %[[HALVED:.*]] = arith.mulf %[[SUMS]], %[[HALF]] : vector<16xf32>
// CHECK: %[[SCALE:.*]] = vector.broadcast %[[X]] : f32 to vector<16xf32>
// CHECK: %[[SCALED:.*]] = arith.mulf %[[HALVED]], %[[SCALE]] : vector<16xf32>
// CHECK: %[[Y:.*]] = arith.addf %[[SCALED]], %[[RESIDUAL]] : vector<16xf32>
// CHECK-NEXT: vector.transfer_write %[[Y]], %[[C]][%[[I]], %{{.*}}]
func.func @epilogue(%r : memref<?x16xf32>, %x : f32, %c : memref<?x16xf32>) {
  linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i, j)>],
                  iterator_types = ["parallel", "parallel"]} ins(%r : memref<?x16xf32>) outs(%c : memref<?x16xf32>) {
  ^bb0(%residual : f32, %sum : f32):
    %half = arith.constant 0.5 : f32
    %0 = arith.mulf %sum, %half : f32
    %1 = arith.mulf %0, %x : f32
    %2 = arith.addf %1, %residual : f32
    linalg.yield %2 : f32
  }
  return
}

// NONE-LEFT: func.func @epilogue

// One element a row is spread over it.
// CHECK-LABEL: func.func @scale_of_rows
// CHECK: scf.for %[[R:.*]] = %c0
// CHECK: %[[X:.*]] = memref.load %{{.*}}[%[[R]]] : memref<?xf32>
// CHECK: %[[ROW:.*]] = vector.broadcast %[[X]] : f32 to vector<16xf32>
// CHECK: vector.transfer_write %[[ROW]], %{{.*}}[%[[R]], %c0]
func.func @scale_of_rows(%x : memref<?xf32>, %c : memref<?x16xf32>) {
  linalg.broadcast ins(%x : memref<?xf32>) outs(%c : memref<?x16xf32>) dimensions = [1]
  return
}
