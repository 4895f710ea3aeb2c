//===- Run.cpp ------------------------------------------------------------===//

#include "runtime/run/Run.h"

#include "runtime/io/AsideFile.h"
#include "runtime/run/AnswerSink.h"
#include "runtime/run/Answers.h"
#include "runtime/run/Characters.h"
#include "runtime/run/Conll.h"
#include "runtime/run/Execute.h"
#include "runtime/run/ModelTokenizer.h"
#include "runtime/run/Search.h"
#include "runtime/run/SquadRun.h"
#include "runtime/run/TextRun.h"

#include <cstdint>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using namespace bertc;
using namespace bertc::run;

namespace {

/// Refuses a name that promises another format than the file will have.
MaybeFailure checkFormat(const Request &request) {
  const bool isText = !request.squad.empty() || !request.conll.empty();
  const std::string lower = lowerCase(request.outputs);
  auto endsWith = [&](std::string_view ending) {
    return lower.size() >= ending.size() &&
           lower.compare(lower.size() - ending.size(), std::string::npos,
                         ending) == 0;
  };
  if (isText && (endsWith(".safetensors") || endsWith(".npy")))
    return Failure{"--outputs " + request.outputs +
                   ": --squad writes JSON, --conll columns"};
  // Case counts where the format is chosen by it.
  if (!isText && endsWith(".npy") &&
      request.outputs.compare(request.outputs.size() - 4, 4, ".npy") != 0)
    return Failure{"--outputs " + request.outputs +
                   ": NumPy's ending is written .npy"};
  for (std::string_view ending :
       {".json", ".jsonl", ".txt", ".csv", ".tsv", ".conll", ".npz", ".gz",
        ".h5", ".parquet", ".pt", ".bin"})
    if (!isText && endsWith(ending))
      return Failure{"--outputs " + request.outputs +
                     ": writes safetensors, or .npy; --json prints JSON"};
  return std::nullopt;
}

MaybeFailure checkFiles(const Request &request) {
  // A program with its model inside reads itself.
  std::vector<std::string> read = {
      request.artifact.empty() ? "/proc/self/exe" : request.artifact,
      request.vocabulary, request.inputs, request.squad, request.conll};
  for (const std::string &file : {request.textFile, request.pairFile})
    read.push_back(file == "-" ? "/dev/stdin" : file);
  if (MaybeFailure failure = io::checkNotRead(request.outputs, read))
    return failure;
  return checkFormat(request);
}

/// Token ids, in parts: no more than one is in memory with its results.
MaybeFailure runInputs(const Request &request, const bertc_model *model,
                       std::FILE *out) {
  Result<Batch> batch = readBatch(request.inputs);
  if (!batch)
    return batch.failure();
  Result<Session> session = makeSession(model, *batch, request.threads);
  if (!session)
    return session.failure();
  const std::unique_ptr<AnswerReader> reader =
      makeAnswerReader(ModelFacts(model), request.answers, nullptr);
  const std::unique_ptr<AnswerSink> sink =
      makeAnswerSink(request, *reader, out);
  std::optional<NotFinite> notFinite;
  for (Part part : partsOf(*batch, RunLimit(model))) {
    const Batch rows = batch->part(part.first, part.count);
    Result<std::vector<Output>> outputs =
        runPart(session->get(), model, rows, part.first);
    if (!outputs)
      return Failure{request.inputs + ": " + outputs.error()};
    std::optional<NotFinite> found = findNotFinite(*outputs);
    if (found && !notFinite) {
      found->sequence += part.first;
      notFinite = std::move(found);
    }
    std::vector<Answered> answered;
    answered.reserve(part.count);
    for (int64_t sequence = 0; sequence < part.count; ++sequence)
      answered.push_back({rows, *outputs, sequence, 1, nullptr, nullptr});
    if (MaybeFailure failure = sink->take(answered, *outputs))
      return failure;
  }
  if (MaybeFailure failure = sink->finish())
    return failure;
  // Numbers are given as they are, where a text would be refused an answer.
  if (notFinite)
    std::fprintf(stderr, "bertc: warning: sequence %lld: %s\n",
                 static_cast<long long>(notFinite->sequence),
                 notFinite->message().c_str());
  return std::nullopt;
}

std::string missing(const char *option, const ModelFacts &facts) {
  return std::string(option) + " needs the output " + facts.missingOutput +
         ", which this model was compiled without";
}

/// Some options are of one task alone.
MaybeFailure checkTask(const Request &request, const ModelFacts &facts) {
  const AnswerOptions &answers = request.answers;
  const bool predictsWords = facts.task == "mlm" || facts.task == "pretrain";
  const struct {
    bool asked;
    const char *option, *task;
  } needs[] = {
      {!request.squad.empty(), "--squad", "question-answering"},
      {!request.conll.empty(), "--conll", "token-classification"},
      {!answers.positions.empty() && !predictsWords, "--positions", "mlm"},
      {answers.noAnswer, "--no-answer", "question-answering"},
      {answers.maxAnswerLength != AnswerOptions().maxAnswerLength,
       "--max-answer-length", "question-answering"},
      {!request.queries.empty(), "--query", "embed"}};
  for (const auto &[asked, option, task] : needs) {
    if (asked && facts.task != task)
      return Failure{std::string(option) + " needs a model for " + task +
                     ", this one is for " + facts.task};
    if (asked && !facts.missingOutput.empty())
      return Failure{missing(option, facts)};
  }
  for (const auto &[asked, option] :
       {std::pair(!answers.positions.empty(), "--positions"),
        std::pair(answers.nBest > 0, "--n-best")})
    if (asked && !facts.missingOutput.empty())
      return Failure{missing(option, facts)};
  const bool hasBest = facts.task == "question-answering" || predictsWords ||
                       !request.queries.empty();
  if (answers.nBest > 0 && !hasBest)
    return Failure{"--n-best needs a model for question-answering or mlm, or "
                   "--query; this one is for " +
                   facts.task};
  return std::nullopt;
}

MaybeFailure runTexts(const Request &request, const bertc_model *model,
                      std::FILE *out) {
  const ModelFacts facts(model);
  if (MaybeFailure failure = checkTask(request, facts))
    return failure;
  Result<std::unique_ptr<ExampleSource>> source = openExamples(request);
  if (!source)
    return source.failure();
  Result<text::Tokenizer> tokenizer = tokenizerFor(model, request.vocabulary);
  if (!tokenizer)
    return tokenizer.failure();
  if (!request.squad.empty())
    return runSquad(request, model, *tokenizer, out);
  if (!request.conll.empty())
    return runConll(request, model, *tokenizer, out);
  if (!request.queries.empty())
    return runSearch(request, model, *tokenizer, **source, out);
  const std::unique_ptr<AnswerReader> reader =
      makeAnswerReader(facts, request.answers, &*tokenizer);
  const std::unique_ptr<AnswerSink> sink =
      makeAnswerSink(request, *reader, out);
  return TextRun(model, *tokenizer, *reader, request.threads)
      .run(**source, *sink);
}

} // namespace

MaybeFailure bertc::run::run(const Request &request, std::FILE *out) {
  if (MaybeFailure failure = checkFiles(request))
    return failure;
  Result<Model> model = openModel(request.artifact);
  if (!model)
    return model.failure();
  return request.inputs.empty() ? runTexts(request, model->get(), out)
                                : runInputs(request, model->get(), out);
}
