//===- Descriptor.cpp -----------------------------------------------------===//

#include "compiler/Descriptor.h"

#include "compiler/Errors.h"
#include "compiler/WeightsWriter.h"
#include "dialect/PackedLayout.h"
#include "runtime/include/bertc_artifact.h"

#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/DerivedTypes.h"
#include "llvm/IR/GlobalVariable.h"
#include "llvm/IR/Module.h"

using namespace bertc;
using namespace llvm;

namespace {

/// Builds constants in the layout that a C compiler gives the structs.
class Emitter {
public:
  explicit Emitter(Module &module) : module(module) {}

  Constant *i32(int64_t value) {
    return ConstantInt::get(Type::getInt32Ty(module.getContext()), value);
  }
  Constant *i64(uint64_t value) {
    return ConstantInt::get(Type::getInt64Ty(module.getContext()), value);
  }
  Constant *null() {
    return ConstantPointerNull::get(PointerType::get(module.getContext(), 0));
  }
  Constant *record(ArrayRef<Constant *> fields) {
    return ConstantStruct::getAnon(fields);
  }

  Constant *global(Constant *value) {
    auto *variable = new GlobalVariable(
        module, value->getType(), /*isConstant=*/true,
        GlobalValue::PrivateLinkage, value, "bertc.descriptor");
    variable->setUnnamedAddr(GlobalValue::UnnamedAddr::Global);
    return variable;
  }
  /// Once each: phases say the same again and again.
  Constant *text(StringRef value) {
    Constant *&known = texts[value];
    if (!known)
      known = global(ConstantDataArray::getString(module.getContext(), value));
    return known;
  }
  Constant *list(ArrayRef<Constant *> items) {
    if (items.empty())
      return null();
    return global(ConstantArray::get(
        ArrayType::get(items[0]->getType(), items.size()), items));
  }

  Constant *affine(const AffineBytes &bytes) {
    return record({i64(bytes.constant), i64(bytes.perToken),
                   i64(bytes.perSequence), i64(bytes.perThread)});
  }
  Constant *amount(const RunAmount &amount) {
    return record({i64(amount.constant), i64(amount.perToken),
                   i64(amount.perSequence), i64(amount.perSelected),
                   i64(amount.perTokenPair)});
  }
  Constant *phases(ArrayRef<ProgramPhase> all) {
    SmallVector<Constant *> items;
    for (const ProgramPhase &one : all)
      items.push_back(record({text(one.kernel), text(one.place),
                              text(bert::stringifyPrecision(one.precision)),
                              amount(one.flops), amount(one.weightBytes),
                              amount(one.activationBytes)}));
    return list(items);
  }
  Constant *tensor(const ProgramTensor &tensor) {
    return record({text(tensor.name),
                   i32(tensor.isFloat ? BERTC_ELEMENT_F32 : BERTC_ELEMENT_I32),
                   i32(rows(tensor.rows)), i64(tensor.columns),
                   i64(tensor.rowStride), i64(form(tensor.form)),
                   affine(tensor.offset)});
  }
  Constant *tensors(ArrayRef<ProgramTensor> all) {
    SmallVector<Constant *> items;
    for (const ProgramTensor &one : all)
      items.push_back(tensor(one));
    return list(items);
  }
  Constant *parameters(ArrayRef<StoredParameter> all) {
    SmallVector<Constant *> items;
    for (const StoredParameter &one : all)
      items.push_back(record({text(one.name), text(storedLayout(one)),
                              i64(one.offset), i64(one.bytes)}));
    return list(items);
  }

private:
  static int64_t rows(RowKind kind) {
    switch (kind) {
    case RowKind::tokens:
      return BERTC_ROWS_TOKENS;
    case RowKind::sequences:
      return BERTC_ROWS_SEQUENCES;
    case RowKind::offsets:
      return BERTC_ROWS_SEQUENCES_PLUS_ONE;
    case RowKind::selected:
      return BERTC_ROWS_SELECTED;
    }
    llvm_unreachable("a row kind");
  }

  static int64_t form(OutputForm form) {
    switch (form) {
    case OutputForm::rows:
      return BERTC_FORM_ROWS;
    case OutputForm::scalar:
      return BERTC_FORM_SCALAR;
    case OutputForm::maps:
      return BERTC_FORM_MAPS;
    }
    llvm_unreachable("a form");
  }

  Module &module;
  StringMap<Constant *> texts;
};

} // namespace

std::string bertc::storedLayout(const StoredParameter &parameter) {
  return bert::elementName(parameter.precision).str() +
         (parameter.isPacked() ? " packed [" : " [") +
         join(map_range(parameter.storedShape(),
                        [](int64_t size) { return itostr(size); }),
              ", ") +
         "]";
}

Error bertc::emitDescriptor(Module &module, const ArtifactDescription &d) {
  Function *run = module.getFunction("bertc_run");
  if (!run || run->isDeclaration())
    return defect("the generated module does not define bertc_run");
  Emitter e(module);
  LLVMContext &context = module.getContext();
  auto *weights = new GlobalVariable(
      module, ArrayType::get(Type::getInt8Ty(context), 0), /*isConstant=*/true,
      GlobalValue::ExternalLinkage, nullptr, weightsSymbol);
  weights->setVisibility(GlobalValue::HiddenVisibility);
  const ProgramLayout &program = d.program;

  Constant *value = e.record({
      e.i64(BERTC_ARTIFACT_MAGIC),
      e.i32(BERTC_ARTIFACT_VERSION),
      e.i32(sizeof(bertc_artifact)),
      e.i32(sizeof(bertc_artifact_tensor)),
      e.i32(sizeof(bertc_artifact_parameter)),
      e.i32(sizeof(bertc_call)),
      e.i32(sizeof(bertc_artifact_phase)),
      e.text(d.family),
      e.text(d.task),
      e.text(d.dtype),
      e.text(d.targetCpu),
      e.text(d.isa),
      e.text(d.cpuFeatures),
      e.text(d.build),
      e.text(d.modelJson),
      e.i64(d.vocabSize),
      e.i64(d.typeVocabSize),
      e.i64(d.maxPositions),
      e.i64(d.positionOffset),
      e.i64(d.positionsCounted ? BERTC_POSITION_COUNT : BERTC_POSITION_COLUMN),
      e.i64(d.padTokenId),
      e.i64(d.flopsPerToken),
      e.i64(d.flopsPerTokenPair),
      e.i64(program.inputs.size()),
      e.tensors(program.inputs),
      e.i64(program.outputs.size()),
      e.tensors(program.outputs),
      e.i64(program.weights.size()),
      e.parameters(program.weights),
      e.affine(program.workspace),
      weights,
      e.i64(program.weightsBytes()),
      run,
      e.i64(program.phases.size()),
      e.phases(program.phases),
      d.tokenizer.empty() ? e.null() : e.text(d.tokenizer),
      e.i64(d.tokenizer.size()),
  });
  if (module.getDataLayout().getTypeAllocSize(value->getType()) !=
      sizeof(bertc_artifact))
    return defect("the descriptor does not match bertc_artifact.h");
  new GlobalVariable(module, value->getType(), /*isConstant=*/true,
                     GlobalValue::ExternalLinkage, value,
                     BERTC_ARTIFACT_SYMBOL);
  return Error::success();
}
