// RUN: bert-opt %s --bert-differentiate --bert-add-update | FileCheck %s --check-prefix=NONE
// RUN: bert-opt %s --bert-differentiate --bert-add-update=optimizer=adamw | FileCheck %s --check-prefixes=CHECK,ADAM
// RUN: bert-opt %s --bert-differentiate --bert-add-update="optimizer=lamb-nvidia no-decay=w" | FileCheck %s --check-prefixes=CHECK,LAMB
// RUN: bert-opt %s --bert-differentiate --bert-add-update="optimizer=sgd momentum=0.5 nesterov max-norm=2" | FileCheck %s --check-prefixes=CHECK,SGD
// RUN: not bert-opt %s --bert-add-update 2>&1 | FileCheck %s --check-prefix=EARLY
// RUN: not bert-opt %s --bert-differentiate --bert-add-update=optimizer=adam 2>&1 | FileCheck %s --check-prefix=NAME
// RUN: not bert-opt %s --bert-differentiate --bert-add-update="optimizer=adamw no-decay=x*" 2>&1 | FileCheck %s --check-prefix=PATTERN
// RUN: not bert-opt %s --bert-differentiate --bert-add-update="optimizer=adamw momentum=0.5" 2>&1 | FileCheck %s --check-prefix=MOMENTUM
// RUN: not bert-opt %s --bert-differentiate --bert-add-update="optimizer=sgd nesterov" 2>&1 | FileCheck %s --check-prefix=NESTEROV
// RUN: not bert-opt %s --bert-differentiate --bert-add-update="optimizer=adamw first-decay=1" 2>&1 | FileCheck %s --check-prefix=DECAY

// EARLY: error: the entry gives no gradients
// NAME: error: optimizer "adam" is none of adamw, adamw-google, adamw-fairseq, lamb, lamb-nvidia, sgd
// PATTERN: error: no-decay "x*" is the name of no parameter that is learned
// MOMENTUM: error: momentum: adamw has none
// NESTEROV: error: nesterov needs a momentum
// DECAY: error: the moments' decays must be at least 0 and below 1

module attributes {bert.model = {max_positions = 8 : i64}} {
// What nothing is learnt of stays as it is.
// NONE-DAG: bert.parameter @w : tensor<3x4xf32> {learned}
// NONE-DAG: bert.parameter @b : tensor<3xf32> {learned, source = "model.b"}
// NONE-DAG: bert.parameter @unused : tensor<3xf32>{{$}}
// NONE-NOT: @update
bert.parameter @w : tensor<3x4xf32>
bert.parameter @b : tensor<3xf32> {source = "model.b"}
bert.parameter @unused : tensor<3xf32>

func.func @main(%x: tensor<?x4xf32>, %labels: tensor<?xi32>) -> tensor<f32> attributes {bert.entry} {
  %w = bert.get_parameter @w : tensor<3x4xf32>
  %b = bert.get_parameter @b : tensor<3xf32>
  %y = bert.linear %x, %w bias %b : (tensor<?x4xf32>, tensor<3x4xf32>, tensor<3xf32>) -> tensor<?x3xf32>
  %loss = bert.cross_entropy %y, %labels : (tensor<?x3xf32>, tensor<?xi32>) -> tensor<f32>
  return %loss : tensor<f32>
}
}

// CHECK-LABEL: func.func @update(
// CHECK-SAME: %[[GW:[^ ]*]]: tensor<3x4xf32> {bert.name = "w", bert.role = "gradient"}
// CHECK-SAME: %[[GB:[^ ]*]]: tensor<3xf32> {bert.name = "model.b", bert.role = "gradient"}
// CHECK-SAME: %[[RATE:[^ ]*]]: tensor<f32> {bert.name = "rate", bert.role = "number"}
// CHECK-SAME: -> (tensor<f32> {bert.name = "gradient_norm", bert.role = "number"}
// CHECK-SAME: tensor<3x4xf32> {bert.name = "w", bert.role = "parameter"}
// CHECK-SAME: bert.update
// CHECK: %[[NORM:.*]] = bert.global_norm %[[GW]], %[[GB]]
// ADAM: %[[F:.*]] = bert.clip_factor %[[NORM]] {epsilon = 9.99{{[0-9]*}}E-7 : f64, max_norm = 0.000000e+00 : f64}
// Matrices decay, vectors do not.
// ADAM: bert.adam {{.*}}, %[[GW]], %[[F]], %[[RATE]], %{{[^ ,]*}}, %{{[^ ,]*}} {
// ADAM: bert.adam {{.*}}, %[[GB]], %[[F]], %[[RATE]], %{{[^ ,]*}} {
// LAMB: %[[F:.*]] = bert.clip_factor %[[NORM]] {epsilon = 0.000000e+00 : f64, max_norm = 1.000000e+00 : f64}
// LAMB: bert.lamb {{.*}}, %[[GW]], %[[F]], %[[RATE]], %{{[^ ,]*}}, %{{[^ ,]*}} {
// LAMB: bert.lamb {{.*}}, %[[GB]], %[[F]], %[[RATE]], %{{[^ ,]*}}, %{{[^ ,]*}}, %{{[^ ,]*}} {
// SGD: bert.clip_factor %[[NORM]] {{.*}}max_norm = 2.000000e+00
// SGD: bert.sgd {{.*}} {momentum = 5.000000e-01 : f64, nesterov}
