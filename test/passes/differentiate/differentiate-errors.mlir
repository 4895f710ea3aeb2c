// RUN: bert-opt %s --split-input-file --bert-differentiate --verify-diagnostics
// RUN: not bert-opt %S/differentiate.mlir --bert-differentiate=recompute=everything 2>&1 | FileCheck %s --check-prefix=POLICY
// RUN: not bert-opt %S/differentiate.mlir --bert-differentiate=freeze=nobody.* 2>&1 | FileCheck %s --check-prefix=NOBODY
// RUN: not bert-opt %S/differentiate.mlir --bert-differentiate=freeze=[ 2>&1 | FileCheck %s --check-prefix=GLOB
// RUN: not bert-opt %S/differentiate.mlir --verify-gradients 2>&1 | FileCheck %s --check-prefix=NONE
// POLICY: recompute "everything" is none of keep-all, recompute-cheap, recompute-layer
// NOBODY: freeze "nobody.*" is the name of no parameter
// GLOB: freeze [: invalid glob pattern
// NONE: @loss has no gradients; bert-differentiate adds them

// expected-error@+1 {{no function of one block carries bert.entry}}
module {
}

// -----

// expected-error@+1 {{the first result of @logits is no loss, a tensor<f32>}}
module {
  func.func @logits(%x: tensor<?x4xf32>) -> tensor<?x4xf32> attributes {bert.entry} {
    return %x : tensor<?x4xf32>
  }
}

// -----

// expected-error@+1 {{a function calls itself}}
module {
  func.func private @again(%x: tensor<f32>) -> tensor<f32> {
    %0 = call @again(%x) : (tensor<f32>) -> tensor<f32>
    return %0 : tensor<f32>
  }
  func.func @loss(%x: tensor<f32>) -> tensor<f32> attributes {bert.entry} {
    %0 = call @again(%x) : (tensor<f32>) -> tensor<f32>
    return %0 : tensor<f32>
  }
}

// -----

bert.parameter @w : tensor<4x4xf32>
func.func @loss(%x: tensor<?x4xf32>, %y: tensor<?x4xf32>) -> tensor<f32> attributes {bert.entry} {
  %w = bert.get_parameter @w : tensor<4x4xf32>
  // expected-error@+1 {{has no adjoint, and the loss depends on it}}
  %0 = bert.fused_linear %x, %w {activation = #bert<activation relu>} : (tensor<?x4xf32>, tensor<4x4xf32>) -> tensor<?x4xf32>
  %1 = bert.mean_squared_error %0, %y : (tensor<?x4xf32>, tensor<?x4xf32>) -> tensor<f32>
  return %1 : tensor<f32>
}

// -----

// A teacher's predictions are labels: it has to be frozen.
bert.parameter @w : tensor<4x4xf32>
func.func @loss(%x: tensor<?x4xf32>, %y: tensor<?x4xf32>) -> tensor<f32> attributes {bert.entry} {
  %w = bert.get_parameter @w : tensor<4x4xf32>
  %0 = bert.linear %x, %w : (tensor<?x4xf32>, tensor<4x4xf32>) -> tensor<?x4xf32>
  // expected-error@+1 {{has no adjoint by operand 1, and the loss depends on it}}
  %1 = bert.mean_squared_error %y, %0 : (tensor<?x4xf32>, tensor<?x4xf32>) -> tensor<f32>
  return %1 : tensor<f32>
}

// -----

bert.parameter @w : tensor<4x4xf32>
func.func private @outside(%w: tensor<4x4xf32>) -> tensor<?x4xf32>
func.func @loss(%y: tensor<?x4xf32>) -> tensor<f32> attributes {bert.entry} {
  %w = bert.get_parameter @w : tensor<4x4xf32>
  // expected-error@+1 {{calls a function without one body to differentiate}}
  %0 = call @outside(%w) : (tensor<4x4xf32>) -> tensor<?x4xf32>
  %1 = bert.mean_squared_error %0, %y : (tensor<?x4xf32>, tensor<?x4xf32>) -> tensor<f32>
  return %1 : tensor<f32>
}
