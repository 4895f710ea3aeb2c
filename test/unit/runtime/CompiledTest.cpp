//===- CompiledTest.cpp - models that bertc compiled, on many threads -----===//
//
// FakeModel.c waits where its author thought of it; here the barriers are those
// that the compiler wrote. test/runtime/compiled.test makes the models, and for
// the thread sanitizer instrument_models, which lets it see their code too.
//
//===----------------------------------------------------------------------===//

#include "runtime/include/bertc_train.h"
#include "test/unit/runtime/TestSupport.h"

#include <atomic>
#include <cstring>
#include <limits>
#include <thread>

using namespace bertc;
using namespace bertc::test;

namespace {

using Outputs = std::vector<std::vector<float>>;

/// All outputs of a run, and of one with labels all states; nothing where one
/// fails.
Outputs outputsOf(bertc_session *session, const bertc_model *model,
                  const Packed &batch) {
  Outputs outputs;
  auto run = [&] {
    return bertc_run_packed(session, batch.ids.data(), batch.types.data(),
                            batch.offsets.data(),
                            batch.sequences()) == BERTC_OK;
  };
  if (!run())
    return {};
  for (int64_t i = 0; i < bertc_info(model)->num_outputs; ++i)
    outputs.push_back(rowsOf(session, i));
  giveLabels(session, model, batch);
  if (!run())
    return {};
  for (int64_t i = 0; i < bertc_num_states(model); ++i)
    outputs.push_back(stateOf(session, model, i));
  return outputs;
}

bool haveSameBits(const Outputs &a, const Outputs &b) {
  if (a.size() != b.size())
    return false;
  for (size_t i = 0; i < a.size(); ++i)
    if (a[i].size() != b[i].size() ||
        std::memcmp(a[i].data(), b[i].data(), a[i].size() * sizeof(float)) != 0)
      return false;
  return true;
}

Outputs onOneThread(const bertc_model *model, const Packed &batch) {
  run::Session session(bertc_session_create(model, 800, 20, 1, nullptr));
  EXPECT_TRUE(session) << lastError();
  Outputs outputs = outputsOf(session.get(), model, batch);
  EXPECT_FALSE(outputs.empty()) << lastError();
  return outputs;
}

TEST(CompiledTest, threadsShareARun) {
  SKIP_WITHOUT_COMPILED_MODELS();
  const Packed small = randomBatch(1, 3), large = randomBatch(20, 4);
  for (const std::string &path : compiledModels()) {
    SCOPED_TRACE(path);
    run::Model model(bertc_open(path.c_str()));
    ASSERT_TRUE(model) << lastError();
    const Outputs fewRows = onOneThread(model.get(), small);
    const Outputs manyRows = onOneThread(model.get(), large);
    for (int64_t threads : {2, 3, 5}) {
      // Stamps at the barriers change no bit.
      const bertc_session_options options = {sizeof(options), nullptr,
                                             threads == 3};
      run::Session session(
          bertc_session_create(model.get(), 800, 20, threads, &options));
      ASSERT_TRUE(session) << lastError();
      // A run after another finds the workspace as that one left it.
      for (int i = 0; i < 3; ++i) {
        EXPECT_TRUE(haveSameBits(outputsOf(session.get(), model.get(), small),
                                 fewRows));
        EXPECT_TRUE(haveSameBits(outputsOf(session.get(), model.get(), large),
                                 manyRows));
      }
      bertc_phase phase;
      for (int64_t i = 0; i < bertc_info(model.get())->num_phases; ++i)
        EXPECT_EQ(bertc_profile(session.get(), i, &phase, sizeof(phase)) ==
                      BERTC_OK,
                  threads == 3)
            << lastError();
    }
  }
}

TEST(CompiledTest, sessionsRunAtTheSameTime) {
  SKIP_WITHOUT_COMPILED_MODELS();
  for (const std::string &path : compiledModels()) {
    SCOPED_TRACE(path);
    run::Model model(bertc_open(path.c_str()));
    ASSERT_TRUE(model) << lastError();
    std::atomic<int> mistakes{0};
    std::vector<std::thread> hosts;
    for (unsigned host = 0; host < 4; ++host)
      hosts.emplace_back([&, host] {
        const Packed batch = randomBatch(8, host);
        const Outputs expected = onOneThread(model.get(), batch);
        run::Session session(
            bertc_session_create(model.get(), 400, 8, 1 + host % 3, nullptr));
        for (int i = 0; i < 5; ++i)
          mistakes += !haveSameBits(
              outputsOf(session.get(), model.get(), batch), expected);
      });
    for (std::thread &host : hosts)
      host.join();
    EXPECT_EQ(mistakes, 0);
  }
}

/// The model of the folder that learns from labels, or null.
run::Model openLearning() {
  for (const std::string &path : compiledModels()) {
    run::Model model(bertc_open(path.c_str()));
    if (model && bertc_num_states(model.get()) > 0)
      return model;
  }
  return run::Model(nullptr);
}

TEST(CompiledTest, learnsFromLabelsThatAreThere) {
  SKIP_WITHOUT_COMPILED_MODELS();
  run::Model model = openLearning();
  ASSERT_TRUE(model);
  run::Session session(bertc_session_create(model.get(), 800, 20, 2, nullptr));
  ASSERT_TRUE(session) << lastError();
  const Packed batch = randomBatch(3, 1);
  auto run = [&] {
    return bertc_run_packed(session.get(), batch.ids.data(), nullptr,
                            batch.offsets.data(), batch.sequences());
  };
  auto give = [&](const std::vector<int32_t> &labels) {
    return bertc_give_labels(session.get(), "labels", labels.data(),
                             int64_t(labels.size()));
  };
  // Without labels it answers; with some it is refused as a whole: what it was
  // asked for is for no other run.
  ASSERT_EQ(run(), BERTC_OK) << lastError();
  const std::vector<float> before = rowsOf(session.get(), 0);
  for (const std::vector<int32_t> &labels : {std::vector<int32_t>{0, 1},
                                             {0, 1, 2},
                                             {0, -1, 1},
                                             {-100, -100, -100}}) {
    EXPECT_EQ(give(labels), BERTC_OK);
    EXPECT_EQ(run(), BERTC_BAD_INPUT) << lastError();
    EXPECT_EQ(run(), BERTC_OK) << lastError();
  }
  const std::vector<int32_t> some = {BERTC_NO_LABEL, 1, 0};
  EXPECT_EQ(give(some), BERTC_OK);
  ASSERT_EQ(run(), BERTC_OK) << lastError();
  auto numberOf = [&](const char *name) {
    return stateOf(session.get(), model.get(),
                   bertc_find_state(model.get(), BERTC_NUMBER, name))[0];
  };
  const float loss = numberOf("loss");
  EXPECT_GT(loss, 0);
  bertc_view view;
  EXPECT_EQ(bertc_output(session.get(), 0, &view), BERTC_BAD_ARGUMENT);

  // A step downhill; the answers are by the new parameters.
  ASSERT_STREQ(bertc_optimizer(model.get()), "adamw");
  EXPECT_EQ(bertc_update(session.get(), -1, 0, 1), BERTC_BAD_ARGUMENT);
  EXPECT_EQ(bertc_update(session.get(), 1e-3, 0, 0), BERTC_BAD_ARGUMENT);
  EXPECT_EQ(bertc_update(nullptr, 1e-3, 0, 1), BERTC_BAD_ARGUMENT);
  ASSERT_EQ(bertc_update(session.get(), 1e-3, 0.01, 1), BERTC_OK);
  EXPECT_GT(numberOf("gradient_norm"), 0);
  EXPECT_EQ(give(some), BERTC_OK);
  ASSERT_EQ(run(), BERTC_OK) << lastError();
  EXPECT_LT(numberOf("loss"), loss);
  ASSERT_EQ(run(), BERTC_OK) << lastError();
  EXPECT_NE(rowsOf(session.get(), 0), before);

  // A step in two runs: the sum of the losses, each by its part of the labels.
  auto partOf = [&](int64_t labels) {
    EXPECT_EQ(bertc_count_labels(session.get(), "labels", labels), BERTC_OK);
  };
  EXPECT_EQ(give(some), BERTC_OK);
  ASSERT_EQ(run(), BERTC_OK) << lastError();
  const float whole = numberOf("loss");
  EXPECT_EQ(give(some), BERTC_OK);
  partOf(4);
  ASSERT_EQ(run(), BERTC_OK) << lastError();
  EXPECT_FLOAT_EQ(numberOf("loss"), whole / 2);
  EXPECT_EQ(give(some), BERTC_OK);
  partOf(4);
  EXPECT_EQ(bertc_accumulate(session.get()), BERTC_OK);
  ASSERT_EQ(run(), BERTC_OK) << lastError();
  EXPECT_FLOAT_EQ(numberOf("loss"), whole);
  // A part may have no label, and not more than its step.
  const std::vector<int32_t> nothing(3, BERTC_NO_LABEL);
  EXPECT_EQ(give(nothing), BERTC_OK);
  partOf(4);
  ASSERT_EQ(run(), BERTC_OK) << lastError();
  EXPECT_EQ(numberOf("loss"), 0);
  EXPECT_EQ(give(some), BERTC_OK);
  partOf(1);
  EXPECT_EQ(run(), BERTC_BAD_INPUT) << lastError();
  EXPECT_EQ(bertc_update(session.get(), 0, 0, 2), BERTC_OK);
  EXPECT_EQ(give(some), BERTC_OK);
  EXPECT_EQ(bertc_accumulate(session.get()), BERTC_OK);
  EXPECT_EQ(run(), BERTC_BAD_INPUT) << lastError();
  EXPECT_EQ(bertc_count_labels(session.get(), "labels", 0), BERTC_BAD_ARGUMENT);
  EXPECT_EQ(bertc_count_labels(session.get(), "logits", 3), BERTC_BAD_ARGUMENT);
  EXPECT_EQ(bertc_count_labels(nullptr, "labels", 3), BERTC_BAD_ARGUMENT);
  EXPECT_EQ(bertc_accumulate(nullptr), BERTC_BAD_ARGUMENT);

  // Gradients that are no numbers change nothing.
  const int64_t bias =
      bertc_find_state(model.get(), BERTC_GRADIENT, "classifier.bias");
  const int64_t parameter =
      bertc_find_state(model.get(), BERTC_PARAMETER, "classifier.bias");
  const std::vector<float> kept =
      stateOf(session.get(), model.get(), parameter);
  const float broken[] = {0, std::numeric_limits<float>::infinity()};
  ASSERT_EQ(bertc_write_state(session.get(), bias, broken, 2), BERTC_OK);
  EXPECT_EQ(bertc_update(session.get(), 1e-3, 0.01, 2), BERTC_NOT_FINITE);
  EXPECT_EQ(stateOf(session.get(), model.get(), parameter), kept);
  EXPECT_EQ(bertc_write_state(session.get(), parameter, broken, 1),
            BERTC_BAD_ARGUMENT);
  EXPECT_EQ(bertc_find_state(model.get(), BERTC_PARAMETER, "loss"), -1);
  EXPECT_EQ(bertc_find_state(nullptr, BERTC_NUMBER, "loss"), -1);

  EXPECT_EQ(bertc_give_labels(session.get(), "logits", some.data(), 3),
            BERTC_BAD_ARGUMENT);
  EXPECT_EQ(bertc_give_labels(session.get(), "labels", nullptr, 3),
            BERTC_BAD_ARGUMENT);
  EXPECT_EQ(bertc_give_labels(nullptr, "labels", some.data(), 3),
            BERTC_BAD_ARGUMENT);
  float value;
  EXPECT_EQ(bertc_read_state(session.get(), -1, &value, 1), BERTC_BAD_ARGUMENT);
  EXPECT_EQ(bertc_read_state(session.get(), 0, &value, 2), BERTC_BAD_ARGUMENT);
  EXPECT_EQ(bertc_read_state(session.get(), 0, nullptr, 1), BERTC_BAD_ARGUMENT);
  bertc_state_info info;
  EXPECT_EQ(bertc_describe_state(model.get(), 1 << 20, &info),
            BERTC_BAD_ARGUMENT);
  ASSERT_EQ(bertc_describe_state(model.get(), parameter, &info), BERTC_OK);
  EXPECT_STREQ(info.name, "classifier.bias");
  EXPECT_EQ(info.rank, 1);
  EXPECT_EQ(info.shape[0], 2);
  EXPECT_EQ(info.role, BERTC_PARAMETER);
}

} // namespace
