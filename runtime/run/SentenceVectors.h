//===- SentenceVectors.h - vectors of texts -------------------------------===//

#ifndef BERTC_RUNTIME_RUN_SENTENCEVECTORS_H
#define BERTC_RUNTIME_RUN_SENTENCEVECTORS_H

#include <cstdint>

namespace bertc::run {

/// a.b / (|a| |b|) in f64; 0 where a vector is zero.
double cosine(const float *a, const float *b, int64_t size);

} // namespace bertc::run

#endif // BERTC_RUNTIME_RUN_SENTENCEVECTORS_H
