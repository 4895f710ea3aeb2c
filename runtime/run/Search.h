//===- Search.h - the lines of a file that are nearest to a query ---------===//

#ifndef BERTC_RUNTIME_RUN_SEARCH_H
#define BERTC_RUNTIME_RUN_SEARCH_H

#include "runtime/include/bertc.h"
#include "runtime/io/Result.h"
#include "runtime/run/Examples.h"
#include "runtime/run/Request.h"
#include "runtime/text/Tokenizer.h"

#include <cstdio>

namespace bertc::run {

/// Prints for each of request.queries those of `texts` whose vectors
/// have the largest cosine with its own, best first; no more than these are
/// kept in memory. Needs a model with the output "embedding".
io::MaybeFailure runSearch(const Request &request, const bertc_model *model,
                           const text::Tokenizer &tokenizer,
                           ExampleSource &texts, std::FILE *out);

} // namespace bertc::run

#endif // BERTC_RUNTIME_RUN_SEARCH_H
