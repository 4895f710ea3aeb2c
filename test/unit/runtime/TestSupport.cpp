//===- TestSupport.cpp ----------------------------------------------------===//

#include "test/unit/runtime/TestSupport.h"

#include "runtime/include/bertc_train.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string_view>
#include <thread>

using namespace bertc::test;

Folder::Folder() {
  std::string pattern = ::testing::TempDir() + "/bertc-XXXXXX";
  path = mkdtemp(pattern.data());
}

Folder::~Folder() { std::filesystem::remove_all(path); }

bool Folder::isEmpty() const { return std::filesystem::is_empty(path); }

void bertc::test::runOnThreads(void *, void (*task)(void *, int64_t),
                               void *data, int64_t threads) {
  std::vector<std::thread> others;
  for (int64_t t = 1; t < threads; ++t)
    others.emplace_back(task, data, t);
  task(data, 0);
  for (std::thread &other : others)
    other.join();
}

void bertc::test::writeFile(const std::string &path, const std::string &bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
}

std::string bertc::test::readFile(const std::string &path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void Packed::add(const std::vector<int32_t> &sequence) {
  for (int32_t id : sequence) {
    types.push_back(id % FAKE_TYPES);
    ids.push_back(id);
  }
  offsets.push_back(static_cast<int32_t>(ids.size()));
}

Packed bertc::test::randomBatch(int64_t count, unsigned seed) {
  std::mt19937 random(seed);
  Packed batch;
  for (int64_t i = 0; i < count; ++i) {
    std::vector<int32_t> sequence(1 + random() % FAKE_POSITIONS);
    for (int32_t &id : sequence)
      id = static_cast<int32_t>(random() % FAKE_VOCABULARY);
    batch.add(sequence);
  }
  return batch;
}

std::vector<float> bertc::test::rowsOf(const bertc_session *session,
                                       int64_t output) {
  bertc_view view = {};
  EXPECT_EQ(bertc_output(session, output, &view), BERTC_OK) << lastError();
  std::vector<float> values;
  for (int64_t row = 0; row < view.rows; ++row)
    values.insert(values.end(), view.data + row * view.stride,
                  view.data + row * view.stride + view.columns);
  return values;
}

void bertc::test::giveLabels(bertc_session *session, const bertc_model *model,
                             const Packed &batch) {
  static constexpr std::array<int32_t, 1000> zeros = {}; // no allocation
  for (int64_t i = 0; i < bertc_info(model)->num_inputs; ++i) {
    const bertc_tensor_info &input = *bertc_input_info(model, i);
    if (std::string_view(input.name) != "labels")
      continue;
    ASSERT_EQ(input.rows, BERTC_PER_SEQUENCE);
    ASSERT_EQ(
        bertc_give_labels(session, "labels", zeros.data(), batch.sequences()),
        BERTC_OK)
        << lastError();
  }
}

std::vector<float> bertc::test::stateOf(const bertc_session *session,
                                        const bertc_model *model,
                                        int64_t state) {
  bertc_state_info info = {};
  EXPECT_EQ(bertc_describe_state(model, state, &info), BERTC_OK);
  std::vector<float> values(info.shape[0] * info.shape[1]);
  EXPECT_EQ(
      bertc_read_state(session, state, values.data(), int64_t(values.size())),
      BERTC_OK)
      << lastError();
  return values;
}

std::vector<float> bertc::test::expectedHidden(const Packed &batch) {
  std::vector<float> values;
  for (int64_t b = 0; b < batch.sequences(); ++b) {
    int32_t begin = batch.offsets[b];
    int32_t length = batch.offsets[b + 1] - begin;
    for (int32_t t = 0; t < length; ++t)
      for (int c = 0; c < FAKE_COLUMNS; ++c)
        values.push_back(1000.0f *
                             batch.ids[begin + (t + FAKE_ROUNDS) % length] +
                         10.0f * t + batch.types[begin + t] + c / 8.0f);
  }
  return values;
}

std::vector<std::string> bertc::test::compiledModels() {
  std::vector<std::string> paths;
  if (const char *folder = std::getenv("BERTC_COMPILED_MODELS"))
    for (const auto &entry : std::filesystem::directory_iterator(folder))
      if (entry.path().extension() == ".so")
        paths.push_back(entry.path());
  std::sort(paths.begin(), paths.end());
  return paths;
}
