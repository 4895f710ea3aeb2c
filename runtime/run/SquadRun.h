//===- SquadRun.h - answers to a file of questions ------------------------===//

#ifndef BERTC_RUNTIME_RUN_SQUADRUN_H
#define BERTC_RUNTIME_RUN_SQUADRUN_H

#include "runtime/include/bertc.h"
#include "runtime/io/Result.h"
#include "runtime/run/Request.h"
#include "runtime/text/Tokenizer.h"

#include <cstdio>

namespace bertc::run {

/// Answers request.squad. To request.outputs goes what the official script
/// reads: an object with the best answer of each id. To `out` go the answers,
/// with request.json, and the scores, where the file has right answers.
io::MaybeFailure runSquad(const Request &request, const bertc_model *model,
                          const text::Tokenizer &tokenizer, std::FILE *out);

} // namespace bertc::run

#endif // BERTC_RUNTIME_RUN_SQUADRUN_H
