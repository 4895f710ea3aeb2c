//===- ModelTokenizer.cpp -------------------------------------------------===//

#include "runtime/run/ModelTokenizer.h"

#include <cstddef>
#include <sys/stat.h>
#include <utility>

using namespace bertc;
using namespace bertc::run;

io::Result<text::Tokenizer>
bertc::run::openVocabulary(const std::string &path) {
  std::string folder = path;
  struct stat status;
  if (stat(path.c_str(), &status) == 0 && !S_ISDIR(status.st_mode)) {
    const size_t slash = folder.rfind('/');
    const std::string name = folder.substr(slash + 1);
    if (name != "vocab.txt" && name != "tokenizer.json" &&
        name != "vocab.json" && name != "spiece.model")
      return io::Failure{path + ": expected vocab.txt, tokenizer.json, "
                                "vocab.json, spiece.model or their folder"};
    folder = slash == std::string::npos ? "." : folder.substr(0, slash + 1);
  }
  text::Result<text::Tokenizer> tokenizer = text::Tokenizer::fromFolder(folder);
  if (!tokenizer)
    return io::Failure{tokenizer.error()};
  return std::move(*tokenizer);
}

io::Result<text::Tokenizer>
bertc::run::tokenizerFor(const bertc_model *model,
                         const std::string &vocabulary) {
  const bertc_model_info &info = *bertc_info(model);
  auto carried = [&]() -> io::Result<text::Tokenizer> {
    if (!info.tokenizer)
      return io::Failure{"the model carries no tokenizer: give its vocabulary "
                         "with --vocabulary"};
    text::Result<text::Tokenizer> tokenizer =
        text::Tokenizer::fromBlob({info.tokenizer, info.tokenizer_bytes});
    if (!tokenizer)
      return io::Failure{tokenizer.error()};
    return std::move(*tokenizer);
  };
  io::Result<text::Tokenizer> tokenizer =
      vocabulary.empty() ? carried() : openVocabulary(vocabulary);
  if (tokenizer && tokenizer->vocabularySize() > info.vocab_size)
    return io::Failure{(vocabulary.empty() ? "" : vocabulary + ": ") +
                       "the tokenizer has " +
                       std::to_string(tokenizer->vocabularySize()) +
                       " tokens, the model " + std::to_string(info.vocab_size)};
  return tokenizer;
}
