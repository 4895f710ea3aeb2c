//===- TestSupport.h - files for one test ---------------------------------===//

#ifndef BERTC_TEST_UNIT_TRAIN_TESTSUPPORT_H
#define BERTC_TEST_UNIT_TRAIN_TESTSUPPORT_H

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <iterator>
#include <string>
#include <string_view>

namespace bertc::test {

/// A folder of the running test's own, removed with all that is in it.
class Folder {
public:
  Folder() {
    std::string pattern = testing::TempDir() + "bertc-train-XXXXXX";
    path = mkdtemp(pattern.data());
  }
  Folder(const Folder &) = delete;
  ~Folder() { std::filesystem::remove_all(path); }

  std::string file(const std::string &name) const { return path + "/" + name; }

  /// The path of a file of these bytes.
  std::string write(const std::string &name, std::string_view bytes) const {
    std::ofstream(file(name), std::ios::binary) << bytes;
    return file(name);
  }

  std::string read(const std::string &name) const {
    std::ifstream in(file(name), std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }

private:
  std::string path;
};

} // namespace bertc::test

#endif // BERTC_TEST_UNIT_TRAIN_TESTSUPPORT_H
