//===- TextRun.h - texts through a model, however many --------------------===//

#ifndef BERTC_RUNTIME_RUN_TEXTRUN_H
#define BERTC_RUNTIME_RUN_TEXTRUN_H

#include "runtime/run/AnswerSink.h"
#include "runtime/run/Answers.h"
#include "runtime/run/Examples.h"
#include "runtime/run/Execute.h"
#include "runtime/run/TextBatch.h"
#include "runtime/text/Tokenizer.h"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace bertc::run {

class Progress;

/// Runs a model on all examples of a source. No more of them are in memory than
/// one run takes, or one example where that is more: a text's windows, a
/// question's choices. A run takes as many texts as its tokens allow, whatever
/// their lengths, since padding is not computed.
class TextRun {
public:
  TextRun(const bertc_model *model, const text::Tokenizer &tokenizer,
          const AnswerReader &reader, int64_t threads)
      : model(model), tokenizer(tokenizer), reader(reader), threads(threads),
        exampleName(reader.exampleName()) {}

  /// What messages call an example, instead of the reader's word.
  void call(const char *name) { exampleName = name; }

  /// Makes the session for texts of any number and length. Without it `run`
  /// makes one that is as large as its texts need.
  MaybeFailure reserve();

  /// Reports progress, and texts that were cut, on the standard error.
  MaybeFailure run(ExampleSource &source, AnswerSink &sink);
  /// Says nothing; may be called again after `reserve`.
  MaybeFailure runQuietly(ExampleSource &source, AnswerSink &sink) {
    return runAll(source, sink, nullptr);
  }

private:
  MaybeFailure runAll(ExampleSource &source, AnswerSink &sink,
                      Progress *progress);
  struct Encoded {
    Example example;
    std::vector<text::Encoding> encodings;
  };
  /// The next example; nothing at the end.
  Result<std::optional<Encoded>> encodeNext(ExampleSource &source);
  /// Examples with at most RunLimit's tokens, but at least one example where
  /// there is one.
  Result<TextBatch> nextBatch(ExampleSource &source);
  /// "text 3"
  std::string nameOf(int64_t example) const {
    return std::string(exampleName) + " " + std::to_string(example);
  }
  /// A batch whose first example has this number. Examples before one without
  /// finite numbers get their answers.
  MaybeFailure runBatchOf(const TextBatch &texts, int64_t number,
                          AnswerSink &sink);
  void warnOfCuts() const;

  const bertc_model *model;
  const text::Tokenizer &tokenizer;
  const AnswerReader &reader;
  int64_t threads;
  const char *exampleName;

  Session session;
  std::optional<Encoded> waiting; ///< did not fit into the last batch
  bool paused = false;  ///< the last batch ended for want of more for now
  MaybeFailure refused; ///< what the last batch ended before
  int64_t texts = 0;    ///< that were read
  int64_t cut = 0, firstCut = 0; ///< of those with answers
  int64_t mostTokens = 0;
};

} // namespace bertc::run

#endif // BERTC_RUNTIME_RUN_TEXTRUN_H
