//===- EntryCheck.cpp -----------------------------------------------------===//

#include "compiler/EntryCheck.h"

#include "compiler/Errors.h"
#include "compiler/Facts.h"
#include "dialect/BertDialect.h"
#include "dialect/BertOps.h"
#include "passes/Symbols.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/TypeUtilities.h"
#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/raw_ostream.h"

#include <algorithm>
#include <string>

using namespace bertc;

namespace {

constexpr llvm::StringLiteral inputNames[] = {"input_ids",      "position_ids",
                                              "token_type_ids", "offsets",
                                              "mlm_positions",  "sequence_ids"};

/// The runtime opens nothing larger (runtime/core/ArtifactCheck.cpp).
constexpr int64_t mostSize = (int64_t(1) << 30) - 1;

/// C strings end at a NUL, and messages at a line's end.
bool isOneLine(llvm::StringRef text) {
  return llvm::none_of(
      text, [](char c) { return static_cast<unsigned char>(c) < 32; });
}

class EntryCheck {
public:
  EntryCheck(mlir::ModuleOp module, llvm::StringRef path)
      : module(module), path(path) {}

  llvm::Error run(llvm::ArrayRef<std::string> outputs) {
    if (llvm::Error error = checkOps())
      return error;
    if (llvm::Error error = findEntry())
      return error;
    if (llvm::Error error = checkShapes())
      return error;
    if (llvm::Error error = checkInputs())
      return error;
    if (llvm::Error error = checkOutputs(outputs))
      return error;
    return checkSizes();
  }

private:
  llvm::Error wrong(const llvm::Twine &what) {
    return fileError(path, "function \"" + entry.getSymName() + "\" " + what);
  }
  llvm::Error checkOps();
  llvm::Error findEntry();
  llvm::Error checkShapes();
  llvm::Error checkInputs();
  llvm::Error checkOutputs(llvm::ArrayRef<std::string> outputs);
  llvm::Error checkSizes();
  llvm::Error checkTables(mlir::Value ids, llvm::StringRef name, int64_t bound);

  mlir::ModuleOp module;
  llvm::StringRef path;
  mlir::func::FuncOp entry;
  llvm::DenseSet<mlir::Value> followed; ///< of one input
};

/// What passes know: a call that is not direct, or what another dialect does
/// with ids, would go unchecked here.
llvm::Error EntryCheck::checkOps() {
  mlir::Operation *unknown = nullptr;
  module.walk([&](mlir::Operation *op) {
    if (!unknown && op != module &&
        !mlir::isa<mlir::func::FuncOp, mlir::func::CallOp, mlir::func::ReturnOp,
                   mlir::arith::ConstantOp>(op) &&
        !mlir::isa<bert::BertDialect>(op->getDialect()))
      unknown = op;
  });
  if (!unknown)
    return llvm::Error::success();
  return fileError(path, unknown->getName().getStringRef() +
                             " is no op of a model: those of the bert dialect, "
                             "func.func, func.call, func.return and "
                             "arith.constant are");
}

llvm::Error EntryCheck::findEntry() {
  for (auto function : module.getOps<mlir::func::FuncOp>()) {
    if (!function->hasAttr("bert.entry"))
      continue;
    if (entry)
      return fileError(path, "functions \"" + entry.getSymName() + "\" and \"" +
                                 function.getSymName() +
                                 "\" both have the attribute bert.entry, one "
                                 "was expected");
    entry = function;
  }
  if (!entry)
    return fileError(path, "no function has the attribute bert.entry, one was "
                           "expected");
  // What only passes make, after these checks.
  for (auto function : module.getOps<mlir::func::FuncOp>())
    for (llvm::StringRef attribute : {"bert.update", "bert.evaluation"})
      if (function->hasAttr(attribute))
        return fileError(path, "function \"" + function.getSymName() +
                                   "\" has the attribute " + attribute +
                                   ", which only --train makes");
  for (auto parameter : module.getOps<bert::ParameterOp>())
    if (parameter.getLearned())
      return fileError(path, "parameter \"" + parameter.getSymName() +
                                 "\" is learned, which only --train makes");
  for (auto function : module.getOps<mlir::func::FuncOp>()) {
    if (function != entry && function.isPublic())
      return fileError(path, "function \"" + function.getSymName() +
                                 "\" is public; only the entry may be, others "
                                 "are private");
    if (isRecursive(function))
      return fileError(path, "function \"" + function.getSymName() +
                                 "\" calls itself, a model has an end");
    // Ids and offsets then come from the runtime, which has checked them.
    for (mlir::Type type : function.getResultTypes())
      if (mlir::getElementTypeOrSelf(type).isInteger())
        return fileError(path, "function \"" + function.getSymName() +
                                   "\" gives integers, where only inputs "
                                   "hold them");
  }
  if (entry.isPrivate())
    return wrong("is private; the entry is public");
  return entry.isExternal() ? wrong("has no body") : llvm::Error::success();
}

/// Of every value, such that bytes can be counted: no size above mostSize,
/// which is more than a model has, and no more than 2^40 elements.
llvm::Error EntryCheck::checkShapes() {
  constexpr int64_t mostElements = int64_t(1) << 40;
  mlir::Type bad;
  auto check = [&](mlir::Type type) {
    auto tensor = mlir::dyn_cast<mlir::RankedTensorType>(type);
    if (!tensor || bad)
      return;
    int64_t elements = 1;
    for (int64_t size : tensor.getShape()) {
      if (mlir::ShapedType::isDynamic(size))
        continue;
      if (size > mostSize ||
          __builtin_mul_overflow(elements, size, &elements) ||
          elements > mostElements)
        bad = type;
    }
  };
  module.walk([&](mlir::Operation *op) {
    llvm::for_each(op->getResultTypes(), check);
    for (mlir::Region &region : op->getRegions())
      for (mlir::Block &block : region)
        llvm::for_each(block.getArgumentTypes(), check);
  });
  if (!bad)
    return llvm::Error::success();
  std::string text;
  llvm::raw_string_ostream(text) << bad;
  return fileError(path,
                   "a value of type " + text + " is larger than a model's are");
}

llvm::Error EntryCheck::checkInputs() {
  llvm::DenseSet<llvm::StringRef> seen;
  for (unsigned i = 0; i < entry.getNumArguments(); ++i) {
    llvm::StringRef name = nameOf(entry.getArgAttrDict(i));
    if (!llvm::is_contained(inputNames, name))
      return wrong("has an argument " + llvm::Twine(i) +
                   " whose bert.name is none of " +
                   llvm::join(llvm::ArrayRef(inputNames), ", "));
    if (!seen.insert(name).second)
      return wrong("has two arguments \"" + name + "\"");
    auto type =
        mlir::dyn_cast<mlir::RankedTensorType>(entry.getArgument(i).getType());
    if (!type || type.getRank() != 1 || !type.isDynamicDim(0) ||
        !type.getElementType().isInteger(32))
      return wrong("has an argument \"" + name + "\" that is no tensor<?xi32>");
  }
  return llvm::Error::success();
}

llvm::Error EntryCheck::checkOutputs(llvm::ArrayRef<std::string> outputs) {
  llvm::SmallVector<llvm::StringRef> names;
  for (unsigned i = 0; i < entry.getNumResults(); ++i) {
    llvm::StringRef name = nameOf(entry.getResultAttrDict(i));
    if (name.empty())
      return wrong("has a result " + llvm::Twine(i) + " without bert.name");
    if (!isOneLine(name))
      return wrong("has a result " + llvm::Twine(i) +
                   " whose bert.name holds control characters");
    if (llvm::is_contained(names, name))
      return wrong("has two results \"" + name + "\"");
    names.push_back(name);
    auto type =
        mlir::dyn_cast<mlir::RankedTensorType>(entry.getResultTypes()[i]);
    // checkShapes has bounded all sizes from above.
    if (type && type.hasStaticShape() && type.getRank() <= 2 &&
        type.getElementType().isF32()) {
      if (llvm::is_contained(type.getShape(), 0))
        return wrong("has a result \"" + name +
                     "\" of another size than 1 to " + llvm::Twine(mostSize));
      continue;
    }
    if (!type || type.getRank() != 2 || !type.isDynamicDim(0) ||
        type.isDynamicDim(1) || !type.getElementType().isF32())
      return wrong("has a result \"" + name +
                   "\" that is no tensor<?xNxf32>, nor of a constant shape");
    if (entry.getResultAttr(i, "bert.scalar") && type.getDimSize(1) != 1)
      return wrong("has a result \"" + name + "\" with bert.scalar and " +
                   llvm::Twine(type.getDimSize(1)) + " columns");
  }
  if (names.empty())
    return wrong("has no results");
  for (const std::string &output : outputs)
    if (llvm::none_of(names, [&](llvm::StringRef name) {
          return namesOutput(output, name);
        }))
      return wrong("has no output \"" + output + "\"; it has " +
                   llvm::join(names, ", "));
  return llvm::Error::success();
}

llvm::Error EntryCheck::checkSizes() {
  if (!module->getAttrOfType<mlir::DictionaryAttr>("bert.model"))
    return fileError(path, "the module has no attribute bert.model");
  ModelFacts facts = readFacts(module);
  auto check = [&](llvm::StringRef name, int64_t value,
                   int64_t least) -> llvm::Error {
    if (value >= least && value <= mostSize)
      return llvm::Error::success();
    return fileError(path, "bert.model: " + name + " is " + llvm::Twine(value) +
                               "; a number from " + llvm::Twine(least) +
                               " to " + llvm::Twine(mostSize) +
                               " was expected");
  };
  if (!isOneLine(facts.family) || !isOneLine(facts.task))
    return fileError(path, "bert.model: family or task holds control "
                           "characters");
  struct Size {
    llvm::StringRef name;
    int64_t value, least;
  };
  for (const Size &size : {Size{"vocab_size", facts.vocabSize, 1},
                           Size{"max_positions", facts.maxPositions, 1},
                           Size{"type_vocab_size", facts.typeVocabSize, 0},
                           Size{"position_offset", facts.positionOffset, 0},
                           Size{"pad_token_id", facts.padTokenId, 0}})
    if (llvm::Error error = check(size.name, size.value, size.least))
      return error;
  if (facts.padTokenId >= facts.vocabSize)
    return fileError(path, "bert.model: pad_token_id is " +
                               llvm::Twine(facts.padTokenId) + ", vocab_size " +
                               llvm::Twine(facts.vocabSize));
  for (unsigned i = 0; i < entry.getNumArguments(); ++i) {
    llvm::StringRef name = nameOf(entry.getArgAttrDict(i));
    int64_t bound = 0;
    if (name == "input_ids")
      bound = facts.vocabSize;
    else if (name == "position_ids")
      // Where positions are counted, padding has the position of its id.
      bound = std::max(facts.positionOffset + facts.maxPositions,
                       facts.positionsCounted ? facts.padTokenId + 1 : 0);
    else if (name == "token_type_ids")
      bound = std::max<int64_t>(1, facts.typeVocabSize);
    followed.clear();
    if (bound > 0)
      if (llvm::Error error = checkTables(entry.getArgument(i), name, bound))
        return error;
  }
  return llvm::Error::success();
}

/// The runtime lets ids below `bound` through: every table that they pick from
/// must have a row for each.
llvm::Error EntryCheck::checkTables(mlir::Value ids, llvm::StringRef name,
                                    int64_t bound) {
  if (!followed.insert(ids).second)
    return llvm::Error::success();
  for (mlir::OpOperand &use : ids.getUses()) {
    mlir::Operation *op = use.getOwner();
    if (auto lookup = mlir::dyn_cast<bert::LookupOpInterface>(op))
      for (auto [index, table] :
           llvm::zip(lookup.getIds(), lookup.getTables())) {
        int64_t rows =
            mlir::cast<mlir::ShapedType>(table.getType()).getDimSize(0);
        if (index == ids && rows < bound)
          return fileError(path, "bert.model lets " + name + " up to " +
                                     llvm::Twine(bound - 1) +
                                     " through, their table has " +
                                     llvm::Twine(rows) + " rows");
      }
    if (auto gradient = mlir::dyn_cast<bert::EmbeddingGradientOp>(op))
      if (int64_t(gradient.getRows()) < bound)
        return fileError(
            path, "bert.model lets " + name + " up to " +
                      llvm::Twine(bound - 1) +
                      " through, the gradient of their table has " +
                      llvm::Twine(int64_t(gradient.getRows())) + " rows");
    if (auto call = mlir::dyn_cast<mlir::func::CallOp>(op)) {
      auto callee = module.lookupSymbol<mlir::func::FuncOp>(call.getCallee());
      if (callee && !callee.isExternal())
        if (llvm::Error error = checkTables(
                callee.getArgument(use.getOperandNumber()), name, bound))
          return error;
    }
  }
  return llvm::Error::success();
}

} // namespace

bool bertc::namesOutput(llvm::StringRef output, llvm::StringRef name) {
  return name == output || (name.starts_with(output) &&
                            name.drop_front(output.size()).starts_with("."));
}

std::vector<std::string>
bertc::namedOutputs(mlir::ModuleOp module,
                    llvm::ArrayRef<std::string> outputs) {
  std::vector<std::string> names;
  mlir::func::FuncOp entry = findEntry(module);
  for (unsigned i = 0; entry && i < entry.getNumResults(); ++i) {
    llvm::StringRef name = nameOf(entry.getResultAttrDict(i));
    if (llvm::any_of(outputs, [&](llvm::StringRef output) {
          return namesOutput(output, name);
        }))
      names.push_back(name.str());
  }
  return names;
}

llvm::Error bertc::checkEntry(mlir::ModuleOp module, llvm::StringRef path,
                              llvm::ArrayRef<std::string> outputs) {
  return EntryCheck(module, path).run(outputs);
}
