//===- Attention.cpp - bertc attention ------------------------------------===//

#include "runtime/io/AsideFile.h"
#include "runtime/run/Characters.h"
#include "runtime/run/ModelTokenizer.h"
#include "runtime/run/TextBatch.h"
#include "tools/bertc/Commands.h"
#include "tools/bertc/attention/Page.h"

#include <algorithm>
#include <cstdio>
#include <filesystem>

using namespace bertc;
namespace po = boost::program_options;

namespace {

bool hasMaps(const bertc_model *model) {
  for (int64_t i = 0; i < bertc_info(model)->num_outputs; ++i)
    if (bertc_output_info(model, i)->rows == BERTC_PER_TOKEN_PAIR)
      return true;
  return false;
}

text::Result<text::Encoding> encode(const text::Tokenizer &tokenizer,
                                    const run::Example &example,
                                    int64_t maxPositions) {
  text::EncodeOptions options;
  options.maxLength = tokenizer.maxLength() > 0
                          ? std::min(tokenizer.maxLength(), maxPositions)
                          : maxPositions;
  return example.pair
             ? tokenizer.encodePair(example.text, *example.pair, options)
             : tokenizer.encode(example.text, options);
}

io::MaybeFailure showAttention(const std::string &artifact,
                               const std::string &vocabulary,
                               const run::Example &example,
                               const std::string &output, int64_t threads) {
  if (io::MaybeFailure failure =
          io::checkNotRead(output, {artifact, vocabulary}))
    return failure;
  run::Result<run::Model> opened = run::openModel(artifact);
  if (!opened)
    return io::Failure{opened.error()};
  const bertc_model *model = opened->get();
  const bertc_model_info &info = *bertc_info(model);
  if (!hasMaps(model))
    return io::Failure{artifact + ": has no attention maps; compile the model "
                                  "with --outputs attentions"};
  run::Result<text::Tokenizer> tokenizer = run::tokenizerFor(model, vocabulary);
  if (!tokenizer)
    return io::Failure{tokenizer.error()};
  text::Result<text::Encoding> encoding =
      encode(*tokenizer, example, info.max_positions);
  if (!encoding)
    return io::Failure{encoding.error()};
  if (encoding->ids.empty())
    return io::Failure{"the text has no tokens"};
  if (encoding->truncated)
    std::fprintf(
        stderr,
        "bertc: warning: cut to %zu tokens, the most that the %s takes\n",
        encoding->ids.size(),
        int64_t(encoding->ids.size()) < info.max_positions ? "tokenizer"
                                                           : "model");

  run::TextBatch texts;
  texts.add(example, {*encoding});
  const run::Batch batch = texts.batch(model);
  run::Result<run::Session> session = run::makeSession(model, batch, threads);
  if (!session)
    return io::Failure{session.error()};
  run::Result<std::vector<run::Output>> outputs =
      run::runBatch(session->get(), model, batch);
  if (!outputs)
    return io::Failure{outputs.error()};
  if (std::optional<run::NotFinite> bad = run::findNotFinite(*outputs))
    return io::Failure{bad->message()};
  const std::string facts = std::string(info.family) + ", task " + info.task;
  return io::writeWhole(
      output == "-" ? "/dev/stdout" : output,
      writePage({facts, example, *encoding, *tokenizer, *outputs}));
}

} // namespace

int bertc::attentionCommand(const Arguments &arguments) {
  CommandLine line(
      "attention", {"artifact"},
      "Runs a text and writes its attention maps as one web page, which needs "
      "no network:\na grid of layers and heads, each map enlargeable, and "
      "lines from token to token.\nARTIFACT was compiled with --outputs "
      "attentions.\n",
      "example:\n"
      "  bertc compile bert-base-uncased -o maps.so --outputs attentions\n"
      "  bertc attention maps.so --text \"The cat sat on the mat.\" -o "
      "map.html\n");
  std::string text, pair, output, vocabulary;
  ThreadCount threads = ThreadCount::all();
  line.options.add_options()(
      "text", po::value(&text)->value_name("TEXT")->required(),
      "the text")("text-pair", po::value(&pair)->value_name("TEXT"),
                  "the second text of a pair")(
      "output,o", po::value(&output)->value_name("FILE")->required(),
      "the page to write; /dev/stdout prints it")(
      "vocabulary", po::value(&vocabulary)->value_name("PATH"),
      "tokenizer.json, vocab.txt, vocab.json, spiece.model or their folder; by "
      "default the model's own tokenizer")(
      "threads", po::value(&threads)->value_name("N"),
      "threads; all of the machine by default");
  if (std::optional<int> code = line.parse(arguments))
    return *code;
  // A name without an ending promises nothing, as /dev/stdout.
  const std::string ending =
      run::lowerCase(std::filesystem::path(output).extension().string());
  if (!ending.empty() && ending != ".html" && ending != ".htm")
    return line.usageError("--output " + output +
                           ": writes a web page, .html or .htm");
  run::Example example;
  example.text = text;
  if (line.has("text-pair"))
    example.pair = pair;
  if (io::MaybeFailure failure = showAttention(line.get("artifact"), vocabulary,
                                               example, output, threads))
    return fail(failure->message);
  return exitOk;
}
