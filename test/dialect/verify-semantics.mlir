// RUN: bert-opt %s --inline --canonicalize --verify-semantics 2>%t.log | FileCheck %s
// RUN: FileCheck %s --check-prefix=LOG < %t.log
// RUN: bert-opt %s --verify-semantics --tokens=5 --sequences=5 --seed=7 2>&1 | FileCheck %s --check-prefix=LOG
// RUN: not bert-opt %s --interpret --sequences=12 2>&1 | FileCheck %s --check-prefix=SIZES
// RUN: not bert-opt %s --verify-semantics --tolerance=-1 2>&1 | FileCheck %s --check-prefix=DIFFERS
// RUN: not bert-opt %s --bert-drop-dead-outputs=outputs=pooler_output --verify-semantics 2>&1 | FileCheck %s --check-prefix=FAILED
// On random ragged inputs and random parameters; the IR after the passes is printed.

// SIZES: 12 sequences need as many tokens
// DIFFERS: @encode, last_hidden_state differs at [0, 0]: [[X:.*]] before the passes, [[X]] after, tolerance -1
// FAILED: the passes failed
// LOG: verified @encode: largest difference 0{{$}}

bert.parameter @word : tensor<30x8xf32>
bert.parameter @type : tensor<2x8xf32>
bert.parameter @dense : tensor<8x8xf32>

// CHECK: func.func @encode
// CHECK-NOT: call
// CHECK: bert.attention
func.func @encode(%ids: tensor<?xi32> {bert.name = "input_ids"}, %types: tensor<?xi32>,
                  %offsets: tensor<?xi32> {bert.name = "offsets"})
    -> (tensor<?x8xf32> {bert.name = "last_hidden_state"}) attributes {bert.entry} {
  %word = bert.get_parameter @word : tensor<30x8xf32>
  %type = bert.get_parameter @type : tensor<2x8xf32>
  %dense = bert.get_parameter @dense : tensor<8x8xf32>
  %x = bert.embedding %ids, %types from %word, %type
      : (tensor<?xi32>, tensor<?xi32>, tensor<30x8xf32>, tensor<2x8xf32>) -> tensor<?x8xf32>
  %y = call @layer(%x, %offsets, %dense)
      : (tensor<?x8xf32>, tensor<?xi32>, tensor<8x8xf32>) -> tensor<?x8xf32>
  return %y : tensor<?x8xf32>
}

func.func private @layer(%x: tensor<?x8xf32>, %offsets: tensor<?xi32>, %w: tensor<8x8xf32>)
    -> tensor<?x8xf32> {
  %q = bert.linear %x, %w : (tensor<?x8xf32>, tensor<8x8xf32>) -> tensor<?x8xf32>
  %y = bert.attention %q, %x, %x, %offsets {num_heads = 2}
      : (tensor<?x8xf32>, tensor<?x8xf32>, tensor<?x8xf32>, tensor<?xi32>) -> tensor<?x8xf32>
  return %y : tensor<?x8xf32>
}
