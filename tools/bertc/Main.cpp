//===- Main.cpp - bertc, the command --------------------------------------===//

#include "runtime/io/OutOfMemory.h"
#include "tools/bertc/Commands.h"

#include <csignal>
#include <cstdio>
#include <exception>
#include <iostream>
#include <string_view>

using namespace bertc;

namespace {

struct Command {
  const char *name, *summary;
  int (*run)(const Arguments &);
};

constexpr Command commands[] = {
    {"compile", "a checkpoint to native code", compileCommand},
    {"run", "texts or token ids through an artifact", runCommand},
    {"bench", "time an artifact against the machine's peak", benchCommand},
    {"verify", "an artifact against the f64 reference", verifyCommand},
    {"grad", "a loss and its gradients, of a batch with labels", gradCommand},
    {"init", "a checkpoint with a fresh head, or fresh weights", initCommand},
    {"train", "fine-tunes a checkpoint on labelled texts", trainCommand},
    {"attention", "what a text's tokens attend to, as a web page",
     attentionCommand},
    {"inspect", "what an artifact or a model is made of", inspectCommand},
};

void printHelp(std::ostream &out) {
  out << "usage: bertc COMMAND ...\n\n"
         "Compiles BERT encoders ahead of time to native code.\n\n"
         "commands:\n";
  for (const Command &command : commands) {
    std::string name = command.name;
    name.resize(10, ' ');
    out << "  " << name << command.summary << '\n';
  }
  out << "\nbertc COMMAND --help says more and gives an example.\n\n"
         "example:\n"
         "  bertc compile all-MiniLM-L6-v2 -o minilm.so --task embed\n"
         "  bertc run minilm.so --text \"A sentence.\" --json\n";
}

int dispatch(const Arguments &arguments) {
  if (arguments.empty()) {
    printHelp(std::cerr);
    return exitUsage;
  }
  const std::string &name = arguments[0];
  if (name == "--help" || name == "-h") {
    printHelp(std::cout);
    return exitOk;
  }
  if (name == "--version") {
    std::cout << "bertc " BERTC_VERSION "\n";
    return exitOk;
  }
  for (const Command &command : commands)
    if (name == command.name)
      return command.run(Arguments(arguments.begin() + 1, arguments.end()));
  return fail("unknown command \"" + name + "\"; see bertc --help", exitUsage);
}

} // namespace

int main(int argc, char **argv) {
  bertc::io::exitWhenOutOfMemory("bertc: ");
  // Past a limit on the size of files, a write then fails as on a full disk.
  std::signal(SIGXFSZ, SIG_IGN);
  try {
    const int code = dispatch(Arguments(argv + 1, argv + argc));
    // A full device is found out here, at the latest.
    const bool written = std::fflush(stdout) == 0 && !std::ferror(stdout) &&
                         std::cout.flush().good();
    return code == exitOk && !written ? fail("cannot write to standard output")
                                      : code;
  } catch (const std::exception &error) {
    return fail(std::string("internal error: ") + error.what(), exitDefect);
  }
}
