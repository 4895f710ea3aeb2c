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

#include "runtime/io/Result.h"
#include "runtime/run/Request.h"

#include <cstdio>

namespace bertc::run {

/// Reads, runs, writes. Without `outputs` and `json` it prints to `out` the
/// answers to texts, one a line, or, where the task has none to read, a line
/// for each output: its name and shape. A failure is the input's fault.
io::MaybeFailure run(const Request &request, std::FILE *out);

} // namespace bertc::run

#endif // BERTC_RUNTIME_RUN_RUN_H
