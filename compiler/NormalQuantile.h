//===- NormalQuantile.h - uniform numbers to normal ones ------------------===//

#ifndef BERTC_COMPILER_NORMALQUANTILE_H
#define BERTC_COMPILER_NORMALQUANTILE_H

namespace bertc {

/// The number that a standard normal one lies below with probability `p`, which
/// is from 2^-33 to 1 - 2^-33: algorithm AS 241 (Wichura 1988, "The percentage
/// points of the normal distribution", Applied Statistics 37, doi:10.2307/
/// 2347330), PPND16, good to 1e-15 of its value. Made of operations that IEEE
/// 754 rounds alike everywhere, so that it has the same bits on every machine,
/// which a C library's log, sin and cos have not.
double normalQuantile(double p);

} // namespace bertc

#endif // BERTC_COMPILER_NORMALQUANTILE_H
