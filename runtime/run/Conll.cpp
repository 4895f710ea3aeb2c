//===- Conll.cpp ----------------------------------------------------------===//

#include "runtime/run/Conll.h"

#include "runtime/io/AsideFile.h"
#include "runtime/run/JsonText.h"
#include "runtime/run/Print.h"
#include "runtime/run/TextRun.h"

#include <algorithm>
#include <string_view>

using namespace bertc;
using namespace bertc::run;

namespace {

constexpr std::string_view blanks = " \t";

std::string_view firstColumn(std::string_view line) {
  return line.substr(0, line.find_first_of(blanks));
}

/// Empty where there is only one.
std::string_view lastColumn(std::string_view line) {
  line = line.substr(0, line.find_last_not_of(blanks) + 1);
  const size_t blank = line.find_last_of(blanks);
  return blank == std::string_view::npos ? "" : line.substr(blank + 1);
}

class ConllSink : public AnswerSink {
public:
  ConllSink(ConllExamples &source, const TokenClassification &reader,
            std::FILE *out, std::optional<io::AsideFile> file)
      : source(source), reader(reader), out(out), file(std::move(file)) {}

  MaybeFailure take(const std::vector<Answered> &answered,
                    const std::vector<Output> &) override {
    std::string lines;
    for (const Answered &each : answered) {
      const ConllSentence sentence = source.take();
      const std::vector<WordLabel> labels =
          reader.labelsOf(each, sentence.words);
      std::vector<std::string> given;
      for (size_t word = 0; word < labels.size(); ++word) {
        const std::string &line = sentence.lines[word];
        const char *separator =
            line.find('\t') != std::string::npos ? "\t" : " ";
        lines += line + separator + labels[word].label + source.lineEnd();
        given.push_back(labels[word].label);
      }
      lines += source.lineEnd();
      if (!sentence.right.empty())
        scores.add(given, sentence.right);
    }
    return file ? file->write(lines.data(), lines.size()) : print(lines, out);
  }

  MaybeFailure finish() override {
    if (file)
      if (MaybeFailure failure = file->keep())
        return failure;
    return scores.any() ? print(scores.json() + "\n", file ? out : stderr)
                        : std::nullopt;
  }

private:
  ConllExamples &source;
  const TokenClassification &reader;
  std::FILE *out;
  std::optional<io::AsideFile> file;
  EntityScores scores;
};

} // namespace

std::optional<Example> ConllExamples::next() {
  ConllSentence sentence;
  std::string text;
  bool labelled = true;
  while (std::optional<std::string_view> line = lines.next()) {
    if (lines.number() == 1)
      isCrLf = lines.endedInCrLf();
    if (line->find_first_not_of(blanks) == std::string_view::npos) {
      if (!sentence.lines.empty())
        break;
      continue;
    }
    const std::string_view word = firstColumn(*line);
    text += text.empty() ? "" : " ";
    sentence.words.push_back({text.size(), text.size() + word.size()});
    text += word;
    const std::string_view label = lastColumn(*line);
    labelled = labelled && !label.empty();
    sentence.right.emplace_back(label);
    sentence.lines.emplace_back(*line);
  }
  if (sentence.lines.empty() || lines.failure())
    return std::nullopt;
  if (!labelled)
    sentence.right.clear();
  waiting.push_back(std::move(sentence));
  return Example{std::move(text), std::nullopt};
}

ConllSentence ConllExamples::take() {
  ConllSentence first = std::move(waiting.front());
  waiting.pop_front();
  return first;
}

void EntityScores::add(const std::vector<std::string> &given,
                       const std::vector<std::string> &right) {
  const std::vector<WordSpan> ours = entitySpans(given);
  const std::vector<WordSpan> theirs = entitySpans(right);
  words += static_cast<int64_t>(given.size());
  found += static_cast<int64_t>(ours.size());
  wanted += static_cast<int64_t>(theirs.size());
  for (const WordSpan &span : ours)
    both += std::find(theirs.begin(), theirs.end(), span) != theirs.end();
}

std::string EntityScores::json() const {
  auto ratio = [](int64_t part, int64_t whole) {
    return whole > 0 ? double(part) / double(whole) : 0.0;
  };
  return JsonObject()
      .number("precision", ratio(both, found))
      .number("recall", ratio(both, wanted))
      .number("f1", ratio(2 * both, found + wanted))
      .integer("entities", wanted)
      .str();
}

MaybeFailure bertc::run::runConll(const Request &request,
                                  const bertc_model *model,
                                  const text::Tokenizer &tokenizer,
                                  std::FILE *out) {
  Result<LineReader> lines = LineReader::open(request.conll);
  if (!lines)
    return Failure{lines.error()};
  std::optional<io::AsideFile> file;
  if (!request.outputs.empty()) {
    Result<io::AsideFile> created = io::AsideFile::create(request.outputs);
    if (!created)
      return Failure{created.error()};
    file.emplace(std::move(*created));
  }
  ConllExamples source(std::move(*lines));
  const ModelFacts facts(model);
  const TokenClassification reader(facts);
  ConllSink sink(source, reader, out, std::move(file));
  TextRun sentences(model, tokenizer, reader, request.threads);
  sentences.call("sentence");
  return sentences.run(source, sink);
}
