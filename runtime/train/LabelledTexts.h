//===- LabelledTexts.h - what a classifier learns from --------------------===//

#ifndef BERTC_RUNTIME_TRAIN_LABELLEDTEXTS_H
#define BERTC_RUNTIME_TRAIN_LABELLEDTEXTS_H

#include "runtime/train/Table.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace bertc::train {

struct LabelledText {
  int64_t line = 0; ///< of its file
  std::string text;
  std::optional<std::string> pair;
  int32_t label = 0; ///< where labels are classes: which, from 0 on
  float value = 0;   ///< where labels are numbers
};

enum class LabelKind { classes, numbers };

struct LabelledTextOptions {
  /// Columns by name or number.
  std::string text;
  std::optional<std::string> pair;
  std::string label;
  TableOptions table;

  LabelKind kind = LabelKind::classes;
  /// The model's, by id. A label is the name of one, or where no name is a
  /// whole number its id. Empty: all labels that occur, numbers by size if all
  /// are whole numbers, others as their bytes sort.
  std::vector<std::string> classes;
  /// Whether lines with an empty label are passed over. They are an error else.
  bool passesUnlabelled = false;
};

struct LabelledTexts {
  std::string path;
  std::vector<std::string> classes;   ///< none where labels are numbers
  std::vector<LabelledText> examples; ///< at least one
  int64_t unlabelled = 0;             ///< lines that were passed over
};

/// Numbers are finite, also as f32, in decimal notation as JSON has it.
Result<LabelledTexts> readLabelledTexts(const std::string &path,
                                        const LabelledTextOptions &options);

} // namespace bertc::train

#endif // BERTC_RUNTIME_TRAIN_LABELLEDTEXTS_H
