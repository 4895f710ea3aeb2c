//===- Tables.h - a profile as lines for people and for programs ----------===//

#ifndef BERTC_TOOLS_BERTC_PROFILE_TABLES_H
#define BERTC_TOOLS_BERTC_PROFILE_TABLES_H

#include "tools/bertc/profile/Profile.h"

#include <vector>

namespace bertc {

/// `times` as rows, what the run of `runMs` took besides, and the sum of both.
/// Of phases, each has its number and place; of kernels, how many phases.
void printTimes(const std::vector<KernelTime> &times, bool isOfPhases,
                double runMs, Roofs &roofs);

/// The same kernels under their roofs: a line and a bar each.
void printRoofline(const std::vector<KernelTime> &kernels, Roofs &roofs);

/// One JSON object a phase.
void printPhasesJson(const std::vector<KernelTime> &phases, Roofs &roofs);

/// With as many digits as a measured figure has meaning.
double rounded(double value);

} // namespace bertc

#endif // BERTC_TOOLS_BERTC_PROFILE_TABLES_H
