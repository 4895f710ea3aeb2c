//===- LossesTest.cpp -----------------------------------------------------===//

#include "models/Losses.h"

#include "dialect/BertOps.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Verifier.h"
#include "mlir/Parser/Parser.h"
#include "llvm/Support/raw_ostream.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>

using namespace bertc;
using testing::HasSubstr;

namespace {

class LossesTest : public testing::Test {
protected:
  LossesTest() {
    context.loadDialect<bert::BertDialect, mlir::func::FuncDialect>();
  }

  /// The module with its loss as text, or the error. `outputs` are
  /// "NAME COLUMNS" of an entry that hands its inputs on.
  std::string withLoss(const std::string &model,
                       const std::vector<std::pair<std::string, int>> &outputs,
                       bool realLabels = false) {
    std::string arguments, results, values, types;
    for (size_t i = 0; i < outputs.size(); ++i) {
      const std::string type =
          "tensor<?x" + std::to_string(outputs[i].second) + "xf32>";
      const std::string comma = i ? ", " : "", value = "%x" + std::to_string(i);
      arguments += comma + value + ": " + type;
      results += comma + type + " {bert.name = \"" + outputs[i].first + "\"}";
      values += comma + value;
      types += comma + type;
    }
    const std::string text =
        "module attributes {bert.model = {" + model + "}} {\nfunc.func @f(" +
        arguments +
        ", %offsets: tensor<?xi32> {bert.name = \"offsets\"}) -> (" + results +
        ") attributes {bert.entry} {\nreturn " + values + " : " + types +
        "\n}\n}";
    auto module = mlir::parseSourceString<mlir::ModuleOp>(text, &context);
    EXPECT_TRUE(module) << text;
    if (llvm::Error error = addLoss(*module, {realLabels}))
      return llvm::toString(std::move(error));
    EXPECT_TRUE(mlir::succeeded(mlir::verify(*module)));
    std::string printed;
    llvm::raw_string_ostream(printed) << *module;
    return printed;
  }

  mlir::MLIRContext context;
};

TEST_F(LossesTest, WordsAndTokensHaveClasses) {
  for (const auto &[task, rows] :
       {std::pair("mlm", "selected"),
        std::pair("token-classification", "tokens")}) {
    std::string text =
        withLoss("task = \"" + std::string(task) + "\"", {{"logits", 9}});
    EXPECT_THAT(text, HasSubstr("tensor<?xi32> {bert.classes = 9 : i64, "
                                "bert.name = \"labels\", bert.rows = \"" +
                                std::string(rows) +
                                "\"}) -> "
                                "(tensor<f32> {bert.name = \"loss\"}, "
                                "tensor<?x9xf32> {bert.name = \"logits\"})"));
    EXPECT_THAT(text, HasSubstr("bert.cross_entropy %arg0, %arg2 "));
  }
}

TEST_F(LossesTest, TheProblemChoosesTheLossOfSequences) {
  auto loss = [&](const std::string &problem, bool realLabels) {
    return withLoss("task = \"sequence-classification\", problem_type = \"" +
                        problem + "\"",
                    {{"logits", 3}}, realLabels);
  };
  EXPECT_THAT(loss("single_label_classification", false),
              HasSubstr("bert.cross_entropy "));
  // As transformers concludes from the labels.
  EXPECT_THAT(loss("single_label_classification", true),
              HasSubstr("bert.binary_cross_entropy "));
  EXPECT_EQ(withLoss("task = \"sequence-classification\", problem_type = "
                     "\"single_label_classification\", problem_stated = true",
                     {{"logits", 3}}, true),
            "labels are floats, where config.json's problem_type is "
            "single_label_classification");
  EXPECT_THAT(loss("multi_label_classification", false),
              HasSubstr("bert.binary_cross_entropy "));
  EXPECT_THAT(loss("regression", false),
              HasSubstr("tensor<?x3xf32> {bert.name = \"labels\", bert.rows = "
                        "\"sequences\"}"));
  EXPECT_THAT(loss("regression", false),
              HasSubstr("bert.mean_squared_error %arg0, %arg2 "));
}

TEST_F(LossesTest, PretrainingAddsTwoLosses) {
  std::string text =
      withLoss("task = \"pretrain\"",
               {{"prediction_logits", 9}, {"seq_relationship_logits", 2}});
  EXPECT_THAT(text, HasSubstr("{bert.classes = 2 : i64, bert.name = "
                              "\"next_sentence_label\", bert.rows = "
                              "\"sequences\"}"));
  EXPECT_THAT(text, HasSubstr("bert.add "));
  EXPECT_THAT(withLoss("task = \"pretrain\"",
                       {{"prediction_logits", 9}, {"sop_logits", 2}}),
              HasSubstr("bert.name = \"sentence_order_label\""));
}

TEST_F(LossesTest, AnswersAndChoicesAreOfSequences) {
  std::string text = withLoss("task = \"question-answering\"",
                              {{"start_logits", 1}, {"end_logits", 1}});
  EXPECT_THAT(text, HasSubstr("{bert.name = \"start_positions\", bert.rows = "
                              "\"sequences\"}, %arg4: tensor<?xi32> "
                              "{bert.name = \"end_positions\", bert.rows = "
                              "\"sequences\"}"));
  EXPECT_THAT(text,
              HasSubstr("bert.sequence_cross_entropy %arg0, %arg2, %arg3 "));
  EXPECT_THAT(text, HasSubstr("bert.scale %2 {factor = 5.000000e-01"));
  text = withLoss("task = \"multiple-choice\"", {{"logits", 1}});
  EXPECT_THAT(text,
              HasSubstr("bert.sequence_cross_entropy %arg0, %arg2, %arg3 "));
  EXPECT_THAT(text, HasSubstr("{bert.name = \"choice_offsets\", bert.rows = "
                              "\"question_offsets\"}, %arg3: tensor<?xi32> "
                              "{bert.name = \"labels\", bert.rows = "
                              "\"questions\"}"));
}

TEST_F(LossesTest, VectorsAreOfPairs) {
  std::string text = withLoss("task = \"embed\"", {{"embedding", 4}});
  EXPECT_THAT(text, HasSubstr("bert.l2_normalize %arg0 {epsilon = 9.9"));
  EXPECT_THAT(text, HasSubstr("%arg2: tensor<?xi32> {bert.name = \"labels\", "
                              "bert.rows = \"pairs\"}"));
  EXPECT_THAT(text, HasSubstr("bert.pair_ranking %0, %arg2 {scale = 2.0"));
  text = withLoss("task = \"embed\"", {{"embedding", 4}}, true);
  EXPECT_THAT(text, HasSubstr("%arg2: tensor<?x1xf32> {bert.name = \"labels\", "
                              "bert.rows = \"pairs\"}"));
  EXPECT_THAT(text, HasSubstr("bert.pair_similarity %0, %arg2 "));
}

TEST_F(LossesTest, SaysWhatHasNoLoss) {
  EXPECT_EQ(withLoss("task = \"encode\"", {{"last_hidden_state", 4}}),
            "task encode has no loss: it has no labels to compare with; --task "
            "chooses another");
  EXPECT_EQ(withLoss("task = \"mlm\"", {{"other", 4}}),
            "the entry function lacks what the loss of task mlm is computed "
            "from");
  EXPECT_EQ(withLoss("task = \"pretrain\"", {{"prediction_logits", 4}}),
            "the entry function lacks what the loss of task pretrain is "
            "computed from");
}

} // namespace
