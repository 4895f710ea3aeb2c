//===- CheckpointTest.cpp -------------------------------------------------===//

#include "compiler/Checkpoint.h"
#include "compiler/OutputFile.h"

#include "TestSupport.h"

#include <cstring>

using namespace bertc;

namespace {

class CheckpointTest : public testing::Test {
protected:
  /// One tensor [2, 3] of f32 with elements start, start + 1, ...
  void write(llvm::StringRef file, llvm::StringRef name, float start) {
    float values[6];
    for (int i = 0; i < 6; ++i)
      values[i] = start + i;
    io::Tensor tensor;
    tensor.name = name.str();
    tensor.shape = {2, 3};
    tensor.data = reinterpret_cast<const uint8_t *>(values);
    tensor.bytes = sizeof(values);
    ASSERT_FALSE(io::writeSafetensors(folder.file(file), {tensor}));
  }
  void index(llvm::StringRef text) {
    ASSERT_EQ(message(writeFileWhole(
                  folder.file("model.safetensors.index.json"), text)),
              "");
  }
  /// The error of opening, without the folder's name.
  std::string openError() {
    auto checkpoint = Checkpoint::open(folder.file(""));
    if (checkpoint)
      return "";
    std::string text = llvm::toString(checkpoint.takeError());
    return text.substr(text.rfind(folder.file("")) == 0 ? folder.file("").size()
                                                        : 0);
  }

  TestFolder folder;
};

TEST_F(CheckpointTest, ReadsPartsOfTensors) {
  write("model.safetensors", "w", 10);
  auto checkpoint = Checkpoint::open(folder.file(""));
  ASSERT_TRUE(bool(checkpoint)) << llvm::toString(checkpoint.takeError());
  ASSERT_TRUE(checkpoint->find("w"));
  EXPECT_EQ(checkpoint->find("w")->shape, (std::vector<int64_t>{2, 3}));
  EXPECT_FALSE(checkpoint->find("v"));
  float part[2];
  ASSERT_EQ(message(checkpoint->read("w", 3, part)), "");
  EXPECT_EQ(part[0], 13);
  EXPECT_EQ(part[1], 14);
  checkpoint->release();
  ASSERT_EQ(message(checkpoint->read("w", 0, part)), "");
  EXPECT_EQ(part[0], 10);
  EXPECT_NE(message(checkpoint->read("w", 5, part)), "");
}

TEST_F(CheckpointTest, FollowsAnIndex) {
  write("a.safetensors", "x", 0);
  write("b.safetensors", "y", 5);
  index(R"({"weight_map": {"x": "a.safetensors", "y": "b.safetensors"}})");
  auto checkpoint = Checkpoint::open(folder.file(""));
  ASSERT_TRUE(bool(checkpoint)) << llvm::toString(checkpoint.takeError());
  EXPECT_EQ(checkpoint->names(), (std::vector<llvm::StringRef>{"x", "y"}));
  EXPECT_EQ(checkpoint->fileOf("y"), folder.file("b.safetensors"));
  float first;
  ASSERT_EQ(message(checkpoint->read("y", 0, first)), "");
  EXPECT_EQ(first, 5);
}

TEST_F(CheckpointTest, RefusesFoldersThatAreNone) {
  EXPECT_EQ(openError(), "model.safetensors: No such file or directory; a "
                         "folder with model.safetensors or "
                         "model.safetensors.index.json was expected");
  index("{}");
  EXPECT_EQ(openError(), "model.safetensors.index.json: an object with "
                         "\"weight_map\" was expected");
  index(R"({"weight_map": {"x": "../a.safetensors"}})");
  EXPECT_EQ(openError(),
            "model.safetensors.index.json: tensor \"x\" lies in "
            "\"../a.safetensors\"; the name of a file in the same folder was "
            "expected");
  write("a.safetensors", "y", 0);
  index(R"({"weight_map": {"x": "a.safetensors"}})");
  EXPECT_EQ(openError(), "a.safetensors: tensor \"x\" is missing; "
                         "model.safetensors.index.json says it is here");
}

} // namespace
