//===- Examples.cpp -------------------------------------------------------===//

#include "runtime/run/Examples.h"

#include "runtime/run/Request.h"

#include <string_view>

using namespace bertc;
using namespace bertc::run;

std::optional<Example> TextList::next() {
  if (place == texts.size())
    return std::nullopt;
  Example example;
  if (!pairs.empty())
    example.pair = std::move(pairs[place]);
  example.text = std::move(texts[place++]);
  return example;
}

std::optional<double> TextList::fraction() const {
  return texts.empty() ? 1.0 : double(place) / double(texts.size());
}

Result<std::unique_ptr<ExampleSource>>
TextLines::open(const std::string &texts, const std::string &pairs) {
  Result<LineReader> first = LineReader::open(texts);
  if (!first)
    return Failure{first.error()};
  std::optional<LineReader> second;
  if (!pairs.empty()) {
    Result<LineReader> opened = LineReader::open(pairs);
    if (!opened)
      return Failure{opened.error()};
    second = std::move(*opened);
  }
  return std::unique_ptr<ExampleSource>(
      new TextLines(std::move(*first), std::move(second)));
}

std::optional<Example> TextLines::next() {
  std::optional<std::string_view> text = texts.next();
  std::optional<std::string_view> pair;
  if (pairs)
    pair = pairs->next();
  if (pairs && text.has_value() != pair.has_value() && !failure()) {
    const LineReader &shorter = text ? *pairs : texts;
    const LineReader &longer = text ? texts : *pairs;
    mismatch =
        Failure{shorter.path() + ": has " + std::to_string(shorter.number()) +
                " lines, " + longer.path() + " has more"};
  }
  if (!text || failure())
    return std::nullopt;
  Example example{std::string(*text), std::nullopt};
  if (pair)
    example.pair = std::string(*pair);
  return example;
}

MaybeFailure TextLines::failure() const {
  if (MaybeFailure failure = texts.failure())
    return failure;
  if (pairs)
    if (MaybeFailure failure = pairs->failure())
      return failure;
  return mismatch;
}

Result<std::unique_ptr<ExampleSource>>
bertc::run::openExamples(const Request &request) {
  if (!request.textFile.empty())
    return TextLines::open(request.textFile, request.pairFile);
  return std::unique_ptr<ExampleSource>(
      std::make_unique<TextList>(request.texts, request.pairs));
}
