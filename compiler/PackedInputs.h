//===- PackedInputs.h - a batch as an entry function takes it -------------===//

#ifndef BERTC_COMPILER_PACKEDINPUTS_H
#define BERTC_COMPILER_PACKEDINPUTS_H

#include "compiler/Facts.h"
#include "dialect/reference/ReferenceTensor.h"
#include "runtime/run/Batch.h"

#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringRef.h"

#include <cstdint>
#include <vector>

namespace bertc {

/// The arguments of an entry function by their bert.name, tokens packed: what
/// the runtime makes of a padded batch (runtime/core), for the interpreter.
class PackedInputs {
public:
  PackedInputs(const run::Batch &batch, const ModelFacts &facts);

  /// Null where there is none of this name.
  const ReferenceTensor *find(llvm::StringRef name) const;
  void add(llvm::StringRef name, ReferenceTensor tensor);

  /// The packed row of a place [b, s] of the batch, b * seq_len + s; -1 where
  /// the mask leaves it out.
  int64_t rowOf(int64_t place) const { return rows[place]; }
  /// The first row of a sequence.
  int64_t firstRow(int64_t sequence) const;

private:
  llvm::StringMap<ReferenceTensor> tensors;
  std::vector<int64_t> rows;
};

} // namespace bertc

#endif // BERTC_COMPILER_PACKEDINPUTS_H
