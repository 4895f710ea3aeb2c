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
#include "runtime/io/Result.h"
#include "runtime/run/Request.h"
#include "runtime/text/Tokenizer.h"

#include <cstdio>
#include <string>

namespace bertc::run {

/// The tokenizer of `vocabulary`: a folder that text::Tokenizer reads, or a
/// file of it. Where it is empty, the one that the model carries.
io::Result<text::Tokenizer> tokenizerFor(const bertc_model *model,
                                         const std::string &vocabulary);

/// Reads, runs, writes. Without `outputs` and `json` it prints to `out` the
/// answers to texts, one a line, or, where the task has none to read, a line
/// for each output: its name and shape. A failure is the input's fault.
io::MaybeFailure run(const Request &request, std::FILE *out);

} // namespace bertc::run

#endif // BERTC_RUNTIME_RUN_RUN_H
