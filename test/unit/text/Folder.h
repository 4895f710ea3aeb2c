//===- Folder.h - a model folder for one test -----------------------------===//

#ifndef BERTC_TEST_UNIT_TEXT_FOLDER_H
#define BERTC_TEST_UNIT_TEXT_FOLDER_H

#include "runtime/text/Tokenizer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

namespace bertc::text {

class FolderTest : public testing::Test {
protected:
  FolderTest() {
    std::string pattern = testing::TempDir() + "bertc-text-XXXXXX";
    folder = mkdtemp(pattern.data());
  }
  ~FolderTest() override { std::filesystem::remove_all(folder); }

  void write(const std::string &name, std::string_view content) const {
    std::ofstream(folder + "/" + name, std::ios::binary) << content;
  }

  Result<Tokenizer> load() const { return Tokenizer::fromFolder(folder); }

  /// The message of loading, which has to be one line.
  std::string error() const {
    std::string message = load().error();
    EXPECT_THAT(message, testing::Not(testing::HasSubstr("\n")));
    return message;
  }

  /// The tokenizer, which has to be the same read back from its blob.
  Tokenizer tokenizer() const {
    Result<Tokenizer> read = load();
    EXPECT_TRUE(read) << read.error();
    Result<Tokenizer> copy = Tokenizer::fromBlob(read->blob());
    EXPECT_TRUE(copy) << copy.error();
    EXPECT_EQ(copy->blob(), read->blob());
    return *copy;
  }

  std::string folder;
};

inline std::vector<std::string> names(const Tokenizer &tokenizer,
                                      const Encoding &encoding) {
  std::vector<std::string> result;
  for (int32_t id : encoding.ids)
    result.emplace_back(tokenizer.token(id));
  return result;
}

/// What each token stands for.
inline std::vector<std::string> covered(const Encoding &encoding,
                                        std::string_view text) {
  std::vector<std::string> result;
  for (Offsets o : encoding.offsets)
    result.emplace_back(text.substr(o.begin, o.end - o.begin));
  return result;
}

/// All tokens of a text and nothing around them.
inline Encoding plain(const Tokenizer &tokenizer, std::string_view text) {
  EncodeOptions options;
  options.addSpecialTokens = false;
  options.truncation = Truncation::None;
  Result<Encoding> encoding = tokenizer.encode(text, options);
  EXPECT_TRUE(encoding) << encoding.error();
  return *encoding;
}

} // namespace bertc::text

#endif // BERTC_TEST_UNIT_TEXT_FOLDER_H
