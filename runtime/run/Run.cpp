//===- Run.cpp ------------------------------------------------------------===//

#include "runtime/run/Run.h"

#include "runtime/io/AsideFile.h"
#include "runtime/run/AnswerSink.h"
#include "runtime/run/Answers.h"
#include "runtime/run/Conll.h"
#include "runtime/run/Execute.h"
#include "runtime/run/ModelTokenizer.h"
#include "runtime/run/Search.h"
#include "runtime/run/SquadRun.h"
#include "runtime/run/TextRun.h"

#include <climits>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <unistd.h>
#include <utility>
#include <vector>

using namespace bertc;
using namespace bertc::run;

namespace {

/// The file of this program.
std::string programFile() {
  constexpr const char *self = "/proc/self/exe";
  char path[PATH_MAX];
  const ssize_t size = readlink(self, path, sizeof(path));
  return size > 0 && size < PATH_MAX ? std::string(path, size) : self;
}

MaybeFailure checkFiles(const Request &request) {
  // A program with its model inside reads itself.
  std::vector<std::string> read = {
      request.artifact.empty() ? programFile() : request.artifact,
      request.vocabulary, request.inputs, request.squad, request.conll};
  for (const std::string &file : {request.textFile, request.pairFile})
    read.push_back(file == "-" ? "/dev/stdin" : file);
  return io::checkNotRead(request.outputs, read);
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

/// Options on answers, each of some tasks alone.
struct AnswerOption {
  bool asked;
  const char *name;
  const char *tasks; ///< as messages name them
  bool suits;        ///< whether the model's is one of them
};

std::vector<AnswerOption> answerOptions(const Request &request,
                                        const std::string &task) {
  const AnswerOptions &answers = request.answers;
  const bool answersQuestions = task == "question-answering";
  const bool predictsWords = task == "mlm" || task == "pretrain";
  return {
      {!request.squad.empty(), "--squad", "question-answering",
       answersQuestions},
      {!request.conll.empty(), "--conll", "token-classification",
       task == "token-classification"},
      {!answers.positions.empty(), "--positions", "mlm", predictsWords},
      {answers.noAnswer, "--no-answer", "question-answering", answersQuestions},
      {answers.maxAnswerLength != AnswerOptions().maxAnswerLength,
       "--max-answer-length", "question-answering", answersQuestions},
      {!request.queries.empty(), "--query", "embed", task == "embed"},
      {answers.nBest > 0, "--n-best", "question-answering or mlm, or --query",
       answersQuestions || predictsWords || !request.queries.empty()}};
}

MaybeFailure checkTask(const std::vector<AnswerOption> &options,
                       const std::string &task) {
  for (const AnswerOption &option : options)
    if (option.asked && !option.suits)
      return Failure{std::string(option.name) + " needs a model for " +
                     option.tasks + ", this one is for " + task};
  return std::nullopt;
}

MaybeFailure checkOutputs(const std::vector<AnswerOption> &options,
                          const AnswerReader &reader) {
  const std::string missing = reader.missing();
  for (const AnswerOption &option : options)
    if (option.asked && !missing.empty())
      return Failure{std::string(option.name) + " needs the output " + missing +
                     ", which this model was compiled without"};
  return std::nullopt;
}

MaybeFailure runTexts(const Request &request, const bertc_model *model,
                      std::FILE *out) {
  const ModelFacts facts(model);
  const std::vector<AnswerOption> options = answerOptions(request, facts.task);
  if (MaybeFailure failure = checkTask(options, facts.task))
    return failure;
  Result<std::unique_ptr<ExampleSource>> source = openExamples(request);
  if (!source)
    return source.failure();
  Result<text::Tokenizer> tokenizer = tokenizerFor(model, request.vocabulary);
  if (!tokenizer)
    return tokenizer.failure();
  const std::unique_ptr<AnswerReader> reader =
      makeAnswerReader(facts, request.answers, &*tokenizer);
  if (MaybeFailure failure = checkOutputs(options, *reader))
    return failure;
  if (!request.squad.empty())
    return runSquad(request, model, *tokenizer, out);
  if (!request.conll.empty())
    return runConll(request, model, *tokenizer, out);
  if (!request.queries.empty())
    return runSearch(request, model, *tokenizer, **source, out);
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
  if (bertc_info(model->get())->num_outputs == 0)
    return Failure{(request.artifact.empty() ? "the model" : request.artifact) +
                   " has no outputs to give: bertc grad computes its "
                   "gradients"};
  return request.inputs.empty() ? runTexts(request, model->get(), out)
                                : runInputs(request, model->get(), out);
}
