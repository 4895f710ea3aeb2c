//===- Conll.h - words in columns, with their labels ----------------------===//
//
// The format of the CoNLL shared tasks: a word a line, then columns, the right
// label in the last of them where it is known; an empty line between sentences.
// Columns are separated by blanks or tabs. A line that begins with -DOCSTART-
// stands between documents (CoNLL 2003): it is no sentence and has no label.
//
//===----------------------------------------------------------------------===//

#ifndef BERTC_RUNTIME_RUN_CONLL_H
#define BERTC_RUNTIME_RUN_CONLL_H

#include "runtime/include/bertc.h"
#include "runtime/run/Examples.h"
#include "runtime/run/Lines.h"
#include "runtime/run/Request.h"
#include "runtime/run/TokenClassification.h"
#include "runtime/text/Tokenizer.h"

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <deque>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace bertc::run {

/// A sentence of the file.
struct ConllSentence {
  std::string before; ///< -DOCSTART- lines in front of it, each with its end
  std::vector<std::string> lines;
  std::vector<ByteRange> words;   ///< in the text: words with blanks between
  std::vector<std::string> right; ///< labels; empty where a line has none
};

/// The sentences as texts. What was read waits until `take`.
class ConllExamples : public ExampleSource {
public:
  explicit ConllExamples(LineReader lines) : lines(std::move(lines)) {}
  std::optional<Example> next() override;
  MaybeFailure failure() const override { return lines.failure(); }
  bool wouldWait() override { return lines.wouldWait(); }
  std::optional<double> fraction() const override { return lines.fraction(); }

  /// Of the file's first line, hence of what is written: LF or CR LF.
  const char *lineEnd() const { return isCrLf ? "\r\n" : "\n"; }
  /// The first sentence that was not taken.
  ConllSentence take();
  /// Once `next` came to the end: -DOCSTART- lines behind the last sentence.
  const std::string &rest() const { return before; }
  const std::string &path() const { return lines.path(); }

private:
  LineReader lines;
  std::string before; ///< of the next sentence
  bool isCrLf = false;
  std::deque<ConllSentence> waiting;
};

/// Counts entities, as the tasks' script conlleval does: one is right where
/// its words and its type are.
class EntityScores {
public:
  void add(const std::vector<std::string> &given,
           const std::vector<std::string> &right);
  /// {"precision": 0.8, "recall": 0.7, "f1": 0.75, "entities": 120}
  std::string json() const;
  bool any() const { return words > 0; }

private:
  int64_t words = 0, found = 0, wanted = 0, both = 0;
};

/// Labels the words of request.conll. The lines, each with the label behind it
/// and the file's line ends, go to request.outputs or to `out`; the scores,
/// where the file has right labels, to `out` or, where that has the lines, to
/// the standard error. Warns of right labels that the model cannot give.
MaybeFailure runConll(const Request &request, const bertc_model *model,
                      const text::Tokenizer &tokenizer, std::FILE *out);

} // namespace bertc::run

#endif // BERTC_RUNTIME_RUN_CONLL_H
