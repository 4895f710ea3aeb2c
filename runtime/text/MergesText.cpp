//===- MergesText.cpp - the pairs of merges.txt ---------------------------===//

#include "runtime/text/MergesText.h"

#include <algorithm>

using namespace bertc::text;

std::vector<std::string> bertc::text::splitColumns(std::string_view line) {
  std::vector<std::string> columns;
  while (true) {
    size_t end = line.find(' ');
    columns.emplace_back(line.substr(0, end));
    if (end == std::string_view::npos)
      return columns;
    line.remove_prefix(end + 1);
  }
}

std::string bertc::text::addMerge(const std::vector<std::string> &columns,
                                  const std::string &where,
                                  const Vocabulary &vocabulary,
                                  std::vector<Merge> &merges) {
  if (columns.size() != 2)
    return where + " has " + std::to_string(columns.size()) +
           " columns, expected two tokens";
  int32_t ids[3];
  const std::string joined = columns[0] + columns[1];
  const std::string *tokens[] = {&columns[0], &columns[1], &joined};
  for (int i = 0; i < 3; ++i) {
    ids[i] = vocabulary.find(*tokens[i]);
    if (ids[i] < 0)
      return where + ": \"" + *tokens[i] + "\" is not in the vocabulary";
  }
  merges.push_back({ids[0], ids[1], ids[2]});
  return {};
}

std::string bertc::text::readMergesText(std::string_view text,
                                        const std::string &name,
                                        const Vocabulary &vocabulary,
                                        std::vector<Merge> &merges) {
  for (size_t number = 1; !text.empty(); ++number) {
    size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (!line.empty() && line.back() == '\r')
      line.remove_suffix(1);
    if (line.substr(0, 8) == "#version" || (line.empty() && text.empty()))
      continue;
    std::string error =
        addMerge(splitColumns(line), name + ": line " + std::to_string(number),
                 vocabulary, merges);
    if (!error.empty())
      return error;
  }
  return {};
}
