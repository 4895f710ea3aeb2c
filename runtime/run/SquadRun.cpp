//===- SquadRun.cpp -------------------------------------------------------===//

#include "runtime/run/SquadRun.h"

#include "runtime/io/AsideFile.h"
#include "runtime/run/Print.h"
#include "runtime/run/QuestionAnswering.h"
#include "runtime/run/Squad.h"
#include "runtime/run/TextRun.h"

#include <algorithm>
#include <string>

using namespace bertc;
using namespace bertc::run;

namespace {

class SquadSink : public AnswerSink {
public:
  SquadSink(const Request &request, const SquadFile &file,
            const QuestionAnswering &reader, std::FILE *out)
      : request(request), file(file), reader(reader), out(out),
        isGraded(std::any_of(
            file.questions.begin(), file.questions.end(),
            [](const SquadQuestion &question) { return question.isGraded; })) {}

  MaybeFailure take(const std::vector<Answered> &answered,
                    const std::vector<Output> &) override {
    std::string lines;
    for (const Answered &each : answered) {
      const SquadQuestion &question = file.questions[place++];
      const std::vector<SpanAnswer> best = reader.answers(each);
      // A context without words has no answer.
      const std::string answer = best.empty() ? "" : best.front().text;
      if (question.isGraded)
        scores.add(answer, question.answers);
      predictions.text(question.id, answer);
      if (request.json) {
        JsonObject object;
        object.text("id", question.id).text("question", question.question);
        reader.add(each, object);
        lines += object.str() + "\n";
      }
    }
    return print(lines, out);
  }

  MaybeFailure finish() override {
    if (!request.outputs.empty())
      if (MaybeFailure failure =
              io::writeWhole(request.outputs, predictions.str() + "\n"))
        return failure;
    return isGraded ? print(scores.json() + "\n", out) : std::nullopt;
  }

private:
  const Request &request;
  const SquadFile &file;
  const QuestionAnswering &reader;
  std::FILE *out;
  const bool isGraded;
  size_t place = 0;
  SquadScores scores;
  JsonObject predictions;
};

} // namespace

MaybeFailure bertc::run::runSquad(const Request &request,
                                  const bertc_model *model,
                                  const text::Tokenizer &tokenizer,
                                  std::FILE *out) {
  Result<SquadFile> file = SquadFile::read(request.squad);
  if (!file)
    return Failure{file.error()};
  const QuestionAnswering reader(request.answers, &tokenizer);
  SquadExamples source(*file);
  SquadSink sink(request, *file, reader, out);
  TextRun questions(model, tokenizer, reader, request.threads);
  questions.call("question");
  return questions.run(source, sink);
}
