//===- Run.cpp ------------------------------------------------------------===//

#include "runtime/run/Run.h"

#include "runtime/io/Safetensors.h"
#include "runtime/run/Answers.h"

#include <algorithm>
#include <optional>
#include <sched.h>
#include <sys/stat.h>
#include <utility>

using namespace bertc;
using namespace bertc::run;

namespace {

/// Larger batches are run in parts: beyond this, more rows make no product
/// faster, but the workspace larger.
constexpr int64_t tokensPerRun = 16384;

struct Part {
  int64_t first = 0, count = 0;
};

/// A sequence's results do not depend on its company, so any cut will do.
std::vector<Part> partsOf(const Batch &batch) {
  std::vector<Part> parts(1);
  int64_t tokens = 0;
  std::vector<int64_t> lengths = batch.lengths();
  for (int64_t row = 0; row < batch.batch; ++row) {
    if (parts.back().count > 0 && tokens + lengths[row] > tokensPerRun) {
      parts.push_back({row, 0});
      tokens = 0;
    }
    ++parts.back().count;
    tokens += lengths[row];
  }
  return parts;
}

int64_t availableCpus() {
  cpu_set_t set;
  return sched_getaffinity(0, sizeof(set), &set) == 0 ? CPU_COUNT(&set) : 1;
}

MaybeFailure runPart(bertc_session *session, const Batch &part, int64_t first) {
  if (part.slots >= 0 && bertc_select(session, part.mlmPositions.data(),
                                      part.batch, part.slots) != BERTC_OK)
    return Failure{bertc_last_error()};
  bertc_status status = bertc_run_padded_i64(
      session, part.ids.data(),
      part.attentionMask.empty() ? nullptr : part.attentionMask.data(),
      part.tokenTypes.empty() ? nullptr : part.tokenTypes.data(), part.batch,
      part.seqLen);
  if (status == BERTC_OK)
    return std::nullopt;
  std::string where =
      first > 0 ? "counted from sequence " + std::to_string(first) + ": " : "";
  return Failure{where + bertc_last_error()};
}

bool predictsTokens(const bertc_model *model) {
  for (int64_t i = 0; i < bertc_info(model)->num_outputs; ++i)
    if (bertc_output_info(model, i)->rows == BERTC_PER_SELECTED)
      return true;
  return false;
}

/// What a request is about: its batch, and the tokenizer that made it.
struct Question {
  Batch batch;
  std::optional<text::Tokenizer> tokenizer;
};

Result<Question> readRequest(const Request &request, const bertc_model *model) {
  if (!request.inputs.empty()) {
    Result<Batch> batch = readBatch(request.inputs);
    if (!batch)
      return Failure{batch.error()};
    return Question{std::move(*batch), std::nullopt};
  }
  std::vector<std::string> texts = request.texts;
  if (!request.textFile.empty()) {
    Result<std::vector<std::string>> lines = readLines(request.textFile);
    if (!lines)
      return Failure{lines.error()};
    texts = std::move(*lines);
  }
  Result<text::Tokenizer> tokenizer = tokenizerFor(model, request.vocabulary);
  if (!tokenizer)
    return Failure{tokenizer.error()};
  Result<Batch> batch = encodeTexts(*tokenizer, texts, request.pairs,
                                    bertc_info(model)->max_positions);
  if (!batch)
    return Failure{batch.error()};
  if (predictsTokens(model))
    selectMasks(*batch, tokenizer->maskId());
  return Question{std::move(*batch), std::move(*tokenizer)};
}

MaybeFailure printShapes(const std::vector<Output> &outputs, std::FILE *out) {
  for (const Output &output : outputs)
    std::fprintf(out, "%s %s\n", output.name.c_str(),
                 io::shapeText(output.shape).c_str());
  if (std::fflush(out) != 0 || std::ferror(out))
    return Failure{"cannot write to standard output"};
  return std::nullopt;
}

/// As runBatch; what is wrong with the values of a file is told with its name.
Result<std::vector<Output>> runFor(const Request &request,
                                   bertc_session *session,
                                   const bertc_model *model,
                                   const Batch &batch) {
  Result<std::vector<Output>> outputs = runBatch(session, model, batch);
  if (!outputs && !request.inputs.empty())
    return Failure{request.inputs + ": " + outputs.error()};
  return outputs;
}

/// JSON alone needs no more than one part at a time in memory.
MaybeFailure streamJson(const Request &request, bertc_session *session,
                        const bertc_model *model, const Batch &batch,
                        const Answers &answers, std::FILE *out) {
  for (Part part : partsOf(batch)) {
    Batch rows = batch.part(part.first, part.count);
    Result<std::vector<Output>> outputs = runFor(request, session, model, rows);
    if (!outputs)
      return Failure{outputs.error()};
    if (MaybeFailure failure = printJson(rows, *outputs, answers, out))
      return failure;
  }
  return std::nullopt;
}

MaybeFailure runAndWrite(const Request &request, bertc_session *session,
                         const bertc_model *model, const Batch &batch,
                         const Answers &answers, std::FILE *out) {
  if (request.json && request.outputs.empty())
    return streamJson(request, session, model, batch, answers, out);
  Result<std::vector<Output>> outputs = runFor(request, session, model, batch);
  if (!outputs)
    return Failure{outputs.error()};
  if (!request.outputs.empty())
    if (MaybeFailure failure =
            io::writeSafetensors(request.outputs, tensorsOf(*outputs)))
      return failure;
  if (request.json)
    return printJson(batch, *outputs, answers, out);
  return request.outputs.empty() ? printShapes(*outputs, out) : std::nullopt;
}

} // namespace

Result<Model> bertc::run::openModel(const std::string &path) {
  Model model(bertc_open(path.empty() ? nullptr : path.c_str()));
  if (!model)
    return Failure{bertc_last_error()};
  return model;
}

Result<Session> bertc::run::makeSession(const bertc_model *model,
                                        const Batch &batch, int64_t threads) {
  int64_t tokens = 0, sequences = 0;
  std::vector<int64_t> lengths = batch.lengths();
  for (Part part : partsOf(batch)) {
    int64_t sum = 0;
    for (int64_t row = 0; row < part.count; ++row)
      sum += lengths[part.first + row];
    tokens = std::max(tokens, sum);
    sequences = std::max(sequences, part.count);
  }
  // Longer sequences are refused by the run, with a better message.
  tokens = std::min(tokens,
                    std::max(tokensPerRun, bertc_info(model)->max_positions));
  Session session(bertc_session_create(model, tokens, sequences,
                                       threads > 0 ? threads : availableCpus(),
                                       nullptr));
  if (!session)
    return Failure{bertc_last_error()};
  return session;
}

bool bertc::run::isRow(const Batch &batch, const Output &output,
                       int64_t place) {
  if (output.rows == BERTC_PER_SELECTED && batch.slots >= 0)
    return batch.mlmPositions[place] >= 0;
  return output.rows == BERTC_PER_SEQUENCE || batch.attentionMask.empty() ||
         batch.attentionMask[place] != 0;
}

Result<std::vector<Output>> bertc::run::runBatch(bertc_session *session,
                                                 const bertc_model *model,
                                                 const Batch &batch) {
  std::vector<Output> outputs(bertc_info(model)->num_outputs);
  for (Part part : partsOf(batch)) {
    if (MaybeFailure failure =
            runPart(session, batch.part(part.first, part.count), part.first))
      return *failure;
    for (size_t i = 0; i < outputs.size(); ++i) {
      Output &output = outputs[i];
      int64_t shape[3];
      int rank = bertc_output_shape(session, i, shape);
      int64_t rowSize = 1; // of one sequence
      for (int d = 1; d < rank; ++d)
        rowSize *= shape[d];
      if (part.first == 0) {
        output.name = bertc_output_info(model, i)->name;
        output.rows = bertc_output_info(model, i)->rows;
        output.shape.assign(shape, shape + rank);
        output.shape[0] = batch.batch;
        output.values.resize(batch.batch * rowSize);
      }
      if (bertc_read_output_padded(session, i,
                                   output.values.data() + part.first * rowSize,
                                   part.count * rowSize) != BERTC_OK)
        return Failure{bertc_last_error()};
    }
  }
  return outputs;
}

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

std::vector<io::Tensor>
bertc::run::tensorsOf(const std::vector<Output> &outputs) {
  std::vector<io::Tensor> tensors;
  tensors.reserve(outputs.size());
  for (const Output &output : outputs)
    tensors.push_back({output.name, io::DType::F32, output.shape,
                       reinterpret_cast<const uint8_t *>(output.values.data()),
                       output.values.size() * sizeof(float)});
  return tensors;
}

MaybeFailure bertc::run::checkRequest(const Request &request) {
  int sources = !request.inputs.empty() + !request.texts.empty() +
                !request.textFile.empty();
  if (sources != 1)
    return Failure{"expected one of --inputs, --text and --text-file"};
  if (!request.pairs.empty() && request.pairs.size() != request.texts.size())
    return Failure{"expected one --text-pair for each --text"};
  if (!request.vocabulary.empty() && !request.inputs.empty())
    return Failure{"--vocabulary goes with --text or --text-file"};
  return std::nullopt;
}

namespace {

bool isSameFile(const std::string &a, const std::string &b) {
  struct stat first, second;
  return stat(a.c_str(), &first) == 0 && stat(b.c_str(), &second) == 0 &&
         S_ISREG(first.st_mode) && first.st_dev == second.st_dev &&
         first.st_ino == second.st_ino;
}

} // namespace

MaybeFailure bertc::run::run(const Request &request, std::FILE *out) {
  for (const std::string &input :
       {request.artifact, request.inputs, request.textFile})
    if (!request.outputs.empty() && isSameFile(input, request.outputs))
      return Failure{request.outputs + ": cannot write: is " + input +
                     ", which this run reads"};
  Result<Model> model = openModel(request.artifact);
  if (!model)
    return Failure{model.error()};
  Result<Question> question = readRequest(request, model->get());
  if (!question)
    return Failure{question.error()};
  const Batch &batch = question->batch;
  Result<Session> session = makeSession(model->get(), batch, request.threads);
  if (!session)
    return Failure{session.error()};
  const Answers answers(model->get(), std::move(question->tokenizer));
  return runAndWrite(request, session->get(), model->get(), batch, answers,
                     out);
}
