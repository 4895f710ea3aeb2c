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
