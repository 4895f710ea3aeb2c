// RUN: bert-opt %s --split-input-file --bert-differentiate --verify-diagnostics
// RUN: not bert-opt %S/differentiate.mlir --bert-differentiate=recompute=everything 2>&1 | FileCheck %s --check-prefix=POLICY
// RUN: not bert-opt %S/differentiate.mlir --bert-differentiate=freeze=nobody.* 2>&1 | FileCheck %s --check-prefix=NOBODY
// RUN: not bert-opt %S/differentiate.mlir --bert-differentiate=freeze=[ 2>&1 | FileCheck %s --check-prefix=GLOB
// RUN: not bert-opt %S/differentiate.mlir --verify-gradients 2>&1 | FileCheck %s --check-prefix=NONE
// RUN: not bert-opt %S/Inputs/missing-gradient.mlir --verify-gradients 2>&1 | FileCheck %s --check-prefix=MISSING
// RUN: not bert-opt %S/Inputs/other-type.mlir --verify-gradients 2>&1 | FileCheck %s --check-prefix=TYPE
// POLICY: recompute "everything" is none of keep-all, recompute-cheap, recompute-layer
// NOBODY: freeze "nobody.*" is the name of no parameter
// GLOB: freeze [: invalid glob pattern
// MISSING: @loss: the gradient of @w is 0 at [0, 0], finite differences say
// TYPE: result 1 of @loss does not have the type of @w
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

// -----

bert.parameter @w : tensor<4x4xf32>
func.func private @layer(%x: tensor<?x4xf32>) -> tensor<?x4xf32> {
  // expected-error@+1 {{only the entry may read parameters that gradients are wanted of: @layer reads @w}}
  %w = bert.get_parameter @w : tensor<4x4xf32>
  %0 = bert.linear %x, %w : (tensor<?x4xf32>, tensor<4x4xf32>) -> tensor<?x4xf32>
  return %0 : tensor<?x4xf32>
}
func.func @loss(%x: tensor<?x4xf32>) -> tensor<f32> attributes {bert.entry} {
  %0 = call @layer(%x) : (tensor<?x4xf32>) -> tensor<?x4xf32>
  %1 = bert.mean_squared_error %0, %x : (tensor<?x4xf32>, tensor<?x4xf32>) -> tensor<f32>
  return %1 : tensor<f32>
}

// -----

bert.parameter @w : tensor<4x4xf32>
bert.parameter @s : tensor<4xf32>
bert.parameter @d : tensor<4x4xf32> {tied_to = @w, divided_by = @s}
func.func @loss(%x: tensor<?x4xf32>) -> tensor<f32> attributes {bert.entry} {
  // expected-error@+1 {{@d is made of other parameters or read in a region: gradients come before fusing and packing}}
  %w = bert.get_parameter @d : tensor<4x4xf32>
  %0 = bert.linear %x, %w : (tensor<?x4xf32>, tensor<4x4xf32>) -> tensor<?x4xf32>
  %1 = bert.mean_squared_error %0, %x : (tensor<?x4xf32>, tensor<?x4xf32>) -> tensor<f32>
  return %1 : tensor<f32>
}

// -----

bert.parameter @q : tensor<2x4xf32>
bert.parameter @k : tensor<2x4xf32>
bert.parameter @qk : tensor<4x4xf32> {sources = [@q, @k]}
func.func @loss(%x: tensor<?x4xf32>) -> tensor<f32> attributes {bert.entry} {
  // expected-error@+1 {{@qk is made of other parameters}}
  %w = bert.get_parameter @qk : tensor<4x4xf32>
  %0 = bert.linear %x, %w : (tensor<?x4xf32>, tensor<4x4xf32>) -> tensor<?x4xf32>
  %1 = bert.mean_squared_error %0, %x : (tensor<?x4xf32>, tensor<?x4xf32>) -> tensor<f32>
  return %1 : tensor<f32>
}

// -----

// No gradient is lost on the way through another type.
bert.parameter @w : tensor<4x4xf32>
func.func @loss(%x: tensor<?x4xf32>) -> tensor<f32> attributes {bert.entry} {
  %w = bert.get_parameter @w : tensor<4x4xf32>
  %n = arith.truncf %w : tensor<4x4xf32> to tensor<4x4xbf16>
  // expected-error@+1 {{has no adjoint, and the loss depends on it}}
  %e = arith.extf %n : tensor<4x4xbf16> to tensor<4x4xf32>
  %0 = bert.linear %x, %e : (tensor<?x4xf32>, tensor<4x4xf32>) -> tensor<?x4xf32>
  %1 = bert.mean_squared_error %0, %x : (tensor<?x4xf32>, tensor<?x4xf32>) -> tensor<f32>
  return %1 : tensor<f32>
}

// -----

// expected-error@+2 {{the entry is called, and would return more}}
bert.parameter @w : tensor<f32>
func.func @loss() -> tensor<f32> attributes {bert.entry} {
  %w = bert.get_parameter @w : tensor<f32>
  return %w : tensor<f32>
}
func.func @other() -> tensor<f32> {
  %0 = call @loss() : () -> tensor<f32>
  return %0 : tensor<f32>
}
