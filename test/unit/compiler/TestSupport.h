//===- TestSupport.h - folders and sources for the compiler's tests -------===//

#ifndef BERTC_TEST_UNIT_COMPILER_TESTSUPPORT_H
#define BERTC_TEST_UNIT_COMPILER_TESTSUPPORT_H

#include "compiler/ParameterSource.h"

#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"

#include <gtest/gtest.h>

#include <fstream>
#include <string>
#include <vector>

namespace bertc {

/// An empty folder that goes away with its test.
class TestFolder {
public:
  TestFolder() {
    EXPECT_FALSE(llvm::sys::fs::createUniqueDirectory("bertc-test", folder));
  }
  ~TestFolder() { llvm::sys::fs::remove_directories(folder); }

  std::string file(llvm::StringRef name) const {
    llvm::SmallString<128> path = folder;
    llvm::sys::path::append(path, name);
    return path.str().str();
  }
  /// A file that is there, as outputs that are written at places want it.
  std::string emptyFile(llvm::StringRef name) const {
    std::string path = file(name);
    EXPECT_TRUE(std::ofstream(path).good());
    return path;
  }
  /// Names of what lies in the folder, sorted.
  std::vector<std::string> list() const {
    std::vector<std::string> names;
    std::error_code code;
    for (llvm::sys::fs::directory_iterator i(folder, code), end; i != end;
         i.increment(code))
      names.push_back(llvm::sys::path::filename(i->path()).str());
    std::sort(names.begin(), names.end());
    return names;
  }

private:
  llvm::SmallString<128> folder;
};

inline std::string contents(const std::string &path) {
  auto buffer = llvm::MemoryBuffer::getFile(path);
  return buffer ? (*buffer)->getBuffer().str() : std::string();
}

/// "" when `error` is success.
inline std::string message(llvm::Error error) {
  return llvm::toString(std::move(error));
}

/// Element i of a parameter is its number times 1000 plus i.
class CountingSource : public ParameterSource {
public:
  void add(llvm::StringRef symbol, std::vector<int64_t> shape) {
    int64_t base = 1000 * (parameters.size() + 1);
    parameters[symbol] = {std::move(shape), base};
  }
  float value(llvm::StringRef symbol, int64_t i) const {
    return float(parameters.lookup(symbol).base + i);
  }

  llvm::Expected<llvm::ArrayRef<int64_t>>
  shape(llvm::StringRef symbol) const override {
    auto found = parameters.find(symbol);
    if (found == parameters.end())
      return llvm::createStringError("no such parameter");
    return llvm::ArrayRef<int64_t>(found->second.shape);
  }
  llvm::Error read(llvm::StringRef symbol, int64_t first,
                   llvm::MutableArrayRef<float> out) const override {
    for (size_t i = 0; i < out.size(); ++i)
      out[i] = value(symbol, first + i);
    return llvm::Error::success();
  }

private:
  struct Parameter {
    std::vector<int64_t> shape;
    int64_t base = 0;
  };
  llvm::StringMap<Parameter> parameters;
};

} // namespace bertc

#endif // BERTC_TEST_UNIT_COMPILER_TESTSUPPORT_H
