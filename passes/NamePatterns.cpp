//===- NamePatterns.cpp ---------------------------------------------------===//

#include "passes/NamePatterns.h"

#include <utility>

using namespace bertc;

llvm::Expected<NamePatterns>
NamePatterns::create(llvm::StringRef option,
                     llvm::ArrayRef<std::string> texts) {
  NamePatterns result;
  for (const std::string &text : texts) {
    llvm::Expected<llvm::GlobPattern> glob = llvm::GlobPattern::create(text);
    if (!glob)
      return llvm::createStringError(option + " " + text + ": " +
                                     llvm::toString(glob.takeError()));
    result.patterns.push_back({text, std::move(*glob)});
  }
  return result;
}

bool NamePatterns::matches(llvm::StringRef name) {
  bool matched = false;
  for (Pattern &pattern : patterns)
    if (pattern.glob.match(name))
      pattern.matched = matched = true;
  return matched;
}

std::optional<llvm::StringRef> NamePatterns::unmatched() const {
  for (const Pattern &pattern : patterns)
    if (!pattern.matched)
      return pattern.text;
  return std::nullopt;
}
