//===- NamePatterns.h - globs over the names of parameters ----------------===//

#ifndef BERTC_PASSES_NAMEPATTERNS_H
#define BERTC_PASSES_NAMEPATTERNS_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/GlobPattern.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace bertc {

/// Shell patterns that a user wrote, "encoder.layer.*", of which each is to
/// meet a name.
class NamePatterns {
public:
  /// An error that names `option` for a text that is no pattern.
  static llvm::Expected<NamePatterns> create(llvm::StringRef option,
                                             llvm::ArrayRef<std::string> texts);

  bool matches(llvm::StringRef name);
  /// The first pattern that has met no name so far.
  std::optional<llvm::StringRef> unmatched() const;

private:
  struct Pattern {
    std::unique_ptr<std::string> text;
    llvm::GlobPattern glob;
    bool matched = false;
  };
  std::vector<Pattern> patterns;
};

} // namespace bertc

#endif // BERTC_PASSES_NAMEPATTERNS_H
