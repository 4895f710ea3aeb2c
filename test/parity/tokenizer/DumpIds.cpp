//===- DumpIds.cpp - encodings of many texts, for comparing ---------------===//
//
//   bertc-dump-ids FOLDER < REQUESTS > ANSWERS
//
// A request is a line `OPTIONS LENGTH [LENGTH]`, then the bytes of one or two
// texts. OPTIONS is `-` or letters: n no special tokens, l/f/s truncation
// longest_first/only_first/only_second with the number behind it, w windows
// with the stride behind it, L and R the side that is cut, r the tokenizer read
// back from its own blob, d decode, the text being ids, k without special
// tokens, c with clean-up.
//
// An answer is 32-bit numbers: how many encodings (0: an error), and for each
// its number of tokens, then all ids, types, special marks, sequences, words,
// begins and ends of offsets. A decoded text is its length and its bytes.
//
//   bertc-dump-ids FOLDER --time ROUNDS < REQUESTS
//
// prints the seconds that each round over all requests took, and nothing else.
//
//===----------------------------------------------------------------------===//

#include "runtime/text/Tokenizer.h"

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <sstream>
#include <string>

using namespace bertc::text;

namespace {

struct Request {
  EncodeOptions options;
  DecodeOptions decodeOptions;
  bool isPair = false, windows = false, fromBlob = false, decodes = false;
  std::string first, second;
};

void parseOptions(const std::string &text, Request &request) {
  EncodeOptions &options = request.options;
  options.truncation = Truncation::None;
  for (size_t i = 0; i < text.size(); ++i) {
    int64_t number = strtol(text.c_str() + i + 1, nullptr, 10);
    switch (text[i]) {
    case 'n':
      options.addSpecialTokens = false;
      break;
    case 'l':
    case 'f':
    case 's':
      options.truncation = text[i] == 'l'   ? Truncation::LongestFirst
                           : text[i] == 'f' ? Truncation::OnlyFirst
                                            : Truncation::OnlySecond;
      options.maxLength = number;
      break;
    case 'w':
      request.windows = true;
      options.stride = number;
      break;
    case 'L':
      options.side = Side::Left;
      break;
    case 'R':
      options.side = Side::Right;
      break;
    case 'r':
      request.fromBlob = true;
      break;
    case 'd':
      request.decodes = true;
      break;
    case 'k':
      request.decodeOptions.skipSpecialTokens = true;
      break;
    case 'c':
      request.decodeOptions.cleanUpSpaces = true;
      break;
    default:
      break;
    }
  }
}

bool readRequest(Request &request) {
  std::string header, options;
  if (!std::getline(std::cin, header))
    return false;
  std::istringstream words(header);
  size_t first = 0, second = 0;
  words >> options >> first;
  request = {};
  parseOptions(options, request);
  request.isPair = static_cast<bool>(words >> second);
  request.first.resize(first);
  std::cin.read(request.first.data(), static_cast<std::streamsize>(first));
  request.second.resize(second);
  std::cin.read(request.second.data(), static_cast<std::streamsize>(second));
  return true;
}

Result<std::vector<Encoding>> encode(const Tokenizer &tokenizer,
                                     const Request &request) {
  if (request.windows)
    return request.isPair
               ? tokenizer.encodePairWindows(request.first, request.second,
                                             request.options)
               : tokenizer.encodeWindows(request.first, request.options);
  Result<Encoding> one =
      request.isPair
          ? tokenizer.encodePair(request.first, request.second, request.options)
          : tokenizer.encode(request.first, request.options);
  if (!one)
    return Failure{one.error()};
  return std::vector<Encoding>{std::move(*one)};
}

void put(int32_t number) {
  std::cout.write(reinterpret_cast<const char *>(&number), sizeof(number));
}

void write(const Encoding &encoding) {
  put(static_cast<int32_t>(encoding.ids.size()));
  for (int32_t id : encoding.ids)
    put(id);
  for (int32_t type : encoding.typeIds)
    put(type);
  for (uint8_t mark : encoding.specialMask)
    put(mark);
  for (int8_t sequence : encoding.sequenceIds)
    put(sequence);
  for (int32_t word : encoding.wordIds)
    put(word);
  for (Offsets offsets : encoding.offsets)
    put(static_cast<int32_t>(offsets.begin));
  for (Offsets offsets : encoding.offsets)
    put(static_cast<int32_t>(offsets.end));
}

void answer(const Tokenizer &tokenizer, const Request &request) {
  if (request.decodes) {
    std::istringstream words(request.first);
    std::vector<int32_t> ids;
    for (int32_t id; words >> id;)
      ids.push_back(id);
    std::string text = tokenizer.decode(ids, request.decodeOptions);
    put(static_cast<int32_t>(text.size()));
    std::cout << text;
    return;
  }
  Result<std::vector<Encoding>> encodings = encode(tokenizer, request);
  put(encodings ? static_cast<int32_t>(encodings->size()) : 0);
  if (encodings)
    for (const Encoding &encoding : *encodings)
      write(encoding);
}

void time(const Tokenizer &tokenizer, const std::vector<Request> &requests,
          int64_t rounds) {
  for (int64_t round = 0; round < rounds; ++round) {
    auto begin = std::chrono::steady_clock::now();
    for (const Request &request : requests)
      encode(tokenizer, request);
    std::chrono::duration<double> seconds =
        std::chrono::steady_clock::now() - begin;
    printf("%.6f\n", seconds.count());
  }
}

} // namespace

int main(int argc, char **argv) {
  bool times = argc == 4 && std::string(argv[2]) == "--time";
  if (argc != 2 && !times) {
    fprintf(stderr,
            "usage: bertc-dump-ids FOLDER [--time ROUNDS] < REQUESTS\n");
    return 2;
  }
  Result<Tokenizer> tokenizer = Tokenizer::fromFolder(argv[1]);
  if (!tokenizer) {
    fprintf(stderr, "bertc-dump-ids: %s\n", tokenizer.error().c_str());
    return 1;
  }
  std::string blob = tokenizer->blob();
  auto begin = std::chrono::steady_clock::now();
  Result<Tokenizer> copy = Tokenizer::fromBlob(blob);
  std::chrono::duration<double> loading =
      std::chrono::steady_clock::now() - begin;
  if (!copy || copy->blob() != blob) {
    fprintf(stderr, "bertc-dump-ids: the blob differs: %s\n",
            copy.error().c_str());
    return 3;
  }

  std::ios::sync_with_stdio(false);
  std::vector<Request> requests;
  for (Request request; readRequest(request);) {
    if (times)
      requests.push_back(std::move(request));
    else
      answer(request.fromBlob ? *copy : *tokenizer, request);
  }
  if (times) {
    printf("%.6f\n", loading.count());
    time(*tokenizer, requests, strtol(argv[3], nullptr, 10));
  }
  return 0;
}
