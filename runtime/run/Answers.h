//===- Answers.h - what a head's numbers say about a text -----------------===//

#ifndef BERTC_RUNTIME_RUN_ANSWERS_H
#define BERTC_RUNTIME_RUN_ANSWERS_H

#include "runtime/run/Batch.h"
#include "runtime/run/Examples.h"
#include "runtime/run/Execute.h"
#include "runtime/run/JsonText.h"
#include "runtime/run/ModelFacts.h"
#include "runtime/run/Request.h"
#include "runtime/text/Encoding.h"
#include "runtime/text/Tokenizer.h"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace bertc::run {

/// An example, or a sequence of token ids, with what the model gave for it.
struct Answered {
  const Batch &batch;
  const std::vector<Output> &outputs;
  int64_t first = 0; ///< its sequences are [first, first + count)
  int64_t count = 1;
  const Example *example = nullptr;          ///< null: token ids were given
  const text::Encoding *encodings = nullptr; ///< of each sequence, or null

  /// Null when the model has no such output.
  const Output *find(const char *name) const;
  /// The numbers of a row: of a sequence for outputs with a row a sequence,
  /// else of a column of it.
  const float *row(const Output &output, int64_t sequence,
                   int64_t column = 0) const;
};

/// Reads the outputs of one task. Each task has a file of its own.
class AnswerReader {
public:
  virtual ~AnswerReader() = default;

  /// The examples of a task that joins some of `source`; null: they are those
  /// of `source`, which must outlive the result.
  virtual std::unique_ptr<ExampleSource> joined(ExampleSource &source) const;

  /// The sequences that stand for an example, each of at most `most` tokens:
  /// by default one, the text with its pair, cut to fit.
  virtual text::Result<std::vector<text::Encoding>>
  encode(const text::Tokenizer &tokenizer, const Example &example,
         int64_t most) const;

  /// Whether `encode` cuts a text into windows, so that all of it is there.
  virtual bool hasWindows() const { return false; }
  /// Whether the model did not get all of the example's text.
  bool isCut(const Answered &answered) const;

  /// Chooses the tokens whose rows are wanted, where the task wants few.
  virtual void select(Batch &) const {}

  /// The outputs that its answers come from: makeAnswerReader gives it only
  /// where the artifact has them all.
  virtual std::vector<std::string> reads() const { return {}; }
  /// An output that options on answers need and the artifact was compiled
  /// without; empty where there is none.
  virtual std::string missing() const { return {}; }

  /// What messages call an example.
  virtual const char *exampleName() const { return "text"; }

  /// Whether the answers stand for this output, which is then not printed.
  virtual bool replaces(const Output &) const { return false; }

  /// Adds the answers to the JSON object of the example.
  virtual void add(const Answered &, JsonObject &) const {}

  /// Whether there is something to read for people, and it, without a line
  /// break at its end.
  virtual bool hasText() const { return false; }
  virtual std::string text(const Answered &) const { return {}; }
};

/// For a model; without a tokenizer (token ids are given) there are no words to
/// name, and without an output of the task's no answers. `tokenizer` must
/// outlive the reader.
std::unique_ptr<AnswerReader>
makeAnswerReader(const ModelFacts &facts, const AnswerOptions &options,
                 const text::Tokenizer *tokenizer);

/// The readers of makeAnswerReader that have no header of their own.
std::unique_ptr<AnswerReader> makeClassification(const ModelFacts &facts);
std::unique_ptr<AnswerReader> makeSentenceVectors();
/// `output`: the name of the logits over the vocabulary.
std::unique_ptr<AnswerReader> makeMaskedWords(const AnswerOptions &options,
                                              const text::Tokenizer &tokenizer,
                                              const std::string &output);
/// `masks` reads the other output of `pretrain`, and is given back where the
/// artifact has no other.
std::unique_ptr<AnswerReader>
makeSentenceRelation(const ModelFacts &facts,
                     std::unique_ptr<AnswerReader> masks);

/// e^x / sum of e^x, in f64; of one row.
std::vector<double> softmax(const float *logits, int64_t count);
double sigmoid(double logit);
/// Indices of the `count` largest values, largest first; of equal ones the
/// lower index comes first, so that the answer is the same everywhere.
std::vector<int64_t> largest(const std::vector<double> &values, int64_t count);

} // namespace bertc::run

#endif // BERTC_RUNTIME_RUN_ANSWERS_H
