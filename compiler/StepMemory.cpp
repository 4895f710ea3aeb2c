//===- StepMemory.cpp -----------------------------------------------------===//

#include "compiler/StepMemory.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/ErrorHandling.h"

#include <cstdio>

using namespace bertc;

namespace {

/// The part of the memory that a state of this role is counted in.
int64_t &partOf(bertc_step_memory &memory, StateRole role) {
  switch (role) {
  case StateRole::number:
    return memory.numbers;
  case StateRole::parameter:
    return memory.parameters;
  case StateRole::gradient:
    return memory.gradients;
  case StateRole::firstMoment:
  case StateRole::secondMoment:
    return memory.moments;
  }
  llvm_unreachable("a role");
}

} // namespace

bertc_step_memory bertc::stepMemoryOf(const ProgramLayout &program) {
  const AffineBytes &touched = program.touched.bytes;
  bertc_step_memory memory = {};
  memory.constant = touched.constant;
  for (const ProgramState &state : program.states) {
    int64_t bytes = 4; // of f32 and of i32
    for (int64_t size : state.shape)
      bytes *= size;
    partOf(memory, state.role) += bytes;
    memory.constant -= bytes;
  }
  for (const StoredParameter &weight : program.weights)
    if (llvm::none_of(program.states, [&](const ProgramState &state) {
          return state.initial == weight.name;
        }))
      memory.weights += static_cast<uint64_t>(weight.bytes);
  memory.per_token = touched.perToken;
  memory.per_sequence = touched.perSequence;
  memory.per_selected = program.touched.perSelected;
  memory.per_thread = touched.perThread;
  return memory;
}

int64_t bertc::stepBytes(const bertc_step_memory &memory,
                         const StepSize &size) {
  return bertc_step_bytes(&memory, size.tokens, size.sequences, size.selected,
                          size.threads);
}

std::string bertc::sizeText(const StepSize &size) {
  auto count = [](int64_t n, const char *noun) {
    return std::to_string(n) + " " + noun + (n == 1 ? "" : "s");
  };
  return count(size.tokens, "token") + " in " +
         count(size.sequences, "sequence") + " on " +
         count(size.threads, "thread") +
         (size.selected == size.tokens
              ? ""
              : ", " + std::to_string(size.selected) + " of them selected");
}

std::string bertc::partsText(const bertc_step_memory &memory,
                             const StepSize &size) {
  bertc_step_memory rest = memory;
  rest.parameters = rest.gradients = rest.moments = rest.numbers = 0;
  rest.weights = 0;
  const struct {
    const char *name;
    double bytes;
  } parts[] = {
      {"numbers", double(memory.numbers)},
      {"parameters", double(memory.parameters)},
      {"gradients", double(memory.gradients)},
      {"moments", double(memory.moments)},
      {"weights not learned", double(memory.weights)},
      {"activations and temporaries", double(stepBytes(rest, size))},
  };
  std::string text;
  for (const auto &part : parts)
    if (part.bytes > 0)
      text += (text.empty() ? "" : ", ") + std::string(part.name) + " " +
              scaled(part.bytes, "B");
  return text;
}

std::string bertc::scaled(double value, llvm::StringRef unit) {
  const char *prefixes[] = {"", "k", "M", "G", "T"};
  int step = 0;
  while (value >= 999.5 && step < 4) {
    value /= 1000;
    ++step;
  }
  char number[32];
  std::snprintf(number, sizeof(number),
                step || value != int64_t(value) ? "%.3g" : "%.0f", value);
  return std::string(number) + " " + prefixes[step] + unit.str();
}
