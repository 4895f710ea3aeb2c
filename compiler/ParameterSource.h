//===- ParameterSource.h - values of a module's plain parameters ----------===//
//
// Weights are never held as a whole: the writer asks for the rows it packs at
// the moment, whether they lie in a mapped checkpoint or in a module's text.
//
//===----------------------------------------------------------------------===//

#ifndef BERTC_COMPILER_PARAMETERSOURCE_H
#define BERTC_COMPILER_PARAMETERSOURCE_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <cstdint>

namespace bertc {

/// Any number of threads may use a source at the same time.
class ParameterSource {
public:
  virtual ~ParameterSource() = default;

  /// The shape of the parameter `symbol`.
  virtual llvm::Expected<llvm::ArrayRef<int64_t>>
  shape(llvm::StringRef symbol) const = 0;

  /// Fills `out` with the elements [first, first + out.size()) of the parameter
  /// in row-major order, converted to f32.
  virtual llvm::Error read(llvm::StringRef symbol, int64_t first,
                           llvm::MutableArrayRef<float> out) const = 0;

  /// Gives back the memory that past reads took; they may go on.
  virtual void release() const {}
};

} // namespace bertc

#endif // BERTC_COMPILER_PARAMETERSOURCE_H
