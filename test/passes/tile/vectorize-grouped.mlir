// RUN: bert-opt %s --bert-vectorize-tiles=target-cpu=znver4 | FileCheck %s --check-prefix=DOT
// RUN: bert-opt %s --bert-vectorize-tiles=target-cpu=x86-64-v3 | FileCheck %s --check-prefix=WIDE

// Factors in groups: a dot product for each register of a row's columns where the CPU has one, else multiply-adds of
// widened bf16 and products of pairs of words; sums of integers where integers are multiplied.
// DOT-LABEL: func.func @pairs
// DOT: scf.for {{.*}} -> (vector<16xf32>, vector<16xf32>)
// DOT-COUNT-2: vector.load %{{.*}} : memref<?x64xbf16{{.*}}>, vector<32xbf16>
// DOT: %[[A:.*]] = vector.load %{{.*}} : memref<1x?x2xbf16>, vector<2xbf16>
// DOT: vector.broadcast %{{.*}} : vector<1xi32> to vector<16xi32>
// DOT-COUNT-2: x86vector.avx512.dot
#a = affine_map<(m, n, k, v) -> (m, k, v)>
#w = affine_map<(m, n, k, v) -> (k, n, v)>
#c = affine_map<(m, n, k, v) -> (m, n)>
func.func @pairs(%a : memref<1x?x2xbf16>, %w : memref<?x32x2xbf16>, %c : memref<1x32xf32>) {
  linalg.generic {indexing_maps = [#a, #w, #c], iterator_types = ["parallel", "parallel", "reduction", "reduction"]}
      ins(%a, %w : memref<1x?x2xbf16>, memref<?x32x2xbf16>) outs(%c : memref<1x32xf32>) {
  ^bb0(%x : bf16, %y : bf16, %s : f32):
    %0 = arith.extf %x : bf16 to f32
    %1 = arith.extf %y : bf16 to f32
    %2 = arith.mulf %0, %1 : f32
    %3 = arith.addf %s, %2 : f32
    linalg.yield %3 : f32
  }
  return
}

// DOT-LABEL: func.func @fours
// DOT: llvm.call_intrinsic "llvm.x86.avx512.vpdpbusd.512"({{.*}}) : (vector<16xi32>, vector<64xi8>, vector<64xi8>) -> vector<16xi32>
func.func @fours(%a : memref<1x?x4xi8>, %w : memref<?x32x4xi8>, %c : memref<1x32xi32>) {
  linalg.generic {indexing_maps = [#a, #w, #c], iterator_types = ["parallel", "parallel", "reduction", "reduction"]}
      ins(%a, %w : memref<1x?x4xi8>, memref<?x32x4xi8>) outs(%c : memref<1x32xi32>) {
  ^bb0(%x : i8, %y : i8, %s : i32):
    %0 = arith.extui %x : i8 to i32
    %1 = arith.extsi %y : i8 to i32
    %2 = arith.muli %0, %1 : i32
    %3 = arith.addi %s, %2 : i32
    linalg.yield %3 : i32
  }
  return
}

// Integers as words of 16 bits: every other one of a column's four is a pair's, and so are the left factor's in memory.
// WIDE-LABEL: func.func @words
// WIDE: scf.for {{.*}} -> (vector<8xi32>, vector<8xi32>)
// WIDE: vector.load %{{.*}} : memref<?x64xi8{{.*}}>, vector<32xi8>
// WIDE: arith.shli %{{.*}} : vector<16xi16>
// WIDE-COUNT-2: arith.shrsi %{{.*}} : vector<16xi16>
// WIDE-COUNT-2: vector.load %{{.*}} : memref<1x?x2x2xi16>, vector<2xi16>
// WIDE-COUNT-4: llvm.call_intrinsic "llvm.x86.avx2.pmadd.wd"({{.*}}) : (vector<16xi16>, vector<16xi16>) -> vector<8xi32>
#pairs = affine_map<(m, n, k, p, q) -> (m, k, p, q)>
#fours = affine_map<(m, n, k, p, q) -> (k, n, q * 2 + p)>
#sums = affine_map<(m, n, k, p, q) -> (m, n)>
func.func @words(%a : memref<1x?x2x2xi16>, %w : memref<?x16x4xi8>, %c : memref<1x16xi32>) {
  linalg.generic {indexing_maps = [#pairs, #fours, #sums],
                  iterator_types = ["parallel", "parallel", "reduction", "reduction", "reduction"]}
      ins(%a, %w : memref<1x?x2x2xi16>, memref<?x16x4xi8>) outs(%c : memref<1x16xi32>) {
  ^bb0(%x : i16, %y : i8, %s : i32):
    %0 = arith.extui %x : i16 to i32
    %1 = arith.extsi %y : i8 to i32
    %2 = arith.muli %0, %1 : i32
    %3 = arith.addi %s, %2 : i32
    linalg.yield %3 : i32
  }
  return
}
