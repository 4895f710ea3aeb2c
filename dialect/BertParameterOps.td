//===- BertParameterOps.td - parameters and their layouts -----------------===//

#ifndef BERTC_DIALECT_BERTPARAMETEROPS_TD
#define BERTC_DIALECT_BERTPARAMETEROPS_TD

include "dialect/BertOpBase.td"
include "mlir/IR/SymbolInterfaces.td"

def Bert_ParameterOp : Bert_Op<"parameter", [Symbol]> {
  let summary = "declares a parameter of the model";
  let description = [{
    A symbol with the type of a tensor. Its values come from the checkpoint's
    tensor `source` (the symbol's own name when absent), or stand here as
    `value`. A derived parameter is made of others instead: the `sources` one
    below the other (dimension 0) and, with `panel`, packed as bert.pack does.

    ```mlir
    bert.parameter @pooler.dense.bias : tensor<768xf32> {source = "bert.pooler.dense.bias"}
    bert.parameter @qkv : tensor<72x768x32xf32> {sources = [@q, @k, @v], panel = 32 : i64}
    ```

    A parameter that is `learned` changes from step to step: its values are a
    state of the session, which begins with those of the checkpoint.

    C1: the type is a static tensor of f32, of bf16 or i8 where it is packed, of
        at most 2^48 elements.
    C2: `value` has the parameter's type.
    C3: `sources` names plain parameters, and its rows make up the type.
    C4: at most one of `value`, `source` and `sources` is given; `panel` needs
        `sources` and is positive.
    C5: `tied_to` names a parameter of the same type that is not tied itself;
        it has the values, none may stand here.
    C6: `divided_by` needs `tied_to` and a matrix, and names a parameter of a
        vector that is not tied nor derived: element [n, k] is that of the
        parameter tied to, divided by element k of the vector, in f32.
    C7: what is `learned` has its values from nowhere else: it has neither
        `tied_to` nor `sources`, and nothing has it as divisor.
  }];
  let arguments = (ins SymbolNameAttr:$sym_name, TypeAttr:$parameter_type,
      OptionalAttr<StrAttr>:$source, OptionalAttr<ElementsAttr>:$value,
      OptionalAttr<FlatSymbolRefAttr>:$tied_to,
      OptionalAttr<FlatSymbolRefAttr>:$divided_by,
      OptionalAttr<TypedArrayAttrBase<FlatSymbolRefAttr, "symbols">>:$sources,
      OptionalAttr<I64Attr>:$panel, UnitAttr:$learned);
  let assemblyFormat = [{
    $sym_name `:` $parameter_type (`=` $value^)? attr-dict
  }];
  let hasVerifier = 1;
}

def Bert_GetParameterOp
    : Bert_Op<"get_parameter",
              [Pure, DeclareOpInterfaceMethods<SymbolUserOpInterface>]> {
  let summary = "the tensor of a parameter";
  let description = [{
    C1: `name` is a bert.parameter of the module.
    C2: the result has the parameter's type.
  }];
  let arguments = (ins FlatSymbolRefAttr:$name);
  let results = (outs AnyStaticShapeTensor:$result);
  let assemblyFormat = "$name attr-dict `:` type($result)";
}

def Bert_ConcatOp : Bert_ComputeOp<"concat"> {
  let summary = "tensors one below the other";
  let description = [{
    Dimension 0 of the result runs over the rows of the first source, then over
    those of the second, and so on, as torch.cat.

    C1: all tensors have one rank, 1 or 2, and static shapes.
    C2: they agree in element type and in all dimensions but the first, whose
        sum is the result's.
  }];
  let arguments = (ins Variadic<AnyStaticShapeTensor>:$sources);
  let results = (outs AnyStaticShapeTensor:$result);
  let assemblyFormat = "$sources attr-dict `:` functional-type($sources, $result)";
  let hasFolder = 1;
  let hasCanonicalizeMethod = 1;
}

def Bert_PackOp : Bert_ComputeOp<"pack"> {
  let summary = "a weight in panels, as the micro-kernels read it";
  let description = [{
    packed[p, k, j] = source[p * panel + j, k], zero past the last row. In bf16
    two elements that follow each other in k lie side by side, as instructions
    that multiply pairs read them:

    packed[p, k / 2, j, k % 2] = bf16(source[p * panel + j, k])

    rounded to the nearest, ties to even, with zeros past the last column up to
    16 such groups or a multiple, which matrix units take at a time. In i8 a
    group is of four, and two follow the last one, which hold for each column in
    the memory order of x86

    the i32 sum over k of q[p * panel + j, k], and the f32 s[p * panel + j]

    of the row's integers and scale (bert.fused_linear).

    C1: `panel` > 0.
    C2: for a source [N, K] the result has shape [ceil(N / panel), K, panel] of
        f32, [ceil(N / panel), 16 ceil(K / 32), panel, 2] of bf16 or
        [ceil(N / panel), 16 ceil(K / 64) + 2, panel, 4] of i8.
  }];
  let arguments = (ins Bert_Matrix:$source, I64Attr:$panel);
  let results = (outs Bert_Panels:$result);
  let assemblyFormat = "$source attr-dict `:` type($source) `->` type($result)";
}

def Bert_PackTransposedOp : Bert_ComputeOp<"pack_transposed"> {
  let summary = "a weight's transpose in panels, for products with its rows";
  let description = [{
    packed[p, n, j] = source[n, p * panel + j], zero past the last column: what
    bert.pack makes of the transpose, in bf16 too. Weights that are learned
    change from run to run, so a run packs them itself.

    C1: `panel` > 0.
    C2: for a source [N, K] the result has shape [ceil(K / panel), N, panel] of
        f32 or [ceil(K / panel), 16 ceil(N / 32), panel, 2] of bf16.
  }];
  let arguments = (ins Bert_Matrix:$source, I64Attr:$panel);
  let results = (outs Bert_Panels:$result);
  let assemblyFormat = "$source attr-dict `:` type($source) `->` type($result)";
}

#endif // BERTC_DIALECT_BERTPARAMETEROPS_TD
