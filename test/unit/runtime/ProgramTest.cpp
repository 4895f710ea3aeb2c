//===- ProgramTest.cpp - programs with a model in them --------------------===//
//
// CMakeLists.txt links the model written by hand with bertc_runtime.o and
// bertc_main.o, as the compiler does: an `exe`, and runtime/examples/embed.c
// once with the model in it, once with a shared library.
//
//===----------------------------------------------------------------------===//

#include "runtime/io/Safetensors.h"
#include "test/unit/runtime/TestSupport.h"

#include <algorithm>
#include <cstdio>
#include <gmock/gmock.h>
#include <sys/wait.h>

using namespace bertc;
using namespace bertc::test;
using ::testing::HasSubstr;
using ::testing::StartsWith;

namespace {

struct Ran {
  int code;
  std::string output; ///< and error output
};

Ran runProgram(const std::string &command) {
  std::FILE *pipe = popen(("{ " + command + "; } 2>&1").c_str(), "r");
  EXPECT_TRUE(pipe);
  std::string output;
  for (int c = std::fgetc(pipe); c != EOF; c = std::fgetc(pipe))
    output += static_cast<char>(c);
  int status = pclose(pipe);
  return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, output};
}

class ProgramTest : public ::testing::Test {
protected:
  static std::string quoted(const std::string &path) {
    return "'" + path + "'";
  }
  Ran model(const std::string &arguments) {
    return runProgram(quoted(BERTC_FAKE_PROGRAM) + " " + arguments);
  }
  void fails(const std::string &arguments, int code,
             const std::string &message) {
    Ran ran = model(arguments);
    EXPECT_EQ(ran.code, code) << arguments;
    EXPECT_THAT(ran.output, HasSubstr(message));
    EXPECT_EQ(ran.output.find('\n'), ran.output.size() - 1) << "one line";
  }
  /// input_ids and attention_mask of two sequences; the second has a hole.
  std::string inputs(int64_t lastId) {
    const int64_t ids[] = {7, 8, 3, 1, 0, lastId};
    const int64_t mask[] = {1, 1, 1, 1, 0, 1};
    auto bytes = [](const int64_t *values) {
      return reinterpret_cast<const uint8_t *>(values);
    };
    const std::string path = folder.file("in.safetensors");
    EXPECT_FALSE(io::writeSafetensors(
        path, {{"input_ids", io::DType::I64, {2, 3}, bytes(ids), 48},
               {"attention_mask", io::DType::I64, {2, 3}, bytes(mask), 48}}));
    return path;
  }

  Folder folder;
};

TEST_F(ProgramTest, readsAndWritesTensors) {
  const std::string out = folder.file("out.safetensors");
  Ran ran = model("--threads 2 --inputs " + quoted(inputs(2)) + " --outputs " +
                  quoted(out));
  ASSERT_EQ(ran.code, 0) << ran.output;
  EXPECT_EQ(ran.output, "");
  io::Result<io::SafetensorsFile> file = io::SafetensorsFile::open(out);
  ASSERT_TRUE(file) << file.error();
  const io::Tensor *states = file->find("last_hidden_state");
  ASSERT_TRUE(states);
  EXPECT_EQ(states->shape, (std::vector<int64_t>{2, 3, FAKE_COLUMNS}));
  std::vector<float> values(states->elements());
  io::toFloat(*states, 0, states->elements(), values.data());
  // Seven places on: the next of three tokens, the other of two.
  const float starts[] = {8000, 3010, 7020, 2000, 0, 1020};
  for (int t = 0; t < 6; ++t)
    for (int c = 0; c < FAKE_COLUMNS; ++c)
      EXPECT_EQ(values[t * FAKE_COLUMNS + c],
                t == 4 ? 0 : starts[t] + c / 8.0f);
  EXPECT_EQ(file->find("pooler_output")->shape,
            (std::vector<int64_t>{2, FAKE_COLUMNS}));
}

TEST_F(ProgramTest, readsText) {
  writeFile(folder.file("vocab.txt"),
            "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nhello\nworld\n");
  const std::string vocabulary =
      " --vocabulary " + quoted(folder.file("vocab.txt"));
  Ran ran = model("--json --text 'Hello, world' --text hello" + vocabulary);
  ASSERT_EQ(ran.code, 0) << ran.output;
  // [CLS] hello [UNK] world [SEP]: seven places on from [CLS] is [UNK].
  EXPECT_THAT(ran.output, HasSubstr("[[1000, 1000.125,"));
  EXPECT_EQ(std::count(ran.output.begin(), ran.output.end(), '\n'), 2);
  writeFile(folder.file("lines"), "hello\n\nworld\r\n");
  ran = model("--text-file " + quoted(folder.file("lines")) + vocabulary);
  EXPECT_EQ(ran.output, "last_hidden_state [3, 3, 5]\npooler_output [3, 5]\n");
  fails("--text hello", 1, "the model carries no tokenizer");
}

TEST_F(ProgramTest, tellsWhoseFaultItIs) {
  EXPECT_EQ(model("--help").code, 0);
  EXPECT_THAT(model("--info").output,
              HasSubstr("last_hidden_state: 5 numbers"));
  EXPECT_EQ(model("").code, 2);
  fails("--wrong", 2, "unknown option --wrong");
  fails("--inputs", 2, "needs a value");
  fails("--threads 0 --text a", 2, "--threads does not take \"0\"");
  fails("--text a --inputs b", 2, "expected one of");
  fails("--inputs /none.safetensors", 1, "/none.safetensors: ");
  const std::string bad = inputs(FAKE_VOCABULARY);
  fails("--inputs " + quoted(bad), 1,
        bad + ": input_ids[1, 2] is 43, expected 0 to 42");
  fails("--inputs " + quoted(inputs(1)) + " --outputs /none/out", 1,
        "/none/out: cannot write");
  fails("--json --inputs " + quoted(inputs(1)) + " 2>&1 >/dev/full", 1,
        "cannot write");
}

TEST_F(ProgramTest, theExampleRunsLinkedAndLoaded) {
  const std::string expected = "last_hidden_state [3, 5]: 8000 8000.12 ...\n"
                               "pooler_output [1, 5]: 18030 18030.4 ...\n";
  for (const char *program : {BERTC_EMBED_STATIC, BERTC_EMBED_SHARED}) {
    Ran ran = runProgram(quoted(program) + " - 7 8 3");
    EXPECT_EQ(ran.code, 0);
    EXPECT_EQ(ran.output, expected);
    ran = runProgram(quoted(program) + " " + quoted(library("offset_two")) +
                     " 7");
    EXPECT_THAT(ran.output, StartsWith("last_hidden_state [1, 5]: 7020 "));
    ran = runProgram(quoted(program) + " - 99");
    EXPECT_EQ(ran.code, 1);
    EXPECT_EQ(ran.output, "input_ids[0, 0] is 99, expected 0 to 42\n");
  }
}

} // namespace
