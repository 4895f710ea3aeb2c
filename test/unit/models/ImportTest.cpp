//===- ImportTest.cpp -----------------------------------------------------===//

#include "models/Import.h"

#include "dialect/BertOps.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Verifier.h"

#include <gtest/gtest.h>

#include <map>
#include <string>

using namespace bertc;

namespace {

class FakeCatalog : public ParameterCatalog {
public:
  /// A BERT of this config, as transformers saves the bare model.
  explicit FakeCatalog(const ModelConfig &config) {
    int64_t hidden = config.hiddenSize, inner = config.intermediateSize;
    put("embeddings.word_embeddings.weight", {config.vocabSize, hidden});
    put("embeddings.position_embeddings.weight", {config.positionRows, hidden});
    put("embeddings.token_type_embeddings.weight",
        {config.typeVocabSize, hidden});
    putAffine("embeddings.LayerNorm", {hidden});
    for (int64_t i = 0; i < config.numLayers; ++i) {
      std::string layer = "encoder.layer." + std::to_string(i) + ".";
      for (const char *part :
           {"attention.self.query", "attention.self.key",
            "attention.self.value", "attention.output.dense"})
        putAffine(layer + part, {hidden, hidden});
      putAffine(layer + "attention.output.LayerNorm", {hidden});
      putAffine(layer + "intermediate.dense", {inner, hidden});
      putAffine(layer + "output.dense", {hidden, inner});
      putAffine(layer + "output.LayerNorm", {hidden});
    }
    putAffine("pooler.dense", {hidden, hidden});
  }

  void put(const std::string &name, std::vector<int64_t> shape,
           std::string dtype = "F32") {
    tensors[name] = {std::move(dtype), std::move(shape)};
  }
  void putAffine(const std::string &name, std::vector<int64_t> shape) {
    put(name + ".bias", {shape[0]});
    put(name + ".weight", std::move(shape));
  }

  std::optional<TensorInfo> lookup(llvm::StringRef name) const override {
    auto found = tensors.find(name.str());
    return found == tensors.end() ? std::nullopt : std::optional(found->second);
  }
  std::string location(llvm::StringRef) const override {
    return "m/model.safetensors";
  }

  std::map<std::string, TensorInfo> tensors;
};

ModelConfig smallConfig() {
  ModelConfig config;
  config.path = "m/config.json";
  config.family = "bert";
  config.vocabSize = 11;
  config.typeVocabSize = 2;
  config.positionRows = 9;
  config.hiddenSize = config.embeddingSize = 8;
  config.labels = {"bad", "good"};
  config.numLayers = 3;
  config.numHeads = 2;
  config.intermediateSize = 12;
  config.layerNormEpsilon = 1e-12;
  return config;
}

class Import : public testing::Test {
protected:
  /// The module, verified; null after an error, whose text is then `error`.
  mlir::ModuleOp import() {
    auto imported = importModel(context, config, catalog, options);
    if (!imported) {
      error = llvm::toString(imported.takeError());
      return nullptr;
    }
    module = std::move(*imported);
    EXPECT_TRUE(succeeded(mlir::verify(*module)));
    return *module;
  }
  /// The message of an import that fails.
  std::string refusal() {
    EXPECT_FALSE(import());
    return error;
  }
  mlir::func::FuncOp entry() {
    return *llvm::find_if(
        module->getOps<mlir::func::FuncOp>(),
        [](mlir::func::FuncOp f) { return f->hasAttr("bert.entry"); });
  }
  std::vector<std::string> outputs() {
    std::vector<std::string> names;
    for (unsigned i = 0; i < entry().getNumResults(); ++i)
      names.push_back(
          entry().getResultAttrOfType<mlir::StringAttr>(i, "bert.name").str());
    return names;
  }
  template <typename Op> int count() {
    int found = 0;
    module->walk([&](Op) { ++found; });
    return found;
  }
  void rename(llvm::StringRef from, const std::string &to) {
    auto node = catalog.tensors.extract(from.str());
    node.key() = to;
    catalog.tensors.insert(std::move(node));
  }

  mlir::MLIRContext context;
  mlir::OwningOpRef<mlir::ModuleOp> module;
  ModelConfig config = smallConfig();
  FakeCatalog catalog{config};
  ImportOptions options;
  std::string error;
};

using Names = std::vector<std::string>;

TEST_F(Import, CallsOneFunctionForEachLayer) {
  ASSERT_TRUE(import()) << error;
  EXPECT_EQ(count<mlir::func::FuncOp>(), 2);
  EXPECT_EQ(count<mlir::func::CallOp>(), 3);
  EXPECT_EQ(count<bert::AttentionOp>(), 1);
  EXPECT_EQ(count<bert::ParameterOp>(), int(catalog.tensors.size()));
  EXPECT_EQ(outputs(), (Names{"last_hidden_state", "pooler_output"}));
  auto model = (*module)->getAttrOfType<mlir::DictionaryAttr>("bert.model");
  EXPECT_EQ(model.getAs<mlir::IntegerAttr>("max_positions").getInt(), 9);
  EXPECT_EQ(model.getAs<mlir::StringAttr>("task").getValue(), "encode");
}

TEST_F(Import, FindsNamesBelowAHeadAndOfTensorFlowsTime) {
  std::map<std::string, TensorInfo> prefixed;
  for (auto &[name, info] : catalog.tensors)
    prefixed["bert." + name] = info;
  catalog.tensors = prefixed;
  rename("bert.embeddings.LayerNorm.weight", "bert.embeddings.LayerNorm.gamma");
  rename("bert.embeddings.LayerNorm.bias", "bert.embeddings.LayerNorm.beta");
  catalog.put("cls.predictions.bias", {11});
  ASSERT_TRUE(import()) << error;
  auto source = [&](llvm::StringRef symbol) {
    return module->lookupSymbol<bert::ParameterOp>(symbol)
        .getSource()
        .value_or("")
        .str();
  };
  EXPECT_EQ(source("embeddings.LayerNorm.weight"),
            "bert.embeddings.LayerNorm.gamma");
  EXPECT_EQ(source("embeddings.LayerNorm.bias"),
            "bert.embeddings.LayerNorm.beta");
  EXPECT_EQ(source("pooler.dense.bias"), "bert.pooler.dense.bias");
  EXPECT_FALSE(module->lookupSymbol("cls.predictions.bias"));
}

TEST_F(Import, CountsTheLayersThatConfigJsonLeavesOut) {
  EXPECT_EQ(layersInCheckpoint(config, catalog), 3);
  config.numLayers = 1;
  EXPECT_EQ(layersInCheckpoint(config, catalog), 3);
  std::map<std::string, TensorInfo> prefixed;
  for (auto &[name, info] : catalog.tensors)
    prefixed["bert." + name] = info;
  catalog.tensors = prefixed;
  EXPECT_EQ(layersInCheckpoint(config, catalog), 3);
  // One that is missing is an error elsewhere, and hides none before it.
  rename("bert.encoder.layer.2.attention.self.query.weight", "other");
  EXPECT_EQ(layersInCheckpoint(config, catalog), 2);
}

TEST_F(Import, TakesHalfPrecisionButNoIntegers) {
  catalog.put("pooler.dense.bias", {8}, "BF16");
  EXPECT_TRUE(import()) << error;
  catalog.put("pooler.dense.bias", {8}, "I64");
  EXPECT_EQ(refusal(), "m/model.safetensors: tensor \"pooler.dense.bias\" has "
                       "dtype I64; F32, F16, BF16 or F64 was expected");
}

TEST_F(Import, NamesATensorOfAnotherShape) {
  catalog.put("encoder.layer.2.output.dense.weight", {8, 10});
  EXPECT_EQ(refusal(),
            "m/model.safetensors: tensor "
            "\"encoder.layer.2.output.dense.weight\" has shape [8, 10], "
            "config.json says [8, 12]");
}

TEST_F(Import, NamesATensorThatIsMissing) {
  catalog.tensors.erase("encoder.layer.1.attention.self.query.weight");
  EXPECT_EQ(refusal(), "m/model.safetensors: tensor "
                       "\"encoder.layer.1.attention.self.query.weight\" is "
                       "missing");
}

TEST_F(Import, NeedsAPoolerOnlyWhereItIsAskedFor) {
  catalog.tensors.erase("pooler.dense.weight");
  catalog.tensors.erase("pooler.dense.bias");
  ASSERT_TRUE(import()) << error;
  EXPECT_EQ(outputs(), Names{"last_hidden_state"});
  options.outputs = {"pooler_output"};
  EXPECT_EQ(refusal(),
            "m/model.safetensors: tensor \"pooler.dense.weight\" is missing");
}

TEST_F(Import, RefusesOutputsItDoesNotHave) {
  options.outputs = {"logits"};
  EXPECT_EQ(refusal(), "m/config.json: task encode has no output \"logits\"; "
                       "it has last_hidden_state, pooler_output, attentions, "
                       "hidden_states");
  config.family = "roberta";
  options.outputs = {};
  options.task = Task::pretrain;
  EXPECT_EQ(refusal(), "m/config.json: task pretrain needs a head over pairs "
                       "of segments, which roberta does not have; its "
                       "pre-training is task mlm");
}

TEST_F(Import, HasWhatLayersMakeWhereItIsAskedFor) {
  options.outputs = {"hidden_states.2"};
  ASSERT_TRUE(import()) << error;
  Names states = {"last_hidden_state", "pooler_output",   "hidden_states.0",
                  "hidden_states.1",   "hidden_states.2", "hidden_states.3"};
  EXPECT_EQ(outputs(), states);
  options.outputs = {"attentions", "hidden_states"};
  ASSERT_TRUE(import()) << error;
  states.insert(states.begin() + 2,
                {"attentions.0", "attentions.1", "attentions.2"});
  EXPECT_EQ(outputs(), states);
  options.outputs = {"hidden_states.4"};
  EXPECT_EQ(refusal(), "m/config.json: task encode has no output "
                       "\"hidden_states.4\"; it has last_hidden_state, "
                       "pooler_output, attentions, hidden_states");
}

TEST_F(Import, NamesEveryTensorOfAHeadThatIsMissing) {
  options.task = Task::sequenceClassification;
  EXPECT_EQ(refusal(), "m/model.safetensors: the head's tensors "
                       "\"classifier.weight\", \"classifier.bias\" are "
                       "missing");
  catalog.put("classifier.weight", {2, 8});
  EXPECT_EQ(refusal(), "m/model.safetensors: the head's tensor "
                       "\"classifier.bias\" is missing");
  catalog.putAffine("classifier", {3, 8});
  EXPECT_EQ(refusal(), "m/model.safetensors: tensor \"classifier.weight\" has "
                       "shape [3, 8], config.json says [2, 8]; its id2label "
                       "names 2 labels");
  catalog.putAffine("classifier", {2, 8});
  ASSERT_TRUE(import()) << error;
  EXPECT_EQ(outputs(), Names{"logits"});
}

TEST_F(Import, PredictsTheVocabularyAtChosenRows) {
  options.task = Task::mlm;
  catalog.putAffine("cls.predictions.transform.dense", {8, 8});
  catalog.putAffine("cls.predictions.transform.LayerNorm", {8});
  EXPECT_EQ(refusal(), "m/model.safetensors: tensor "
                       "\"cls.predictions.decoder.bias\" is missing");
  catalog.put("cls.predictions.bias", {11});
  ASSERT_TRUE(import()) << error;
  EXPECT_EQ(count<bert::GatherRowsOp>(), 1);
  // Tied: the words' table is the decoder's weight.
  EXPECT_FALSE(module->lookupSymbol("cls.predictions.decoder.weight"));
  config.tieWordEmbeddings = false;
  catalog.put("cls.predictions.decoder.weight", {11, 8});
  ASSERT_TRUE(import()) << error;
  EXPECT_TRUE(module->lookupSymbol("cls.predictions.decoder.weight"));
}

TEST_F(Import, MakesSentenceVectors) {
  options.task = Task::embed;
  ASSERT_TRUE(import()) << error;
  EXPECT_EQ(outputs(), Names{"embedding"});
  EXPECT_EQ(count<bert::MeanPoolOp>(), 1);
  EXPECT_EQ(count<bert::L2NormalizeOp>(), 0);

  options.sentence.pooling = SentencePooling::firstToken;
  options.sentence.normalize = true;
  ASSERT_TRUE(import()) << error;
  EXPECT_EQ(count<bert::FirstTokenOp>(), 1);
  EXPECT_EQ(count<bert::L2NormalizeOp>(), 1);
}

} // namespace
