//===- Squad.cpp - reading the files --------------------------------------===//

#include "runtime/run/Squad.h"

#include "runtime/io/Json.h"
#include "runtime/io/MappedFile.h"

#include <nlohmann/json.hpp>
#include <string_view>
#include <unordered_set>
#include <utility>

using namespace bertc;
using namespace bertc::run;
using nlohmann::json;

namespace {

/// Walks the file; the first thing that is not as it should be ends the walk.
class Reader {
public:
  explicit Reader(SquadFile &file) : file(file) {}

  /// "data[0].paragraphs[2]: ..." or empty.
  std::string problem;

  void readFile(const json &root) {
    each(root, "data", "", [&](const json &article, const std::string &place) {
      each(article, "paragraphs", place,
           [&](const json &paragraph, const std::string &at) {
             readParagraph(paragraph, at);
           });
    });
  }

private:
  void readParagraph(const json &paragraph, const std::string &place) {
    const std::string *context = text(paragraph, "context", place);
    if (!context)
      return;
    file.contexts.push_back(*context);
    each(paragraph, "qas", place,
         [&](const json &question, const std::string &at) {
           readQuestion(question, at);
         });
  }

  void readQuestion(const json &question, const std::string &place) {
    const std::string *id = text(question, "id", place);
    const std::string *words = id ? text(question, "question", place) : nullptr;
    if (!words)
      return;
    if (!ids.insert(*id).second)
      return fail(place, "the id \"" + io::oneLine(*id) + "\" is there twice");
    SquadQuestion result{*id,
                         *words,
                         file.contexts.size() - 1,
                         {},
                         question.contains("answers")};
    // Questions without answers can be answered, and not scored.
    if (result.isGraded)
      each(question, "answers", place,
           [&](const json &answer, const std::string &at) {
             if (const std::string *right = text(answer, "text", at))
               result.answers.push_back(*right);
           });
    file.questions.push_back(std::move(result));
  }

  template <typename Visit>
  void each(const json &object, const char *key, const std::string &place,
            Visit visit) {
    const auto found = object.is_object() ? object.find(key) : object.end();
    if (!object.is_object() || found == object.end() || !found->is_array())
      return fail(place, std::string("expected an object with a list \"") +
                             key + "\"");
    const std::string prefix = place + (place.empty() ? "" : ".") + key + "[";
    for (size_t i = 0; i < found->size() && problem.empty(); ++i)
      visit((*found)[i], prefix + std::to_string(i) + "]");
  }

  const std::string *text(const json &object, const char *key,
                          const std::string &place) {
    if (object.is_object()) {
      const auto found = object.find(key);
      if (found != object.end() && found->is_string())
        return found->get_ptr<const std::string *>();
    }
    fail(place, std::string("expected an object with a text \"") + key + "\"");
    return nullptr;
  }

  void fail(const std::string &place, const std::string &what) {
    if (problem.empty())
      problem = (place.empty() ? "" : place + ": ") + what;
  }

  SquadFile &file;
  std::unordered_set<std::string> ids;
};

} // namespace

Result<SquadFile> SquadFile::read(const std::string &path) {
  Result<io::MappedFile> mapped = io::MappedFile::open(path);
  if (!mapped)
    return Failure{mapped.error()};
  const json root = io::parseJson(mapped->text());
  if (root.is_discarded())
    return Failure{path + ": not valid JSON"};
  SquadFile file;
  Reader reader(file);
  reader.readFile(root);
  if (!reader.problem.empty())
    return Failure{path + ": not a SQuAD file: " + reader.problem};
  return file;
}

std::optional<Example> SquadExamples::next() {
  if (place == file.questions.size())
    return std::nullopt;
  const SquadQuestion &question = file.questions[place++];
  return Example{question.question, file.contexts[question.context]};
}

std::optional<double> SquadExamples::fraction() const {
  return file.questions.empty() ? 1.0
                                : double(place) / double(file.questions.size());
}
