// RUN: bert-opt %s --bert-lower-to-kernels=target-cpu=x86-64-v3 --canonicalize --cse --split-input-file \
// RUN:   | FileCheck %s --implicit-check-not="bert.parameter @" --implicit-check-not="= bert."
// RUN: bert-opt %s --bert-lower-to-kernels=target-cpu=x86-64-v3 --split-input-file | FileCheck %s --check-prefix=ONCE

// The sums of bytes are [constant, per token, per sequence, per thread]. Each thread's scratch is one page here;
// behind it stand the ids, the offsets, then the outputs, in rows of a panel: 16 f32.
// CHECK-LABEL: module
// CHECK-SAME: inputs = [{classes = 0 : i64, columns = 1 : i64, element = "i32",{{[^}]*}} name = "input_ids", offset = array<i64: 0, 0, 0, [[SCRATCH:4096]]>, row_stride = 1 : i64, rows = 0 : i64}
// CHECK-SAME: name = "offsets", offset = array<i64: 0, 4, 0, [[SCRATCH]]>, row_stride = 1 : i64, rows = 2 : i64}]
// CHECK-SAME: outputs = [{classes = 0 : i64, columns = 4 : i64, element = "f32",{{[^}]*}} name = "last_hidden_state", offset = array<i64: 0, 4, 4, [[SCRATCH]]>, row_stride = 16 : i64, rows = 0 : i64}
// CHECK-SAME: name = "pooled", offset = array<i64: 0, 68, 4, [[SCRATCH]]>, row_stride = 16 : i64, rows = 1 : i64}]
// The entry keeps the embedding and the first layer, 64 bytes a token each, and the first token's row; a layer
// needs two rows a token above that. A run touches all of it, and no rows that it selects.
// CHECK-SAME: touched = array<i64: 0, 324, 132, [[SCRATCH]], 0>
// CHECK-SAME: workspace = array<i64: 0, 324, 132, [[SCRATCH]]>

// Weights in the order of first use, each on 64 bytes, vectors in whole panels.
// CHECK-SAME: bert.weights = [{bytes = 112 : i64, name = "words", offset = 0 : i64, panel = 0 : i64, shape = array<i64: 7, 4>, sources = ["words"], type = "f32"}
// CHECK-SAME: {bytes = 256 : i64, name = "qkv.packed", offset = [[QKV_OFFSET:128]] : i64, panel = 16 : i64, shape = array<i64: 12, 4>, sources = ["q", "k", "v"], type = "f32"}
// CHECK-SAME: {bytes = 64 : i64, name = "b", offset = [[B_OFFSET:384]] : i64, panel = 0 : i64, shape = array<i64: 12>, sources = ["b"], type = "f32"}
// CHECK-SAME: {bytes = 256 : i64, name = "o.packed", offset = [[O_OFFSET:448]] : i64
// CHECK-SAME: {bytes = 64 : i64, name = "norm", offset = [[NORM_OFFSET:704]] : i64
// CHECK-NOT: unread
module attributes {bert.model = {max_positions = 8 : i64}} {
  bert.parameter @words : tensor<7x4xf32>
  bert.parameter @q : tensor<4x4xf32>
  bert.parameter @k : tensor<4x4xf32>
  bert.parameter @v : tensor<4x4xf32>
  bert.parameter @o : tensor<4x4xf32>
  bert.parameter @qkv.packed : tensor<1x4x16xf32> {sources = [@q, @k, @v], panel = 16 : i64}
  bert.parameter @o.packed : tensor<1x4x16xf32> {sources = [@o], panel = 16 : i64}
  bert.parameter @norm : tensor<4xf32>
  bert.parameter @b : tensor<12xf32>
  bert.parameter @unread : tensor<4xf32>

  // The layer stays one function: its arguments, its result's place, then what it must know of the run.
  // CHECK-LABEL: func.func private @layer
  // CHECK-SAME: (%[[X:[^:]*]]: memref<?x16xf32>, %[[OFFSETS:[^:]*]]: memref<?xi32>, %[[WQKV:[^:]*]]: memref<1x4x16xf32>, %[[B:[^:]*]]: memref<16xf32>, %[[WO:[^:]*]]: memref<1x4x16xf32>, %[[N:[^:]*]]: memref<16xf32>, %[[Y:[^:]*]]: memref<?x16xf32>,
  // CHECK-SAME: %{{[^:]*}}: memref<?xi8>, %[[WORKSPACE:[^:]*]]: memref<?xi8>, %[[SCRATCH:[^:]*]]: memref<?xi8>, %[[FRAME:[^:]*]]: index, %[[TOKENS:[^:]*]]: index, %[[SEQUENCES:[^:]*]]: index,
  // CHECK-SAME: %[[THREAD:[^:]*]]: index, %[[THREADS:[^:]*]]: index, %[[CALL:[^:]*]]: !llvm.ptr)

  // Each op is a kernel that every thread calls with its number, and a barrier.
  // CHECK: %[[QKV:.*]] = memref.view %[[WORKSPACE]][%[[FRAME]]][%[[TOKENS]]]
  // CHECK-NEXT: call @product_4x12_bias(%[[X]], %[[WQKV]], %[[B]], %[[QKV]], %[[TOKENS]], %[[THREAD]], %[[THREADS]])
  // CHECK-NEXT: call @barrier(%[[CALL]])
  // CHECK: %[[CONTEXT:.*]] = memref.view %[[WORKSPACE]]
  // CHECK-NEXT: call @attention_2x2(%[[QKV]], %[[OFFSETS]], %[[CONTEXT]], %[[SCRATCH]], %[[SEQUENCES]], %[[THREAD]], %[[THREADS]])
  // CHECK-NEXT: call @barrier(%[[CALL]])
  // The layer norm needs whole rows, which the panels of all threads make up: a kernel of its own, in place.
  // CHECK-NEXT: call @product_4x4_gelu_residual(%[[CONTEXT]], %[[WO]], %[[X]], %[[Y]], %[[TOKENS]], %[[THREAD]], %[[THREADS]])
  // CHECK-NEXT: call @barrier(%[[CALL]])
  // CHECK-NEXT: call @"layer_norm_4_{{[0-9.]+}}e-{{[0-9]+}}"(%[[Y]], %[[N]], %[[N]], %[[Y]], %[[TOKENS]], %[[THREAD]], %[[THREADS]])
  // CHECK-NEXT: call @barrier(%[[CALL]])
  // CHECK-NEXT: return
  func.func private @layer(%x : tensor<?x4xf32>, %offsets : tensor<?xi32>, %qkv : tensor<1x4x16xf32>, %b : tensor<12xf32>,
                           %o : tensor<1x4x16xf32>, %n : tensor<4xf32>) -> tensor<?x4xf32> {
    %0 = bert.packed_linear %x, %qkv bias %b {activation = #bert<activation none>, out_features = 12 : i64}
        : (tensor<?x4xf32>, tensor<1x4x16xf32>, tensor<12xf32>) -> tensor<?x12xf32>
    %1 = bert.self_attention %0, %offsets {num_heads = 2 : i64} : (tensor<?x12xf32>, tensor<?xi32>) -> tensor<?x4xf32>
    %2 = bert.packed_linear %1, %o residual %x layer_norm %n, %n {activation = #bert<activation gelu>, epsilon = 1.0e-12 : f64, out_features = 4 : i64}
        : (tensor<?x4xf32>, tensor<1x4x16xf32>, tensor<?x4xf32>, tensor<4xf32>, tensor<4xf32>) -> tensor<?x4xf32>
    return %2 : tensor<?x4xf32>
  }

  // A kernel is made once, the barrier too, and the layer is not copied.
  // ONCE-COUNT-1: func.func private @layer(
  // ONCE-COUNT-1: func.func private @product_4x12_bias(
  // ONCE-COUNT-1: func.func private @barrier(
  // ONCE-NOT: func.func private @layer
  // ONCE-NOT: func.func private @product_4x12_bias
  // ONCE-NOT: func.func private @barrier
  // ONCE: func.func @bertc_run

  // A thread waits by the function that bertc_call carries, telling the executor, the field behind it, its number,
  // two fields before it.
  // CHECK-LABEL: func.func private @barrier
  // CHECK-SAME: (%[[CALL:.*]]: !llvm.ptr)
  // CHECK: %[[WAIT:.*]] = llvm.getelementptr %[[CALL]]{{\[}}[[#BARRIER:]]{{\]}}
  // CHECK: %[[F:.*]] = llvm.load %[[WAIT]] : !llvm.ptr -> !llvm.ptr
  // CHECK: %[[EXECUTOR:.*]] = llvm.getelementptr %[[CALL]]{{\[}}[[#BARRIER+8]]{{\]}}
  // CHECK: %[[E:.*]] = llvm.load %[[EXECUTOR]] : !llvm.ptr -> !llvm.ptr
  // CHECK: %[[NUMBER:.*]] = llvm.getelementptr %[[CALL]]{{\[}}[[#BARRIER-16]]{{\]}}
  // CHECK: %[[ME:.*]] = llvm.load %[[NUMBER]] : !llvm.ptr -> i64
  // CHECK: llvm.call %[[F]](%[[E]], %[[ME]])

  // CHECK-LABEL: func.func @bertc_run
  // CHECK-SAME: (%[[CALL:.*]]: !llvm.ptr)
  // CHECK-DAG: %[[AT_QKV:.*]] = arith.constant [[QKV_OFFSET]] : index
  // CHECK-DAG: %[[AT_B:.*]] = arith.constant [[B_OFFSET]] : index
  // CHECK-DAG: %[[AT_O:.*]] = arith.constant [[O_OFFSET]] : index
  // CHECK-DAG: %[[AT_NORM:.*]] = arith.constant [[NORM_OFFSET]] : index
  // CHECK: call @embedding_4_7(%{{[^,]*}}, %{{[^,]*}}, %[[X:[^,]*]], %[[TOKENS:[^,]*]], %[[THREAD:[^,]*]], %[[THREADS:[^,]*]])
  // CHECK-NEXT: call @barrier(%[[CALL]])
  // CHECK-DAG: %[[QKV:.*]] = memref.view %{{.*}}[%[[AT_QKV]]][]
  // CHECK-DAG: %[[B:.*]] = memref.view %{{.*}}[%[[AT_B]]][]
  // CHECK-DAG: %[[O:.*]] = memref.view %{{.*}}[%[[AT_O]]][]
  // CHECK-DAG: %[[N:.*]] = memref.view %{{.*}}[%[[AT_NORM]]][]
  // Both layers run in one frame, one after the other; the second writes the output's own place.
  // CHECK: call @layer(%[[X]], %[[OFFSETS:[^,]*]], %[[QKV]], %[[B]], %[[O]], %[[N]], %[[X1:[^,]*]], %{{[^,]*}}, %{{[^,]*}}, %{{[^,]*}}, %[[FRAME:[^,]*]],
  // CHECK: call @layer(%[[X1]], %[[OFFSETS]], %[[QKV]], %[[B]], %[[O]], %[[N]], %[[HIDDEN:[^,]*]], %{{[^,]*}}, %{{[^,]*}}, %{{[^,]*}}, %[[FRAME]],
  // From pooling on, rows are sequences.
  // CHECK: call @first_token_4(%[[HIDDEN]], %[[OFFSETS]], %[[FIRST:[^,]*]], %[[SEQUENCES:[^,]*]], %[[THREAD]], %[[THREADS]])
  // CHECK-NEXT: call @barrier(%[[CALL]])
  // CHECK-NEXT: call @elementwise_4_tanh(%[[FIRST]], %{{[^,]*}}, %[[SEQUENCES]], %[[THREAD]], %[[THREADS]])
  // CHECK-NEXT: call @barrier(%[[CALL]])
  // CHECK-NEXT: return
  func.func @encode(%ids : tensor<?xi32> {bert.name = "input_ids"}, %offsets : tensor<?xi32> {bert.name = "offsets"})
      -> (tensor<?x4xf32> {bert.name = "last_hidden_state"}, tensor<?x4xf32> {bert.name = "pooled"}) attributes {bert.entry} {
    %words = bert.get_parameter @words : tensor<7x4xf32>
    %x = bert.embedding %ids from %words : (tensor<?xi32>, tensor<7x4xf32>) -> tensor<?x4xf32>
    %qkv = bert.get_parameter @qkv.packed : tensor<1x4x16xf32>
    %b = bert.get_parameter @b : tensor<12xf32>
    %o = bert.get_parameter @o.packed : tensor<1x4x16xf32>
    %n = bert.get_parameter @norm : tensor<4xf32>
    %1 = call @layer(%x, %offsets, %qkv, %b, %o, %n) : (tensor<?x4xf32>, tensor<?xi32>, tensor<1x4x16xf32>, tensor<12xf32>, tensor<1x4x16xf32>, tensor<4xf32>) -> tensor<?x4xf32>
    %2 = call @layer(%1, %offsets, %qkv, %b, %o, %n) : (tensor<?x4xf32>, tensor<?xi32>, tensor<1x4x16xf32>, tensor<12xf32>, tensor<1x4x16xf32>, tensor<4xf32>) -> tensor<?x4xf32>
    %3 = bert.first_token %2, %offsets : (tensor<?x4xf32>, tensor<?xi32>) -> tensor<?x4xf32>
    %4 = bert.tanh %3 : tensor<?x4xf32>
    return %2, %4 : tensor<?x4xf32>, tensor<?x4xf32>
  }
}

// -----

// A value's place is free once its last reader is done: the third temporary takes the first one's. The ids take
// 4 bytes a token, the output 64, and so do two temporaries at a time. No attention, no scratch.
// CHECK-LABEL: module
// CHECK-SAME: workspace = array<i64: 0, 196, 0, 0>
module attributes {bert.model = {max_positions = 8 : i64}} {
  bert.parameter @words : tensor<7x4xf32>

  // CHECK-LABEL: func.func @bertc_run
  // CHECK: call @embedding_4_7(%{{[^,]*}}, %{{[^,]*}}, %[[FIRST:[^,]*]],
  // CHECK: call @elementwise_4_relu(%[[FIRST]], %[[SECOND:[^,]*]],
  // CHECK: call @elementwise_4_silu(%[[SECOND]], %[[FIRST]],
  // CHECK: call @elementwise_4_none_residual(%[[FIRST]], %[[SECOND]], %[[OUT:[^,]*]],
  func.func @encode(%ids : tensor<?xi32> {bert.name = "input_ids"}) -> (tensor<?x4xf32> {bert.name = "y"}) attributes {bert.entry} {
    %words = bert.get_parameter @words : tensor<7x4xf32>
    %0 = bert.embedding %ids from %words : (tensor<?xi32>, tensor<7x4xf32>) -> tensor<?x4xf32>
    %1 = bert.relu %0 : tensor<?x4xf32>
    %2 = bert.silu %1 : tensor<?x4xf32>
    %3 = bert.add %2, %1 : tensor<?x4xf32>
    return %3 : tensor<?x4xf32>
  }
}

// -----

// One value as two outputs: they have one place.
// CHECK-LABEL: module
// CHECK-SAME: name = "y", offset = array<i64: [[Y:[0-9, ]*]]>
// CHECK-SAME: name = "z", offset = array<i64: [[Y]]>
// CHECK-LABEL: func.func @bertc_run
// CHECK: call @embedding_4_7(
// CHECK-NOT: call @elementwise
module attributes {bert.model = {max_positions = 8 : i64}} {
  bert.parameter @words : tensor<7x4xf32>
  func.func @encode(%ids : tensor<?xi32> {bert.name = "input_ids"})
      -> (tensor<?x4xf32> {bert.name = "y"}, tensor<?x4xf32> {bert.name = "z"}) attributes {bert.entry} {
    %words = bert.get_parameter @words : tensor<7x4xf32>
    %0 = bert.embedding %ids from %words : (tensor<?xi32>, tensor<7x4xf32>) -> tensor<?x4xf32>
    return %0, %0 : tensor<?x4xf32>, tensor<?x4xf32>
  }
}

// -----

// What no batch changes stands in front of all arrays, behind the threads' scratch, in whole lines: a gradient and,
// through a copy, a second name of it. A run packs the weight whose rows it multiplies.
// CHECK-LABEL: module
// CHECK-SAME: states = [{element = "f32", initial = "", name = "dw", offset = array<i64: 0, 0, 0, [[SCRATCH:[0-9]*]]>, role = "number", shape = array<i64: 7, 4>},
// CHECK-SAME: {element = "f32", initial = "", name = "again", offset = array<i64: 128, 0, 0, [[SCRATCH]]>, role = "number", shape = array<i64: 7, 4>}]
// CHECK-LABEL: func.func @bertc_run
// CHECK: call @pack_transposed_4x4
// CHECK-NEXT: call @barrier
// CHECK: call @product_4x4
// CHECK-NEXT: call @barrier
// CHECK: call @embedding_gradient_7_4
// CHECK-NEXT: call @barrier
// CHECK: call @"flat_scale_{{[^"]*}}"(%{{.*}}, %{{.*}}, %c28, %
module attributes {bert.model = {max_positions = 8 : i64}} {
  bert.parameter @words : tensor<7x4xf32>
  bert.parameter @w : tensor<4x4xf32>
  func.func @encode(%ids : tensor<?xi32> {bert.name = "input_ids"})
      -> (tensor<7x4xf32> {bert.name = "dw"}, tensor<7x4xf32> {bert.name = "again"}) attributes {bert.entry} {
    %words = bert.get_parameter @words : tensor<7x4xf32>
    %x = bert.embedding %ids from %words : (tensor<?xi32>, tensor<7x4xf32>) -> tensor<?x4xf32>
    %w = bert.get_parameter @w : tensor<4x4xf32>
    %p = bert.pack_transposed %w {panel = 16 : i64} : tensor<4x4xf32> -> tensor<1x4x16xf32>
    %y = bert.packed_linear %x, %p {activation = #bert<activation none>, out_features = 4 : i64} : (tensor<?x4xf32>, tensor<1x4x16xf32>) -> tensor<?x4xf32>
    %g = bert.embedding_gradient %y, %ids {rows = 7 : i64} : (tensor<?x4xf32>, tensor<?xi32>) -> tensor<7x4xf32>
    return %g, %g : tensor<7x4xf32>, tensor<7x4xf32>
  }
}

// -----

// Selected rows lie by themselves, with room for all tokens: of each a run touches the ids, 4 bytes, and the embedding,
// 64; of each that it selects its number, the output and two temporaries at a time.
// CHECK-LABEL: module
// CHECK-SAME: touched = array<i64: 0, 68, 0, 0, 196>
// CHECK-SAME: workspace = array<i64: 0, 264, 0, 0>
module attributes {bert.model = {max_positions = 8 : i64}} {
  bert.parameter @words : tensor<7x4xf32>
  func.func @encode(%ids : tensor<?xi32> {bert.name = "input_ids"}, %chosen : tensor<?xi32> {bert.name = "mlm_positions"})
      -> (tensor<?x4xf32> {bert.name = "y"}) attributes {bert.entry} {
    %words = bert.get_parameter @words : tensor<7x4xf32>
    %x = bert.embedding %ids from %words : (tensor<?xi32>, tensor<7x4xf32>) -> tensor<?x4xf32>
    %0 = bert.gather_rows %x, %chosen : (tensor<?x4xf32>, tensor<?xi32>) -> tensor<?x4xf32>
    %1 = bert.relu %0 : tensor<?x4xf32>
    %2 = bert.silu %1 : tensor<?x4xf32>
    return %2 : tensor<?x4xf32>
  }
}
