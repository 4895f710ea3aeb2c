//===- Main.cpp - the program that an `exe` artifact is -------------------===//

#include "runtime/include/bertc.h"
#include "runtime/io/OutOfMemory.h"
#include "runtime/run/Execute.h"
#include "runtime/run/Request.h"
#include "runtime/run/Run.h"

#include <algorithm>
#include <csignal>
#include <cstddef>
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

using namespace bertc;

namespace {

// As everywhere in bertc.
enum ExitCode { done = 0, badInput = 1, badUsage = 2 };

/// "--text TEXT"
std::string synopsis(const run::Option &option) {
  std::string text = option.name;
  return option.value ? text + " " + option.value : text;
}

/// `text` in lines of at most 55 characters, those after the first indented.
void printIndented(std::string_view text, std::FILE *out) {
  constexpr size_t width = 55;
  while (text.size() > width) {
    const size_t space = text.rfind(' ', width);
    if (space == std::string_view::npos)
      break;
    std::fwrite(text.data(), 1, space, out);
    std::fprintf(out, "\n%25s", "");
    text.remove_prefix(space + 1);
  }
  std::fwrite(text.data(), 1, text.size(), out);
  std::fputc('\n', out);
}

void printHelp(const char *program, std::FILE *out) {
  std::fprintf(out,
               "usage: %s TEXT... | --text-file FILE | --inputs FILE "
               "[options]\n"
               "\n"
               "  %s \"A sentence.\" --json\n"
               "\n"
               "A TEXT is the same as --text TEXT.\n"
               "\n"
               "options:\n",
               program, program);
  for (const run::Option &option : run::options()) {
    std::fprintf(out, "  %-22s ", synopsis(option).c_str());
    printIndented(option.help, out);
  }
  std::fprintf(out, "  %-22s say what model this is\n  %-22s show this text\n",
               "--info", "--help");
  std::fputs("\n"
             "Without --outputs and --json the answers are printed, or the "
             "outputs' names and\nshapes.\n"
             "Exit code: 0 done, 1 the input is at fault, 2 wrong usage.\n",
             out);
}

/// "review: ", the program's name in front of its errors.
std::string &prefix() {
  static std::string text;
  return text;
}

int usageError(const std::string &message) {
  std::fprintf(stderr, "%s%s; --help tells more\n", prefix().c_str(),
               io::withoutControls(message).c_str());
  return badUsage;
}

int inputError(const std::string &message) {
  std::fprintf(stderr, "%s%s\n", prefix().c_str(),
               io::withoutControls(message).c_str());
  return badInput;
}

/// `done`, unless what was printed is lost: a full device is found out here.
int printed() {
  return std::fflush(stdout) == 0 && !std::ferror(stdout)
             ? done
             : inputError("cannot write to standard output");
}

const char *rowsText(bertc_rows_kind rows) {
  switch (rows) {
  case BERTC_PER_TOKEN:
    return "token";
  case BERTC_PER_SELECTED:
    return "chosen token";
  case BERTC_PER_TOKEN_PAIR:
    return "pair of tokens";
  case BERTC_PER_SEQUENCE:
  case BERTC_OFFSETS:
  case BERTC_PER_QUESTION:
  case BERTC_QUESTION_OFFSETS:
  case BERTC_PER_PAIR:
    break;
  }
  return "sequence";
}

int printInfo() {
  run::Result<run::Model> model = run::openModel("");
  if (!model)
    return inputError(model.error());
  const bertc_model_info &info = *bertc_info(model->get());
  std::printf("family %s, task %s, %s\n", info.family, info.task, info.dtype);
  std::printf("compiled for %s with %s (%s)\n", info.target_cpu, info.isa,
              info.cpu_features);
  if (info.num_variants > 1)
    std::printf("variant %lld of %lld, of which BERTC_ISA chooses\n",
                static_cast<long long>(info.variant + 1),
                static_cast<long long>(info.num_variants));
  std::printf("vocabulary %lld, sequences of at most %lld tokens\n",
              static_cast<long long>(info.vocab_size),
              static_cast<long long>(info.max_positions));
  for (int64_t i = 0; i < info.num_outputs; ++i) {
    const bertc_tensor_info &output = *bertc_output_info(model->get(), i);
    std::printf("output %s: %lld numbers a %s\n", output.name,
                static_cast<long long>(output.columns), rowsText(output.rows));
  }
  std::printf("%s\nruntime %s\n", info.build, bertc_version());
  return printed();
}

const run::Option *findOption(std::string_view name) {
  for (const run::Option &option : run::options())
    if (name == option.name)
      return &option;
  return nullptr;
}

/// What is wrong with the arguments: a usage error.
io::MaybeFailure readArguments(int argc, char **argv, run::Request &request) {
  std::vector<const run::Option *> given;
  bool optionsEnd = false;
  for (int i = 1; i < argc; ++i) {
    std::string_view argument = argv[i];
    if (optionsEnd || argument.substr(0, 1) != "-") {
      request.texts.emplace_back(argument);
      continue;
    }
    if (argument == "--") {
      optionsEnd = true;
      continue;
    }
    // --name VALUE or --name=VALUE
    const size_t equals = argument.find('=');
    const std::string name(argument.substr(0, equals));
    const run::Option *option = findOption(name);
    if (!option)
      return io::Failure{"unknown option " + io::oneLine(name)};
    if (!option->repeats &&
        std::find(given.begin(), given.end(), option) != given.end())
      return io::Failure{name + " is given more than once"};
    given.push_back(option);
    std::string value;
    if (equals != std::string_view::npos) {
      if (!option->value)
        return io::Failure{name + " takes no value"};
      value = argument.substr(equals + 1);
    } else if (option->value) {
      if (++i == argc)
        return io::Failure{name + " needs a value"};
      value = argv[i];
    }
    if (!option->set(request, value))
      return io::Failure{name + " does not take \"" + io::oneLine(value) +
                         "\": " + option->help};
  }
  return std::nullopt;
}

} // namespace

int main(int argc, char **argv) {
  const std::string_view path = argc > 0 ? argv[0] : "";
  prefix() =
      io::withoutControls(std::string(path.substr(path.rfind('/') + 1)) + ": ");
  io::exitWhenOutOfMemory(prefix().c_str());
  // Past a limit on the size of files, a write then fails as on a full disk.
  std::signal(SIGXFSZ, SIG_IGN);
  if (argc == 1) {
    printHelp(argv[0], stderr);
    return badUsage;
  }
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    if (argument == "--")
      break;
    if (argument == "--help" || argument == "-h") {
      printHelp(argv[0], stdout);
      return printed();
    }
    if (argument == "--info")
      return printInfo();
  }
  run::Request request;
  if (io::MaybeFailure failure = readArguments(argc, argv, request))
    return usageError(failure->message);
  if (io::MaybeFailure failure = run::checkRequest(request))
    return usageError(failure->message);
  if (io::MaybeFailure failure = run::run(request, stdout))
    return inputError(failure->message);
  return done;
}
