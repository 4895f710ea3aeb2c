//===- Request.h - what the user of `bertc run` asks for ------------------===//

#ifndef BERTC_RUNTIME_RUN_REQUEST_H
#define BERTC_RUNTIME_RUN_REQUEST_H

#include "runtime/io/Result.h"

#include <cstdint>
#include <string>
#include <vector>

namespace bertc::run {

/// How answers are chosen.
struct AnswerOptions {
  int64_t nBest = 0;            ///< how many; 0: what is usual for the task
  int64_t maxAnswerLength = 15; ///< tokens of an answer to a question
  bool noAnswer = false;        ///< a question may have none
  /// Columns of each text whose words are predicted, `allPositions` for every
  /// one; empty: those of mask tokens.
  std::vector<int32_t> positions;

  static constexpr int32_t allPositions = -1;

  int64_t best(int64_t usual) const { return nBest > 0 ? nBest : usual; }
};

/// Either `inputs`, or texts, or one of the files of text.
struct Request {
  std::string artifact;             ///< empty: the linked model
  std::string inputs;               ///< safetensors file
  std::vector<std::string> texts;   ///< each --text
  std::vector<std::string> pairs;   ///< each --text-pair; none, or one a text
  std::string textFile;             ///< one text a line
  std::string pairFile;             ///< one pair a line; empty: none
  std::string squad;                ///< SQuAD JSON: questions with contexts
  std::string conll;                ///< words in columns
  std::vector<std::string> queries; ///< to search the texts for
  AnswerOptions answers;
  std::string vocabulary; ///< see ModelTokenizer.h
  std::string outputs;    ///< file to write; empty: none
  bool json = false;      ///< JSON lines on `out`
  int64_t threads = 0;    ///< see makeSession
};

/// An option of `bertc run`, which a compiled program has as well.
struct Option {
  const char *name;  ///< "--text"
  const char *value; ///< "TEXT"; null for a switch
  const char *help;  ///< one line or more, without a line break
  bool repeats;      ///< may be given several times
  /// Stores a value; false when it is none that the option takes.
  bool (*set)(Request &request, const std::string &value);
};
const std::vector<Option> &options();

/// Nullopt when `request` makes sense, else what is wrong with its options:
/// a usage error.
io::MaybeFailure checkRequest(const Request &request);

} // namespace bertc::run

#endif // BERTC_RUNTIME_RUN_REQUEST_H
