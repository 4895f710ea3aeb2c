// RUN: bert-opt %s --bert-set-precision=precision=int8 --verify-diagnostics | FileCheck %s
// A row whose sums of integers would overflow stays in f32.

bert.parameter @long : tensor<4x66312xf32>
bert.parameter @fits : tensor<4x66311xf32>

// CHECK-LABEL: func.func @entry
func.func @entry(%x : tensor<?x66312xf32>, %y : tensor<?x66311xf32>) -> (tensor<?x4xf32>, tensor<?x4xf32>) attributes {bert.entry} {
  %v = bert.get_parameter @long : tensor<4x66312xf32>
  %w = bert.get_parameter @fits : tensor<4x66311xf32>
  // CHECK: bert.fused_linear
  // CHECK-NOT: int8
  // expected-remark@+1 {{not in int8: sums of rows of 66312 overflow}}
  %0 = bert.fused_linear %x, %v {activation = #bert<activation none>} : (tensor<?x66312xf32>, tensor<4x66312xf32>) -> tensor<?x4xf32>
  // CHECK: bert.fused_linear {{.*}}precision = #bert<precision int8>
  %1 = bert.fused_linear %y, %w {activation = #bert<activation none>} : (tensor<?x66311xf32>, tensor<4x66311xf32>) -> tensor<?x4xf32>
  return %0, %1 : tensor<?x4xf32>, tensor<?x4xf32>
}
