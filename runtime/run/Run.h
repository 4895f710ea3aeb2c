//===- Run.h - the job of `bertc run` and of compiled programs ------------===//
//
//   run::Request request;
//   request.artifact = "model.so";
//   request.texts = {"A sentence."};
//   request.json = true;
//   if (io::MaybeFailure failure = run::run(request, stdout))
//     ... exit code 1, failure->message is one line
//
//===----------------------------------------------------------------------===//

#ifndef BERTC_RUNTIME_RUN_RUN_H
#define BERTC_RUNTIME_RUN_RUN_H

#include "runtime/include/bertc.h"
#include "runtime/io/Tensor.h"
#include "runtime/run/Batch.h"
#include "runtime/text/Tokenizer.h"

#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

namespace bertc::run {

struct CloseModel {
  void operator()(bertc_model *model) const { bertc_close(model); }
};
using Model = std::unique_ptr<bertc_model, CloseModel>;

struct DestroySession {
  void operator()(bertc_session *session) const {
    bertc_session_destroy(session);
  }
};
using Session = std::unique_ptr<bertc_session, DestroySession>;

/// An empty path opens the model that this program is linked with.
Result<Model> openModel(const std::string &path);

/// A session that `runBatch` can run `batch` with. 0 threads: as many as this
/// process has CPUs.
Result<Session> makeSession(const bertc_model *model, const Batch &batch,
                            int64_t threads);

/// An output of a run in its padded shape.
struct Output {
  std::string name;
  bertc_rows_kind rows = BERTC_PER_TOKEN;
  std::vector<int64_t> shape;
  std::vector<float> values;
};

/// Whether a place of an output's padded rows, the last dimension aside, holds
/// a row of the model's: a token, a chosen one, a sequence.
bool isRow(const Batch &batch, const Output &output, int64_t place);

/// Runs the batch, in parts of bounded size, and copies every output.
Result<std::vector<Output>>
runBatch(bertc_session *session, const bertc_model *model, const Batch &batch);

/// The tokenizer of `vocabulary`: a folder that text::Tokenizer reads, or a
/// file of it. Where it is empty, the one that the model carries.
Result<text::Tokenizer> tokenizerFor(const bertc_model *model,
                                     const std::string &vocabulary);

/// Outputs as views to write with io::writeSafetensors.
std::vector<io::Tensor> tensorsOf(const std::vector<Output> &outputs);

class Answers;

/// One line with a JSON object for each sequence: its text where it has one,
/// what `answers` say of it, then its part of each output that they do not
/// stand for; of outputs with a row per token, the rows of
/// its tokens only. Numbers have as many digits as it takes to read them back.
MaybeFailure printJson(const Batch &batch, const std::vector<Output> &outputs,
                       const Answers &answers, std::FILE *out);

/// What the user asked for. Either `inputs`, or texts, or `textFile`.
struct Request {
  std::string artifact;           ///< empty: the linked model
  std::string inputs;             ///< safetensors file
  std::vector<std::string> texts; ///< each --text
  std::vector<std::string> pairs; ///< each --text-pair; none, or one a text
  std::string textFile;           ///< one text a line
  std::string vocabulary;         ///< see tokenizerFor
  std::string outputs;            ///< safetensors file; empty: none
  bool json = false;              ///< JSON lines on `out`
  int64_t threads = 0;            ///< see makeSession
};

/// Nullopt when `request` makes sense, else what is wrong with its options:
/// a usage error.
MaybeFailure checkRequest(const Request &request);

/// Reads, runs, writes. Without `outputs` and `json` it prints to `out` a line
/// for each output: its name and shape. A failure is the input's fault.
MaybeFailure run(const Request &request, std::FILE *out);

} // namespace bertc::run

#endif // BERTC_RUNTIME_RUN_RUN_H
