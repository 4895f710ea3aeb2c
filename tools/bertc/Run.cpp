//===- Run.cpp - bertc run ------------------------------------------------===//

#include "runtime/run/Run.h"
#include "tools/bertc/Commands.h"

#include <algorithm>
#include <cstdio>

using namespace bertc;
namespace po = boost::program_options;

int bertc::runCommand(const Arguments &arguments) {
  CommandLine line(
      "run", {"artifact"},
      "Runs ARTIFACT, a shared library that bertc compiled, on token ids or on "
      "text. Without\n--outputs and --json it prints the outputs' shapes.\n",
      "examples:\n"
      "  bertc run minilm.so --text \"A sentence.\" --json\n"
      "  bertc run minilm.so --text-file lines.txt --outputs "
      "vectors.safetensors\n"
      "  bertc run bert.so --inputs batch.safetensors --outputs "
      "states.safetensors\n");
  run::Request request;
  ThreadCount threads = ThreadCount::all();
  line.options.add_options()(
      "inputs", po::value(&request.inputs)->value_name("FILE"),
      "safetensors with input_ids [B,S] and, where wanted, attention_mask and "
      "token_type_ids; i32 or i64")(
      "text", po::value(&request.texts)->value_name("TEXT")->composing(),
      "a text; may be given several times")(
      "text-pair", po::value(&request.pairs)->value_name("TEXT")->composing(),
      "the second text of a pair, one for each --text")(
      "text-file", po::value(&request.textFile)->value_name("FILE"),
      "one text a line")("vocabulary",
                         po::value(&request.vocabulary)->value_name("PATH"),
                         "tokenizer.json, vocab.txt, spiece.model or a folder "
                         "with the tokenizer's "
                         "files; by default the artifact's own")(
      "outputs", po::value(&request.outputs)->value_name("FILE"),
      "safetensors to write; rows at masked positions are zero")(
      "json", po::bool_switch(&request.json),
      "one JSON object a sequence on stdout")(
      "threads", po::value(&threads)->value_name("N"),
      "threads to compute with, at most 1024; all of the machine by default");
  if (std::optional<int> code = line.parse(arguments))
    return *code;
  request.artifact = line.get("artifact");
  request.threads = threads;
  if (run::MaybeFailure failure = run::checkRequest(request))
    return line.usageError(failure->message);
  if (run::MaybeFailure failure = run::run(request, stdout))
    return fail(failure->message);
  return exitOk;
}
