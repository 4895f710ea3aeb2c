//===- Run.cpp - bertc run ------------------------------------------------===//

#include "runtime/run/Run.h"

#include "runtime/run/Request.h"
#include "tools/bertc/Commands.h"

#include <cstdio>
#include <string>
#include <vector>

using namespace bertc;
namespace po = boost::program_options;

namespace {

/// The options that compiled programs have as well.
void addOptions(CommandLine &line) {
  for (const run::Option &option : run::options()) {
    const char *name = option.name + 2; // without --
    if (!option.value)
      line.options.add_options()(name, po::bool_switch(), option.help);
    else if (option.repeats)
      line.options.add_options()(name,
                                 po::value<std::vector<std::string>>()
                                     ->value_name(option.value)
                                     ->composing(),
                                 option.help);
    else
      line.options.add_options()(
          name, po::value<std::string>()->value_name(option.value),
          option.help);
  }
}

/// The option whose value it does not take, or null.
const run::Option *readOptions(const CommandLine &line, run::Request &request) {
  for (const run::Option &option : run::options()) {
    const char *name = option.name + 2;
    std::vector<std::string> values;
    if (!option.value)
      values.resize(line.get<bool>(name));
    else if (!line.has(name))
      continue;
    else if (option.repeats)
      values = line.get<std::vector<std::string>>(name);
    else
      values.push_back(line.get(name));
    for (const std::string &value : values)
      if (!option.set(request, value))
        return &option;
  }
  return nullptr;
}

} // namespace

int bertc::runCommand(const Arguments &arguments) {
  CommandLine line(
      "run", {"artifact"},
      "Runs ARTIFACT, a shared library that bertc compiled, on token ids or on "
      "text. Without\n--outputs and --json it prints the answers to texts, or "
      "the outputs' shapes.\n",
      "examples:\n"
      "  bertc run minilm.so --text \"A sentence.\" --json\n"
      "  bertc run minilm.so --text-file lines.txt --outputs "
      "vectors.safetensors\n"
      "  bertc run bert.so --inputs batch.safetensors --outputs "
      "states.safetensors\n");
  addOptions(line);
  if (std::optional<int> code = line.parse(arguments))
    return *code;
  run::Request request;
  request.artifact = line.get("artifact");
  if (const run::Option *option = readOptions(line, request))
    return line.usageError("the argument for option '" +
                           std::string(option->name) +
                           "' is invalid: " + option->help);
  if (io::MaybeFailure failure = run::checkRequest(request))
    return line.usageError(failure->message);
  if (io::MaybeFailure failure = run::run(request, stdout))
    return fail(failure->message);
  return exitOk;
}
