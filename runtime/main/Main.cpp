//===- Main.cpp - the program that an `exe` artifact is -------------------===//

#include "runtime/include/bertc.h"
#include "runtime/run/Run.h"

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>

using namespace bertc;

namespace {

// As everywhere in bertc.
enum ExitCode { done = 0, badInput = 1, badUsage = 2 };

void printHelp(const char *program, std::FILE *out) {
  std::fprintf(
      out,
      "usage: %s --text TEXT | --text-file FILE | --inputs FILE [options]\n"
      "\n"
      "  %s --text \"A sentence.\" --json\n"
      "\n"
      "What to run on:\n"
      "  --text TEXT         a text; may be given several times\n"
      "  --text-pair TEXT    the second part of each text\n"
      "  --text-file FILE    one text a line\n"
      "  --vocabulary PATH   tokenizer.json, vocab.txt or their folder, "
      "instead of\n"
      "                      the tokenizer in this program\n"
      "  --inputs FILE       safetensors with input_ids [batch, seq_len] and\n"
      "                      optional attention_mask and token_type_ids\n"
      "What to do with the results:\n"
      "  --outputs FILE      write them as safetensors\n"
      "  --json              print them, one object for each sequence\n"
      "Otherwise their names and shapes are printed.\n"
      "  --threads N         default: one for each CPU\n"
      "  --info              say what model this is\n"
      "  --help\n"
      "\n"
      "Exit code: 0 done, 1 the input is at fault, 2 wrong usage.\n",
      program, program);
}

int usageError(const std::string &message) {
  std::fprintf(stderr, "%s; --help tells more\n", message.c_str());
  return badUsage;
}

int inputError(const std::string &message) {
  std::fprintf(stderr, "%s\n", message.c_str());
  return badInput;
}

int printInfo() {
  run::Result<run::Model> model = run::openModel("");
  if (!model)
    return inputError(model.error());
  const bertc_model_info &info = *bertc_info(model->get());
  std::printf("family %s, task %s, %s\n", info.family, info.task, info.dtype);
  std::printf("compiled for %s with %s (%s)\n", info.target_cpu, info.isa,
              info.cpu_features);
  std::printf("vocabulary %lld, sequences of at most %lld tokens\n",
              static_cast<long long>(info.vocab_size),
              static_cast<long long>(info.max_positions));
  for (int64_t i = 0; i < info.num_outputs; ++i) {
    const bertc_tensor_info &output = *bertc_output_info(model->get(), i);
    std::printf("output %s: %lld numbers a %s\n", output.name,
                static_cast<long long>(output.columns),
                output.rows == BERTC_PER_TOKEN ? "token" : "sequence");
  }
  std::printf("%s\nruntime %s\n", info.build, bertc_version());
  return done;
}

bool parseThreads(const char *text, int64_t &threads) {
  char *end;
  long value = std::strtol(text, &end, 10);
  threads = value;
  return *text && !*end && value >= 1 && value <= 1024;
}

/// Takes the options with a value; false for a name that is none of them.
bool setOption(run::Request &request, std::string_view name,
               const char *value) {
  if (name == "--text")
    request.texts.push_back(value);
  else if (name == "--text-pair")
    request.pairs.push_back(value);
  else if (name == "--text-file")
    request.textFile = value;
  else if (name == "--vocabulary")
    request.vocabulary = value;
  else if (name == "--inputs")
    request.inputs = value;
  else if (name == "--outputs")
    request.outputs = value;
  else
    return false;
  return true;
}

} // namespace

int main(int argc, char **argv) {
  run::Request request;
  for (int i = 1; i < argc; ++i) {
    std::string_view argument = argv[i];
    if (argument == "--help" || argument == "-h") {
      printHelp(argv[0], stdout);
      return done;
    }
    if (argument == "--info")
      return printInfo();
    if (argument == "--json") {
      request.json = true;
      continue;
    }
    // --name VALUE or --name=VALUE
    size_t equals = argument.find('=');
    std::string name(argument.substr(0, equals));
    const char *value = nullptr;
    if (equals != std::string_view::npos)
      value = argv[i] + equals + 1;
    else if (i + 1 < argc)
      value = argv[i + 1];
    run::Request ignored;
    if (name != "--threads" && !setOption(ignored, name, ""))
      return usageError("unknown option " + io::oneLine(name));
    if (!value)
      return usageError(name + " needs a value");
    if (name != "--threads")
      setOption(request, name, value);
    else if (!parseThreads(value, request.threads))
      return usageError("--threads takes a number from 1 to 1024");
    i += equals == std::string_view::npos;
  }
  if (argc == 1) {
    printHelp(argv[0], stderr);
    return badUsage;
  }
  if (io::MaybeFailure failure = run::checkRequest(request))
    return usageError(failure->message);
  if (io::MaybeFailure failure = run::run(request, stdout))
    return inputError(failure->message);
  return done;
}
