//===- BertOpBase.td - types and op classes -------------------------------===//

#ifndef BERTC_DIALECT_BERTOPBASE_TD
#define BERTC_DIALECT_BERTOPBASE_TD

include "dialect/BertAttributes.td"
include "dialect/interfaces/DifferentiableOpInterface.td"
include "dialect/interfaces/FlopsOpInterface.td"
include "dialect/interfaces/LookupOpInterface.td"
include "dialect/interfaces/PairsOpInterface.td"
include "dialect/interfaces/ReferenceOpInterface.td"
include "dialect/interfaces/RowsOpInterface.td"
include "dialect/interfaces/SequenceOpInterface.td"
include "mlir/Interfaces/InferTypeOpInterface.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

/// Activations and weights are f32; weights in panels have the type that their
/// product's factors are rounded to (PackedLayout.h).
def Bert_Rows : 2DTensorOf<[F32]>;
def Bert_Vector : 1DTensorOf<[F32]>;
def Bert_Matrix : 2DTensorOf<[F32]>;
def Bert_Panels : AnyTypeOf<[3DTensorOf<[F32]>, 4DTensorOf<[BF16, I8]>],
                            "panels of f32, pairs of bf16 or fours of i8">;
def Bert_Ids : 1DTensorOf<[I32]>;
def Bert_Scalar : 0DTensorOf<[F32]>;
/// Gradients add up whatever they are of.
def Bert_Float : AnyTypeOf<[Bert_Scalar, Bert_Vector, Bert_Matrix],
                           "tensor of f32, of at most two dimensions">;

/// An op with one result and a meaning.
class Bert_ComputeOp<string mnemonic, list<Trait> traits = []>
    : Bert_Op<mnemonic,
              !listconcat(traits,
                          [Pure, InferTypeOpAdaptor,
                           DeclareOpInterfaceMethods<ReferenceOpInterface>])> {
  let hasVerifier = 1;
  // A wrong result type is the verifier's to report, by constraint.
  let extraClassDeclaration = [{
    static ::llvm::LogicalResult
    refineReturnTypes(::mlir::MLIRContext *, std::optional<::mlir::Location>,
                      ::mlir::ValueRange, ::mlir::DictionaryAttr,
                      ::mlir::OpaqueProperties, ::mlir::RegionRange,
                      ::llvm::SmallVectorImpl<::mlir::Type> &) {
      return ::mlir::success();
    }
  }];
}

/// A function of each element by itself.
class Bert_UnaryOp<string mnemonic>
    : Bert_Op<mnemonic,
              [Pure, SameOperandsAndResultType,
               DeclareOpInterfaceMethods<ReferenceOpInterface>,
               DeclareOpInterfaceMethods<DifferentiableOpInterface>]> {
  let arguments = (ins Bert_Rows:$input);
  let results = (outs Bert_Rows:$result);
  let assemblyFormat = "$input attr-dict `:` type($result)";
}

#endif // BERTC_DIALECT_BERTOPBASE_TD
