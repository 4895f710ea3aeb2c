//===- WeightsWriter.h - packs parameters into an object file -------------===//
//
// The weights of a program become one object file with one section. Offsets
// are known beforehand (ProgramLayout), so threads pack pieces of a megabyte
// and write each to its place: memory stays small whatever the model's size.
//
//===----------------------------------------------------------------------===//

#ifndef BERTC_COMPILER_WEIGHTSWRITER_H
#define BERTC_COMPILER_WEIGHTSWRITER_H

#include "compiler/ParameterSource.h"
#include "passes/lower-cpu/ProgramLayout.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <cstdint>

namespace bertc {

/// The section and the symbol that an artifact's weights lie under.
inline constexpr llvm::StringLiteral weightsSection = ".bertc.weights";
inline constexpr llvm::StringLiteral weightsSymbol = "bertc_weights";

/// packed[k, j] = rows[j, k] for the `count` rows of `columns` elements;
/// columns from `count` to `panel` of packed are zero.
void packPanel(const float *rows, int64_t count, int64_t columns, int64_t panel,
               float *packed);

/// packed[k / 2, j, k % 2] = rows[j, k] as bf16, for the same; zero also past
/// an odd last column.
void packPanelPairs(const float *rows, int64_t count, int64_t columns,
                    int64_t panel, uint16_t *packed);

/// bert.pack in i8: a panel of groups of four, and two groups of facts.
void packPanelIntegers(const float *rows, int64_t count, int64_t columns,
                       int64_t panel, int8_t *packed);

/// Writes the object file `path`, whole. `threads` 0 takes all of the machine.
/// The file is of no use when this fails.
llvm::Error writeWeightsObject(llvm::StringRef path,
                               llvm::ArrayRef<StoredParameter> parameters,
                               const ParameterSource &source,
                               unsigned threads = 0);

} // namespace bertc

#endif // BERTC_COMPILER_WEIGHTSWRITER_H
