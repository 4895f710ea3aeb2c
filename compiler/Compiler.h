//===- Compiler.h - from a model to an artifact ---------------------------===//

#ifndef BERTC_COMPILER_COMPILER_H
#define BERTC_COMPILER_COMPILER_H

#include "compiler/Emit.h"
#include "compiler/GradientOptions.h"
#include "compiler/StepMemory.h"
#include "compiler/TokenizerUse.h"
#include "compiler/UpdateOptions.h"

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace bertc {

struct CompileOptions {
  std::string model;  ///< a checkpoint's folder or a .mlir file
  std::string output; ///< a file; "-" takes stdout for IR
  std::string task;   ///< as OpenOptions::task
  Emit emit = Emit::shared;
  /// As TargetDescription::get takes them. An artifact gets a variant of its
  /// code for each; of the stages that depend on the CPU there is one.
  std::vector<std::string> targetCpus = {"native"};
  /// Of products: f32, bf16 or int8.
  std::string dtype = "f32";
  /// How products of f32 are made (TargetDescription::setF32Products); as is
  /// best on the CPU when empty.
  std::string f32Products;
  /// Globs over the names of weights whose products stay f32.
  std::vector<std::string> keepF32;
  /// Texts, a line each, or token ids (calibrate) that products of int8 are
  /// made more accurate for; none when empty.
  std::string calibration;
  /// Makes the program compute the loss and its gradients, which are its states
  /// then, instead of the task's outputs.
  std::optional<GradientOptions> train;
  /// Chooses `train`'s recompute: the fastest policy that stays within it.
  std::optional<MemoryLimit> memoryLimit;
  /// What `train` does with the gradients.
  UpdateOptions update;
  /// Labels of `train` are floats (LossOptions).
  bool realLabels = false;
  /// The model of `train` drops at config.json's rates (models/Dropout.h).
  bool dropout = false;
  /// Outputs to keep; empty keeps all of the task.
  std::vector<std::string> outputs;
  TokenizerUse tokenizer = TokenizerUse::ifPresent;
  /// Told the name of each step as it begins.
  std::function<void(llvm::StringRef)> progress = [](llvm::StringRef) {};
  /// Told what is odd about the model and compiled all the same, a line each.
  std::function<void(llvm::StringRef)> warn = [](llvm::StringRef) {};
  /// Told, in one line, what the artifact has that its owner may not expect.
  std::function<void(llvm::StringRef)> remark = [](llvm::StringRef) {};
};

/// An error where no policy stays within the memory limit.
llvm::Error compile(const CompileOptions &options);

} // namespace bertc

#endif // BERTC_COMPILER_COMPILER_H
