//===- Squad.h - files of questions and their scores ----------------------===//
//
// SQuAD JSON, versions 1.1 and 2.0 (Rajpurkar et al. 2016, 2018):
//   {"data": [{"paragraphs": [{"context": ..., "qas": [{"id": ...,
//   "question": ..., "answers": [{"text": ...}], "is_impossible": ...}]}]}]}
//
//===----------------------------------------------------------------------===//

#ifndef BERTC_RUNTIME_RUN_SQUAD_H
#define BERTC_RUNTIME_RUN_SQUAD_H

#include "runtime/run/Examples.h"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace bertc::run {

struct SquadQuestion {
  std::string id, question;
  size_t context;                   ///< index into contexts
  std::vector<std::string> answers; ///< right ones; empty: there is none
  bool isGraded = false;            ///< whether the file says what is right
};

struct SquadFile {
  std::vector<std::string> contexts;
  std::vector<SquadQuestion> questions;

  /// What is not as above is an error that names the place in the file.
  static Result<SquadFile> read(const std::string &path);
};

/// The questions with their contexts, in the order of the file, which must
/// outlive it.
class SquadExamples : public ExampleSource {
public:
  explicit SquadExamples(const SquadFile &file) : file(file) {}
  std::optional<Example> next() override;
  std::optional<double> fraction() const override;

private:
  const SquadFile &file;
  size_t place = 0;
};

/// Scores of one answer, or sums of them, as the official evaluation script of
/// SQuAD 2.0 computes them: of lower-case words without punctuation and
/// articles.
struct SquadScore {
  double exact = 0; ///< 1 where the answer is a right one
  double f1 = 0;    ///< of its words, harmonic mean of precision and recall
};
/// The best over the right answers.
SquadScore scoreAnswer(const std::string &answer,
                       const std::vector<std::string> &right);

/// Collects scores and writes them as the script does, in per cent:
///   {"exact": 80.1, "f1": 83.2, "total": 100, "HasAns_exact": ...}
class SquadScores {
public:
  void add(const std::string &answer, const std::vector<std::string> &right);
  std::string json() const;

private:
  struct Sum {
    SquadScore score;
    double count = 0;
  };
  Sum answerable, unanswerable;
};

} // namespace bertc::run

#endif // BERTC_RUNTIME_RUN_SQUAD_H
