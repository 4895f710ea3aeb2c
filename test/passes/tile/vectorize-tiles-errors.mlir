// RUN: bert-opt %s --bert-vectorize-tiles=target-cpu=x86-64-v3 --verify-diagnostics | FileCheck %s
// RUN: not bert-opt %s --bert-vectorize-tiles=target-cpu=no-such-cpu 2>&1 | FileCheck %s --check-prefix=CPU
// RUN: not bert-opt %s --bert-vectorize-tiles=target-cpu=x86-64-v2 2>&1 | FileCheck %s --check-prefix=OLD
// What is not a tile stays, with a remark.

// CPU: error: --target-cpu: "no-such-cpu" is not a CPU that LLVM knows
// OLD: error: --target-cpu: "x86-64-v2" lacks AVX2 and FMA

// CHECK-LABEL: func.func @tensors
// CHECK: linalg.matmul
func.func @tensors(%a : tensor<?x?xf32>, %w : tensor<?x16xf32>, %c : tensor<?x16xf32>) -> tensor<?x16xf32> {
  // expected-remark@+1 {{not a tile of a kernel: left as it is}}
  %0 = linalg.matmul ins(%a, %w : tensor<?x?xf32>, tensor<?x16xf32>) outs(%c : tensor<?x16xf32>) -> tensor<?x16xf32>
  return %0 : tensor<?x16xf32>
}

// CHECK-LABEL: func.func @row
// CHECK: linalg.fill
func.func @row(%x : f32, %c : memref<16xf32>) {
  // expected-remark@+1 {{not a tile of a kernel: left as it is}}
  linalg.fill ins(%x : f32) outs(%c : memref<16xf32>)
  return
}

// A row is one vector only when its width is known.
// CHECK-LABEL: func.func @dynamic_width
// CHECK: linalg.fill
func.func @dynamic_width(%x : f32, %c : memref<?x?xf32>) {
  // expected-remark@+1 {{not a tile of a kernel: left as it is}}
  linalg.fill ins(%x : f32) outs(%c : memref<?x?xf32>)
  return
}

// CHECK-LABEL: func.func @transposed
// CHECK: linalg.transpose
func.func @transposed(%x : memref<16x?xf32>, %c : memref<?x16xf32>) {
  // expected-remark@+1 {{not a tile of a kernel: left as it is}}
  linalg.transpose ins(%x : memref<16x?xf32>) outs(%c : memref<?x16xf32>) permutation = [1, 0]
  return
}

// CHECK-LABEL: func.func @row_sums
// CHECK: linalg.reduce
func.func @row_sums(%x : memref<?x16xf32>, %c : memref<?xf32>) {
  // expected-remark@+1 {{not a tile of a kernel: left as it is}}
  linalg.reduce { arith.addf } ins(%x : memref<?x16xf32>) outs(%c : memref<?xf32>) dimensions = [1]
  return
}

// Words of 16 bits lie in pairs, which is other indexing than that of groups; other elements do not.
#a = affine_map<(m, n, k, v) -> (m, k, v)>
#w = affine_map<(m, n, k, v) -> (k, n, v)>
#c = affine_map<(m, n, k, v) -> (m, n)>
// CHECK-LABEL: func.func @words_in_groups
// CHECK: linalg.generic
func.func @words_in_groups(%a : memref<1x?x4xi16>, %w : memref<?x16x4xi8>, %c : memref<1x16xi32>) {
  // expected-remark@+1 {{not a tile of a kernel: left as it is}}
  linalg.generic {indexing_maps = [#a, #w, #c], iterator_types = ["parallel", "parallel", "reduction", "reduction"]}
      ins(%a, %w : memref<1x?x4xi16>, memref<?x16x4xi8>) outs(%c : memref<1x16xi32>) {
  ^bb0(%x : i16, %y : i8, %s : i32):
    %0 = arith.extui %x : i16 to i32
    %1 = arith.extsi %y : i8 to i32
    %2 = arith.muli %0, %1 : i32
    %3 = arith.addi %s, %2 : i32
    linalg.yield %3 : i32
  }
  return
}

#pairs = affine_map<(m, n, k, p, q) -> (m, k, p, q)>
#fours = affine_map<(m, n, k, p, q) -> (k, n, q * 2 + p)>
#sums = affine_map<(m, n, k, p, q) -> (m, n)>
// CHECK-LABEL: func.func @floats_in_pairs
// CHECK: linalg.generic
func.func @floats_in_pairs(%a : memref<1x?x2x1xf32>, %w : memref<?x16x2xbf16>, %c : memref<1x16xf32>) {
  // expected-remark@+1 {{not a tile of a kernel: left as it is}}
  linalg.generic {indexing_maps = [#pairs, #fours, #sums],
                  iterator_types = ["parallel", "parallel", "reduction", "reduction", "reduction"]}
      ins(%a, %w : memref<1x?x2x1xf32>, memref<?x16x2xbf16>) outs(%c : memref<1x16xf32>) {
  ^bb0(%x : f32, %y : bf16, %s : f32):
    %0 = arith.extf %y : bf16 to f32
    %1 = arith.mulf %x, %0 : f32
    %2 = arith.addf %s, %1 : f32
    linalg.yield %2 : f32
  }
  return
}
