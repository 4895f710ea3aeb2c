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

/// Where in `weights`, sorted by offset, this one is or belongs.
template <typename Weights>
auto placeOf(const Weights &weights, const StoredParameter &weight) {
  return llvm::lower_bound(
      weights, weight, [](const StoredParameter &a, const StoredParameter &b) {
        return a.offset < b.offset;
      });
}

/// Whether the host sees the same arrays, wherever they are.
bool takeAndGiveTheSame(const ProgramLayout &a, const ProgramLayout &b) {
  auto isSame = [](const ProgramTensor &x, const ProgramTensor &y) {
    return x.name == y.name && x.isFloat == y.isFloat && x.rows == y.rows &&
           x.columns == y.columns && x.form == y.form && x.classes == y.classes;
  };
  auto isSameState = [](const ProgramState &x, const ProgramState &y) {
    return x.role == y.role && x.name == y.name && x.isFloat == y.isFloat &&
           x.shape == y.shape && x.initial == y.initial;
  };
  return llvm::equal(a.inputs, b.inputs, isSame) &&
         llvm::equal(a.outputs, b.outputs, isSame) &&
         llvm::equal(a.states, b.states, isSameState);
}

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
  Constant *f64(double value) {
    return ConstantFP::get(Type::getDoubleTy(module.getContext()), value);
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
  /// An array of what `make` gives for each of `all`.
  template <typename T, typename Make>
  Constant *list(ArrayRef<T> all, Make make) {
    if (all.empty())
      return null();
    SmallVector<Constant *> items;
    for (const T &one : all)
      items.push_back(make(one));
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
    return list(all, [&](const ProgramPhase &one) {
      return record({text(one.kernel), text(one.place), text(one.dtype),
                     amount(one.flops), amount(one.weightBytes),
                     amount(one.activationBytes)});
    });
  }
  Constant *tensor(const ProgramTensor &tensor) {
    return record({text(tensor.name),
                   i32(tensor.isFloat ? BERTC_ELEMENT_F32 : BERTC_ELEMENT_I32),
                   i32(rows(tensor.rows)), i64(tensor.columns),
                   i64(form(tensor.form)), i64(tensor.classes)});
  }
  Constant *tensors(ArrayRef<ProgramTensor> all) {
    return list(all, [&](const ProgramTensor &one) { return tensor(one); });
  }
  Constant *places(ArrayRef<ProgramTensor> all) {
    return list(all, [&](const ProgramTensor &one) {
      return record({i64(one.rowStride), affine(one.offset)});
    });
  }
  Constant *states(const ProgramLayout &program,
                   ArrayRef<StoredParameter> weights) {
    return list(ArrayRef(program.states), [&](const ProgramState &one) {
      auto size = [&](size_t d) {
        return i64(d < one.shape.size() ? one.shape[d] : 1);
      };
      int64_t parameter = -1;
      if (!one.initial.empty())
        parameter =
            placeOf(weights, *llvm::find_if(program.weights,
                                            [&](const StoredParameter &weight) {
                                              return weight.name == one.initial;
                                            })) -
            weights.begin();
      return record({text(one.name), i32(role(one.role)),
                     i32(one.isFloat ? BERTC_ELEMENT_F32 : BERTC_ELEMENT_I32),
                     i64(one.shape.size()),
                     ConstantArray::get(ArrayType::get(size(0)->getType(), 2),
                                        {size(0), size(1)}),
                     i64(parameter)});
    });
  }
  Constant *optimizer(const std::optional<Optimizer> &one) {
    if (!one)
      return null();
    return global(
        record({text(one->name), f64(one->firstDecay), f64(one->secondDecay),
                f64(one->epsilon), f64(one->momentum), f64(one->maxNorm)}));
  }
  Constant *statePlaces(ArrayRef<ProgramState> all) {
    return list(all,
                [&](const ProgramState &one) { return affine(one.offset); });
  }
  Constant *parameters(ArrayRef<StoredParameter> all) {
    return list(all, [&](const StoredParameter &one) {
      return record({text(one.name), text(storedLayout(one)), i64(one.offset),
                     i64(one.bytes)});
    });
  }
  Constant *indices(ArrayRef<int64_t> all) {
    return list(all, [&](int64_t index) { return i64(index); });
  }
  /// A run function, here or elsewhere.
  Constant *function(StringRef name) {
    LLVMContext &context = module.getContext();
    auto *type = FunctionType::get(Type::getVoidTy(context),
                                   {PointerType::get(context, 0)}, false);
    auto *function =
        cast<Function>(module.getOrInsertFunction(name, type).getCallee());
    function->setVisibility(GlobalValue::HiddenVisibility);
    return function;
  }
  Constant *variants(ArrayRef<VariantDescription> all,
                     ArrayRef<StoredParameter> weights) {
    return list(all, [&](const VariantDescription &one) {
      const ProgramLayout &program = one.program;
      return record({text(one.targetCpu), text(one.isa), text(one.cpuFeatures),
                     places(program.inputs), places(program.outputs),
                     statePlaces(program.states), i64(program.weights.size()),
                     indices(indicesOf(program, weights)),
                     affine(program.workspace), affine(program.touched.bytes),
                     i64(program.touched.perSelected), i64(one.codeBytes),
                     function(one.run), i64(program.phases.size()),
                     phases(program.phases),
                     program.update ? function(one.update) : null(),
                     i64(program.update ? program.update->size() : 0),
                     program.update ? phases(*program.update) : null(),
                     program.evaluates ? function(one.evaluate) : null()});
    });
  }

private:
  /// Which of `weights` the program reads.
  static SmallVector<int64_t> indicesOf(const ProgramLayout &program,
                                        ArrayRef<StoredParameter> weights) {
    SmallVector<int64_t> indices;
    for (const StoredParameter &read : program.weights)
      indices.push_back(placeOf(weights, read) - weights.begin());
    return indices;
  }

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
    case RowKind::questions:
      return BERTC_ROWS_QUESTIONS;
    case RowKind::questionOffsets:
      return BERTC_ROWS_QUESTIONS_PLUS_ONE;
    case RowKind::pairs:
      return BERTC_ROWS_PAIRS;
    case RowKind::constant:
      break;
    }
    llvm_unreachable("inputs and outputs have rows of the batch");
  }

  static int64_t role(StateRole role) {
    switch (role) {
    case StateRole::number:
      return BERTC_ROLE_NUMBER;
    case StateRole::parameter:
      return BERTC_ROLE_PARAMETER;
    case StateRole::gradient:
      return BERTC_ROLE_GRADIENT;
    case StateRole::firstMoment:
      return BERTC_ROLE_FIRST_MOMENT;
    case StateRole::secondMoment:
      return BERTC_ROLE_SECOND_MOMENT;
    }
    llvm_unreachable("a role");
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

void bertc::addWeights(std::vector<StoredParameter> &weights,
                       const ProgramLayout &program) {
  for (const StoredParameter &read : program.weights) {
    auto place = placeOf(weights, read);
    if (place == weights.end() || place->offset != read.offset)
      weights.insert(place, read);
  }
}

Error bertc::emitDescriptor(Module &module, const ArtifactDescription &d) {
  const ProgramLayout &program = d.variants.front().program;
  for (const VariantDescription &variant : d.variants)
    if (!takeAndGiveTheSame(program, variant.program))
      return defect("the code for " + variant.targetCpu +
                    " has other inputs or outputs than that for " +
                    d.variants.front().targetCpu);
  Emitter e(module);
  LLVMContext &context = module.getContext();
  auto *weights = new GlobalVariable(
      module, ArrayType::get(Type::getInt8Ty(context), 0), /*isConstant=*/true,
      GlobalValue::ExternalLinkage, nullptr, weightsSymbol);
  weights->setVisibility(GlobalValue::HiddenVisibility);

  Constant *value = e.record({
      e.i64(BERTC_ARTIFACT_MAGIC),
      e.i32(BERTC_ARTIFACT_VERSION),
      e.i32(sizeof(bertc_artifact)),
      e.i32(sizeof(bertc_artifact_tensor)),
      e.i32(sizeof(bertc_artifact_place)),
      e.i32(sizeof(bertc_artifact_parameter)),
      e.i32(sizeof(bertc_artifact_variant)),
      e.i32(sizeof(bertc_call)),
      e.i32(sizeof(bertc_artifact_phase)),
      e.i32(sizeof(bertc_artifact_state)),
      e.i32(sizeof(bertc_artifact_optimizer)),
      e.text(d.family),
      e.text(d.task),
      e.text(d.dtype),
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
      e.i64(program.states.size()),
      e.states(program, d.weights),
      e.i64(d.weights.size()),
      e.parameters(d.weights),
      e.i64(d.variants.size()),
      e.variants(d.variants, d.weights),
      weights,
      e.i64(d.weights.empty() ? 0 : d.weights.back().end()),
      d.tokenizer.empty() ? e.null() : e.text(d.tokenizer),
      e.i64(d.tokenizer.size()),
      e.optimizer(program.optimizer),
  });
  if (module.getDataLayout().getTypeAllocSize(value->getType()) !=
      sizeof(bertc_artifact))
    return defect("the descriptor does not match bertc_artifact.h");
  new GlobalVariable(module, value->getType(), /*isConstant=*/true,
                     GlobalValue::ExternalLinkage, value,
                     BERTC_ARTIFACT_SYMBOL);
  return Error::success();
}
