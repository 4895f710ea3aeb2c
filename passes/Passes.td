//===- Passes.td - every pass of bertc ------------------------------------===//

#ifndef BERTC_PASSES_PASSES_TD
#define BERTC_PASSES_PASSES_TD

include "mlir/Pass/PassBase.td"

def TargetCpuOption
    : Option<"targetCpu", "target-cpu", "std::string", "\"native\"",
             "CPU to generate code for: a name LLVM knows, or native">;

//===----------------------------------------------------------------------===//
// differentiate/: gradients
//===----------------------------------------------------------------------===//

def BertDifferentiate : Pass<"bert-differentiate", "mlir::ModuleOp"> {
  let summary = "the loss's gradient by each parameter";
  let description = [{
    The entry, whose first result is the loss, a tensor<f32>, gives after its
    results a gradient for each parameter that the loss depends on, in the order
    of their declarations. It has the name of the parameter's tensor in the
    checkpoint (`bert.name`) and its symbol (`bert.gradient_of`). A parameter
    that several ops read has the sum, one tied to another counts as that other.
    Only the entry may read parameters, and none that is made of others.

    `freeze` are globs over these names: parameters that get no gradient, and
    cost nothing; the entry lists them (`bert.frozen`). A private function becomes two, one that saves and one that
    goes backward, for each choice of arguments that need gradients:

    ```mlir
    %y:3 = call @layer_forward(%x, %offsets, %w, %b) : ...
    ...
    %dy:3 = call @layer_backward(%x, %offsets, %w, %y#1, %y#2, %dx) : ...
    ```

    `recompute` says what the second computes again, with the same bits:
    keep-all saves everything that it reads; recompute-cheap computes ops
    without products again where their operands are there anyway; and
    recompute-layer saves the arguments alone.
  }];
  let options = [
    ListOption<"freeze", "freeze", "std::string",
               "globs over the names of parameters without gradients">,
    Option<"recompute", "recompute", "std::string", "\"recompute-cheap\"",
           "keep-all, recompute-cheap or recompute-layer">];
  let dependentDialects = ["mlir::arith::ArithDialect", "bert::BertDialect"];
}

//===----------------------------------------------------------------------===//
// update/: what a training step does to parameters
//===----------------------------------------------------------------------===//

def BertAddEvaluation : Pass<"bert-add-evaluation", "mlir::ModuleOp"> {
  let summary = "the entry as it is, beside what it becomes for learning";
  let description = [{
    Adds a copy of the entry, and of all that it calls, with the attribute
    `bert.evaluation` in the place of `bert.entry`: what the model answers with
    the parameters of the moment. It has no dropout. To be run before the entry
    gets its loss and gradients.
  }];
  let dependentDialects = ["bert::BertDialect", "mlir::func::FuncDialect"];
}

def BertWeighLosses : Pass<"bert-weigh-losses", "mlir::ModuleOp"> {
  let summary = "losses by the part of a step's labels that a run has";
  let description = [{
    Multiplies each loss of the entry that is a mean over a batch, whose labels
    are an argument NAME of it, with an argument "NAME.weight": the number of
    labels that the run's mean is over, divided by that of the step. The sums of
    such losses and of their gradients, over all runs of a step, are those of
    its whole batch (bert-add-accumulation). To be run before bert-differentiate.
  }];
  let dependentDialects = ["bert::BertDialect", "mlir::func::FuncDialect"];
}

def BertAddAccumulation : Pass<"bert-add-accumulation", "mlir::ModuleOp"> {
  let summary = "sums of losses and gradients over the runs of a step";
  let description = [{
    Each result of the entry whose shape no batch changes, the loss and the
    gradients, becomes a sum that goes on: an argument of the same `bert.name`
    and `bert.role` is what it was, a further argument "accumulate" says whether
    it begins anew (0) instead.

    ```mlir
    %sum = bert.accumulate %before, %accumulate, %gradient
    ```

    What a private function computes it adds by itself, where all its callers do
    nothing else with it: it gets the sum and the number as arguments. The terms
    of a gradient that several ops contribute to are added one after the other,
    as they are computed.
  }];
  let dependentDialects = ["mlir::arith::ArithDialect", "bert::BertDialect",
                           "mlir::func::FuncDialect"];
}

def BertAddUpdate : Pass<"bert-add-update", "mlir::ModuleOp"> {
  let summary = "learned parameters, and the optimiser's step";
  let description = [{
    Parameters whose gradients the entry gives become `learned`: states of a
    session, packed by each run. With an `optimizer` the module gets a function
    @update of states alone (`bert.update`), which computes the gradients' norm
    and from it the new parameters and moments:

    ```mlir
    %norm = bert.global_norm %g0, %g1, ...
    %factor = bert.clip_factor %norm {max_norm = 1.0, epsilon = 1.0e-6}
    %p, %m, %v = bert.adam %p0, %m0, %v0, %g0, %factor, %rate, %correction, %decay {...}
    ```

    Arguments and results are told by `bert.name` and `bert.role`; a result with
    those of an argument is that state's new value. `no-decay` are globs over
    the checkpoint's names of parameters without weight decay; without any these
    are the vectors: biases and LayerNorms, as Google's BERT and transformers
    have it.
  }];
  let options = [
    Option<"optimizer", "optimizer", "std::string", "\"\"",
           "adamw, adamw-google, adamw-fairseq, lamb, lamb-nvidia or sgd">,
    Option<"firstDecay", "first-decay", "double", "unsetNumber",
           "of Adam's and LAMB's first moment">,
    Option<"secondDecay", "second-decay", "double", "unsetNumber",
           "of their second moment">,
    Option<"epsilon", "epsilon", "double", "unsetNumber", "theirs">,
    Option<"momentum", "momentum", "double", "unsetNumber", "of sgd">,
    Option<"nesterov", "nesterov", "bool", "false", "of sgd">,
    Option<"maxNorm", "max-norm", "double", "unsetNumber",
           "gradients are scaled down to this norm; 0: never">,
    ListOption<"noDecay", "no-decay", "std::string",
               "globs over the names of parameters without weight decay">];
  let dependentDialects = ["bert::BertDialect", "mlir::func::FuncDialect"];
}

//===----------------------------------------------------------------------===//
// fuse/: coarser ops on tensors
//===----------------------------------------------------------------------===//

def BertDropDeadOutputs : Pass<"bert-drop-dead-outputs", "mlir::ModuleOp"> {
  let summary = "computes nothing that nobody asked for";
  let description = [{
    Keeps of the entry's results those that `outputs` names, all when it is
    empty, and drops what only the others needed: ops, results and arguments of
    private functions, parameters. The entry keeps all of its arguments.
  }];
  let options = [ListOption<"outputs", "outputs", "std::string",
                            "entry results to keep, by their bert.name">];
}

def BertFuseQkv : Pass<"bert-fuse-qkv", "mlir::ModuleOp"> {
  let summary = "queries, keys and values in one product";
  let description = [{
    Three bert.linear on one input that only one bert.attention reads, and the
    bert.attention_probs of the same query and key, become one on bert.concat of
    their weights and biases, the attention a bert.self_attention, the maps
    bert.self_attention_probs. Maps without an attention join two products:

    ```mlir
    %w = bert.concat %wq, %wk, %wv : ...
    %b = bert.concat %bq, %bk, %bv : ...
    %qkv = bert.linear %x, %w bias %b : ...
    %y = bert.self_attention %qkv, %offsets {num_heads = 12 : i64} : ...
    ```
  }];
  let dependentDialects = ["bert::BertDialect"];
}

def BertFuseActivation : Pass<"bert-fuse-activation", "mlir::ModuleOp"> {
  let summary = "the activation joins the product before it";
  let description = [{
    activation(bert.linear) becomes bert.fused_linear, where the activation is
    the product's only user.
  }];
  let dependentDialects = ["bert::BertDialect"];
}

def BertFuseAccumulation : Pass<"bert-fuse-accumulation", "mlir::ModuleOp"> {
  let summary = "sums over runs are added to by what computes their terms";
  let description = [{
    bert.accumulate of a bert.linear_weight_gradient or bert.embedding_gradient
    becomes one op, where it is the term's only user: no array holds the term.
  }];
  let dependentDialects = ["bert::BertDialect"];
}

def BertFuseResidualLayerNorm
    : Pass<"bert-fuse-residual-layer-norm", "mlir::ModuleOp"> {
  let summary = "residual and layer norm join the product before them";
  let description = [{
    bert.add of a product and another value, and bert.layer_norm of a product,
    join the bert.linear or bert.fused_linear, where they are its only user.
  }];
  let dependentDialects = ["bert::BertDialect"];
}

def BertFuseEmbeddingLayerNorm
    : Pass<"bert-fuse-embedding-layer-norm", "mlir::ModuleOp"> {
  let summary = "the embeddings' layer norm joins their sum";
  let description = [{
    bert.layer_norm of a bert.embedding without other users becomes
    bert.fused_embedding.
  }];
  let dependentDialects = ["bert::BertDialect"];
}

def BertFormFusedLinear : Pass<"bert-form-fused-linear", "mlir::ModuleOp"> {
  let summary = "every product that is left becomes a bert.fused_linear";
  let description = [{
    bert.linear becomes bert.fused_linear without activation, residual or layer
    norm, so that later stages know one kind of product.
  }];
  let dependentDialects = ["bert::BertDialect"];
}

//===----------------------------------------------------------------------===//
// pack/: weights in the layout that kernels read
//===----------------------------------------------------------------------===//

def BertSetPrecision : Pass<"bert-set-precision", "mlir::ModuleOp"> {
  let summary = "products round their factors";
  let description = [{
    Every bert.fused_linear that the entry leads to, or the function that
    answers without labels (bert.evaluation), gets `precision`, but for
    those whose weight has a name that a glob of `keep-f32` matches, and, with a
    remark, those whose rows are too long for int8; with
    `attention`, every bert.self_attention that of its queries', keys' and
    values' product, or bf16 where that is int8. Where calls
    of one function differ in what they keep, each choice gets a copy of it. A
    glob that no weight matches is an error. Gradients of products, where there
    are any, get it too: they are bf16 or f32, nothing is kept, and attention in
    what the entry leads to stays f32.
  }];
  let options = [
    Option<"precision", "precision", "std::string", "\"f32\"", "f32, bf16 or int8">,
    ListOption<"keepF32", "keep-f32", "std::string",
               "globs over names of weights whose products stay f32">,
    Option<"attention", "attention", "bool", "true",
           "attention has the precision of the product before it">
  ];
  let dependentDialects = ["bert::BertDialect"];
}

def BertScaleInputs : Pass<"bert-scale-inputs", "mlir::ModuleOp"> {
  let summary = "calibrated products of int8 scale their inputs";
  let description = [{
    A bert.fused_linear of precision int8 on a weight @w, or on a concatenation
    that begins with it, whose module has a parameter @w.input_scale, multiplies
    its input by that vector, column by column, and takes the weight divided by
    it: what is large in some columns alone moves from activations to weights,
    where a column's scale costs nothing (Xiao et al. 2022, "SmoothQuant",
    arXiv:2211.10438).

    ```mlir
    bert.parameter @w.input_scale : tensor<768xf32> = dense<...> : ...
    bert.parameter @w.scaled : tensor<768x768xf32>
        {tied_to = @w, divided_by = @w.input_scale}
    ```

    A weight stays as it is where something else than such products reads it in
    the same function, or where a call's weight has no scale.
  }];
  let dependentDialects = ["bert::BertDialect"];
}

def BertPackWeights : Pass<"bert-pack-weights", "mlir::ModuleOp"> {
  let summary = "products read their weights in panels";
  let description = [{
    bert.linear and bert.fused_linear become bert.packed_linear on bert.pack of
    their weight, in their precision. Vectors such as biases stay as they are.
  }];
  let options = [
    Option<"panel", "panel", "int64_t", "0",
           "columns of a panel; 0 takes those of the target">,
    TargetCpuOption
  ];
  let dependentDialects = ["bert::BertDialect"];
}

def BertHoistPacking : Pass<"bert-hoist-packing", "mlir::ModuleOp"> {
  let summary = "bert.concat and bert.pack move from functions to their callers";
  let description = [{
    Where a private function concatenates or packs its own arguments, each
    caller does so instead and passes the result. Ends when none is left that
    can move.
  }];
  let dependentDialects = ["bert::BertDialect"];
}

def BertMaterializeParameters
    : Pass<"bert-materialize-parameters", "mlir::ModuleOp"> {
  let summary = "concatenated and packed parameters become derived parameters";
  let description = [{
    bert.concat and bert.pack of parameters become one derived bert.parameter
    for each set of sources and panel:

    ```mlir
    bert.parameter @query_key_value.weight.packed : tensor<72x768x32xf32>
        {sources = [@query.weight, @key.weight, @value.weight], panel = 32 : i64}
    ```

    Parameters that nothing reads any more, directly or as a source, are
    dropped.
  }];
  let dependentDialects = ["bert::BertDialect"];
}

//===----------------------------------------------------------------------===//
// lower-cpu/ and tile/: kernels
//===----------------------------------------------------------------------===//

def BertLowerToKernels : Pass<"bert-lower-to-kernels", "mlir::ModuleOp"> {
  let summary = "every op a kernel on the session's workspace";
  let description = [{
    Turns the entry (the function with `bert.entry`) into
    `bertc_run(const bertc_call *)` of runtime/include/bertc_artifact.h: each op
    becomes a call of its kernel followed by a barrier, each tensor a place in
    the workspace, each parameter a place in the weights. Private functions stay
    functions. Leaves `bert.program`, `bert.phases` and `bert.weights` on the
    module (passes/lower-cpu/ProgramLayout.h) and no op of the bert dialect. Parameters
    that stand in `bert.placed_weights` in the same layout are read there.

    Weights must be packed: run bert-pack-weights, bert-hoist-packing and
    bert-materialize-parameters before.
  }];
  let options = [
    TargetCpuOption,
    Option<"f32Products", "f32-products", "std::string", /*default=*/"\"\"",
           "fma, bf16x3 or bf16x6; what is best on the target by default">
  ];
  let dependentDialects = [
    "mlir::LLVM::LLVMDialect", "mlir::arith::ArithDialect",
    "mlir::linalg::LinalgDialect", "mlir::math::MathDialect",
    "mlir::memref::MemRefDialect", "mlir::scf::SCFDialect",
    "mlir::vector::VectorDialect"
  ];
}

def BertVectorizeTiles : Pass<"bert-vectorize-tiles", "mlir::ModuleOp"> {
  let summary = "linalg ops on tiles become registers";
  let description = [{
    A product on a tile becomes one loop over k whose accumulators stay in
    registers; the heights that occur, up to the target's tile rows, are told
    apart by a switch. Where the target has a matrix unit for the factors a
    product becomes one of its tiles (amx), together with the products that
    follow on the same sums, and with the fill that clears them. An elementwise
    op becomes a loop over the tile's rows, each row one vector. A linalg op
    that is no tile gets a remark and stays.
  }];
  let options = [TargetCpuOption];
  let dependentDialects = [
    "mlir::amx::AMXDialect", "mlir::arith::ArithDialect",
    "mlir::memref::MemRefDialect", "mlir::LLVM::LLVMDialect",
    "mlir::scf::SCFDialect",
    "mlir::vector::VectorDialect", "mlir::x86vector::X86VectorDialect"
  ];
}

def BertExpandMath : Pass<"bert-expand-math", "mlir::ModuleOp"> {
  let summary = "exp, tanh and logarithms become polynomials";
  let description = [{
    math.exp and math.tanh of f32 become polynomials without branches, so that
    no kernel calls libm.
  }];
  let dependentDialects = [
    "mlir::arith::ArithDialect", "mlir::math::MathDialect",
    "mlir::vector::VectorDialect"
  ];
}

#endif // BERTC_PASSES_PASSES_TD
