//===- Conll.cpp ----------------------------------------------------------===//

#include "runtime/run/Conll.h"

#include "runtime/io/AsideFile.h"
#include "runtime/run/JsonText.h"
#include "runtime/run/Print.h"
#include "runtime/run/TextRun.h"

#include <algorithm>
#include <set>
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
            const std::vector<std::string> &labels, std::FILE *out,
            std::optional<io::AsideFile> file)
      : source(source), reader(reader), out(out), file(std::move(file)) {
    for (const std::string &label : labels)
      for (WordSpan &span : entitySpans({label}))
        known.insert(std::move(span.type));
  }

  MaybeFailure take(const std::vector<Answered> &answered,
                    const std::vector<Output> &) override {
    std::string lines;
    for (const Answered &each : answered) {
      const ConllSentence sentence = source.take();
      const std::vector<WordLabel> labels =
          reader.labelsOf(each, sentence.words);
      lines += sentence.before;
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
      for (WordSpan &span : entitySpans(sentence.right))
        if (known.count(span.type) == 0)
          unknown.insert(std::move(span.type));
    }
    return write(lines);
  }

  MaybeFailure finish() override {
    if (MaybeFailure failure = write(source.rest()))
      return failure;
    warnOfUnknown();
    if (file)
      if (MaybeFailure failure = file->keep())
        return failure;
    return scores.any() ? print(scores.json() + "\n", file ? out : stderr)
                        : std::nullopt;
  }

private:
  MaybeFailure write(const std::string &lines) {
    return file ? file->write(lines.data(), lines.size()) : print(lines, out);
  }

  void warnOfUnknown() const {
    if (unknown.empty())
      return;
    const std::string more =
        unknown.size() == 1
            ? ""
            : " and " + std::to_string(unknown.size() - 1) + " more";
    std::fprintf(stderr,
                 "bertc: warning: %s: has labels of types that the model does "
                 "not know: %s%s\n",
                 source.path().c_str(), quoted(*unknown.begin()).c_str(),
                 more.c_str());
  }

  ConllExamples &source;
  const TokenClassification &reader;
  std::FILE *out;
  std::optional<io::AsideFile> file;
  EntityScores scores;
  std::set<std::string> known, unknown; ///< types of entities
};

} // namespace

std::optional<Example> ConllExamples::next() {
  ConllSentence sentence;
  sentence.before = std::exchange(before, "");
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
    if (word == "-DOCSTART-") {
      std::string &place = sentence.lines.empty() ? sentence.before : before;
      place.append(*line).append(lineEnd()).append(lineEnd());
      if (!sentence.lines.empty())
        break;
      continue;
    }
    text += text.empty() ? "" : " ";
    sentence.words.push_back({text.size(), text.size() + word.size()});
    text += word;
    const std::string_view label = lastColumn(*line);
    labelled = labelled && !label.empty();
    sentence.right.emplace_back(label);
    sentence.lines.emplace_back(*line);
  }
  if (sentence.lines.empty())
    before = std::move(sentence.before);
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
  ConllSink sink(source, reader, facts.labels, out, std::move(file));
  TextRun sentences(model, tokenizer, reader, request.threads);
  sentences.call("sentence");
  return sentences.run(source, sink);
}
