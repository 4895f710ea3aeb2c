//===- TextSinks.h - where answers go -------------------------------------===//

#ifndef BERTC_RUNTIME_RUN_TEXTSINKS_H
#define BERTC_RUNTIME_RUN_TEXTSINKS_H

#include "runtime/run/Request.h"
#include "runtime/run/TextRun.h"

#include <cstdio>
#include <memory>

namespace bertc::run {

/// What the request asks for: a file, JSON lines, lines for people, shapes.
/// `reader` must outlive the sink.
std::unique_ptr<TextSink> makeTextSink(const Request &request,
                                       const AnswerReader &reader,
                                       std::FILE *out);

} // namespace bertc::run

#endif // BERTC_RUNTIME_RUN_TEXTSINKS_H
