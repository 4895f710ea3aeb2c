//===- TextRun.cpp --------------------------------------------------------===//

#include "runtime/run/TextRun.h"

#include "runtime/run/Progress.h"

#include <algorithm>
#include <cstdio>
#include <memory>
#include <string>

using namespace bertc;
using namespace bertc::run;

namespace {

/// The first `count` examples, each with its part of what was run.
std::vector<Answered> answeredOf(const TextBatch &texts, size_t count,
                                 const Batch &batch,
                                 const std::vector<Output> &outputs) {
  std::vector<Answered> answered;
  for (size_t i = 0; i < count; ++i) {
    const size_t first = texts.first(i);
    answered.push_back({batch, outputs, static_cast<int64_t>(first),
                        static_cast<int64_t>(texts.first(i + 1) - first),
                        &texts.example(i), texts.encodings().data() + first});
  }
  return answered;
}

} // namespace

Result<std::optional<TextRun::Encoded>>
TextRun::encodeNext(ExampleSource &source) {
  if (waiting)
    return std::exchange(waiting, std::nullopt);
  std::optional<Example> example = source.next();
  if (!example) {
    if (MaybeFailure failure = source.failure())
      return *failure;
    return std::optional<Encoded>();
  }
  ++texts;
  text::Result<std::vector<text::Encoding>> encodings =
      reader.encode(tokenizer, *example, mostTokens);
  if (!encodings)
    return Failure{nameOf(texts) + ": " + encodings.error()};
  return std::optional<Encoded>({std::move(*example), std::move(*encodings)});
}

Result<TextBatch> TextRun::nextBatch(ExampleSource &source) {
  TextBatch batch;
  paused = false;
  const RunLimit limit(model);
  int64_t sequences = 0, tokens = 0, longest = 0;
  while (true) {
    Result<std::optional<Encoded>> encoded = encodeNext(source);
    // The texts before it get their answers.
    if (!encoded && batch.size() > 0) {
      refused = encoded.failure();
      return batch;
    }
    if (!encoded)
      return encoded.failure();
    if (!*encoded)
      return batch;
    Encoded &next = **encoded;
    for (const text::Encoding &encoding : next.encodings) {
      const auto size = static_cast<int64_t>(encoding.ids.size());
      tokens += size;
      longest = std::max(longest, size);
      ++sequences;
    }
    if (batch.size() > 0 && !limit.allows(sequences, tokens, longest)) {
      waiting = std::move(next);
      return batch;
    }
    batch.add(std::move(next.example), std::move(next.encodings));
    // Who writes may wait for the answers before writing on.
    paused = source.wouldWait();
    if (paused)
      return batch;
  }
}

MaybeFailure TextRun::runBatchOf(const TextBatch &texts, int64_t number,
                                 AnswerSink &sink) {
  Batch batch = texts.batch(model);
  reader.select(batch);
  // The first of many batches.
  if (!session && (waiting || paused))
    if (MaybeFailure failure = reserve())
      return failure;
  if (!session) { // for all there is
    Result<Session> made = makeSession(model, batch, threads);
    if (!made)
      return made.failure();
    session = std::move(*made);
  }
  Result<std::vector<Output>> outputs = runBatch(session.get(), model, batch);
  if (!outputs)
    return outputs.failure();
  const std::optional<NotFinite> bad = findNotFinite(*outputs);
  size_t good = texts.size();
  while (bad && texts.first(good) > static_cast<size_t>(bad->sequence))
    --good;
  const std::vector<Answered> answered =
      answeredOf(texts, good, batch, *outputs);
  if (MaybeFailure failure = sink.take(answered, *outputs))
    return failure;
  for (size_t i = 0; i < good; ++i)
    if (reader.isCut(answered[i]) && cut++ == 0)
      firstCut = number + static_cast<int64_t>(i);
  if (bad)
    return Failure{nameOf(number + static_cast<int64_t>(good)) + ": " +
                       bad->message(),
                   BERTC_BAD_ARTIFACT};
  return std::nullopt;
}

void TextRun::warnOfCuts() const {
  if (cut == 0)
    return;
  std::fprintf(
      stderr,
      "bertc: warning: cut to %lld tokens, the most that the %s takes: %s%s\n",
      static_cast<long long>(mostTokens),
      mostTokens < bertc_info(model)->max_positions ? "tokenizer" : "model",
      nameOf(firstCut).c_str(),
      cut == 1 ? "" : (" and " + std::to_string(cut - 1) + " more").c_str());
}

MaybeFailure TextRun::reserve() {
  Result<Session> made = makeSession(model, threads);
  if (!made)
    return made.failure();
  session = std::move(*made);
  return std::nullopt;
}

MaybeFailure TextRun::runAll(ExampleSource &source, AnswerSink &sink,
                             Progress *progress) {
  waiting.reset();
  refused.reset();
  paused = false;
  texts = cut = 0;
  const int64_t most = bertc_info(model)->max_positions;
  mostTokens =
      tokenizer.maxLength() > 0 ? std::min(tokenizer.maxLength(), most) : most;
  int64_t answered = 0;
  const std::unique_ptr<ExampleSource> joined = reader.joined(source);
  ExampleSource &examples = joined ? *joined : source;
  do {
    const int64_t number = texts + (waiting ? 0 : 1);
    Result<TextBatch> batch = nextBatch(examples);
    if (!batch)
      return batch.failure();
    if (batch->size() == 0 && answered > 0)
      break;
    // An empty file has results too, without rows.
    if (MaybeFailure failure = runBatchOf(*batch, number, sink))
      return failure;
    answered += static_cast<int64_t>(batch->size());
    if (refused)
      return *std::exchange(refused, std::nullopt);
    if (progress)
      progress->report(answered, source.fraction());
  } while (waiting || paused);
  return sink.finish();
}

MaybeFailure TextRun::run(ExampleSource &source, AnswerSink &sink) {
  MaybeFailure failure;
  {
    Progress progress;
    failure = runAll(source, sink, &progress);
  }
  warnOfCuts();
  return failure;
}
