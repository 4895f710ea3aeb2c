//===- Heads.h - what a task adds to an encoder ---------------------------===//

#ifndef BERTC_MODELS_HEADS_H
#define BERTC_MODELS_HEADS_H

#include "models/Builder.h"
#include "models/Config.h"
#include "models/Dropout.h"
#include "models/Encoder.h"
#include "models/Family.h"
#include "models/Parameters.h"
#include "models/Task.h"

#include "mlir/IR/Value.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/Support/Error.h"

#include <optional>

namespace bertc {

enum class SentencePooling { mean, firstToken };

/// What the task `embed` does after the encoder.
struct SentenceOptions {
  SentencePooling pooling = SentencePooling::mean;
  bool normalize = false;
};

class Head {
public:
  /// Declares the parameters of `task`; an error that names the tensors which
  /// the checkpoint lacks, or a task that the family does not have.
  static llvm::Expected<Head> declare(Task task, const ModelConfig &config,
                                      const FamilyNames &names,
                                      const SentenceOptions &sentence,
                                      Parameters &parameters,
                                      const Encoder &encoder);

  /// The task's outputs for the last hidden state [T, H], built where `b`
  /// stands. `selected` are the rows whose vocabulary logits are wanted; of no
  /// use to other tasks. `dropout` is of the model's sites.
  llvm::SmallVector<EntryResult> build(EncoderBuilder &b, mlir::Value hidden,
                                       mlir::Value offsets,
                                       mlir::Value selected,
                                       const Dropout &dropout) const;

  bool hasPooler() const { return pooler.has_value(); }

private:
  using Error = llvm::Error;

  Head(Task task, const ModelConfig &config, const FamilyNames &names,
       const SentenceOptions &sentence)
      : task(task), config(&config), names(names), sentence(sentence) {}

  Error declareParameters(Parameters &parameters, const Encoder &encoder);
  Error declarePooler(Parameters &parameters);
  Error declareClassifier(const ClassifierNames &classifier, int64_t rows,
                          Parameters &parameters);
  /// The layer `out` that makes the task's logits.
  Error declareLogits(llvm::StringRef name, int64_t rows,
                      Parameters &parameters);
  Error declareVocabulary(Parameters &parameters, const Encoder &encoder);

  mlir::Value pooled(EncoderBuilder &b, mlir::Value hidden,
                     mlir::Value offsets) const;
  mlir::Value classify(EncoderBuilder &b, const ClassifierNames &classifier,
                       const DropoutRates::Classifier &rates,
                       mlir::Value hidden, mlir::Value offsets,
                       const Dropout &dropout) const;
  mlir::Value predict(EncoderBuilder &b, mlir::Value hidden,
                      mlir::Value selected) const;
  mlir::Value embed(EncoderBuilder &b, mlir::Value hidden,
                    mlir::Value offsets) const;

  Task task;
  const ModelConfig *config;
  FamilyNames names;
  SentenceOptions sentence;

  std::optional<AffineParameters> pooler;
  /// Of a classifier, of answers, of a relation; the vocabulary's dense layer.
  AffineParameters dense, out, vocabularyDense, vocabularyNorm;
  bert::ParameterOp decoder, decoderBias;
};

} // namespace bertc

#endif // BERTC_MODELS_HEADS_H
