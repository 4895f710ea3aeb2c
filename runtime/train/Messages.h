//===- Messages.h - names of the user's in messages -----------------------===//

#ifndef BERTC_RUNTIME_TRAIN_MESSAGES_H
#define BERTC_RUNTIME_TRAIN_MESSAGES_H

#include "runtime/io/Result.h"

#include <string>
#include <string_view>
#include <vector>

namespace bertc::train {

inline std::string inQuotes(std::string_view name) {
  return "\"" + io::oneLine(name) + "\"";
}

/// "a", "b": as many as a line of a message holds.
inline std::string listOf(const std::vector<std::string> &names) {
  std::string list;
  for (const std::string &name : names)
    list += (list.empty() ? "\"" : ", \"") + name + "\"";
  return io::oneLine(list);
}

} // namespace bertc::train

#endif // BERTC_RUNTIME_TRAIN_MESSAGES_H
