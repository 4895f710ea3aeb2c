//===- DumpIds.cpp - token ids of many texts, for comparing ---------------===//
//
//   bertc-dump-ids FOLDER < REQUESTS > IDS
//
// A request is a line `OPTIONS LENGTH [LENGTH]`, then the bytes of one or two
// texts. OPTIONS is `-` or letters: n no special tokens, l/f/s truncation
// longest_first/only_first/only_second with the number behind it, r the
// tokenizer read back from its own blob. An answer is a line of `id:type`
// pairs, or `error MESSAGE`.
//
//===----------------------------------------------------------------------===//

#include "runtime/text/WordPiece.h"

#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <sstream>
#include <string>

using namespace bertc::text;

static EncodeOptions parseOptions(const std::string &text) {
  EncodeOptions options;
  options.truncation = Truncation::None;
  for (size_t i = 0; i < text.size(); ++i) {
    switch (text[i]) {
    case 'n':
      options.addSpecialTokens = false;
      break;
    case 'l':
      options.truncation = Truncation::LongestFirst;
      break;
    case 'f':
      options.truncation = Truncation::OnlyFirst;
      break;
    case 's':
      options.truncation = Truncation::OnlySecond;
      break;
    default:
      continue;
    }
    if (text[i] != 'n')
      options.maxLength = strtol(text.c_str() + i + 1, nullptr, 10);
  }
  return options;
}

static std::string readText(size_t length) {
  std::string text(length, '\0');
  std::cin.read(text.data(), static_cast<std::streamsize>(length));
  return text;
}

int main(int argc, char **argv) {
  if (argc != 2) {
    fprintf(stderr, "usage: bertc-dump-ids FOLDER < REQUESTS > IDS\n");
    return 2;
  }
  Result<WordPiece> tokenizer = WordPiece::fromFolder(argv[1]);
  if (!tokenizer) {
    fprintf(stderr, "bertc-dump-ids: %s\n", tokenizer.error().c_str());
    return 1;
  }
  Result<WordPiece> copy = WordPiece::fromBlob(tokenizer->blob());
  if (!copy) {
    fprintf(stderr, "bertc-dump-ids: %s\n", copy.error().c_str());
    return 3;
  }

  std::ios::sync_with_stdio(false);
  for (std::string header; std::getline(std::cin, header);) {
    std::istringstream words(header);
    std::string options;
    size_t first = 0, second = 0;
    words >> options >> first;
    bool isPair = static_cast<bool>(words >> second);
    std::string a = readText(first), b = readText(second);
    const WordPiece &used =
        options.find('r') == std::string::npos ? *tokenizer : *copy;
    Result<Encoding> encoding =
        isPair ? used.encodePair(a, b, parseOptions(options))
               : used.encode(a, parseOptions(options));
    if (!encoding) {
      std::cout << "error " << encoding.error() << '\n';
      continue;
    }
    for (size_t i = 0; i < encoding->ids.size(); ++i)
      std::cout << (i ? " " : "") << encoding->ids[i] << ':'
                << encoding->typeIds[i];
    std::cout << '\n';
  }
  return 0;
}
