//===- AnswerSink.h - where answers go ------------------------------------===//

#ifndef BERTC_RUNTIME_RUN_ANSWERSINK_H
#define BERTC_RUNTIME_RUN_ANSWERSINK_H

#include "runtime/run/Answers.h"
#include "runtime/run/Request.h"

#include <cstdio>
#include <memory>
#include <vector>

namespace bertc::run {

/// What is done with what a model gave.
class AnswerSink {
public:
  virtual ~AnswerSink() = default;
  /// The next examples, or sequences of token ids, in their order, and the
  /// outputs of their batch, of which they are views. They are fewer than the
  /// outputs have where the next one is refused: `finish` is not called then.
  virtual MaybeFailure take(const std::vector<Answered> &answered,
                            const std::vector<Output> &outputs) = 0;
  /// After the last of them.
  virtual MaybeFailure finish() { return std::nullopt; }
};

/// What the request asks for: a file, JSON lines, answers to texts as lines for
/// people, or else the outputs' names and shapes. `reader` must outlive it.
std::unique_ptr<AnswerSink> makeAnswerSink(const Request &request,
                                           const AnswerReader &reader,
                                           std::FILE *out);

} // namespace bertc::run

#endif // BERTC_RUNTIME_RUN_ANSWERSINK_H
