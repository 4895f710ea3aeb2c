//===- ProgramLayout.h - where a lowered program keeps its arrays ---------===//
//
// bert-lower-to-kernels leaves three attributes on the module; they are what
// the artifact's descriptor and the weights writer are made from:
//
//   bert.program = {inputs = [...], outputs = [...], states = [...],
//                   workspace = [c, t, s, h], touched = [c, t, s, h, p],
//                   optimizer = {...}}
//   bert.phases  = [{kernel, place, type, flops, weights, activations}, ...]
//   bert.update_phases, in that form, where there is an update
//   bert.weights = [{name, sources, type, panel, shape, offset, bytes}, ...]
//
// An artifact may hold several programs for one model, which share its weights.
// The lowering of the second finds those of the first as `bert.placed_weights`,
// of the form of bert.weights; it takes that attribute away.
//
// Sizes are in bytes and mean what runtime/include/bertc_artifact.h says.
//
//===----------------------------------------------------------------------===//

#ifndef BERTC_PASSES_LOWERCPU_PROGRAMLAYOUT_H
#define BERTC_PASSES_LOWERCPU_PROGRAMLAYOUT_H

#include "passes/update/Optimizer.h"

#include "mlir/Support/LLVM.h"
#include "llvm/ADT/StringRef.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace mlir {
class ModuleOp;
} // namespace mlir

namespace bertc {

namespace bert {
enum class Precision : uint32_t;
} // namespace bert

/// What an array's rows are: one a token, one a sequence, sequences + 1, one
/// for each token that the run selects, of which there are at most T, one a
/// question, questions + 1, one for two sequences, or as many as its type says,
/// as those of a parameter's gradient. A question has a sequence at least:
/// there are as many as sequences, those past the run's own being empty.
enum class RowKind {
  tokens,
  sequences,
  offsets,
  selected,
  questions,
  questionOffsets,
  pairs,
  constant
};

/// Whether an array of this kind takes room for each token.
inline bool growsWithTokens(RowKind kind) {
  return kind == RowKind::tokens || kind == RowKind::selected;
}

/// How the host sees the rows of an output.
enum class OutputForm {
  rows,   ///< [B, S, columns] or [B, columns]
  scalar, ///< one column, which is no dimension: [B, S]
  maps    ///< max_positions columns a head: [B, heads, S, S]
};

/// constant + perToken T' + perSequence B' + perThread threads, T' and B' being
/// tokens and sequences + 1 rounded up to 16.
struct AffineBytes {
  int64_t constant = 0, perToken = 0, perSequence = 0, perThread = 0;

  AffineBytes operator+(const AffineBytes &other) const {
    return {constant + other.constant, perToken + other.perToken,
            perSequence + other.perSequence, perThread + other.perThread};
  }
};

/// Enough for either.
AffineBytes largest(const AffineBytes &a, const AffineBytes &b);

/// Operations or bytes of a run: constant + perToken T + perSequence B +
/// perSelected P + perTokenPair (sum of squared lengths).
struct RunAmount {
  int64_t constant = 0, perToken = 0, perSequence = 0, perSelected = 0,
          perTokenPair = 0;

  /// So much for each row of an array.
  static RunAmount ofRows(RowKind kind, int64_t each);

  RunAmount operator+(const RunAmount &other) const {
    return {constant + other.constant, perToken + other.perToken,
            perSequence + other.perSequence, perSelected + other.perSelected,
            perTokenPair + other.perTokenPair};
  }
};

/// What a run writes of the workspace at most: `bytes`, which has no selected
/// rows, and perSelected for each of these.
struct TouchedBytes {
  AffineBytes bytes;
  int64_t perSelected = 0;
};

TouchedBytes largest(const TouchedBytes &a, const TouchedBytes &b);

struct ProgramTensor {
  std::string name;
  bool isFloat = false; ///< f32, else i32
  RowKind rows = RowKind::tokens;
  int64_t columns = 1;
  int64_t rowStride = 1;
  OutputForm form = OutputForm::rows;
  AffineBytes offset;
  int64_t classes = 0; ///< of labels: they are below it; 0: no classes
};

/// What a state is; several may have the name of one parameter.
enum class StateRole { number, parameter, gradient, firstMoment, secondMoment };

/// The word for it in `bert.role`.
llvm::StringRef nameOf(StateRole role);
std::optional<StateRole> stateRoleFromName(llvm::StringRef name);

/// An array that a session keeps from run to run, in a shape that no batch
/// changes: a number, a vector or a matrix, its rows one behind the other. It
/// lies where no run but one that writes it does: `offset` depends on the
/// threads at most.
struct ProgramState {
  StateRole role = StateRole::number;
  std::string name;
  bool isFloat = true; ///< f32, else i32
  std::vector<int64_t> shape;
  AffineBytes offset;
  /// The plain parameter of `weights` that it begins as; empty: zero.
  std::string initial;
};

/// A parameter as it stands in the weights section: its sources one below the
/// other, and, when `panel` is not 0, packed as bert.pack says. Whatever
/// `bytes` holds beyond that is zero.
struct StoredParameter {
  std::string name;
  std::vector<std::string> sources; ///< symbols of plain parameters
  std::vector<int64_t> shape;       ///< before packing: [N] or [N, K]
  int64_t panel = 0;
  int64_t offset = 0;
  int64_t bytes = 0;
  bert::Precision precision = bert::Precision(); ///< of its elements; f32

  /// A vector is never packed.
  bool isPacked() const { return panel > 0 && shape.size() == 2; }
  std::vector<int64_t> storedShape() const;
  /// Whether what is stored here is also what `other` wants: its values in its
  /// layout, and as many zeros behind them.
  bool serves(const StoredParameter &other) const;
  int64_t end() const { return offset + bytes; }
};

/// What a run does from one barrier to the next: a call of one kernel.
struct ProgramPhase {
  std::string kernel;
  /// The part of the model, as parameters' names begin: "encoder.layer.3".
  std::string place;
  /// Of the factors of its products: "f32", "bf16", "int8"; of f32 in terms of
  /// bf16 "bf16x3" or "bf16x6".
  std::string dtype = "f32";
  RunAmount flops; ///< of its products
  /// Read of parameters; read and written of the run's arrays: each once.
  RunAmount weightBytes, activationBytes;
};

struct ProgramLayout {
  std::vector<ProgramTensor> inputs, outputs;
  std::vector<ProgramState> states;
  AffineBytes workspace;
  /// By the entry and the update: the workspace but for the selected rows that
  /// a run does not have, and for what evaluations take alone.
  TouchedBytes touched;
  std::vector<ProgramPhase> phases; ///< in the order of a run
  /// Those of an update; nothing where the program has none.
  std::optional<std::vector<ProgramPhase>> update;
  std::optional<Optimizer> optimizer; ///< whose step the update is
  /// Whether runs without labels have a function of their own, which gives the
  /// outputs.
  bool evaluates = false;
  std::vector<StoredParameter> weights; ///< in the order of first use
};

void setProgramLayout(mlir::ModuleOp module, const ProgramLayout &layout);
/// Reads the attributes back; the module must have come out of
/// bert-lower-to-kernels.
ProgramLayout getProgramLayout(mlir::ModuleOp module);

void setPlacedWeights(mlir::ModuleOp module,
                      const std::vector<StoredParameter> &weights);
/// Takes bert.placed_weights from the module, empty where it has none. Reports
/// an attribute of another form.
mlir::FailureOr<std::vector<StoredParameter>>
takePlacedWeights(mlir::ModuleOp module);

} // namespace bertc

#endif // BERTC_PASSES_LOWERCPU_PROGRAMLAYOUT_H
