//===- ModelFacts.h - what a model's configuration says of its answers ----===//

#ifndef BERTC_RUNTIME_RUN_MODELFACTS_H
#define BERTC_RUNTIME_RUN_MODELFACTS_H

#include "runtime/include/bertc.h"

#include <cstdint>
#include <string>
#include <vector>

namespace bertc::run {

struct ModelFacts {
  std::string task;
  /// single_label_classification, multi_label_classification or regression.
  std::string problemType;
  std::vector<std::string> labels; ///< id2label, by id
  int64_t maxPositions = 0;        ///< tokens of the longest sequence
  /// Names of what the artifact gives: `--outputs attentions` leaves others of
  /// the task out.
  std::vector<std::string> outputs;

  explicit ModelFacts(const bertc_model *model);
  bool gives(const std::string &output) const;
};

} // namespace bertc::run

#endif // BERTC_RUNTIME_RUN_MODELFACTS_H
