//===- NormalQuantile.cpp -------------------------------------------------===//
//
// Compiled without contraction: a fused multiply-add rounds once where a
// product and a sum round twice, and not every machine has one.
//
//===----------------------------------------------------------------------===//

#include "compiler/NormalQuantile.h"

#include <cmath>
#include <cstddef>

namespace {

/// A polynomial, its highest power first.
template <size_t N>
double polynomial(const double (&coefficients)[N], double x) {
  double value = coefficients[0];
  for (size_t i = 1; i < N; ++i)
    value = value * x + coefficients[i];
  return value;
}

/// As the series 2 (s + s^3/3 + s^5/5 + ...) with s = (m - 1) / (m + 1), whose
/// first term left out, s^23, is below 2^-56 for sqrt(1/2) <= m < sqrt(2).
double naturalLogarithm(double x) {
  constexpr double ln2 = 0.69314718055994530942,
                   rootOfHalf = 0.7071067811865476;
  int exponent;
  double m = std::frexp(x, &exponent); // in [1/2, 1)
  if (m < rootOfHalf) {
    m = 2 * m;
    --exponent;
  }
  const double s = (m - 1) / (m + 1), square = s * s;
  double sum = 0;
  for (int power = 21; power >= 1; power -= 2)
    sum = sum * square + 1.0 / power;
  return exponent * ln2 + 2 * s * sum;
}

constexpr double centre[] = {2509.0809287301226727, 33430.575583588128105,
                             67265.770927008700853, 45921.953931549871457,
                             13731.693765509461125, 1971.5909503065514427,
                             133.14166789178437745, 3.387132872796366608};
constexpr double belowCentre[] = {5226.495278852545925,  28729.085735721942674,
                                  39307.89580009271061,  21213.794301586595867,
                                  5394.1960214247511077, 687.1870074920579083,
                                  42.313330701600911252, 1};
constexpr double tail[] = {7.7454501427834140764e-4, .0227238449892691845833,
                           .24178072517745061177,    1.27045825245236838258,
                           3.64784832476320460504,   5.7694972214606914055,
                           4.6303378461565452959,    1.42343711074968357734};
constexpr double belowTail[] = {
    1.05075007164441684324e-9, 5.475938084995344946e-4,
    .0151986665636164571966,   .14810397642748007459,
    .68976733498510000455,     1.6763848301838038494,
    2.05319162663775882187,    1};

} // namespace

double bertc::normalQuantile(double p) {
  const double q = p - 0.5;
  if (std::fabs(q) <= 0.425) {
    const double r = 0.180625 - q * q;
    return q * polynomial(centre, r) / polynomial(belowCentre, r);
  }
  // The paper has a third pair for tails below e^-25, which p never is.
  const double r = std::sqrt(-naturalLogarithm(q < 0 ? p : 1 - p)) - 1.6;
  const double value = polynomial(tail, r) / polynomial(belowTail, r);
  return q < 0 ? -value : value;
}
