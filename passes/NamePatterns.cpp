//===- NamePatterns.cpp ---------------------------------------------------===//

#include "passes/NamePatterns.h"

#include <memory>
#include <utility>

using namespace bertc;

llvm::Expected<NamePatterns>
NamePatterns::create(llvm::StringRef option,
                     llvm::ArrayRef<std::string> texts) {
  NamePatterns result;
  for (const std::string &given : texts) {
    // A glob is a view of its text, which stays where it is.
    auto text = std::make_unique<std::string>(given);
    llvm::Expected<llvm::GlobPattern> glob = llvm::GlobPattern::create(*text);
    if (!glob)
      return llvm::createStringError(option + " " + given + ": " +
                                     llvm::toString(glob.takeError()));
    result.patterns.push_back({std::move(text), std::move(*glob)});
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
      return *pattern.text;
  return std::nullopt;
}
