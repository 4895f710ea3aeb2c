//===- ScratchPlaces.h - arrays in a thread's scratch ---------------------===//

#ifndef BERTC_PASSES_TILE_SCRATCHPLACES_H
#define BERTC_PASSES_TILE_SCRATCHPLACES_H

#include "passes/tile/KernelBuilder.h"

#include "llvm/Support/MathExtras.h"

namespace bertc {

/// Hands out places one after the other, each at the start of a cache line, and
/// makes views of them where there is a kernel; without one it only counts.
class ScratchPlaces {
public:
  ScratchPlaces() = default;
  /// `scratch` is memref<?xi8>.
  ScratchPlaces(KernelBuilder &kernel, mlir::Value scratch)
      : kernel(&kernel), scratch(scratch) {}

  mlir::Value next(llvm::ArrayRef<int64_t> shape, mlir::Type element) {
    start = end;
    end += llvm::alignTo(mlir::ShapedType::getNumElements(shape) *
                             element.getIntOrFloatBitWidth() / 8,
                         64);
    return again(shape, element);
  }
  /// Another view of the place before.
  mlir::Value again(llvm::ArrayRef<int64_t> shape, mlir::Type element) {
    if (!kernel)
      return {};
    return mlir::memref::ViewOp::create(
        kernel->builder(), mlir::MemRefType::get(shape, element), scratch,
        kernel->index(start), mlir::ValueRange{});
  }
  int64_t bytes() const { return end; }

private:
  KernelBuilder *kernel = nullptr;
  mlir::Value scratch;
  int64_t start = 0, end = 0;
};

} // namespace bertc

#endif // BERTC_PASSES_TILE_SCRATCHPLACES_H
