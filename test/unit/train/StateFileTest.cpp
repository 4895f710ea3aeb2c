//===- StateFileTest.cpp --------------------------------------------------===//

#include "runtime/train/StateFile.h"
#include "test/unit/train/TestSupport.h"

#include <array>
#include <chrono>
#include <csignal>
#include <cstring>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <limits>
#include <sys/resource.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

using namespace bertc;
using namespace bertc::train;
using ::testing::AllOf;
using ::testing::Each;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

namespace {

/// What a small training has in memory.
struct Training {
  std::array<float, 6> weights = {1, -0.0f, 3, 4, 5, 6};
  std::array<int64_t, 2> counts = {-7, int64_t(1) << 60};
  std::array<uint8_t, 3> bytes = {0, 128, 255};

  std::vector<StateArray> arrays() {
    return {{"weights", io::DType::F32, {2, 3}, weights.data()},
            {"counts", io::DType::I64, {2}, counts.data()},
            {"none", io::DType::F32, {0, 4}, nullptr},
            {"also none", io::DType::U8, {0}, nullptr},
            {"bytes", io::DType::U8, {3, 1}, bytes.data()}};
  }

  bool operator==(const Training &other) const {
    // Bits: NaN is itself, and 0 is not -0.
    return std::memcmp(&weights, &other.weights, sizeof(weights)) == 0 &&
           counts == other.counts && bytes == other.bytes;
  }
};

const std::string state = R"({"step": 12, "name": "café"})";

class StateFileTest : public testing::Test {
protected:
  StateFileTest() : path(folder.file("state.safetensors")) {}

  void refuses(const std::string &message) const {
    const Result<StateFile> file = StateFile::open(path);
    ASSERT_FALSE(file) << message;
    EXPECT_THAT(file.error(), AllOf(StartsWith(path + ": "), HasSubstr(message),
                                    Not(HasSubstr("\n"))));
  }

  /// Loading into `arrays` fails and leaves the training as it is.
  void refusesToLoad(Training &training, const std::vector<StateArray> &arrays,
                     const std::string &message) const {
    const Training before = training;
    const Result<StateFile> file = StateFile::open(path);
    ASSERT_TRUE(file) << file.error();
    const MaybeFailure failure = file->load(arrays);
    ASSERT_TRUE(failure) << message;
    EXPECT_EQ(failure->message, path + ": " + message);
    EXPECT_TRUE(training == before);
  }

  test::Folder folder;
  std::string path;
};

TEST_F(StateFileTest, givesBackEveryBit) {
  Training training;
  training.weights[2] = std::numeric_limits<float>::quiet_NaN();
  training.weights[3] = std::numeric_limits<float>::denorm_min();
  ASSERT_FALSE(saveState(path, training.arrays(), state));
  const Result<StateFile> file = StateFile::open(path);
  ASSERT_TRUE(file) << file.error();
  EXPECT_EQ(file->state(), state);
  Training loaded;
  loaded.weights = {};
  loaded.counts = {};
  loaded.bytes = {};
  // The order of the arrays does not matter.
  std::vector<StateArray> arrays = loaded.arrays();
  std::swap(arrays[0], arrays[4]);
  EXPECT_FALSE(file->load(arrays));
  EXPECT_TRUE(loaded == training);
}

TEST_F(StateFileTest, mayHaveNoArrays) {
  ASSERT_FALSE(saveState(path, {}, "{}"));
  const Result<StateFile> file = StateFile::open(path);
  ASSERT_TRUE(file) << file.error();
  EXPECT_EQ(file->state(), "{}");
  EXPECT_FALSE(file->load({}));
}

TEST_F(StateFileTest, refusesAnotherTraining) {
  Training training;
  ASSERT_FALSE(saveState(path, training.arrays(), state));
  training.weights[0] = 8;
  std::vector<StateArray> arrays = training.arrays();
  arrays[0].shape = {3, 2};
  refusesToLoad(training, arrays,
                "array \"weights\" is F32 [2, 3], this training has F32 "
                "[3, 2]");
  arrays = training.arrays();
  arrays[4].type = io::DType::F32;
  refusesToLoad(training, arrays,
                "array \"bytes\" is U8 [3, 1], this training has F32 [3, 1]");
  arrays = training.arrays();
  arrays.push_back({"more", io::DType::F32, {0}, nullptr});
  refusesToLoad(training, arrays, "array \"more\" is missing");
  arrays = training.arrays();
  arrays.pop_back();
  refusesToLoad(training, arrays, "array \"bytes\" is none of this training's");
}

TEST_F(StateFileTest, refusesEveryFileThatIsCutOff) {
  Training training;
  ASSERT_FALSE(saveState(path, training.arrays(), state));
  const std::string whole = folder.read("state.safetensors");
  for (size_t length = 0; length < whole.size(); ++length) {
    folder.write("state.safetensors", whole.substr(0, length));
    EXPECT_FALSE(StateFile::open(path)) << length;
  }
  folder.write("state.safetensors", whole + "x");
  EXPECT_FALSE(StateFile::open(path));
  folder.write("state.safetensors", whole);
  EXPECT_TRUE(StateFile::open(path));
}

TEST_F(StateFileTest, noDamageGivesAnotherState) {
  Training training;
  ASSERT_FALSE(saveState(path, training.arrays(), state));
  const std::string bytes = folder.read("state.safetensors");
  int accepted = 0;
  for (size_t i = 0; i < bytes.size(); ++i) {
    std::string damaged = bytes;
    damaged[i] = static_cast<char>(damaged[i] ^ 1 << i % 8);
    folder.write("state.safetensors", damaged);
    const Result<StateFile> file = StateFile::open(path);
    if (!file)
      continue;
    ++accepted;
    Training loaded;
    EXPECT_FALSE(file->load(loaded.arrays()));
    EXPECT_TRUE(loaded == training);
    EXPECT_EQ(file->state(), state);
  }
  // At most the spaces between header and data mean nothing.
  EXPECT_LT(accepted, 8);
}

TEST_F(StateFileTest, refusesOtherFiles) {
  const float value = 1;
  const auto *bytes = reinterpret_cast<const uint8_t *>(&value);
  const io::Tensor tensor = {"a", io::DType::F32, {1}, bytes, 4};
  const std::string format = "bertc training state 1";
  ASSERT_FALSE(io::writeSafetensors(path, {tensor}, {{"format", "pt"}}));
  refuses("is not a \"" + format + "\"");
  ASSERT_FALSE(io::writeSafetensors(path, {tensor}));
  refuses("is not a \"" + format + "\"");
  ASSERT_FALSE(io::writeSafetensors(path, {tensor}, {{"format", format}}));
  refuses("its state is no JSON object");
  for (const char *json : {"", "[1]", "{", "1"}) {
    ASSERT_FALSE(io::writeSafetensors(path, {tensor},
                                      {{"format", format}, {"state", json}}));
    refuses("its state is no JSON object");
  }
  ASSERT_FALSE(io::writeSafetensors(path, {tensor},
                                    {{"format", format}, {"state", "{}"}}));
  refuses("is damaged");
  const io::Tensor half = {"a", io::DType::F16, {2}, bytes, 4};
  ASSERT_FALSE(io::writeSafetensors(path, {half}, {{"format", format}}));
  refuses("array \"a\" is F16 [2], expected F32, I64 or U8");
  folder.write("state.safetensors", "no state");
  refuses("not a safetensors file");
  EXPECT_THAT(StateFile::open(folder.file("none")).error(),
              HasSubstr("none: cannot open"));
}

TEST_F(StateFileTest, doesNotSaveWhatItWouldNotLoad) {
  Training training;
  auto failure = [&](const std::vector<StateArray> &arrays,
                     const std::string &json) {
    const MaybeFailure failed = saveState(path, arrays, json);
    return failed ? failed->message : "";
  };
  EXPECT_THAT(failure(training.arrays(), "[]"), HasSubstr("no JSON object"));
  EXPECT_THAT(
      failure({{"a", io::DType::F16, {2}, training.bytes.data()}}, "{}"),
      HasSubstr("array \"a\" is F16 [2]"));
  EXPECT_THAT(
      failure({{"a", io::DType::F32, {-1}, training.bytes.data()}}, "{}"),
      HasSubstr("array \"a\" is F32 [-1]"));
  EXPECT_THAT(failure({{"a", io::DType::U8, {1}, training.bytes.data()},
                       {"a", io::DType::U8, {1}, training.bytes.data()}},
                      "{}"),
              HasSubstr("same name twice"));
  EXPECT_THAT(StateFile::open(path).error(), HasSubstr("cannot open"));
}

TEST_F(StateFileTest, aFullDiskLeavesTheOldState) {
  Training training;
  ASSERT_FALSE(saveState(path, training.arrays(), state));
  const std::string before = folder.read("state.safetensors");
  // As a full disk, a limit ends a write half way.
  rlimit old;
  ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &old), 0);
  const rlimit limit = {before.size() - 10, old.rlim_max};
  auto *handler = std::signal(SIGXFSZ, SIG_IGN);
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &limit), 0);
  training.weights[0] = 9;
  const MaybeFailure failure = saveState(path, training.arrays(), state);
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &old), 0);
  std::signal(SIGXFSZ, handler);
  ASSERT_TRUE(failure);
  EXPECT_THAT(failure->message, StartsWith(path + ": cannot write: "));
  EXPECT_EQ(folder.read("state.safetensors"), before);
}

/// Saves states 0, 1, 2, ... until it is killed: arrays full of the number.
[[noreturn]] void saveForever(const std::string &path) {
  std::vector<float> values(100000);
  for (int step = 0;; ++step) {
    std::fill(values.begin(), values.end(), float(step));
    if (saveState(path, {{"a", io::DType::F32, {100000}, values.data()}},
                  "{\"step\": " + std::to_string(step) + "}"))
      _exit(1);
  }
}

TEST_F(StateFileTest, aKillLeavesAWholeState) {
  std::vector<float> values(100000);
  for (int kills = 0; kills < 25; ++kills) {
    const pid_t child = fork();
    ASSERT_GE(child, 0);
    if (child == 0)
      saveForever(path);
    // From the second on there is a state from before.
    while (kills == 0 && access(path.c_str(), F_OK) != 0)
      std::this_thread::yield();
    std::this_thread::sleep_for(std::chrono::microseconds(311 * kills));
    ASSERT_EQ(kill(child, SIGKILL), 0);
    int status = 0;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFSIGNALED(status)) << status;
    const Result<StateFile> file = StateFile::open(path);
    ASSERT_TRUE(file) << file.error();
    ASSERT_FALSE(file->load({{"a", io::DType::F32, {100000}, values.data()}}));
    EXPECT_THAT(values, Each(values.front()));
    EXPECT_EQ(file->state(),
              "{\"step\": " + std::to_string(int(values.front())) + "}");
  }
}

} // namespace
