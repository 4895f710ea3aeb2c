//===- Run.cpp ------------------------------------------------------------===//

#include "runtime/run/Run.h"

#include "runtime/io/Safetensors.h"
#include "runtime/run/Answers.h"
#include "runtime/run/Print.h"
#include "runtime/run/TextRun.h"
#include "runtime/run/TextSinks.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <sys/stat.h>
#include <utility>
#include <vector>

using namespace bertc;
using namespace bertc::run;

namespace {

bool isSameFile(const std::string &a, const std::string &b) {
  struct stat first, second;
  return stat(a.c_str(), &first) == 0 && stat(b.c_str(), &second) == 0 &&
         S_ISREG(first.st_mode) && first.st_dev == second.st_dev &&
         first.st_ino == second.st_ino;
}

MaybeFailure checkFiles(const Request &request) {
  for (const std::string &input :
       {request.artifact, request.inputs, request.textFile, request.pairFile})
    if (!request.outputs.empty() && isSameFile(input, request.outputs))
      return Failure{request.outputs + ": cannot write: is " + input +
                     ", which this run reads"};
  return std::nullopt;
}

/// As runBatch; what is wrong with the values of a file is told with its name.
Result<std::vector<Output>> runFor(const Request &request,
                                   bertc_session *session,
                                   const bertc_model *model,
                                   const Batch &batch) {
  Result<std::vector<Output>> outputs = runBatch(session, model, batch);
  if (!outputs)
    return Failure{request.inputs + ": " + outputs.error()};
  return outputs;
}

MaybeFailure printSequences(const Batch &batch,
                            const std::vector<Output> &outputs,
                            const AnswerReader &reader, std::FILE *out) {
  for (int64_t sequence = 0; sequence < batch.batch; ++sequence) {
    const std::string line =
        jsonLine({batch, outputs, sequence, 1, nullptr, nullptr}, reader);
    std::fwrite(line.data(), 1, line.size(), out);
  }
  return print("", out);
}

/// JSON alone needs no more than one part at a time in memory.
MaybeFailure streamJson(const Request &request, bertc_session *session,
                        const bertc_model *model, const Batch &batch,
                        const AnswerReader &reader, std::FILE *out) {
  for (Part part : partsOf(batch)) {
    const Batch rows = batch.part(part.first, part.count);
    Result<std::vector<Output>> outputs = runFor(request, session, model, rows);
    if (!outputs)
      return Failure{outputs.error()};
    if (MaybeFailure failure = printSequences(rows, *outputs, reader, out))
      return failure;
  }
  return std::nullopt;
}

MaybeFailure runInputs(const Request &request, const bertc_model *model,
                       std::FILE *out) {
  Result<Batch> batch = readBatch(request.inputs);
  if (!batch)
    return Failure{batch.error()};
  Result<Session> session = makeSession(model, *batch, request.threads);
  if (!session)
    return Failure{session.error()};
  const std::unique_ptr<AnswerReader> reader =
      makeAnswerReader(ModelFacts(model), nullptr);
  if (request.json && request.outputs.empty())
    return streamJson(request, session->get(), model, *batch, *reader, out);
  Result<std::vector<Output>> outputs =
      runFor(request, session->get(), model, *batch);
  if (!outputs)
    return Failure{outputs.error()};
  if (request.outputs.empty())
    return print(shapeLines(*outputs), out);
  if (MaybeFailure failure =
          io::writeSafetensors(request.outputs, tensorsOf(*outputs)))
    return failure;
  return request.json ? printSequences(*batch, *outputs, *reader, out)
                      : std::nullopt;
}

MaybeFailure runTexts(const Request &request, const bertc_model *model,
                      std::FILE *out) {
  Result<std::unique_ptr<ExampleSource>> source = openExamples(request);
  if (!source)
    return Failure{source.error()};
  Result<text::Tokenizer> tokenizer = tokenizerFor(model, request.vocabulary);
  if (!tokenizer)
    return Failure{tokenizer.error()};
  const std::unique_ptr<AnswerReader> reader =
      makeAnswerReader(ModelFacts(model), &*tokenizer);
  const std::unique_ptr<TextSink> sink = makeTextSink(request, *reader, out);
  return TextRun(model, *tokenizer, *reader, request.threads)
      .run(**source, *sink);
}

} // namespace

Result<text::Tokenizer>
bertc::run::tokenizerFor(const bertc_model *model,
                         const std::string &vocabulary) {
  const bertc_model_info &info = *bertc_info(model);
  if (vocabulary.empty() && !info.tokenizer)
    return Failure{"the model carries no tokenizer: give its vocabulary with "
                   "--vocabulary"};
  std::string folder = vocabulary;
  struct stat status;
  if (stat(vocabulary.c_str(), &status) == 0 && !S_ISDIR(status.st_mode)) {
    size_t slash = folder.rfind('/');
    std::string name = folder.substr(slash + 1);
    if (name != "vocab.txt" && name != "tokenizer.json" &&
        name != "vocab.json" && name != "spiece.model")
      return Failure{vocabulary + ": expected vocab.txt, tokenizer.json, "
                                  "vocab.json, spiece.model or their folder"};
    folder = slash == std::string::npos ? "." : folder.substr(0, slash + 1);
  }
  text::Result<text::Tokenizer> tokenizer =
      vocabulary.empty()
          ? text::Tokenizer::fromBlob({info.tokenizer, info.tokenizer_bytes})
          : text::Tokenizer::fromFolder(folder);
  if (!tokenizer)
    return Failure{tokenizer.error()};
  if (tokenizer->vocabularySize() > info.vocab_size)
    return Failure{"the tokenizer has " +
                   std::to_string(tokenizer->vocabularySize()) +
                   " tokens, the model " + std::to_string(info.vocab_size)};
  return std::move(*tokenizer);
}

MaybeFailure bertc::run::run(const Request &request, std::FILE *out) {
  if (MaybeFailure failure = checkFiles(request))
    return failure;
  Result<Model> model = openModel(request.artifact);
  if (!model)
    return Failure{model.error()};
  return request.inputs.empty() ? runTexts(request, model->get(), out)
                                : runInputs(request, model->get(), out);
}
