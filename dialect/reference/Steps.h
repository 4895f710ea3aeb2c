//===- Steps.h - formulas that several ops share --------------------------===//

#ifndef BERTC_DIALECT_REFERENCE_STEPS_H
#define BERTC_DIALECT_REFERENCE_STEPS_H

#include "dialect/BertOps.h"
#include "dialect/reference/ReferenceTensor.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/STLFunctionalExtras.h"

#include <cstdint>
#include <optional>
#include <vector>

namespace bertc {

double activate(bert::Activation activation, double x);

/// Normalises one row of H elements in place.
void normalizeRow(double *row, int64_t columns, const ReferenceTensor &scale,
                  const ReferenceTensor &bias, double epsilon);

/// x . y / (max(||x||, epsilon) max(||y||, epsilon)).
double cosine(llvm::ArrayRef<double> x, llvm::ArrayRef<double> y,
              double epsilon);
/// Adds to `place` the gradient of cosine(x, y) by x, times `gradient`.
void addCosineSlope(llvm::ArrayRef<double> x, llvm::ArrayRef<double> y,
                    double epsilon, double gradient, double *place);

/// x wT, x [T,K], w [N,K].
ReferenceTensor product(const ReferenceTensor &x, const ReferenceTensor &w);
/// xT of a matrix.
ReferenceTensor transposed(const ReferenceTensor &x);

/// gradientT x, gradient [T,N], x [T,K], both rounded to the precision.
ReferenceTensor weightGradient(const ReferenceTensor &gradient,
                               const ReferenceTensor &x,
                               bert::Precision precision);
/// The sum in each of `rows` rows of the gradient's that have its id; of none
/// in row `padding`.
llvm::Expected<ReferenceTensor>
embeddingGradient(const ReferenceTensor &gradient, const ReferenceTensor &ids,
                  int64_t rows, std::optional<int64_t> padding);

/// The number of sequences, after checking that offsets ascend from 0 to
/// `tokens`.
llvm::Expected<int64_t> countSequences(const ReferenceTensor &offsets,
                                       int64_t tokens);

/// Rows [begin, end) that are pooled.
struct PooledRows {
  int64_t begin, end;
  double weight() const { return 1 / double(end - begin); }
};
/// Of each sequence its rows, or the first alone; an error for a sequence
/// without any.
llvm::Expected<std::vector<PooledRows>>
pooledRows(const ReferenceTensor &offsets, int64_t tokens, bool firstOnly);

/// An error unless `tensor` has a row for each sequence.
llvm::Error checkPerSequence(const ReferenceTensor &tensor, int64_t sequences);

/// Row t, column h of a matrix of rows stands at rowOf(t)[h].
using RowOf = llvm::function_ref<const double *(int64_t)>;

/// weights[s - begin] = softmax over s of q k[s]T / sqrt(size), begin <= s <
/// end. `query` is one head's part of a row; `column` is where that head's part
/// of the keys' rows begins.
void softmaxOfScores(const double *query, RowOf key, int64_t column,
                     int64_t size, int64_t begin, int64_t end,
                     bert::Precision precision, double *weights);

/// softmax(q kT / sqrt(d)) v per sequence and head; the three matrices give
/// row t, column h of H at row[t] + h. With `precision` bf16 the exponentials
/// are rounded; the matrices are the caller's to round.
/// `factor` of the weight of a sequence's key s for its query t in a head is
/// dropout's; all 1 without it.
using WeightFactor = llvm::function_ref<double(int64_t sequence, int64_t head,
                                               int64_t t, int64_t s)>;
llvm::Expected<ReferenceTensor> attend(RowOf query, RowOf key, RowOf value,
                                       int64_t tokens, int64_t hidden,
                                       const ReferenceTensor &offsets,
                                       int64_t heads, bert::Precision precision,
                                       WeightFactor factor = {});

/// The gradients of `attend` in f32 by query, key and value, side by side.
llvm::Expected<ReferenceTensor>
attendGradient(const ReferenceTensor &gradient, const ReferenceTensor &query,
               const ReferenceTensor &key, const ReferenceTensor &value,
               const ReferenceTensor &offsets, int64_t heads,
               WeightFactor factor = {});

/// softmax(q kT / sqrt(size)) per sequence and head, as a row of `heads` times
/// `positions` columns for each token.
llvm::Expected<ReferenceTensor>
attentionMaps(RowOf query, RowOf key, int64_t tokens, int64_t heads,
              int64_t size, const ReferenceTensor &offsets, int64_t positions);

llvm::Expected<ReferenceTensor>
sumOfRows(llvm::ArrayRef<const ReferenceTensor *> ids,
          llvm::ArrayRef<const ReferenceTensor *> tables);

/// bert.pack: rounded to the precision, zero past the last row and column.
ReferenceTensor packRows(const ReferenceTensor &w, int64_t panel,
                         bert::Precision precision);

/// body(i) for i in [0, count), on all cores.
void parallel(int64_t count, llvm::function_ref<void(int64_t)> body);

} // namespace bertc

#endif // BERTC_DIALECT_REFERENCE_STEPS_H
