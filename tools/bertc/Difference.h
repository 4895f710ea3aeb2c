//===- Difference.h - an output against the reference ---------------------===//

#ifndef BERTC_TOOLS_BERTC_DIFFERENCE_H
#define BERTC_TOOLS_BERTC_DIFFERENCE_H

#include "dialect/reference/ReferenceTensor.h"
#include "runtime/include/bertc_train.h"
#include "runtime/run/Execute.h"

#include "llvm/Support/Error.h"

#include <cmath>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace bertc {

/// The angle between what is given and what is wanted.
struct Angle {
  double dot = 0, given = 0, wanted = 0; ///< products, squares

  void add(double x, double y) {
    dot += x * y;
    given += x * x;
    wanted += y * y;
  }
  /// Nothing where one of both is zero.
  std::optional<double> cosine() const {
    if (given > 0 && wanted > 0)
      return dot / std::sqrt(given * wanted);
    return std::nullopt;
  }
};

/// How far an output of the artifact is from the reference.
struct Difference {
  int64_t rows = 0, columns = 0;
  double most = 0, sum = 0;
  double largest = 0; ///< of the numbers wanted, without sign
  double squares = 0, wantedSquares = 0;
  int64_t count = 0;

  void addRow(const float *given, const double *wanted, int64_t size);
  /// The least of any row; of an output with one number a row, whose rows have
  /// no direction but their sign, that of the column. "-" of nothing.
  std::string cosine() const;
  double mean() const { return count ? sum / double(count) : 0; }
  /// |given - wanted| / |wanted| over the whole output.
  double relative() const {
    return squares > 0 ? std::sqrt(squares / wantedSquares) : 0;
  }

private:
  void add(double given, double wanted);

  std::optional<double> least;
  Angle all;
};

/// The files that are compared, as errors name them.
struct ComparedFiles {
  std::string artifact, model;
};

/// Compares the rows that are the model's; the artifact gives padded rows where
/// the reference has packed ones. An error where their shapes differ, and where
/// a number on either side is not finite.
llvm::Expected<Difference> compare(const ComparedFiles &files,
                                   const run::Batch &batch,
                                   const run::Output &output,
                                   const ReferenceTensor &expected);

/// A state of the artifact, likewise.
llvm::Expected<Difference> compare(const ComparedFiles &files,
                                   const bertc_state_info &state,
                                   const std::vector<float> &given,
                                   const ReferenceTensor &expected);

} // namespace bertc

#endif // BERTC_TOOLS_BERTC_DIFFERENCE_H
