//===- Execute.h - batches through a model --------------------------------===//

#ifndef BERTC_RUNTIME_RUN_EXECUTE_H
#define BERTC_RUNTIME_RUN_EXECUTE_H

#include "runtime/include/bertc.h"
#include "runtime/run/Batch.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace bertc::run {

struct CloseModel {
  void operator()(bertc_model *model) const { bertc_close(model); }
};
using Model = std::unique_ptr<bertc_model, CloseModel>;

struct DestroySession {
  void operator()(bertc_session *session) const {
    bertc_session_destroy(session);
  }
};
using Session = std::unique_ptr<bertc_session, DestroySession>;

/// Larger batches are run in parts: beyond this, more rows make no product
/// faster, but the workspace and the outputs larger.
class RunLimit {
public:
  explicit RunLimit(const bertc_model *model);

  int64_t tokens() const { return mostTokens; }
  int64_t sequences() const { return mostSequences; }
  /// Whether so many sequences and tokens may be run at a time, whose outputs
  /// are as wide as `longest` tokens.
  bool allows(int64_t sequences, int64_t tokens, int64_t longest) const;

private:
  int64_t mostTokens = 4096;
  int64_t mostSequences = 1024;
  int64_t bytesPerPair = 0;  ///< of attention maps
  int64_t bytesPerPlace = 0; ///< of outputs, for each token and padding
};

/// Sequences [first, first + count) of a batch.
struct Part {
  int64_t first = 0, count = 0;
};
/// What is run at a time, at least one part. A sequence's results do not depend
/// on its company, so any cut will do. A sequence that is beyond the limit by
/// itself is a part.
std::vector<Part> partsOf(const Batch &batch, const RunLimit &limit);

/// An empty path opens the model that this program is linked with.
Result<Model> openModel(const std::string &path);

/// A session that `runBatch` can run `batch` with. 0 threads: as many as this
/// process has CPUs.
Result<Session> makeSession(const bertc_model *model, const Batch &batch,
                            int64_t threads);
/// A session for any batch.
Result<Session> makeSession(const bertc_model *model, int64_t threads);

/// An output of a run in its padded shape.
struct Output {
  std::string name;
  bertc_rows_kind rows = BERTC_PER_TOKEN;
  std::vector<int64_t> shape;
  std::vector<float> values;

  /// Numbers of one sequence.
  int64_t sequenceSize() const;
};

/// A sequence whose output has a number that is infinite or none (NaN).
struct NotFinite {
  std::string output;
  int64_t sequence;
  std::string message() const;
};
/// The first such sequence of all outputs, and the first such output of it. A
/// label or a word read from such numbers would mean nothing.
std::optional<NotFinite> findNotFinite(const std::vector<Output> &outputs);

/// Whether a place of an output's padded rows, the last dimension aside, holds
/// a row of the model's: a token, a chosen one, a sequence.
bool isRow(const Batch &batch, const Output &output, int64_t place);

/// Runs a batch that the session has room for.
MaybeFailure execute(bertc_session *session, const Batch &batch);

/// Runs one part of a batch and copies every output; `first` is for messages.
Result<std::vector<Output>> runPart(bertc_session *session,
                                    const bertc_model *model, const Batch &part,
                                    int64_t first);

/// Runs the batch, in parts of bounded size, and copies every output.
Result<std::vector<Output>>
runBatch(bertc_session *session, const bertc_model *model, const Batch &batch);

} // namespace bertc::run

#endif // BERTC_RUNTIME_RUN_EXECUTE_H
