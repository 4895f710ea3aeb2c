//===- Dropout.h - where a model drops, and with which keys ---------------===//
//
// The entry function has two arguments for dropout, behind the others:
//
//   dropout_key   tensor<2xi32>  made of seed and step, one for each step
//   sequence_ids  tensor<?xi32>  of each sequence, among those that a step
//                                learns from: a part of a batch drops what the
//                                whole batch would
//
// bert.fold_in makes a key for each site of it:
//
//   dropout_key
//     0, 1, ... L - 1     the layers, as they are called, each handed its key
//       weightsSite         attention's weights
//       attendedSite        what attention's last linear layer makes
//       outerSite           what the feed-forward block makes
//     embeddingsSite      the embeddings, normalised
//     denseSite           what a classifier's dense layer reads
//     logitsSite          what the linear layer of the logits reads
//
// A rate of zero builds no op.
//
//===----------------------------------------------------------------------===//

#ifndef BERTC_MODELS_DROPOUT_H
#define BERTC_MODELS_DROPOUT_H

#include "models/Builder.h"
#include "models/ConfigReader.h"

#include "mlir/IR/Value.h"

#include <cstdint>

namespace bertc {

inline constexpr llvm::StringLiteral dropoutKeyName = "dropout_key";
inline constexpr llvm::StringLiteral sequenceIdsName = "sequence_ids";

enum LayerSite : int64_t { weightsSite, attendedSite, outerSite };
/// Behind the number of any layer.
enum ModelSite : int64_t { embeddingsSite = 1 << 16, denseSite, logitsSite };
static_assert(embeddingsSite >= ConfigReader::maxLayers);

/// Drops what a function makes. Without a key, as models run that do not learn,
/// it hands on what it is given.
class Dropout {
public:
  Dropout() = default;
  Dropout(mlir::Value key, mlir::Value sequenceIds, mlir::Value offsets)
      : key(key), sequenceIds(sequenceIds), offsets(offsets) {}

  explicit operator bool() const { return bool(key); }
  mlir::Value ids() const { return sequenceIds; }
  /// The key with a number folded in.
  mlir::Value keyOf(EncoderBuilder &b, int64_t number) const;

  /// Of one row a token.
  mlir::Value tokens(EncoderBuilder &b, mlir::Value x, double rate,
                     int64_t site) const;
  /// Of one row a sequence.
  mlir::Value sequences(EncoderBuilder &b, mlir::Value x, double rate,
                        int64_t site) const;
  /// Attention, with dropout of its weights.
  mlir::Value attention(EncoderBuilder &b, mlir::Value query, mlir::Value keys,
                        mlir::Value values, mlir::Value offsets, int64_t heads,
                        double rate, int64_t site) const;

private:
  mlir::Value key, sequenceIds, offsets;
};

} // namespace bertc

#endif // BERTC_MODELS_DROPOUT_H
