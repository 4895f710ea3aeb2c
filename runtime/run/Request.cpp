//===- Request.cpp --------------------------------------------------------===//

#include "runtime/run/Request.h"

#include "runtime/io/Npy.h"
#include "runtime/run/Characters.h"

#include <algorithm>
#include <charconv>
#include <string_view>

using namespace bertc;
using namespace bertc::run;

namespace {

bool setNumber(int64_t &target, std::string_view text, int64_t least,
               int64_t most) {
  auto [end, code] =
      std::from_chars(text.data(), text.data() + text.size(), target);
  return code == std::errc() && end == text.data() + text.size() &&
         target >= least && target <= most;
}

/// Not an empty value: it would count as none.
template <auto member> bool store(Request &request, const std::string &value) {
  request.*member = value;
  return !value.empty();
}

template <auto member> bool append(Request &request, const std::string &value) {
  (request.*member).push_back(value);
  return true;
}

template <auto member> bool turnOn(Request &request, const std::string &) {
  request.*member = true;
  return true;
}

bool setBest(Request &request, const std::string &value) {
  return setNumber(request.answers.nBest, value, 1, 1000000);
}

/// "all" or "1,5,7".
bool setPositions(Request &request, const std::string &value) {
  std::vector<int32_t> &positions = request.answers.positions;
  if (value == "all") {
    positions = {AnswerOptions::allPositions};
    return true;
  }
  std::string_view rest = value;
  while (true) {
    const size_t comma = rest.find(',');
    int64_t column;
    if (!setNumber(column, rest.substr(0, comma), 0, 1000000) ||
        std::find(positions.begin(), positions.end(), column) !=
            positions.end())
      return false;
    positions.push_back(static_cast<int32_t>(column));
    if (comma == std::string_view::npos)
      return true;
    rest.remove_prefix(comma + 1);
  }
}

bool setAnswerLength(Request &request, const std::string &value) {
  return setNumber(request.answers.maxAnswerLength, value, 1, 1000000);
}

bool allowNoAnswer(Request &request, const std::string &) {
  return request.answers.noAnswer = true;
}

bool setThreads(Request &request, const std::string &value) {
  return setNumber(request.threads, value, 1, 1024);
}

/// What goes to --outputs.
enum Content : unsigned { tensors = 1, predictions = 2, columns = 4 };

/// Names that promise a format, and what may have them. Others promise nothing.
constexpr struct {
  std::string_view ending;
  unsigned contents;
} formats[] = {
    {".safetensors", tensors},
    {".npy", tensors},
    {".json", predictions},
    {".conll", columns},
    {".txt", predictions | columns},
    {".tsv", columns},
    {".jsonl", 0},
    {".csv", 0},
    {".npz", 0},
    {".gz", 0},
    {".h5", 0},
    {".parquet", 0},
    {".pt", 0},
    {".bin", 0},
};

/// Refuses a name that promises another format than the file will have.
io::MaybeFailure checkFormat(const Request &request) {
  const Content content = !request.squad.empty()   ? predictions
                          : !request.conll.empty() ? columns
                                                   : tensors;
  const char *writes = content == predictions ? "--squad writes a JSON object"
                       : content == columns
                           ? "--conll writes columns"
                           : "writes safetensors, or .npy; --json prints JSON";
  const std::string lower = lowerCase(request.outputs);
  auto endsWith = [&](std::string_view ending) {
    return lower.size() >= ending.size() &&
           lower.compare(lower.size() - ending.size(), std::string::npos,
                         ending) == 0;
  };
  for (const auto &[ending, contents] : formats)
    if (endsWith(ending) && !(contents & content))
      return io::Failure{"--outputs " + request.outputs + ": " + writes};
  // Case counts where the format is chosen by it.
  if (endsWith(".npy") && !io::isNpyName(request.outputs))
    return io::Failure{"--outputs " + request.outputs +
                       ": NumPy's ending is written .npy"};
  return std::nullopt;
}

} // namespace

const std::vector<Option> &bertc::run::options() {
  static const std::vector<Option> all = {
      {"--text", "TEXT", "a text; may be given several times", true,
       append<&Request::texts>},
      {"--text-pair", "TEXT",
       "the second text of a pair, one for each --text; a context where the "
       "text is a question, a choice for multiple-choice models, whose "
       "questions are equal texts after each other",
       true, append<&Request::pairs>},
      {"--text-file", "FILE",
       "one text a line; - is the standard input. Files may be larger than "
       "memory",
       false, store<&Request::textFile>},
      {"--text-pair-file", "FILE",
       "the second texts of pairs, as many lines as --text-file has", false,
       store<&Request::pairFile>},
      {"--squad", "FILE",
       "questions with their contexts, SQuAD JSON; --outputs gets the best "
       "answer of each id, exact match and F1 are printed",
       false, store<&Request::squad>},
      {"--conll", "FILE",
       "a word a line, labels in the last column where they are known, an "
       "empty line between sentences; each line but -DOCSTART- gets its label, "
       "and precision, recall and F1 are printed",
       false, store<&Request::conll>},
      {"--query", "TEXT",
       "print the texts whose vectors are nearest to this one's; may be given "
       "several times",
       true, append<&Request::queries>},
      {"--n-best", "N",
       "answers to a question (1), words at a mask (5), texts for a query (5); "
       "1 to 1000000",
       false, setBest},
      {"--positions", "LIST",
       "tokens of each text whose words are predicted: columns such as 1,5, "
       "each once, [CLS] being 0, or all; the masks by default",
       false, setPositions},
      {"--max-answer-length", "N",
       "tokens of an answer to a question (15); 1 to 1000000", false,
       setAnswerLength},
      {"--no-answer", nullptr, "a question may have no answer, as in SQuAD 2",
       false, allowNoAnswer},
      {"--vocabulary", "PATH",
       "tokenizer.json, vocab.txt, vocab.json, spiece.model or their folder; "
       "by default the model's own tokenizer",
       false, store<&Request::vocabulary>},
      {"--inputs", "FILE",
       "safetensors with input_ids [B,S] and, where wanted, attention_mask, "
       "token_type_ids and mlm_positions [B,P]; i32 or i64",
       false, store<&Request::inputs>},
      {"--outputs", "FILE",
       "safetensors to write, or .npy where the model has one output; rows at "
       "masked positions are zero",
       false, store<&Request::outputs>},
      {"--json", nullptr, "one JSON object a text or sequence on stdout", false,
       turnOn<&Request::json>},
      {"--threads", "N",
       "threads to compute with, 1 to 1024; all CPUs by "
       "default",
       false, setThreads},
  };
  return all;
}

io::MaybeFailure bertc::run::checkRequest(const Request &request) {
  const int sources = !request.inputs.empty() + !request.texts.empty() +
                      !request.textFile.empty() + !request.squad.empty() +
                      !request.conll.empty();
  if (sources != 1)
    return io::Failure{"expected one of --inputs, --text, --text-file, --squad "
                       "and --conll"};
  if (!request.pairs.empty() && request.pairs.size() != request.texts.size())
    return io::Failure{"expected one --text-pair for each --text"};
  if (!request.pairFile.empty() && request.textFile.empty())
    return io::Failure{"--text-pair-file goes with --text-file"};
  if (request.pairFile == "-" && request.textFile == "-")
    return io::Failure{"--text-file and --text-pair-file are both -"};
  if (!request.vocabulary.empty() && !request.inputs.empty())
    return io::Failure{"--vocabulary goes with text"};
  const bool hasTexts = !request.texts.empty() || !request.textFile.empty();
  if (!request.queries.empty() && !hasTexts)
    return io::Failure{"--query goes with --text-file or --text"};
  if (!request.queries.empty() &&
      (!request.outputs.empty() || !request.pairs.empty() ||
       !request.pairFile.empty()))
    return io::Failure{"--query goes with neither --outputs nor pairs"};
  if (!request.answers.positions.empty() && !request.inputs.empty())
    return io::Failure{"--positions goes with text; --inputs has "
                       "mlm_positions"};
  if (request.outputs == "-")
    return io::Failure{"--outputs names a file; --json writes to the standard "
                       "output"};
  if (!request.conll.empty() && request.json)
    return io::Failure{"--conll gives columns, not --json"};
  return checkFormat(request);
}
