// RUN: bert-opt %s --bert-pack-weights=panel=8 --verify-diagnostics | FileCheck %s
// RUN: not bert-opt %s --bert-pack-weights=panel=-8 2>&1 | FileCheck %s --check-prefix=PANEL
// RUN: not bert-opt %s --bert-pack-weights=target-cpu=no-such-cpu 2>&1 | FileCheck %s --check-prefix=CPU

// PANEL: panel must be positive, got -8
// CPU: no-such-cpu

// A weight of unknown size is no parameter: the product stays, with a remark.
// CHECK: bert.linear
func.func @dynamic(%x : tensor<?x4xf32>, %w : tensor<?x4xf32>) -> tensor<?x?xf32> {
  // expected-remark@+1 {{not packed: the weight has no static shape}}
  %0 = bert.linear %x, %w : (tensor<?x4xf32>, tensor<?x4xf32>) -> tensor<?x?xf32>
  return %0 : tensor<?x?xf32>
}
