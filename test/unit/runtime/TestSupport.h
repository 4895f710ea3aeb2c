//===- TestSupport.h - models, sessions and files for the tests -----------===//

#ifndef BERTC_TEST_UNIT_RUNTIME_TESTSUPPORT_H
#define BERTC_TEST_UNIT_RUNTIME_TESTSUPPORT_H

#include "runtime/include/bertc.h"
#include "runtime/run/Execute.h"
#include "test/unit/runtime/FakeModel.h"

#include <cstdint>
#include <cstdlib>
#include <gtest/gtest.h>
#include <string>
#include <vector>

namespace bertc::test {

/// A library that test/unit/runtime/CMakeLists.txt builds.
inline std::string library(const std::string &name) {
  return std::string(BERTC_FAKE_MODELS_DIR) + "/" + name + ".so";
}

/// A folder of the running test's own, removed with all that is in it.
class Folder {
public:
  Folder();
  Folder(const Folder &) = delete;
  ~Folder();
  std::string file(const std::string &name) const { return path + "/" + name; }
  bool isEmpty() const;

private:
  std::string path;
};

/// A host's executor: each task on a thread of its own, the first on this one.
void runOnThreads(void *state, void (*task)(void *, int64_t), void *data,
                  int64_t threads);

void writeFile(const std::string &path, const std::string &bytes);
std::string readFile(const std::string &path);

/// Sequences one after the other.
struct Packed {
  std::vector<int32_t> ids, types, offsets{0};

  void add(const std::vector<int32_t> &sequence);
  int64_t sequences() const { return static_cast<int64_t>(offsets.size()) - 1; }
};

/// `count` sequences of 1 to FAKE_POSITIONS tokens, the same for each seed.
Packed randomBatch(int64_t count, unsigned seed);

/// All rows of an output, without padding.
std::vector<float> rowsOf(const bertc_session *session, int64_t output);

/// What FakeModel.h says the rows of last_hidden_state are.
std::vector<float> expectedHidden(const Packed &batch);

/// Zeros as all labels of the batch's run, where the model learns from some.
void giveLabels(bertc_session *session, const bertc_model *model,
                const Packed &batch);
/// What the last run left of them.
std::vector<float> stateOf(const bertc_session *session,
                           const bertc_model *model, int64_t state);

/// Libraries that `bertc compile` made of goldens with at least the vocabulary,
/// positions and token types of the fake model: those in the folder that the
/// environment variable BERTC_COMPILED_MODELS names. Empty where it is not set.
std::vector<std::string> compiledModels();

#define SKIP_WITHOUT_COMPILED_MODELS()                                         \
  if (!std::getenv("BERTC_COMPILED_MODELS"))                                   \
    GTEST_SKIP() << "BERTC_COMPILED_MODELS names no folder";                   \
  ASSERT_FALSE(::bertc::test::compiledModels().empty())

/// bertc_last_error, for EXPECT_THAT.
inline std::string lastError() { return bertc_last_error(); }

} // namespace bertc::test

#endif // BERTC_TEST_UNIT_RUNTIME_TESTSUPPORT_H
