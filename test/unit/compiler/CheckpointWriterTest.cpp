//===- CheckpointWriterTest.cpp -------------------------------------------===//

#include "compiler/CheckpointWriter.h"
#include "compiler/Checkpoint.h"

#include "TestSupport.h"

#include <gmock/gmock.h>

#include <csignal>
#include <cstdlib>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace bertc;
using testing::HasSubstr;

namespace {

/// More than one piece, and no whole number of them.
constexpr int64_t rows = 3, columns = 700'001;

/// Element i of the n-th tensor is base + 10 n + i mod 7.
float valueOf(float base, llvm::StringRef name, int64_t i) {
  return base + (name == "b" ? 10 : 0) + float(i % 7);
}

class CheckpointWriterTest : public testing::Test {
protected:
  CheckpointWriterTest() {
    auto file = CheckpointWriter::create(
        folder.file("model.safetensors"),
        {{"b", {rows, columns}}, {"a", {5}}, {"none", {0, 4}}},
        {{"format", "pt"}, {"made_by", "bertc"}});
    EXPECT_TRUE(bool(file)) << llvm::toString(file.takeError());
    EXPECT_EQ(list(), Names());
    EXPECT_EQ(message(file->write(values(1))), "");
    EXPECT_EQ(list(), Names());
    EXPECT_EQ(message(file->keep()), "");
  }

  using Names = std::vector<std::string>;
  Names list() const { return folder.list(); }
  static std::function<llvm::Error(llvm::StringRef, int64_t,
                                   llvm::MutableArrayRef<float>)>
  values(float base) {
    return [=](llvm::StringRef name, int64_t first,
               llvm::MutableArrayRef<float> out) {
      for (size_t i = 0; i < out.size(); ++i)
        out[i] = valueOf(base, name, first + int64_t(i));
      return llvm::Error::success();
    };
  }
  std::string save(float base) {
    return message(saveWeights(folder.file(""), values(base)));
  }
  /// That of all values; 0 where they are not of one.
  float base() const {
    auto checkpoint = Checkpoint::open(folder.file(""));
    EXPECT_TRUE(bool(checkpoint)) << llvm::toString(checkpoint.takeError());
    if (!checkpoint)
      return 0;
    EXPECT_EQ(checkpoint->names(),
              (std::vector<llvm::StringRef>{"b", "a", "none"}));
    float common = 0;
    for (llvm::StringRef name : {"b", "a"}) {
      const io::Tensor &tensor = *checkpoint->find(name);
      std::vector<float> read(size_t(tensor.elements()));
      EXPECT_EQ(message(checkpoint->read(name, 0, read)), "");
      if (name == "b")
        common = read[0] - valueOf(0, "b", 0);
      for (int64_t i = 0; i < tensor.elements(); ++i)
        if (read[i] != valueOf(common, name, i))
          return 0;
    }
    return common;
  }

  TestFolder folder;
};

TEST_F(CheckpointWriterTest, SavesNewValuesUnderTheSameNames) {
  EXPECT_EQ(base(), 1);
  auto file = io::SafetensorsFile::open(folder.file("model.safetensors"));
  ASSERT_TRUE(bool(file)) << file.error();
  const std::map<std::string, std::string> notes = file->metadata();
  EXPECT_EQ(save(2), "");
  EXPECT_EQ(base(), 2);
  EXPECT_EQ(list(), Names{"model.safetensors"});
  file = io::SafetensorsFile::open(folder.file("model.safetensors"));
  ASSERT_TRUE(bool(file)) << file.error();
  EXPECT_EQ(file->metadata(), notes);
  EXPECT_EQ(file->find("b")->shape, (std::vector<int64_t>{rows, columns}));
  EXPECT_EQ(file->find("none")->shape, (std::vector<int64_t>{0, 4}));
}

/// A tensor is asked for from its first element to its last, in pieces that are
/// small beside the model.
TEST_F(CheckpointWriterTest, AsksForAPieceAtATime) {
  std::string asked;
  int64_t next = 0;
  size_t largest = 0;
  auto give = [&](llvm::StringRef name, int64_t first,
                  llvm::MutableArrayRef<float> out) -> llvm::Error {
    if (first == 0)
      asked += name;
    EXPECT_EQ(first, first == 0 ? 0 : next);
    next = first + int64_t(out.size());
    largest = std::max(largest, out.size());
    return values(3)(name, first, out);
  };
  EXPECT_EQ(message(saveWeights(folder.file(""), give)), "");
  EXPECT_EQ(asked, "ba");
  EXPECT_LE(largest, size_t(1) << 20);
  EXPECT_EQ(base(), 3);
}

TEST_F(CheckpointWriterTest, WritesNarrowFloatsAsF32) {
  const uint16_t half[] = {0x3C00, 0xC000}; // 1, -2
  io::Tensor tensor = {"h",
                       io::DType::F16,
                       {2},
                       reinterpret_cast<const uint8_t *>(half),
                       sizeof(half)};
  ASSERT_FALSE(
      io::writeSafetensors(folder.file("model.safetensors"), {tensor}));
  EXPECT_EQ(save(4), "");
  auto file = io::SafetensorsFile::open(folder.file("model.safetensors"));
  ASSERT_TRUE(bool(file)) << file.error();
  EXPECT_EQ(file->find("h")->dtype, io::DType::F32);
}

TEST_F(CheckpointWriterTest, LeavesTheOldFileWhereItFails) {
  auto fails = [&](llvm::StringRef name, int64_t first,
                   llvm::MutableArrayRef<float> out) -> llvm::Error {
    if (name == "a")
      return llvm::createStringError("the loss is not finite");
    return values(2)(name, first, out);
  };
  EXPECT_EQ(message(saveWeights(folder.file(""), fails)),
            "the loss is not finite");
  EXPECT_EQ(base(), 1);
  EXPECT_EQ(list(), Names{"model.safetensors"});

  // A limit stands for the full disk: the same error from the same call. It is
  // told before a value is asked for.
  rlimit before;
  ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &before), 0);
  const rlimit small = {100'000, before.rlim_max};
  auto handler = std::signal(SIGXFSZ, SIG_IGN);
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &small), 0);
  bool asked = false;
  const std::string error =
      message(saveWeights(folder.file(""), [&](auto, auto, auto) {
        asked = true;
        return llvm::Error::success();
      }));
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &before), 0);
  std::signal(SIGXFSZ, handler);
  EXPECT_EQ(error, folder.file("model.safetensors") +
                       ": cannot write: File too large");
  EXPECT_FALSE(asked);
  EXPECT_EQ(base(), 1);
  EXPECT_EQ(list(), Names{"model.safetensors"});
}

TEST_F(CheckpointWriterTest, RefusesWhatIsNoCheckpoint) {
  EXPECT_EQ(message(saveWeights(folder.file("none"), values(1))),
            folder.file("none") +
                "/model.safetensors: cannot open: No such file or directory");
  const int64_t ids[] = {0, 1};
  io::Tensor tensor = {"position_ids",
                       io::DType::I64,
                       {2},
                       reinterpret_cast<const uint8_t *>(ids),
                       sizeof(ids)};
  ASSERT_FALSE(
      io::writeSafetensors(folder.file("model.safetensors"), {tensor}));
  EXPECT_EQ(save(2), folder.file("model.safetensors") +
                         ": tensor \"position_ids\" has dtype I64; floats "
                         "were expected");
  auto file = CheckpointWriter::create(folder.file("large"),
                                       {{"a", {1LL << 32, 1LL << 32}}}, {});
  ASSERT_FALSE(bool(file));
  EXPECT_THAT(llvm::toString(file.takeError()),
              HasSubstr("tensor \"a\" cannot be written"));
}

/// One after the other is saved until a kill comes, each time a little later:
/// what stands there is whole, and of one of them.
TEST_F(CheckpointWriterTest, KillsLeaveOneOrTheOther) {
  bool saw = false;
  for (int step = 0; step < 40; ++step) {
    const float before = base();
    ASSERT_GT(before, 0);
    const pid_t child = fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      for (float next = before + 1; save(next).empty();)
        ++next;
      _exit(1);
    }
    usleep(useconds_t(1000 * step));
    ASSERT_EQ(kill(child, SIGKILL), 0);
    int status = 0;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFSIGNALED(status)) << "saving failed";
    saw |= base() > before;
    ASSERT_GE(base(), before);
    // Nor is anything left that nobody would remove.
    EXPECT_EQ(list().front(), "model.safetensors");
  }
  EXPECT_TRUE(saw);
}

} // namespace
