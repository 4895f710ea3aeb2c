//===- Print.h - results on the standard output ---------------------------===//

#ifndef BERTC_RUNTIME_RUN_PRINT_H
#define BERTC_RUNTIME_RUN_PRINT_H

#include "runtime/run/Answers.h"

#include <cstdio>
#include <string>
#include <vector>

namespace bertc::run {

/// A line with a JSON object: the texts where it has some, "truncated": true
/// where the model did not get all of them, the answers of `reader`, then the
/// example's part of each output that they do not stand for; of outputs with a
/// row a token, the rows of its tokens only. Of an example that is several
/// sequences, choices or the two texts of a pair, that is a list with the part
/// of each; of a text in several windows, which overlap, there is none. Numbers
/// of outputs have as many digits as it takes to read them back.
std::string jsonLine(const Answered &answered, const AnswerReader &reader);

/// "logits [2, 5]", a line an output.
std::string shapeLines(const std::vector<Output> &outputs);

/// Writes and flushes.
MaybeFailure print(const std::string &text, std::FILE *out);

} // namespace bertc::run

#endif // BERTC_RUNTIME_RUN_PRINT_H
