//===- Calibration.h - scales of products' inputs, from examples ----------===//

#ifndef BERTC_COMPILER_CALIBRATION_H
#define BERTC_COMPILER_CALIBRATION_H

#include "compiler/Model.h"

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <cstdint>

namespace bertc {

/// Of a file's tokens no more are looked at: enough for each column's largest
/// activation, and seconds of the reference interpreter's time.
inline constexpr int64_t mostCalibrationTokens = 1024;

/// For each weight w [N, K] that products of `model` multiply rows x by, adds
/// the parameter @w.input_scale [K] of the multipliers
///
///   m[k] = sqrt(max over n of |w[n, k]| / max over tokens of |x[k]|)
///
/// to its module: 1 / s of Xiao et al. 2022, "SmoothQuant", arXiv:2211.10438,
/// equation 4, with alpha = 0.5; 1 where a maximum is zero. bert-scale-inputs
/// leads them to the products. A weight that is a concatenation has the scale
/// of its first part.
///
/// The module is in stage bert-fused. The tokens are those of the texts that
/// the lines of `file` are, read by the tokenizer of the folder `path`, or of
/// `input_ids` in a .safetensors file (run::readBatch).
llvm::Error calibrate(Model &model, llvm::StringRef path, llvm::StringRef file);

} // namespace bertc

#endif // BERTC_COMPILER_CALIBRATION_H
