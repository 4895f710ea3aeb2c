//===- AnswerSink.cpp -----------------------------------------------------===//

#include "runtime/run/AnswerSink.h"

#include "runtime/run/OutputSpool.h"
#include "runtime/run/Print.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

using namespace bertc;
using namespace bertc::run;

namespace {

/// A JSON object or a line for people for each example.
class LineSink : public AnswerSink {
public:
  LineSink(const AnswerReader &reader, bool json, std::FILE *out)
      : reader(reader), json(json), out(out) {}

  MaybeFailure take(const std::vector<Answered> &answered,
                    const std::vector<Output> &) override {
    for (const Answered &each : answered) {
      const std::string line =
          json ? jsonLine(each, reader) : reader.text(each) + "\n";
      std::fwrite(line.data(), 1, line.size(), out);
    }
    return print("", out);
  }

private:
  const AnswerReader &reader;
  const bool json;
  std::FILE *out;
};

/// The shapes that all batches together have.
class ShapeSink : public AnswerSink {
public:
  explicit ShapeSink(std::FILE *out) : out(out) {}

  MaybeFailure take(const std::vector<Answered> &,
                    const std::vector<Output> &outputs) override {
    if (shapes.empty())
      for (const Output &output : outputs)
        shapes.push_back({output.name,
                          output.rows,
                          std::vector<int64_t>(output.shape.size(), 0),
                          {}});
    for (size_t i = 0; i < outputs.size(); ++i) {
      shapes[i].shape[0] += outputs[i].shape[0];
      for (size_t d = 1; d < outputs[i].shape.size(); ++d)
        shapes[i].shape[d] = std::max(shapes[i].shape[d], outputs[i].shape[d]);
    }
    return std::nullopt;
  }
  MaybeFailure finish() override { return print(shapeLines(shapes), out); }

private:
  std::FILE *out;
  std::vector<Output> shapes;
};

class FileSink : public AnswerSink {
public:
  explicit FileSink(const std::string &path) : spool(path) {}

  MaybeFailure take(const std::vector<Answered> &,
                    const std::vector<Output> &outputs) override {
    return spool.add(outputs);
  }
  MaybeFailure finish() override { return spool.finish(); }

private:
  OutputSpool spool;
};

class BothSinks : public AnswerSink {
public:
  BothSinks(std::unique_ptr<AnswerSink> first,
            std::unique_ptr<AnswerSink> second)
      : first(std::move(first)), second(std::move(second)) {}

  MaybeFailure take(const std::vector<Answered> &answered,
                    const std::vector<Output> &outputs) override {
    if (MaybeFailure failure = first->take(answered, outputs))
      return failure;
    return second->take(answered, outputs);
  }
  MaybeFailure finish() override {
    if (MaybeFailure failure = first->finish())
      return failure;
    return second->finish();
  }

private:
  std::unique_ptr<AnswerSink> first, second;
};

} // namespace

std::unique_ptr<AnswerSink>
bertc::run::makeAnswerSink(const Request &request, const AnswerReader &reader,
                           std::FILE *out) {
  std::unique_ptr<AnswerSink> printed, file;
  if (request.json ||
      (request.outputs.empty() && request.inputs.empty() && reader.hasText()))
    printed = std::make_unique<LineSink>(reader, request.json, out);
  else if (request.outputs.empty())
    printed = std::make_unique<ShapeSink>(out);
  if (!request.outputs.empty())
    file = std::make_unique<FileSink>(request.outputs);
  if (!printed || !file)
    return printed ? std::move(printed) : std::move(file);
  return std::make_unique<BothSinks>(std::move(printed), std::move(file));
}
