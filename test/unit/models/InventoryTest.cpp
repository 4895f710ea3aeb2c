//===- InventoryTest.cpp --------------------------------------------------===//

#include "models/Inventory.h"
#include "runtime/io/Safetensors.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"

#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>
#include <vector>

using namespace bertc;

namespace {

const std::string drawn = BERTC_SOURCE_DIR "/test/parity/goldens/drawn";

class InventoryTest : public testing::Test {
protected:
  std::vector<InventoryItem> take(const ModelConfig &config, Task task) {
    auto items = takeInventory(context, config, task);
    EXPECT_TRUE(bool(items)) << llvm::toString(items.takeError());
    return items ? *items : std::vector<InventoryItem>();
  }
  static ModelConfig read(const std::string &folder) {
    auto config = ModelConfig::read(folder + "/config.json");
    EXPECT_TRUE(bool(config)) << llvm::toString(config.takeError());
    return config ? *config : ModelConfig();
  }
  std::string refusal(const ModelConfig &config, Task task) {
    auto items = takeInventory(context, config, task);
    return items ? "" : llvm::toString(items.takeError());
  }

  mlir::MLIRContext context;
};

/// Every head of every family, tied or not: the tensors that transformers
/// saved, with their shapes.
TEST_F(InventoryTest, IsWhatTransformersSaves) {
  std::set<std::string> seen;
  std::error_code code;
  for (llvm::sys::fs::directory_iterator i(drawn, code), end; i != end;
       i.increment(code)) {
    if (!llvm::sys::fs::is_directory(i->path()))
      continue;
    SCOPED_TRACE(i->path());
    const ModelConfig config = read(i->path());
    auto file = io::SafetensorsFile::open(i->path() + "/model.safetensors");
    ASSERT_TRUE(bool(file)) << file.error();
    std::map<std::string, std::vector<int64_t>> saved, listed;
    for (const io::Tensor &tensor : file->tensors())
      saved[tensor.name] = tensor.shape;
    const std::string architecture = config.architectures.front();
    for (const InventoryItem &item :
         take(config, *taskOfArchitecture(architecture)))
      EXPECT_TRUE(listed.emplace(item.name, item.shape).second) << item.name;
    EXPECT_EQ(listed, saved);
    seen.insert(architecture);
  }
  EXPECT_GE(seen.size(), 26u);
}

TEST_F(InventoryTest, SaysWhatFreshTensorsHold) {
  using Values = std::pair<FreshValues, int64_t>;
  auto values = [&](const ModelConfig &config, Task task) {
    std::map<std::string, Values> all;
    for (const InventoryItem &item : take(config, task))
      all[item.symbol] = {item.fresh, item.zeroRow};
    return all;
  };
  const Values normal = {FreshValues::normal, -1};
  const Values ones = {FreshValues::ones, -1}, zeros = {FreshValues::zeros, -1};
  auto bert = values(read(drawn + "/25"), Task::pretrain);
  EXPECT_EQ(bert["embeddings.word_embeddings.weight"],
            Values(FreshValues::normal, 0));
  EXPECT_EQ(bert["embeddings.position_embeddings.weight"], normal);
  EXPECT_EQ(bert["embeddings.token_type_embeddings.weight"], normal);
  EXPECT_EQ(bert["embeddings.LayerNorm.weight"], ones);
  EXPECT_EQ(bert["embeddings.LayerNorm.bias"], zeros);
  EXPECT_EQ(bert["encoder.layer.0.output.dense.weight"], normal);
  EXPECT_EQ(bert["encoder.layer.0.output.dense.bias"], zeros);
  EXPECT_EQ(bert["pooler.dense.weight"], normal);
  EXPECT_EQ(bert["cls.predictions.transform.LayerNorm.weight"], ones);
  EXPECT_EQ(bert["cls.predictions.bias"], zeros);
  EXPECT_EQ(bert["cls.seq_relationship.weight"], normal);

  // Positions have padding too, whose row is 3 here.
  auto roberta = values(read(drawn + "/19"), Task::encode);
  for (const char *table : {"word", "position"})
    EXPECT_EQ(
        roberta[std::string("embeddings.") + table + "_embeddings.weight"],
        Values(FreshValues::normal, 3));

  ModelConfig distilbert = read(drawn + "/27");
  const char *positions = "embeddings.position_embeddings.weight";
  ASSERT_TRUE(distilbert.sinusoidalPositions);
  EXPECT_EQ(values(distilbert, Task::mlm)[positions],
            Values(FreshValues::sinusoids, -1));
  EXPECT_EQ(values(distilbert, Task::mlm)["vocab_projector.weight"], normal);
  distilbert.sinusoidalPositions = false;
  EXPECT_EQ(values(distilbert, Task::mlm)[positions], normal);
}

TEST_F(InventoryTest, RefusesTasksThatAFamilyDoesNotHave) {
  const ModelConfig config = read(drawn + "/27");
  EXPECT_EQ(refusal(config, Task::embed),
            config.path + ": transformers has no distilbert model for task "
                          "embed");
  EXPECT_EQ(refusal(config, Task::pretrain),
            config.path + ": task pretrain needs a head over pairs of "
                          "segments, which distilbert does not have; its "
                          "pre-training is task mlm");
}

} // namespace
