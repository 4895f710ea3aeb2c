//===- host.cpp - a C++ program with a model in it ------------------------===//
//
// Its C++ library and the one inside the model's text functions are two: each
// throws and catches its own exceptions. `./host` answers a text; `./host N`
// asks for N bytes of text at once with the memory limited to 512 MB.
//
//===----------------------------------------------------------------------===//

#include "bertc_text.h"

#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <stdexcept>
#include <string>
#include <sys/resource.h>
#include <vector>

namespace {

std::string answer(bertc_answerer *answerer, const std::string &text) {
  const bertc_text given = {text.data(), text.size()};
  const bertc_text line = bertc_answer(answerer, &given, nullptr, 1);
  if (!line.data)
    throw std::runtime_error(bertc_last_error());
  return {line.data, line.bytes};
}

} // namespace

int main(int argc, char **argv) {
  bertc_model *model = bertc_open(nullptr);
  bertc_answerer *answerer = bertc_answerer_create(model, nullptr, nullptr);
  std::vector<std::string> texts = {"a fine film", "a bore"};
  if (argc > 1) {
    texts = {std::string(std::atoll(argv[1]), 'x')};
    const rlimit limit = {512 << 20, 512 << 20};
    setrlimit(RLIMIT_AS, &limit);
  }
  int code = 0;
  try {
    for (const std::string &text : texts)
      std::cout << answer(answerer, text);
  } catch (const std::exception &error) {
    std::cerr << "status " << bertc_last_status() << ": " << error.what()
              << "\n";
    code = 1;
  }
  bertc_answerer_destroy(answerer);
  bertc_close(model);
  return code;
}
