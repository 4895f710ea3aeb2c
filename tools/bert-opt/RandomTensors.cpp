//===- RandomTensors.cpp --------------------------------------------------===//

#include "tools/bert-opt/RandomTensors.h"

#include "dialect/BertOps.h"

#include "llvm/Support/xxhash.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <random>
#include <set>

using namespace bertc;
using namespace mlir;

namespace {

/// The same numbers on every machine: the standard fixes this generator, but
/// not its distributions.
class Numbers {
public:
  explicit Numbers(uint64_t seed) : generator(seed) {}

  /// In [-1, 1).
  double real() { return std::ldexp(double(generator() >> 11), -52) - 1; }
  /// In [0, bound).
  int64_t below(int64_t bound) { return int64_t(generator() % bound); }

private:
  std::mt19937_64 generator;
};

/// What the ops say of an integer argument.
struct Role {
  bool offsets = false;
  bool rows = false;        ///< numbers of rows
  bool pairs = false;       ///< numbers of pairs
  bool perSequence = false; ///< a number below each sequence's length
  bool sequenceIds = false; ///< a number for each, all different
  int64_t bound = std::numeric_limits<int32_t>::max(); ///< ids lie below it
};

void findRole(Value value, Role &role) {
  for (Operation *op : value.getUsers()) {
    if (auto sequence = dyn_cast<bert::SequenceOpInterface>(op))
      role.offsets |= sequence.getOffsets() == value;
    if (auto lookup = dyn_cast<bert::LookupOpInterface>(op))
      for (auto [ids, table] : llvm::zip(lookup.getIds(), lookup.getTables()))
        if (ids == value)
          role.bound = std::min(
              role.bound, cast<ShapedType>(table.getType()).getDimSize(0));
    if (auto loss = dyn_cast<bert::CrossEntropyOp>(op);
        loss && loss.getLabels() == value) {
      auto logits = cast<ShapedType>(loss.getLogits().getType());
      if (logits.isDynamicDim(1)) // the batch's own rows
        role.rows = true;
      else
        role.bound = logits.getDimSize(1);
    }
    if (auto dropout = dyn_cast<bert::DropoutOp>(op))
      role.sequenceIds |= dropout.getSequenceIds() == value;
    if (auto dropout = dyn_cast<bert::DropoutAttentionOp>(op))
      role.sequenceIds |= dropout.getSequenceIds() == value;
    if (auto loss = dyn_cast<bert::SequenceCrossEntropyOp>(op);
        loss && loss.getLabels() == value)
      role.perSequence = true;
    if (auto loss = dyn_cast<bert::PairRankingOp>(op))
      role.pairs |= loss.getLabels() == value;
    if (auto gather = dyn_cast<bert::GatherRowsOp>(op))
      role.rows |= gather.getRows() == value;
    if (auto call = dyn_cast<func::CallOp>(op))
      if (auto callee = SymbolTable::lookupNearestSymbolFrom<func::FuncOp>(
              op, call.getCalleeAttr());
          callee && !callee.isExternal())
        for (auto [operand, argument] :
             llvm::zip(call.getOperands(), callee.getArguments()))
          if (operand == value)
            findRole(argument, role);
  }
}

ReferenceTensor randomOffsets(const RandomSizes &sizes, Numbers &numbers) {
  std::set<int64_t> ends = {0, sizes.tokens};
  while (int64_t(ends.size()) < sizes.sequences + 1)
    ends.insert(1 + numbers.below(sizes.tokens));
  ReferenceTensor offsets({sizes.sequences + 1});
  std::copy(ends.begin(), ends.end(), offsets.values.begin());
  return offsets;
}

} // namespace

std::vector<ReferenceTensor> bertc::randomInputs(func::FuncOp function,
                                                 const RandomSizes &sizes) {
  Numbers numbers(sizes.seed);
  std::vector<ReferenceTensor> inputs;
  for (BlockArgument argument : function.getArguments()) {
    auto type = cast<RankedTensorType>(argument.getType());
    std::vector<int64_t> shape = type.getShape().vec();
    auto rows = function.getArgAttrOfType<StringAttr>(argument.getArgNumber(),
                                                      "bert.rows");
    const StringRef kind = rows ? rows.getValue() : "tokens";
    std::replace(shape.begin(), shape.end(), ShapedType::kDynamic,
                 kind == "sequences" ? sizes.sequences
                 : kind == "pairs"   ? sizes.sequences / 2
                                     : sizes.tokens);
    ReferenceTensor tensor(shape);
    if (!type.getElementType().isInteger()) {
      for (double &value : tensor.values)
        value = numbers.real();
      inputs.push_back(std::move(tensor));
      continue;
    }
    Role role;
    findRole(argument, role);
    if (auto name = function.getArgAttrOfType<StringAttr>(
            argument.getArgNumber(), "bert.name"))
      role.offsets |= name.getValue() == "offsets";
    if (role.rows)
      role.bound = sizes.tokens;
    if (role.pairs)
      role.bound = sizes.sequences / 2;
    if (role.offsets)
      tensor = randomOffsets(sizes, numbers);
    else if (role.perSequence || role.sequenceIds) // of one token, at least
      tensor = ReferenceTensor({sizes.sequences});
    else
      for (double &value : tensor.values)
        value = double(numbers.below(std::max<int64_t>(role.bound, 1)));
    if (role.sequenceIds)
      std::iota(tensor.values.begin(), tensor.values.end(), 0);
    inputs.push_back(std::move(tensor));
  }
  return inputs;
}

ParameterReader bertc::randomParameters(uint64_t seed) {
  return [seed](bert::ParameterOp op) -> llvm::Expected<ReferenceTensor> {
    if (op.getValue())
      return inlineParameters()(op);
    auto type = cast<RankedTensorType>(op.getParameterType());
    Numbers numbers(seed ^ llvm::xxh3_64bits(op.getSymName()));
    ReferenceTensor tensor(type.getShape().vec());
    // A product with such a weight keeps the variance of its input.
    double size =
        type.getRank() > 1 ? std::sqrt(3.0 / double(type.getDimSize(1))) : 1;
    for (double &value : tensor.values)
      value = size * numbers.real();
    return tensor;
  };
}
