//===- ModelTest.cpp ------------------------------------------------------===//

#include "compiler/Model.h"
#include "compiler/OutputFile.h"

#include "TestSupport.h"

#include "dialect/BertOps.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/Support/FormatVariadic.h"

#include <gmock/gmock.h>

using namespace bertc;
using testing::HasSubstr;

namespace {

class ModelTest : public testing::Test {
protected:
  static std::string golden(const std::string &name) {
    return BERTC_SOURCE_DIR "/test/parity/goldens/" + name;
  }
  /// A golden's file in the test's folder, by the same name.
  void copy(llvm::StringRef file) {
    ASSERT_FALSE(llvm::sys::fs::copy_file(
        golden("gelu-one-layer/" + file.str()), folder.file(file)));
  }
  void write(llvm::StringRef name, llvm::StringRef text) {
    ASSERT_EQ(message(writeFileWhole(folder.file(name), text)), "");
  }
  /// vocab.txt with `count` tokens.
  void writeVocabulary(int count) {
    std::string text = "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\n";
    for (int i = 5; i < count; ++i)
      text += "word" + std::to_string(i) + "\n";
    write("vocab.txt", text);
  }
  llvm::Expected<Model> open(const std::string &path,
                             const OpenOptions &options = {}) {
    return Model::open(*context, path, options);
  }
  /// The error of opening, with the test's folder as "<>".
  std::string openError(const std::string &path,
                        const OpenOptions &options = {}) {
    auto model = open(path, options);
    if (model)
      return "";
    std::string text = llvm::toString(model.takeError());
    std::string prefix = folder.file("");
    for (size_t at; (at = text.find(prefix)) != std::string::npos;)
      text.replace(at, prefix.size(), "<>");
    return text;
  }
  std::string moduleError(llvm::StringRef text,
                          const OpenOptions &options = {}) {
    write("m.mlir", text);
    return openError(folder.file("m.mlir"), options);
  }

  std::unique_ptr<mlir::MLIRContext> context = makeContext();
  TestFolder folder;
};

TEST_F(ModelTest, OpensAFolder) {
  auto model = open(golden("gelu-one-layer"));
  ASSERT_TRUE(bool(model)) << llvm::toString(model.takeError());
  auto entry = model->module->lookupSymbol<mlir::func::FuncOp>("encode");
  ASSERT_TRUE(entry);
  EXPECT_TRUE(entry->hasAttr("bert.entry"));
  // Three tables, three LayerNorms, five products of 20 x 20 (one of them the
  // pooler's), two of 20 x 52.
  EXPECT_EQ(model->parameters->count(), (43 + 40 + 2) * 20 + 3 * 2 * 20 +
                                            5 * (20 * 20 + 20) + 2 * 20 * 52 +
                                            52 + 20);
  EXPECT_EQ(model->tokenizer, "");
}

TEST_F(ModelTest, ReadsEveryShard) {
  auto model = open(golden("relu-sharded"));
  ASSERT_TRUE(bool(model)) << llvm::toString(model.takeError());
  for (auto op : model->module->getOps<bert::ParameterOp>()) {
    float value;
    EXPECT_EQ(message(model->parameters->read(op.getSymName(), 0, value)), "")
        << op.getSymName().str();
  }
}

/// The rates of bert.dropout and of bert.dropout_attention, in the order of a
/// run: of a layer, of the entry.
std::string ratesOf(mlir::ModuleOp module) {
  std::string text;
  for (auto function : module.getOps<mlir::func::FuncOp>()) {
    text += function.isPrivate() ? "layer" : "; entry";
    function.walk([&](mlir::Operation *op) {
      if (auto rate = op->getAttrOfType<mlir::FloatAttr>("rate"))
        text += llvm::formatv(mlir::isa<bert::DropoutOp>(op) ? " {0:f1}"
                                                             : " w{0:f1}",
                              rate.getValueAsDouble());
    });
  }
  return text;
}

// Sites of transformers 5.24, models/*/modeling_*.py.
TEST_F(ModelTest, DropsBeforeEachHeadWhatTransformersDrops) {
  const std::string bert = "layer w0.1 0.1 0.1; entry 0.1";
  const std::string albert = "layer; entry";
  const std::string distilbert = "layer w0.1 0.1; entry 0.1";
  for (const auto &[number, rates] :
       std::vector<std::pair<const char *, std::string>>{
           {"13", bert},                // bare
           {"25", bert},                // words
           {"21", bert},                // words, and the next text
           {"04", bert + " 0.3"},       // sequences
           {"08", bert},                // with classifier_dropout 0
           {"57", bert + " 0.3"},       // choices
           {"18", bert + " 0.1"},       // tokens
           {"02", bert},                // answers
           {"12", bert},                // RoBERTa: words
           {"34", bert + " 0.3 0.3"},   // sequences
           {"29", bert + " 0.1"},       // choices, classifier_dropout 0.3
           {"67", bert + " 0.1"},       // CamemBERT: tokens
           {"70", bert},                // XLM-RoBERTa: answers
           {"00", albert + " 0.1"},     // ALBERT: words, and the order of texts
           {"11", albert},              // words
           {"16", albert + " 0.1"},     // sequences
           {"06", albert + " 0.1"},     // choices
           {"64", albert + " 0.1"},     // tokens
           {"52", albert},              // answers
           {"01", distilbert},          // DistilBERT: words
           {"28", distilbert + " 0.2"}, // sequences
           {"17", distilbert + " 0.2"}, // choices
           {"03", distilbert + " 0.1"}, // tokens
           {"65", distilbert + " 0.1"}, // answers
       }) {
    OpenOptions options;
    options.dropout = true;
    auto model = open(golden("drawn/") + number, options);
    ASSERT_TRUE(bool(model)) << llvm::toString(model.takeError());
    EXPECT_EQ(ratesOf(*model->module), rates) << number;
    options.dropout = false;
    model = open(golden("drawn/") + number, options);
    EXPECT_EQ(ratesOf(*model->module), "layer; entry") << number;
  }
}

TEST_F(ModelTest, NamesTheFileThatAFolderLacks) {
  EXPECT_EQ(openError(folder.file("none")), "<>none: no such folder");
  copy("config.json");
  EXPECT_THAT(openError(folder.file("")),
              HasSubstr("<>model.safetensors: No such file or directory"));
  copy("model.safetensors");
  EXPECT_EQ(openError(folder.file("")), "");
}

TEST_F(ModelTest, RefusesOutputsThatATaskDoesNotHave) {
  OpenOptions options;
  options.task = "encode";
  options.outputs = {"last_hidden_state", "logits"};
  EXPECT_THAT(openError(golden("gelu-one-layer"), options),
              HasSubstr("has no output \"logits\""));
  // The checkpoint has none.
  options.outputs = {"pooler_output"};
  EXPECT_THAT(openError(golden("no-pooler"), options), HasSubstr("pooler"));
}

TEST_F(ModelTest, TakesTheFoldersTokenizer) {
  copy("config.json");
  copy("model.safetensors");
  writeVocabulary(43);
  auto model = open(folder.file(""));
  ASSERT_TRUE(bool(model)) << llvm::toString(model.takeError());
  EXPECT_THAT(model->tokenizer, HasSubstr("word42"));

  OpenOptions options;
  options.tokenizer = TokenizerUse::none;
  model = open(folder.file(""), options);
  ASSERT_TRUE(bool(model)) << llvm::toString(model.takeError());
  EXPECT_EQ(model->tokenizer, "");
}

TEST_F(ModelTest, RefusesATokenizerThatIsLargerThanTheModel) {
  copy("config.json");
  copy("model.safetensors");
  writeVocabulary(44);
  EXPECT_THAT(openError(folder.file("")),
              HasSubstr("the tokenizer has 44 tokens, config.json says "
                        "vocab_size 43"));
  OpenOptions options;
  options.tokenizer = TokenizerUse::none;
  EXPECT_EQ(openError(folder.file(""), options), "");
}

TEST_F(ModelTest, SaysHowToDoWithoutABrokenTokenizer) {
  copy("config.json");
  copy("model.safetensors");
  write("tokenizer.json", "{");
  EXPECT_THAT(openError(folder.file("")),
              testing::AllOf(HasSubstr("tokenizer.json"),
                             HasSubstr("--no-tokenizer compiles the model "
                                       "without it")));
}

/// An embedding table of two rows, sizes and the entry's signature as given.
std::string moduleText(const std::string &sizes = "vocab_size = 2 : i64, "
                                                  "max_positions = 4 : i64",
                       const std::string &input = "bert.name = \"input_ids\"",
                       const std::string &output = "bert.name = \"vector\"") {
  return "module attributes {bert.model = {" + sizes + "}} {\n" +
         R"(bert.parameter @p : tensor<2x3xf32> = dense<1.0> : tensor<2x3xf32>
func.func @main(%ids: tensor<?xi32> {)" +
         input + "}) -> (tensor<?x3xf32> {" + output +
         R"(}) attributes {bert.entry} {
  %0 = bert.get_parameter @p : tensor<2x3xf32>
  %1 = bert.embedding %ids from %0 : (tensor<?xi32>, tensor<2x3xf32>) -> tensor<?x3xf32>
  return %1 : tensor<?x3xf32>
}
})";
}

TEST_F(ModelTest, OpensAModule) {
  OpenOptions options;
  options.outputs = {"vector"};
  write("m.mlir", moduleText());
  auto model = open(folder.file("m.mlir"), options);
  ASSERT_TRUE(bool(model)) << llvm::toString(model.takeError());
  EXPECT_EQ(model->parameters->count(), 6);
  EXPECT_EQ(model->tokenizer, "");
}

TEST_F(ModelTest, RefusesModulesThatAreNoModel) {
  EXPECT_EQ(openError(folder.file("none.mlir")),
            "<>none.mlir: No such file or directory");
  EXPECT_EQ(moduleError("\nfunc.func @f() {\n  oops\n}\n").substr(0, 13),
            "<>m.mlir:3:3:");
  EXPECT_EQ(moduleError("func.func @f() { return }"),
            "<>m.mlir: no function has the attribute bert.entry, one was "
            "expected");
  EXPECT_EQ(moduleError("func.func @f() attributes {bert.entry} { return }\n"
                        "func.func @g() attributes {bert.entry} { return }"),
            "<>m.mlir: functions \"f\" and \"g\" both have the attribute "
            "bert.entry, one was expected");
  EXPECT_EQ(moduleError("func.func @f() { return }\n"
                        "func.func @g() attributes {bert.entry} { return }"),
            "<>m.mlir: function \"f\" is public; only the entry may be, others "
            "are private");
  EXPECT_EQ(moduleError("func.func @f() attributes {bert.entry} { return }"),
            "<>m.mlir: function \"f\" has no results");
  // Their bytes could not be counted.
  for (const char *type : {"tensor<?x4611686018427387904xf32>",
                           "tensor<1000000x1000000x1000000xf32>"})
    EXPECT_EQ(moduleError("func.func private @f(%x: " + std::string(type) +
                          ") { return }\n"
                          "func.func @g() attributes {bert.entry} { return }"),
              "<>m.mlir: a value of type " + std::string(type) +
                  " is larger than a model's are");
  const std::string text = moduleText();
  const size_t body = text.find('\n');
  EXPECT_EQ(moduleError("module {" + text.substr(body)),
            "<>m.mlir: the module has no attribute bert.model");
  EXPECT_EQ(moduleError(text.substr(0, body) +
                        "bert.parameter @q : tensor<2xf32>" +
                        text.substr(body)),
            "<>m.mlir: parameter \"q\" has no value; --emit bert writes none, "
            "in a module "
            "they stand as: bert.parameter @NAME : TYPE = dense<...> : TYPE");
  OpenOptions options;
  options.outputs = {"logits"};
  EXPECT_EQ(moduleError(moduleText(), options),
            "<>m.mlir: function \"main\" has no output \"logits\"; it has "
            "vector");
}

TEST_F(ModelTest, RefusesEntriesThatTheRuntimeCannotCall) {
  const std::string sizes = "vocab_size = 2 : i64, max_positions = 4 : i64";
  EXPECT_EQ(moduleError(moduleText(sizes, "")),
            "<>m.mlir: function \"main\" has an argument 0 whose bert.name is "
            "none of input_ids, position_ids, token_type_ids, offsets, "
            "mlm_positions, sequence_ids");
  EXPECT_EQ(moduleError(moduleText(sizes, "bert.name = \"ids\"")).substr(0, 45),
            "<>m.mlir: function \"main\" has an argument 0 w");
  EXPECT_EQ(moduleError(moduleText(sizes, "bert.name = \"input_ids\"", "")),
            "<>m.mlir: function \"main\" has a result 0 without bert.name");
  EXPECT_EQ(moduleError(moduleText("max_positions = 4 : i64")),
            "<>m.mlir: bert.model: vocab_size is 0; a number from 1 to "
            "1073741823 was expected");
  EXPECT_EQ(
      moduleError(moduleText("vocab_size = 3 : i64, max_positions = 4 : i64")),
      "<>m.mlir: bert.model lets input_ids up to 2 through, their table has 2 "
      "rows");
  EXPECT_EQ(moduleError(moduleText(sizes, "bert.name = \"position_ids\"")),
            "<>m.mlir: bert.model lets position_ids up to 3 through, their "
            "table has 2 rows");
}

} // namespace
