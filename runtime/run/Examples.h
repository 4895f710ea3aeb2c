//===- Examples.h - the texts that a model is asked about -----------------===//

#ifndef BERTC_RUNTIME_RUN_EXAMPLES_H
#define BERTC_RUNTIME_RUN_EXAMPLES_H

#include "runtime/run/Lines.h"

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace bertc::run {

struct Request;

/// A text, or a text and its pair, or a text and what may follow it.
struct Example {
  std::string text;
  std::optional<std::string> pair = std::nullopt;
  std::vector<std::string> choices = {}; ///< see MultipleChoice.h
};

/// Gives examples one after the other, so that there may be more of them than
/// memory holds.
class ExampleSource {
public:
  virtual ~ExampleSource() = default;

  /// The next one; nothing at the end, or where reading failed.
  virtual std::optional<Example> next() = 0;
  /// What made `next` end early.
  virtual MaybeFailure failure() const { return std::nullopt; }
  /// Whether `next` would wait for somebody to write more.
  virtual bool wouldWait() { return false; }
  /// Of all examples, how much `next` gave: 0 to 1; nothing where unknown.
  virtual std::optional<double> fraction() const { return std::nullopt; }
};

/// Texts from the command line; `pairs` is empty or has one for each.
class TextList : public ExampleSource {
public:
  TextList(std::vector<std::string> texts, std::vector<std::string> pairs)
      : texts(std::move(texts)), pairs(std::move(pairs)) {}
  std::optional<Example> next() override;
  std::optional<double> fraction() const override;

private:
  std::vector<std::string> texts, pairs;
  size_t place = 0;
};

/// Line i of a file, with line i of another one as its pair.
class TextLines : public ExampleSource {
public:
  /// An empty `pairs`: no pairs.
  static Result<std::unique_ptr<ExampleSource>> open(const std::string &texts,
                                                     const std::string &pairs);
  std::optional<Example> next() override;
  MaybeFailure failure() const override;
  bool wouldWait() override {
    return texts.wouldWait() || (pairs && pairs->wouldWait());
  }
  std::optional<double> fraction() const override { return texts.fraction(); }

private:
  TextLines(LineReader texts, std::optional<LineReader> pairs)
      : texts(std::move(texts)), pairs(std::move(pairs)) {}
  LineReader texts;
  std::optional<LineReader> pairs;
  MaybeFailure mismatch;
};

/// What the request names: its texts, or its files of text.
Result<std::unique_ptr<ExampleSource>> openExamples(const Request &request);

} // namespace bertc::run

#endif // BERTC_RUNTIME_RUN_EXAMPLES_H
