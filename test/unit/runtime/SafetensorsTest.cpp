//===- SafetensorsTest.cpp - files believed in nothing, written whole -----===//

#include "runtime/io/Safetensors.h"
#include "test/unit/runtime/TestSupport.h"

#include <csignal>
#include <cstring>
#include <gmock/gmock.h>
#include <sys/resource.h>

using namespace bertc;
using namespace bertc::test;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

namespace {

/// A file of this header and so many bytes of data.
std::string fileOf(const std::string &header, size_t dataBytes) {
  uint64_t length = header.size();
  std::string bytes(8, 0);
  std::memcpy(bytes.data(), &length, 8);
  return bytes + header + std::string(dataBytes, '\1');
}

/// {"NAME": {...}} with these three fields.
std::string entry(const std::string &dtype, const std::string &shape,
                  const std::string &offsets) {
  return "{\"dtype\":" + dtype + ",\"shape\":" + shape +
         ",\"data_offsets\":" + offsets + "}";
}

class SafetensorsTest : public ::testing::Test {
protected:
  void refuses(const std::string &bytes, const std::string &message) {
    const std::string path = folder.file("f.safetensors");
    writeFile(path, bytes);
    io::Result<io::SafetensorsFile> file = io::SafetensorsFile::open(path);
    ASSERT_FALSE(file) << message;
    EXPECT_THAT(file.error(), AllOf(StartsWith(path + ": "), HasSubstr(message),
                                    Not(HasSubstr("\n"))));
  }
  /// One F32 tensor "a" of `shape` and `offsets`, then 8 bytes of data.
  void refusesEntry(const std::string &shape, const std::string &offsets,
                    const std::string &message) {
    refuses(fileOf("{\"a\":" + entry("\"F32\"", shape, offsets) + "}", 8),
            message);
  }

  Folder folder;
};

TEST_F(SafetensorsTest, readsWhatItWrote) {
  const float values[] = {1, 2, 3, 4, 5, 6};
  const int64_t ids[] = {7, 8};
  auto bytes = [](const auto &array) {
    return reinterpret_cast<const uint8_t *>(&array);
  };
  const std::string path = folder.file("f.safetensors");
  ASSERT_FALSE(io::writeSafetensors(
      path,
      {{"values", io::DType::F32, {2, 3}, bytes(values), sizeof(values)},
       {"none", io::DType::F16, {0, 5}, nullptr, 0},
       {"ids", io::DType::I64, {2, 1}, bytes(ids), sizeof(ids)}},
      {{"format", "pt"}}));
  io::Result<io::SafetensorsFile> file = io::SafetensorsFile::open(path);
  ASSERT_TRUE(file) << file.error();
  EXPECT_EQ(file->metadata().at("format"), "pt");
  const io::Tensor *tensor = file->find("values");
  ASSERT_TRUE(tensor);
  EXPECT_EQ(tensor->shape, (std::vector<int64_t>{2, 3}));
  float read[4];
  io::toFloat(*tensor, 1, 4, read);
  EXPECT_THAT(read, ::testing::ElementsAre(2, 3, 4, 5));
  std::vector<int64_t> numbers;
  EXPECT_TRUE(io::toInt64(*file->find("ids"), numbers));
  EXPECT_EQ(numbers, (std::vector<int64_t>{7, 8}));
  EXPECT_FALSE(io::toInt64(*tensor, numbers));
  EXPECT_EQ(file->find("none")->elements(), 0);
  EXPECT_EQ(file->find("other"), nullptr);
}

TEST_F(SafetensorsTest, refusesHeadersLongerThanTheFile) {
  refuses("", "0 bytes, a header has at least 8");
  refuses("1234567", "7 bytes");
  std::string bytes = fileOf("{}", 0);
  refuses(bytes.substr(0, 9), "cut off");
  const uint64_t lengths[] = {100'000'001, uint64_t(1) << 63, UINT64_MAX};
  for (uint64_t length : lengths) {
    std::memcpy(bytes.data(), &length, 8);
    refuses(bytes, "the limit is 100000000");
  }
}

TEST_F(SafetensorsTest, refusesBadJson) {
  refuses(fileOf("", 0), "not valid JSON");
  refuses(fileOf("{\"a\":", 0), "not valid JSON");
  refuses(fileOf("{} {}", 0), "not valid JSON");
  refuses(fileOf("[]", 0), "expected an object of tensors");
  refuses(fileOf("{\"a\": 1}", 0), "expected an object of dtype");
  refuses(fileOf("{\"a\": {}}", 0), "has no dtype");
  refuses(fileOf("{\"__metadata__\": {\"a\": 1}}", 0), "object of strings");
  refuses(fileOf("{\"a\":" + entry("\"F33\"", "[]", "[0,4]") + "}", 4),
          "unknown dtype \"F33\"");
  refuses(fileOf("{\"a\":" + entry("7", "[]", "[0,4]") + "}", 4),
          "dtype is not a string");
  // A hundred thousand brackets must not take the stack.
  refuses(fileOf("{\"a\":" + std::string(100'000, '['), 0),
          "expected an object of dtype");
}

TEST_F(SafetensorsTest, refusesShapesThatDoNotFit) {
  refusesEntry("[3]", "[0,8]", "F32 [3] takes 12 bytes, data_offsets have 8");
  refusesEntry("[-2]", "[0,8]", "negative number -2");
  refusesEntry("[2.5]", "[0,8]", "not a list of whole numbers");
  refusesEntry("[4294967296,4294967296]", "[0,8]", "is too large");
  refusesEntry("[4611686018427387904,0]", "[0,0]", "is too large");
  refusesEntry("[18446744073709551615]", "[0,8]", "size 18446744073709551615");
  refusesEntry("\"2\"", "[0,8]", "shape is not a list");
}

TEST_F(SafetensorsTest, refusesOffsetsThatLie) {
  refusesEntry("[2]", "[0,9]", "do not lie within 8 bytes");
  refusesEntry("[2]", "[8,0]", "do not lie within 8 bytes");
  refusesEntry("[2]", "[8,16]", "do not lie within 8 bytes");
  refusesEntry("[2]", "[18446744073709551608,18446744073709551615]",
               "do not lie within");
  refusesEntry("[2]", "[-8,0]", "negative number -8");
  refusesEntry("[2]", "[0]", "not two numbers");
  refusesEntry("[2]", "[0,8,16]", "not two numbers");
  refusesEntry("[1]", "[4,8]", "4 bytes before it belong to no tensor");
  refusesEntry("[1]", "[0,4]", "4 bytes at the end belong to no tensor");
}

TEST_F(SafetensorsTest, refusesTensorsThatShareBytesOrNames) {
  const std::string first = entry("\"F32\"", "[2]", "[0,8]");
  refuses(fileOf("{\"a\":" + first +
                     ",\"b\":" + entry("\"F32\"", "[2]", "[4,12]") + "}",
                 12),
          "tensors \"a\" and \"b\" overlap");
  refuses(fileOf("{\"a\":" + first + ",\"a\":" + first + "}", 8),
          "tensor \"a\" stands there twice");
  refuses(fileOf("{\"a\\nb\":" + entry("\"F32\"", "[3]", "[0,8]") + "}", 8),
          "a?b");
}

TEST_F(SafetensorsTest, refusesEveryFileCutOff) {
  const std::string whole =
      fileOf("{\"a\":" + entry("\"F32\"", "[2]", "[0,8]") + "}", 8);
  for (size_t size = 0; size < whole.size(); ++size)
    refuses(whole.substr(0, size), "");
}

TEST_F(SafetensorsTest, writesWholeFilesOrNone) {
  const std::vector<uint8_t> data(1 << 20);
  const io::Tensor tensor = {
      "a", io::DType::U8, {1 << 20}, data.data(), data.size()};
  EXPECT_TRUE(io::writeSafetensors(folder.file("f"), {tensor, tensor}));
  EXPECT_THAT(
      io::writeSafetensors(folder.file("none/f"), {tensor})->message,
      AllOf(StartsWith(folder.file("none/f")), HasSubstr("No such file")));
  EXPECT_TRUE(folder.isEmpty());

  // A limit stands for the full disk: the same error from the same call.
  rlimit before;
  ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &before), 0);
  const rlimit small = {100'000, before.rlim_max};
  auto handler = std::signal(SIGXFSZ, SIG_IGN);
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &small), 0);
  io::MaybeFailure failure = io::writeSafetensors(folder.file("f"), {tensor});
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &before), 0);
  std::signal(SIGXFSZ, handler);
  ASSERT_TRUE(failure);
  EXPECT_THAT(failure->message, HasSubstr("cannot write: File too large"));
  EXPECT_TRUE(folder.isEmpty());

  // What stood there before stays as it was.
  writeFile(folder.file("f"), "before");
  EXPECT_TRUE(io::writeSafetensors(folder.file("f"), {tensor, tensor}));
  EXPECT_EQ(readFile(folder.file("f")), "before");
  EXPECT_FALSE(io::writeSafetensors(folder.file("f"), {tensor}));
  EXPECT_TRUE(io::SafetensorsFile::open(folder.file("f")));
}

TEST(TensorTest, widensHalvesExactly) {
  auto one = [](io::DType type, auto bits) {
    float value;
    const auto *data = reinterpret_cast<const uint8_t *>(&bits);
    io::toFloat({"", type, {1}, data, sizeof(bits)}, 0, 1, &value);
    return value;
  };
  auto half = [&](uint16_t bits) { return one(io::DType::F16, bits); };
  EXPECT_EQ(half(0x3c00), 1.0f);
  EXPECT_EQ(half(0xc200), -3.0f);
  EXPECT_EQ(half(0x7bff), 65504.0f);
  EXPECT_EQ(half(0x0001), 0x1p-24f); // the smallest subnormal
  EXPECT_EQ(half(0x03ff), 0x1.ff8p-15f);
  EXPECT_EQ(half(0x7c00), __builtin_inff());
  EXPECT_NE(half(0x7e00), half(0x7e00));
  EXPECT_TRUE(__builtin_signbit(half(0x8000)));
  EXPECT_EQ(one(io::DType::BF16, uint16_t(0x4049)), 3.140625f);
  EXPECT_EQ(one(io::DType::F64, 0.1), 0.1f);
}

} // namespace
