//===- Answer.cpp - bertc_answer ------------------------------------------===//

#include "runtime/api/Guard.h"
#include "runtime/api/Tokenizer.h"
#include "runtime/run/AnswerSink.h"
#include "runtime/run/Answers.h"
#include "runtime/run/Examples.h"
#include "runtime/run/ModelFacts.h"
#include "runtime/run/ModelTokenizer.h"
#include "runtime/run/Print.h"
#include "runtime/run/TextRun.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

using namespace bertc;
using namespace bertc::api;

namespace {

/// The host's texts, copied one by one.
class GivenTexts : public run::ExampleSource {
public:
  GivenTexts(const bertc_text *texts, const bertc_text *pairs, int64_t count)
      : texts(texts), pairs(pairs), count(count) {}

  std::optional<run::Example> next() override {
    if (place == count)
      return std::nullopt;
    const int64_t i = place++;
    run::Example example{std::string(viewOf(texts[i])), std::nullopt};
    if (pairs)
      example.pair = viewOf(pairs[i]);
    return example;
  }

private:
  const bertc_text *texts;
  const bertc_text *pairs;
  const int64_t count;
  int64_t place = 0;
};

class Lines : public run::AnswerSink {
public:
  Lines(const run::AnswerReader &reader, std::string &lines)
      : reader(reader), lines(lines) {}
  run::MaybeFailure take(const std::vector<run::Answered> &answered,
                         const std::vector<run::Output> &) override {
    for (const run::Answered &each : answered)
      lines += run::jsonLine(each, reader);
    return std::nullopt;
  }

private:
  const run::AnswerReader &reader;
  std::string &lines;
};

/// Nothing, with the status set, where `given` makes no sense.
std::optional<run::AnswerOptions> optionsOf(const bertc_answer_options *given) {
  run::AnswerOptions options;
  if (!given)
    return options;
  bertc_answer_options chosen = {};
  if (!core::copyReserving(chosen, *given, "answer"))
    return std::nullopt;
  if (chosen.threads < 0 || chosen.n_best < 0 || chosen.max_answer_length < 0) {
    core::fail(BERTC_BAD_ARGUMENT,
               "threads, n_best or max_answer_length of the answer options is "
               "negative");
    return std::nullopt;
  }
  options.nBest = chosen.n_best;
  if (chosen.max_answer_length > 0)
    options.maxAnswerLength = chosen.max_answer_length;
  options.noAnswer = chosen.no_answer != 0;
  return options;
}

/// What the session said, else that a text cannot be encoded.
bertc_status statusOf(const run::Failure &failure) {
  return failure.status ? static_cast<bertc_status>(failure.status)
                        : BERTC_BAD_INPUT;
}

} // namespace

struct bertc_answerer {
  bertc_answerer(const bertc_model *model, text::Tokenizer given,
                 const run::AnswerOptions &options, int64_t threads)
      : tokenizer(std::move(given)),
        reader(
            run::makeAnswerReader(run::ModelFacts(model), options, &tokenizer)),
        texts(model, tokenizer, *reader, threads) {}

  const text::Tokenizer tokenizer;
  const std::unique_ptr<run::AnswerReader> reader;
  run::TextRun texts;
  std::string lines;
};

bertc_answerer *bertc_answerer_create(const bertc_model *model,
                                      const bertc_tokenizer *tokenizer,
                                      const bertc_answer_options *options) {
  if (!model) {
    core::fail(BERTC_BAD_ARGUMENT, "the model is NULL");
    return nullptr;
  }
  const std::optional<run::AnswerOptions> chosen = optionsOf(options);
  if (!chosen)
    return nullptr;
  bertc_tokenizer *carried = nullptr;
  if (!tokenizer && !(carried = bertc_tokenizer_open(model, nullptr)))
    return nullptr;
  bertc_answerer *result = guarded(
      [&]() -> bertc_answerer * {
        // Copies of a tokenizer share their tables.
        auto answerer = std::make_unique<bertc_answerer>(
            model, (tokenizer ? tokenizer : carried)->tokenizer, *chosen,
            options ? options->threads : 0);
        // What fails here has set the status.
        return answerer->texts.reserve() ? nullptr : answerer.release();
      },
      static_cast<bertc_answerer *>(nullptr));
  bertc_tokenizer_close(carried);
  return result;
}

void bertc_answerer_destroy(bertc_answerer *answerer) { delete answerer; }

bertc_text bertc_answer(bertc_answerer *answerer, const bertc_text *texts,
                        const bertc_text *pairs, int64_t count) {
  const bertc_text failed = {nullptr, 0};
  if (!answerer) {
    core::fail(BERTC_BAD_ARGUMENT, "the answerer is NULL");
    return failed;
  }
  if (!checkTexts(texts, pairs, count))
    return failed;
  return guarded(
      [&]() -> bertc_text {
        answerer->lines.clear();
        GivenTexts source(texts, pairs, count);
        Lines lines(*answerer->reader, answerer->lines);
        if (run::MaybeFailure failure =
                answerer->texts.runQuietly(source, lines)) {
          core::fail(statusOf(*failure), "%s", failure->message.c_str());
          return failed;
        }
        return {answerer->lines.c_str(), answerer->lines.size()};
      },
      failed);
}
