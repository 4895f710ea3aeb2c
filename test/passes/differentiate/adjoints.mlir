// RUN: bert-opt %s --split-input-file --bert-differentiate=recompute=keep-all --verify-gradients -o /dev/null 2>&1 | FileCheck %s
// RUN: bert-opt %s --split-input-file --bert-differentiate=recompute=keep-all --verify-gradients --seed 7 --tokens 5 --sequences 5 -o /dev/null 2>&1 | FileCheck %s
// The adjoint of each op against finite differences of the interpreter, in f64.

// CHECK: verified the gradients of @linear: largest difference {{[0-9.]+e-(09|1[0-9])|0}}
bert.parameter @p : tensor<6x5xf32>
bert.parameter @w : tensor<6x6xf32>
bert.parameter @b : tensor<6xf32>
func.func @linear(%x: tensor<?x5xf32>, %y: tensor<?x6xf32>) -> (tensor<f32> {bert.name = "loss"}) attributes {bert.entry} {
  %p = bert.get_parameter @p : tensor<6x5xf32>
  %w = bert.get_parameter @w : tensor<6x6xf32>
  %b = bert.get_parameter @b : tensor<6xf32>
  %r = bert.linear %x, %p : (tensor<?x5xf32>, tensor<6x5xf32>) -> tensor<?x6xf32>
  %z = bert.linear %r, %w bias %b : (tensor<?x6xf32>, tensor<6x6xf32>, tensor<6xf32>) -> tensor<?x6xf32>
  %loss = bert.mean_squared_error %z, %y : (tensor<?x6xf32>, tensor<?x6xf32>) -> tensor<f32>
  return %loss : tensor<f32>
}

// -----

// CHECK: verified the gradients of @layer_norm: largest difference {{[0-9.]+e-(09|1[0-9])|0}}
bert.parameter @p : tensor<6x5xf32>
bert.parameter @s : tensor<6xf32>
bert.parameter @b : tensor<6xf32>
func.func @layer_norm(%x: tensor<?x5xf32>, %y: tensor<?x6xf32>) -> (tensor<f32> {bert.name = "loss"}) attributes {bert.entry} {
  %p = bert.get_parameter @p : tensor<6x5xf32>
  %s = bert.get_parameter @s : tensor<6xf32>
  %b = bert.get_parameter @b : tensor<6xf32>
  %r = bert.linear %x, %p : (tensor<?x5xf32>, tensor<6x5xf32>) -> tensor<?x6xf32>
  %z = bert.layer_norm %r, %s, %b {epsilon = 1.0e-2} : (tensor<?x6xf32>, tensor<6xf32>, tensor<6xf32>) -> tensor<?x6xf32>
  %loss = bert.mean_squared_error %z, %y : (tensor<?x6xf32>, tensor<?x6xf32>) -> tensor<f32>
  return %loss : tensor<f32>
}

// -----

// CHECK: verified the gradients of @gelu: largest difference {{[0-9.]+e-(09|1[0-9])|0}}
bert.parameter @p : tensor<6x5xf32>
func.func @gelu(%x: tensor<?x5xf32>, %y: tensor<?x6xf32>) -> (tensor<f32> {bert.name = "loss"}) attributes {bert.entry} {
  %p = bert.get_parameter @p : tensor<6x5xf32>
  %r = bert.linear %x, %p : (tensor<?x5xf32>, tensor<6x5xf32>) -> tensor<?x6xf32>
  %z = bert.gelu %r {approximate = #bert<gelu_form none>} : tensor<?x6xf32>
  %loss = bert.mean_squared_error %z, %y : (tensor<?x6xf32>, tensor<?x6xf32>) -> tensor<f32>
  return %loss : tensor<f32>
}

// -----

// CHECK: verified the gradients of @gelu_tanh: largest difference {{[0-9.]+e-(09|1[0-9])|0}}
bert.parameter @p : tensor<6x5xf32>
func.func @gelu_tanh(%x: tensor<?x5xf32>, %y: tensor<?x6xf32>) -> (tensor<f32> {bert.name = "loss"}) attributes {bert.entry} {
  %p = bert.get_parameter @p : tensor<6x5xf32>
  %r = bert.linear %x, %p : (tensor<?x5xf32>, tensor<6x5xf32>) -> tensor<?x6xf32>
  %z = bert.gelu %r {approximate = #bert<gelu_form tanh>} : tensor<?x6xf32>
  %loss = bert.mean_squared_error %z, %y : (tensor<?x6xf32>, tensor<?x6xf32>) -> tensor<f32>
  return %loss : tensor<f32>
}

// -----

// CHECK: verified the gradients of @relu: largest difference {{[0-9.]+e-(09|1[0-9])|0}}
bert.parameter @p : tensor<6x5xf32>
func.func @relu(%x: tensor<?x5xf32>, %y: tensor<?x6xf32>) -> (tensor<f32> {bert.name = "loss"}) attributes {bert.entry} {
  %p = bert.get_parameter @p : tensor<6x5xf32>
  %r = bert.linear %x, %p : (tensor<?x5xf32>, tensor<6x5xf32>) -> tensor<?x6xf32>
  %z = bert.relu %r : tensor<?x6xf32>
  %loss = bert.mean_squared_error %z, %y : (tensor<?x6xf32>, tensor<?x6xf32>) -> tensor<f32>
  return %loss : tensor<f32>
}

// -----

// CHECK: verified the gradients of @silu: largest difference {{[0-9.]+e-(09|1[0-9])|0}}
bert.parameter @p : tensor<6x5xf32>
func.func @silu(%x: tensor<?x5xf32>, %y: tensor<?x6xf32>) -> (tensor<f32> {bert.name = "loss"}) attributes {bert.entry} {
  %p = bert.get_parameter @p : tensor<6x5xf32>
  %r = bert.linear %x, %p : (tensor<?x5xf32>, tensor<6x5xf32>) -> tensor<?x6xf32>
  %z = bert.silu %r : tensor<?x6xf32>
  %loss = bert.mean_squared_error %z, %y : (tensor<?x6xf32>, tensor<?x6xf32>) -> tensor<f32>
  return %loss : tensor<f32>
}

// -----

// CHECK: verified the gradients of @tanh: largest difference {{[0-9.]+e-(09|1[0-9])|0}}
bert.parameter @p : tensor<6x5xf32>
func.func @tanh(%x: tensor<?x5xf32>, %y: tensor<?x6xf32>) -> (tensor<f32> {bert.name = "loss"}) attributes {bert.entry} {
  %p = bert.get_parameter @p : tensor<6x5xf32>
  %r = bert.linear %x, %p : (tensor<?x5xf32>, tensor<6x5xf32>) -> tensor<?x6xf32>
  %z = bert.tanh %r : tensor<?x6xf32>
  %loss = bert.mean_squared_error %z, %y : (tensor<?x6xf32>, tensor<?x6xf32>) -> tensor<f32>
  return %loss : tensor<f32>
}

// -----

// CHECK: verified the gradients of @scale: largest difference {{[0-9.]+e-(09|1[0-9])|0}}
bert.parameter @p : tensor<6x5xf32>
func.func @scale(%x: tensor<?x5xf32>, %y: tensor<?x6xf32>) -> (tensor<f32> {bert.name = "loss"}) attributes {bert.entry} {
  %p = bert.get_parameter @p : tensor<6x5xf32>
  %r = bert.linear %x, %p : (tensor<?x5xf32>, tensor<6x5xf32>) -> tensor<?x6xf32>
  %z = bert.scale %r {factor = -2.5} : tensor<?x6xf32>
  %loss = bert.mean_squared_error %z, %y : (tensor<?x6xf32>, tensor<?x6xf32>) -> tensor<f32>
  return %loss : tensor<f32>
}

// -----

// CHECK: verified the gradients of @add_of_one_value: largest difference {{[0-9.]+e-(09|1[0-9])|0}}
bert.parameter @p : tensor<6x5xf32>
func.func @add_of_one_value(%x: tensor<?x5xf32>, %y: tensor<?x6xf32>) -> (tensor<f32> {bert.name = "loss"}) attributes {bert.entry} {
  %p = bert.get_parameter @p : tensor<6x5xf32>
  %r = bert.linear %x, %p : (tensor<?x5xf32>, tensor<6x5xf32>) -> tensor<?x6xf32>
  %z = bert.add %r, %r : tensor<?x6xf32>
  %u = bert.add %z, %y : tensor<?x6xf32>
  %loss = bert.mean_squared_error %u, %y : (tensor<?x6xf32>, tensor<?x6xf32>) -> tensor<f32>
  return %loss : tensor<f32>
}

// -----

// CHECK: verified the gradients of @attention_of_1: largest difference {{[0-9.]+e-(09|1[0-9])|0}}
bert.parameter @q : tensor<6x5xf32>
bert.parameter @k : tensor<6x5xf32>
bert.parameter @v : tensor<6x5xf32>
func.func @attention_of_1(%x: tensor<?x5xf32>, %y: tensor<?x6xf32>, %offsets: tensor<?xi32>) -> (tensor<f32> {bert.name = "loss"}) attributes {bert.entry} {
  %q = bert.get_parameter @q : tensor<6x5xf32>
  %k = bert.get_parameter @k : tensor<6x5xf32>
  %v = bert.get_parameter @v : tensor<6x5xf32>
  %qr = bert.linear %x, %q : (tensor<?x5xf32>, tensor<6x5xf32>) -> tensor<?x6xf32>
  %kr = bert.linear %x, %k : (tensor<?x5xf32>, tensor<6x5xf32>) -> tensor<?x6xf32>
  %vr = bert.linear %x, %v : (tensor<?x5xf32>, tensor<6x5xf32>) -> tensor<?x6xf32>
  %z = bert.attention %qr, %kr, %vr, %offsets {num_heads = 1 : i64} : (tensor<?x6xf32>, tensor<?x6xf32>, tensor<?x6xf32>, tensor<?xi32>) -> tensor<?x6xf32>
  %loss = bert.mean_squared_error %z, %y : (tensor<?x6xf32>, tensor<?x6xf32>) -> tensor<f32>
  return %loss : tensor<f32>
}

// -----

// CHECK: verified the gradients of @attention_of_2: largest difference {{[0-9.]+e-(09|1[0-9])|0}}
bert.parameter @q : tensor<6x5xf32>
bert.parameter @k : tensor<6x5xf32>
bert.parameter @v : tensor<6x5xf32>
func.func @attention_of_2(%x: tensor<?x5xf32>, %y: tensor<?x6xf32>, %offsets: tensor<?xi32>) -> (tensor<f32> {bert.name = "loss"}) attributes {bert.entry} {
  %q = bert.get_parameter @q : tensor<6x5xf32>
  %k = bert.get_parameter @k : tensor<6x5xf32>
  %v = bert.get_parameter @v : tensor<6x5xf32>
  %qr = bert.linear %x, %q : (tensor<?x5xf32>, tensor<6x5xf32>) -> tensor<?x6xf32>
  %kr = bert.linear %x, %k : (tensor<?x5xf32>, tensor<6x5xf32>) -> tensor<?x6xf32>
  %vr = bert.linear %x, %v : (tensor<?x5xf32>, tensor<6x5xf32>) -> tensor<?x6xf32>
  %z = bert.attention %qr, %kr, %vr, %offsets {num_heads = 2 : i64} : (tensor<?x6xf32>, tensor<?x6xf32>, tensor<?x6xf32>, tensor<?xi32>) -> tensor<?x6xf32>
  %loss = bert.mean_squared_error %z, %y : (tensor<?x6xf32>, tensor<?x6xf32>) -> tensor<f32>
  return %loss : tensor<f32>
}

// -----

// CHECK: verified the gradients of @attention_of_6: largest difference {{[0-9.]+e-(09|1[0-9])|0}}
bert.parameter @q : tensor<6x5xf32>
bert.parameter @k : tensor<6x5xf32>
bert.parameter @v : tensor<6x5xf32>
func.func @attention_of_6(%x: tensor<?x5xf32>, %y: tensor<?x6xf32>, %offsets: tensor<?xi32>) -> (tensor<f32> {bert.name = "loss"}) attributes {bert.entry} {
  %q = bert.get_parameter @q : tensor<6x5xf32>
  %k = bert.get_parameter @k : tensor<6x5xf32>
  %v = bert.get_parameter @v : tensor<6x5xf32>
  %qr = bert.linear %x, %q : (tensor<?x5xf32>, tensor<6x5xf32>) -> tensor<?x6xf32>
  %kr = bert.linear %x, %k : (tensor<?x5xf32>, tensor<6x5xf32>) -> tensor<?x6xf32>
  %vr = bert.linear %x, %v : (tensor<?x5xf32>, tensor<6x5xf32>) -> tensor<?x6xf32>
  %z = bert.attention %qr, %kr, %vr, %offsets {num_heads = 6 : i64} : (tensor<?x6xf32>, tensor<?x6xf32>, tensor<?x6xf32>, tensor<?xi32>) -> tensor<?x6xf32>
  %loss = bert.mean_squared_error %z, %y : (tensor<?x6xf32>, tensor<?x6xf32>) -> tensor<f32>
  return %loss : tensor<f32>
}

// -----

// CHECK: verified the gradients of @attention_of_values: largest difference {{[0-9.]+e-(09|1[0-9])|0}}
bert.parameter @v : tensor<6x5xf32>
func.func @attention_of_values(%x: tensor<?x5xf32>, %y: tensor<?x6xf32>, %offsets: tensor<?xi32>) -> (tensor<f32> {bert.name = "loss"}) attributes {bert.entry} {
  %v = bert.get_parameter @v : tensor<6x5xf32>
  %vr = bert.linear %x, %v : (tensor<?x5xf32>, tensor<6x5xf32>) -> tensor<?x6xf32>
  %z = bert.attention %y, %y, %vr, %offsets {num_heads = 3 : i64} : (tensor<?x6xf32>, tensor<?x6xf32>, tensor<?x6xf32>, tensor<?xi32>) -> tensor<?x6xf32>
  %loss = bert.mean_squared_error %z, %y : (tensor<?x6xf32>, tensor<?x6xf32>) -> tensor<f32>
  return %loss : tensor<f32>
}

// -----

// CHECK: verified the gradients of @embedding: largest difference {{[0-9.]+e-(09|1[0-9])|0}}
bert.parameter @words : tensor<4x6xf32>
bert.parameter @types : tensor<2x6xf32>
func.func @embedding(%ids: tensor<?xi32>, %kinds: tensor<?xi32>, %y: tensor<?x6xf32>) -> (tensor<f32> {bert.name = "loss"}) attributes {bert.entry} {
  %words = bert.get_parameter @words : tensor<4x6xf32>
  %types = bert.get_parameter @types : tensor<2x6xf32>
  %z = bert.embedding %ids, %kinds, %ids from %words, %types, %words : (tensor<?xi32>, tensor<?xi32>, tensor<?xi32>, tensor<4x6xf32>, tensor<2x6xf32>, tensor<4x6xf32>) -> tensor<?x6xf32>
  %loss = bert.mean_squared_error %z, %y : (tensor<?x6xf32>, tensor<?x6xf32>) -> tensor<f32>
  return %loss : tensor<f32>
}

// -----

// CHECK: verified the gradients of @first_token: largest difference {{[0-9.]+e-(09|1[0-9])|0}}
bert.parameter @p : tensor<6x5xf32>
func.func @first_token(%x: tensor<?x5xf32>, %y: tensor<?x6xf32>, %offsets: tensor<?xi32>) -> (tensor<f32> {bert.name = "loss"}) attributes {bert.entry} {
  %p = bert.get_parameter @p : tensor<6x5xf32>
  %r = bert.linear %x, %p : (tensor<?x5xf32>, tensor<6x5xf32>) -> tensor<?x6xf32>
  %z = bert.first_token %r, %offsets : (tensor<?x6xf32>, tensor<?xi32>) -> tensor<?x6xf32>
  %t = bert.first_token %y, %offsets : (tensor<?x6xf32>, tensor<?xi32>) -> tensor<?x6xf32>
  %loss = bert.mean_squared_error %z, %t : (tensor<?x6xf32>, tensor<?x6xf32>) -> tensor<f32>
  return %loss : tensor<f32>
}

// -----

// CHECK: verified the gradients of @mean_pool: largest difference {{[0-9.]+e-(09|1[0-9])|0}}
bert.parameter @p : tensor<6x5xf32>
func.func @mean_pool(%x: tensor<?x5xf32>, %y: tensor<?x6xf32>, %offsets: tensor<?xi32>) -> (tensor<f32> {bert.name = "loss"}) attributes {bert.entry} {
  %p = bert.get_parameter @p : tensor<6x5xf32>
  %r = bert.linear %x, %p : (tensor<?x5xf32>, tensor<6x5xf32>) -> tensor<?x6xf32>
  %z = bert.mean_pool %r, %offsets : (tensor<?x6xf32>, tensor<?xi32>) -> tensor<?x6xf32>
  %t = bert.mean_pool %y, %offsets : (tensor<?x6xf32>, tensor<?xi32>) -> tensor<?x6xf32>
  %loss = bert.mean_squared_error %z, %t : (tensor<?x6xf32>, tensor<?x6xf32>) -> tensor<f32>
  return %loss : tensor<f32>
}

// -----

// CHECK: verified the gradients of @l2_normalize: largest difference {{[0-9.]+e-(09|1[0-9])|0}}
bert.parameter @p : tensor<6x5xf32>
func.func @l2_normalize(%x: tensor<?x5xf32>, %y: tensor<?x6xf32>) -> (tensor<f32> {bert.name = "loss"}) attributes {bert.entry} {
  %p = bert.get_parameter @p : tensor<6x5xf32>
  %r = bert.linear %x, %p : (tensor<?x5xf32>, tensor<6x5xf32>) -> tensor<?x6xf32>
  %z = bert.l2_normalize %r {epsilon = 1.0e-12} : (tensor<?x6xf32>) -> tensor<?x6xf32>
  %loss = bert.mean_squared_error %z, %y : (tensor<?x6xf32>, tensor<?x6xf32>) -> tensor<f32>
  return %loss : tensor<f32>
}

// -----

// CHECK: verified the gradients of @l2_normalize_of_short_rows: largest difference {{[0-9.]+e-(09|1[0-9])|0}}
bert.parameter @p : tensor<6x5xf32>
func.func @l2_normalize_of_short_rows(%x: tensor<?x5xf32>, %y: tensor<?x6xf32>) -> (tensor<f32> {bert.name = "loss"}) attributes {bert.entry} {
  %p = bert.get_parameter @p : tensor<6x5xf32>
  %r = bert.linear %x, %p : (tensor<?x5xf32>, tensor<6x5xf32>) -> tensor<?x6xf32>
  %z = bert.l2_normalize %r {epsilon = 40.0} : (tensor<?x6xf32>) -> tensor<?x6xf32>
  %loss = bert.mean_squared_error %z, %y : (tensor<?x6xf32>, tensor<?x6xf32>) -> tensor<f32>
  return %loss : tensor<f32>
}

// -----

// CHECK: verified the gradients of @gather_rows: largest difference {{[0-9.]+e-(09|1[0-9])|0}}
bert.parameter @p : tensor<6x5xf32>
func.func @gather_rows(%x: tensor<?x5xf32>, %y: tensor<?x6xf32>, %rows: tensor<?xi32>) -> (tensor<f32> {bert.name = "loss"}) attributes {bert.entry} {
  %p = bert.get_parameter @p : tensor<6x5xf32>
  %r = bert.linear %x, %p : (tensor<?x5xf32>, tensor<6x5xf32>) -> tensor<?x6xf32>
  %z = bert.gather_rows %r, %rows : (tensor<?x6xf32>, tensor<?xi32>) -> tensor<?x6xf32>
  %loss = bert.mean_squared_error %z, %y : (tensor<?x6xf32>, tensor<?x6xf32>) -> tensor<f32>
  return %loss : tensor<f32>
}

// -----

// CHECK: verified the gradients of @slice_columns: largest difference {{[0-9.]+e-(09|1[0-9])|0}}
bert.parameter @p : tensor<6x5xf32>
func.func @slice_columns(%x: tensor<?x5xf32>, %y: tensor<?x2xf32>) -> (tensor<f32> {bert.name = "loss"}) attributes {bert.entry} {
  %p = bert.get_parameter @p : tensor<6x5xf32>
  %r = bert.linear %x, %p : (tensor<?x5xf32>, tensor<6x5xf32>) -> tensor<?x6xf32>
  %z = bert.slice_columns %r {first = 3 : i64, count = 2 : i64} : (tensor<?x6xf32>) -> tensor<?x2xf32>
  %loss = bert.mean_squared_error %z, %y : (tensor<?x2xf32>, tensor<?x2xf32>) -> tensor<f32>
  return %loss : tensor<f32>
}

// -----

// CHECK: verified the gradients of @cross_entropy: largest difference {{[0-9.]+e-(09|1[0-9])|0}}
bert.parameter @p : tensor<6x5xf32>
func.func @cross_entropy(%x: tensor<?x5xf32>, %labels: tensor<?xi32>) -> (tensor<f32> {bert.name = "loss"}) attributes {bert.entry} {
  %p = bert.get_parameter @p : tensor<6x5xf32>
  %r = bert.linear %x, %p : (tensor<?x5xf32>, tensor<6x5xf32>) -> tensor<?x6xf32>
  %loss = bert.cross_entropy %r, %labels : (tensor<?x6xf32>, tensor<?xi32>) -> tensor<f32>
  return %loss : tensor<f32>
}

// -----

// CHECK: verified the gradients of @cross_entropy_with_ignored_labels: largest difference {{[0-9.]+e-(09|1[0-9])|0}}
bert.parameter @p : tensor<6x5xf32>
func.func @cross_entropy_with_ignored_labels(%x: tensor<?x5xf32>, %labels: tensor<?xi32>) -> (tensor<f32> {bert.name = "loss"}) attributes {bert.entry} {
  %p = bert.get_parameter @p : tensor<6x5xf32>
  %r = bert.linear %x, %p : (tensor<?x5xf32>, tensor<6x5xf32>) -> tensor<?x6xf32>
  %loss = bert.cross_entropy %r, %labels {ignore_label = 1 : i64} : (tensor<?x6xf32>, tensor<?xi32>) -> tensor<f32>
  return %loss : tensor<f32>
}

// -----

// CHECK: verified the gradients of @sequence_cross_entropy: largest difference {{[0-9.]+e-(09|1[0-9])|0}}
bert.parameter @p : tensor<1x5xf32>
func.func @sequence_cross_entropy(%x: tensor<?x5xf32>, %offsets: tensor<?xi32>, %labels: tensor<?xi32>) -> (tensor<f32> {bert.name = "loss"}) attributes {bert.entry} {
  %p = bert.get_parameter @p : tensor<1x5xf32>
  %r = bert.linear %x, %p : (tensor<?x5xf32>, tensor<1x5xf32>) -> tensor<?x1xf32>
  %loss = bert.sequence_cross_entropy %r, %offsets, %labels : (tensor<?x1xf32>, tensor<?xi32>, tensor<?xi32>) -> tensor<f32>
  return %loss : tensor<f32>
}

// -----

// CHECK: verified the gradients of @binary_cross_entropy: largest difference {{[0-9.]+e-(09|1[0-9])|0}}
bert.parameter @p : tensor<6x5xf32>
func.func @binary_cross_entropy(%x: tensor<?x5xf32>, %y: tensor<?x6xf32>) -> (tensor<f32> {bert.name = "loss"}) attributes {bert.entry} {
  %p = bert.get_parameter @p : tensor<6x5xf32>
  %r = bert.linear %x, %p : (tensor<?x5xf32>, tensor<6x5xf32>) -> tensor<?x6xf32>
  %loss = bert.binary_cross_entropy %r, %y : (tensor<?x6xf32>, tensor<?x6xf32>) -> tensor<f32>
  return %loss : tensor<f32>
}

// -----

// CHECK: verified the gradients of @cosine: largest difference {{[0-9.]+e-(09|1[0-9])|0}}
bert.parameter @p : tensor<6x5xf32>
bert.parameter @q : tensor<6x5xf32>
func.func @cosine(%x: tensor<?x5xf32>, %y: tensor<?x1xf32>) -> (tensor<f32> {bert.name = "loss"}) attributes {bert.entry} {
  %p = bert.get_parameter @p : tensor<6x5xf32>
  %q = bert.get_parameter @q : tensor<6x5xf32>
  %r = bert.linear %x, %p : (tensor<?x5xf32>, tensor<6x5xf32>) -> tensor<?x6xf32>
  %s = bert.linear %x, %q : (tensor<?x5xf32>, tensor<6x5xf32>) -> tensor<?x6xf32>
  %c = bert.cosine %r, %s {epsilon = 1.0e-8} : (tensor<?x6xf32>, tensor<?x6xf32>) -> tensor<?x1xf32>
  %loss = bert.mean_squared_error %c, %y : (tensor<?x1xf32>, tensor<?x1xf32>) -> tensor<f32>
  return %loss : tensor<f32>
}

// -----

// CHECK: verified the gradients of @cosine_of_short_rows: largest difference {{[0-9.]+e-(09|1[0-9])|0}}
bert.parameter @p : tensor<6x5xf32>
func.func @cosine_of_short_rows(%x: tensor<?x5xf32>, %y: tensor<?x6xf32>, %z: tensor<?x1xf32>) -> (tensor<f32> {bert.name = "loss"}) attributes {bert.entry} {
  %p = bert.get_parameter @p : tensor<6x5xf32>
  %r = bert.linear %x, %p : (tensor<?x5xf32>, tensor<6x5xf32>) -> tensor<?x6xf32>
  %c = bert.cosine %r, %y {epsilon = 40.0} : (tensor<?x6xf32>, tensor<?x6xf32>) -> tensor<?x1xf32>
  %loss = bert.mean_squared_error %c, %z : (tensor<?x1xf32>, tensor<?x1xf32>) -> tensor<f32>
  return %loss : tensor<f32>
}

// -----

// CHECK: verified the gradients of @cosine_embedding: largest difference {{[0-9.]+e-(09|1[0-9])|0}}
bert.parameter @p : tensor<6x5xf32>
func.func @cosine_embedding(%x: tensor<?x5xf32>, %y: tensor<?x6xf32>) -> (tensor<f32> {bert.name = "loss"}) attributes {bert.entry} {
  %p = bert.get_parameter @p : tensor<6x5xf32>
  %r = bert.linear %x, %p : (tensor<?x5xf32>, tensor<6x5xf32>) -> tensor<?x6xf32>
  %loss = bert.cosine_embedding %r, %y {epsilon = 1.0e-8} : (tensor<?x6xf32>, tensor<?x6xf32>) -> tensor<f32>
  return %loss : tensor<f32>
}

// -----

// CHECK: verified the gradients of @distillation_at_1: largest difference {{[0-9.]+e-(09|1[0-9])|0}}
bert.parameter @p : tensor<6x5xf32>
func.func @distillation_at_1(%x: tensor<?x5xf32>, %y: tensor<?x6xf32>) -> (tensor<f32> {bert.name = "loss"}) attributes {bert.entry} {
  %p = bert.get_parameter @p : tensor<6x5xf32>
  %r = bert.linear %x, %p : (tensor<?x5xf32>, tensor<6x5xf32>) -> tensor<?x6xf32>
  %loss = bert.distillation %r, %y {temperature = 1.0} : (tensor<?x6xf32>, tensor<?x6xf32>) -> tensor<f32>
  return %loss : tensor<f32>
}

// -----

// CHECK: verified the gradients of @distillation_at_2: largest difference {{[0-9.]+e-(09|1[0-9])|0}}
bert.parameter @p : tensor<6x5xf32>
func.func @distillation_at_2(%x: tensor<?x5xf32>, %y: tensor<?x6xf32>) -> (tensor<f32> {bert.name = "loss"}) attributes {bert.entry} {
  %p = bert.get_parameter @p : tensor<6x5xf32>
  %r = bert.linear %x, %p : (tensor<?x5xf32>, tensor<6x5xf32>) -> tensor<?x6xf32>
  %loss = bert.distillation %r, %y {temperature = 2.0} : (tensor<?x6xf32>, tensor<?x6xf32>) -> tensor<f32>
  return %loss : tensor<f32>
}

// -----

// CHECK: verified the gradients of @multiple_negatives: largest difference {{[0-9.]+e-(09|1[0-9])|0}}
bert.parameter @p : tensor<6x5xf32>
bert.parameter @q : tensor<6x5xf32>
func.func @multiple_negatives(%x: tensor<?x5xf32>, %labels: tensor<?xi32>) -> (tensor<f32> {bert.name = "loss"}) attributes {bert.entry} {
  %p = bert.get_parameter @p : tensor<6x5xf32>
  %q = bert.get_parameter @q : tensor<6x5xf32>
  %r = bert.linear %x, %p : (tensor<?x5xf32>, tensor<6x5xf32>) -> tensor<?x6xf32>
  %s = bert.linear %x, %q : (tensor<?x5xf32>, tensor<6x5xf32>) -> tensor<?x6xf32>
  %u = bert.l2_normalize %r {epsilon = 1.0e-12} : (tensor<?x6xf32>) -> tensor<?x6xf32>
  %v = bert.l2_normalize %s {epsilon = 1.0e-12} : (tensor<?x6xf32>) -> tensor<?x6xf32>
  %scores = bert.linear %u, %v : (tensor<?x6xf32>, tensor<?x6xf32>) -> tensor<?x?xf32>
  %scaled = bert.scale %scores {factor = 20.0} : tensor<?x?xf32>
  %loss = bert.cross_entropy %scaled, %labels : (tensor<?x?xf32>, tensor<?xi32>) -> tensor<f32>
  return %loss : tensor<f32>
}

// -----

// CHECK: verified the gradients of @dropout: largest difference {{[0-9.]+e-(09|1[0-9])|0}}
bert.parameter @p : tensor<6x5xf32>
func.func @dropout(%x: tensor<?x5xf32>, %y: tensor<?x6xf32>, %offsets: tensor<?xi32>, %ids: tensor<?xi32>, %random: tensor<2xi32>) -> (tensor<f32> {bert.name = "loss"}) attributes {bert.entry} {
  %p = bert.get_parameter @p : tensor<6x5xf32>
  %r = bert.linear %x, %p : (tensor<?x5xf32>, tensor<6x5xf32>) -> tensor<?x6xf32>
  %key = bert.fold_in %random {number = 3 : i64} : (tensor<2xi32>) -> tensor<2xi32>
  %z = bert.dropout %r, %key, %ids offsets %offsets {rate = 0.4} : (tensor<?x6xf32>, tensor<2xi32>, tensor<?xi32>, tensor<?xi32>) -> tensor<?x6xf32>
  %loss = bert.mean_squared_error %z, %y : (tensor<?x6xf32>, tensor<?x6xf32>) -> tensor<f32>
  return %loss : tensor<f32>
}

// -----

// CHECK: verified the gradients of @dropout_of_sequences: largest difference {{[0-9.]+e-(09|1[0-9])|0}}
bert.parameter @p : tensor<6x5xf32>
func.func @dropout_of_sequences(%x: tensor<?x5xf32>, %y: tensor<?x6xf32>, %offsets: tensor<?xi32>, %ids: tensor<?xi32>, %random: tensor<2xi32>) -> (tensor<f32> {bert.name = "loss"}) attributes {bert.entry} {
  %p = bert.get_parameter @p : tensor<6x5xf32>
  %r = bert.linear %x, %p : (tensor<?x5xf32>, tensor<6x5xf32>) -> tensor<?x6xf32>
  %f = bert.first_token %r, %offsets : (tensor<?x6xf32>, tensor<?xi32>) -> tensor<?x6xf32>
  %g = bert.first_token %y, %offsets : (tensor<?x6xf32>, tensor<?xi32>) -> tensor<?x6xf32>
  %z = bert.dropout %f, %random, %ids {rate = 0.4} : (tensor<?x6xf32>, tensor<2xi32>, tensor<?xi32>) -> tensor<?x6xf32>
  %loss = bert.mean_squared_error %z, %g : (tensor<?x6xf32>, tensor<?x6xf32>) -> tensor<f32>
  return %loss : tensor<f32>
}

// -----

// CHECK: verified the gradients of @dropout_attention: largest difference {{[0-9.]+e-(09|1[0-9])|0}}
bert.parameter @q : tensor<6x5xf32>
bert.parameter @k : tensor<6x5xf32>
bert.parameter @v : tensor<6x5xf32>
func.func @dropout_attention(%x: tensor<?x5xf32>, %y: tensor<?x6xf32>, %offsets: tensor<?xi32>, %ids: tensor<?xi32>, %random: tensor<2xi32>) -> (tensor<f32> {bert.name = "loss"}) attributes {bert.entry} {
  %q = bert.get_parameter @q : tensor<6x5xf32>
  %k = bert.get_parameter @k : tensor<6x5xf32>
  %v = bert.get_parameter @v : tensor<6x5xf32>
  %qr = bert.linear %x, %q : (tensor<?x5xf32>, tensor<6x5xf32>) -> tensor<?x6xf32>
  %kr = bert.linear %x, %k : (tensor<?x5xf32>, tensor<6x5xf32>) -> tensor<?x6xf32>
  %vr = bert.linear %x, %v : (tensor<?x5xf32>, tensor<6x5xf32>) -> tensor<?x6xf32>
  %z = bert.dropout_attention %qr, %kr, %vr, %offsets dropout %random, %ids {num_heads = 2 : i64, rate = 0.3} : (tensor<?x6xf32>, tensor<?x6xf32>, tensor<?x6xf32>, tensor<?xi32>, tensor<2xi32>, tensor<?xi32>) -> tensor<?x6xf32>
  %loss = bert.mean_squared_error %z, %y : (tensor<?x6xf32>, tensor<?x6xf32>) -> tensor<f32>
  return %loss : tensor<f32>
}

// -----

// CHECK: verified the gradients of @weighted_losses: largest difference {{[0-9.]+e-(09|1[0-9])|0}}
bert.parameter @p : tensor<6x5xf32>
func.func @weighted_losses(%x: tensor<?x5xf32>, %y: tensor<?x6xf32>, %labels: tensor<?xi32>) -> (tensor<f32> {bert.name = "loss"}) attributes {bert.entry} {
  %p = bert.get_parameter @p : tensor<6x5xf32>
  %r = bert.linear %x, %p : (tensor<?x5xf32>, tensor<6x5xf32>) -> tensor<?x6xf32>
  %a = bert.cross_entropy %r, %labels : (tensor<?x6xf32>, tensor<?xi32>) -> tensor<f32>
  %b = bert.binary_cross_entropy %r, %y : (tensor<?x6xf32>, tensor<?x6xf32>) -> tensor<f32>
  %c = bert.scale %b {factor = 0.25} : tensor<f32>
  %loss = bert.add %a, %c : tensor<f32>
  return %loss : tensor<f32>
}
