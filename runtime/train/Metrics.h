//===- Metrics.h - how well predictions agree with labels -----------------===//
//
// The scores of GLUE (Wang et al. 2018, arXiv:1804.07461), as scikit-learn and
// SciPy define them. None is ever NaN: what a formula leaves open is 0, as
// said below.
//
//===----------------------------------------------------------------------===//

#ifndef BERTC_RUNTIME_TRAIN_METRICS_H
#define BERTC_RUNTIME_TRAIN_METRICS_H

#include <cstdint>
#include <vector>

namespace bertc::train {

/// Classes by number, of one example each.
using Classes = std::vector<int32_t>;

/// Both lists of these functions have one length.
/// The part that is right; 0 of no examples.
double accuracy(const Classes &predicted, const Classes &right);

/// 2 TP / (2 TP + FP + FN) of one class; 0 where neither list has it.
double f1(const Classes &predicted, const Classes &right, int32_t positive = 1);

/// The mean of f1 over the classes that occur in either list.
double macroF1(const Classes &predicted, const Classes &right);

/// f1 of the counts of all classes together, which is the accuracy where each
/// example has one class.
double microF1(const Classes &predicted, const Classes &right);

/// Matthews's correlation coefficient for any number of classes (Gorodkin 2004,
/// doi:10.1016/j.compbiolchem.2004.09.006); 0 where either list is constant.
double matthews(const Classes &predicted, const Classes &right);

/// Pearson's r; 0 where either list is constant, has fewer than two values, or
/// one that is not finite: what a diverged model says agrees with nothing.
double pearson(const std::vector<float> &predicted,
               const std::vector<float> &right);

/// Spearman's rho: Pearson's r of ranks, equal values sharing the mean of
/// theirs. 0 where that is.
double spearman(const std::vector<float> &predicted,
                const std::vector<float> &right);

} // namespace bertc::train

#endif // BERTC_RUNTIME_TRAIN_METRICS_H
