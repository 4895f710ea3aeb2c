//===- BertAttributes.td - enumerations of the bert dialect ---------------===//

#ifndef BERTC_DIALECT_BERTATTRIBUTES_TD
#define BERTC_DIALECT_BERTATTRIBUTES_TD

include "dialect/BertDialect.td"
include "mlir/IR/EnumAttr.td"

def Bert_Activation
    : I32EnumAttr<"Activation", "what a product applies to its sums",
                  [I32EnumAttrCase<"none", 0>, I32EnumAttrCase<"gelu", 1>,
                   I32EnumAttrCase<"gelu_tanh", 2>, I32EnumAttrCase<"relu", 3>,
                   I32EnumAttrCase<"silu", 4>, I32EnumAttrCase<"tanh", 5>]> {
  let cppNamespace = "::bertc::bert";
  let genSpecializedAttr = 0;
}
def Bert_ActivationAttr
    : EnumAttr<Bert_Dialect, Bert_Activation, "activation">;

def Bert_GeluForm
    : I32EnumAttr<"GeluForm", "erf (none) or the tanh approximation, as torch",
                  [I32EnumAttrCase<"none", 0>, I32EnumAttrCase<"tanh", 1>]> {
  let cppNamespace = "::bertc::bert";
  let genSpecializedAttr = 0;
}
def Bert_GeluFormAttr : EnumAttr<Bert_Dialect, Bert_GeluForm, "gelu_form">;

/// What the factors of a product are rounded to; sums, and all that is not a
/// product of matrices, are f32.
def Bert_Precision
    : I32EnumAttr<"Precision", "element type of a product's factors",
                  [I32EnumAttrCase<"f32", 0>, I32EnumAttrCase<"bf16", 1>,
                   I32EnumAttrCase<"int8", 2>]> {
  let cppNamespace = "::bertc::bert";
  let genSpecializedAttr = 0;
}
def Bert_PrecisionAttr : EnumAttr<Bert_Dialect, Bert_Precision, "precision">;

#endif // BERTC_DIALECT_BERTATTRIBUTES_TD
