//===- Session.cpp --------------------------------------------------------===//

#include "runtime/core/Session.h"

#include "runtime/core/Error.h"

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <sys/mman.h>
#include <unistd.h>
#include <xmmintrin.h>

using namespace bertc::core;

namespace {

constexpr size_t hugePage = size_t(2) << 20;

struct Program {
  const bertc_session &session;
  RunSize size;
  void (*code)(const bertc_call *);
  Profile *profile; ///< null: none
};

void enterBarrier(void *barrier, int64_t) {
  static_cast<Barrier *>(barrier)->wait();
}

void enterProfiledBarrier(void *profile, int64_t thread) {
  static_cast<Profile *>(profile)->wait(thread);
}

/// The whole pages of read-only memory that a file lies behind: they come back
/// when they are read again.
void releasePages(const uint8_t *begin, size_t bytes) {
  const size_t page = static_cast<size_t>(sysconf(_SC_PAGESIZE));
  const auto first =
      (reinterpret_cast<uintptr_t>(begin) + page - 1) & ~(page - 1);
  const auto last = (reinterpret_cast<uintptr_t>(begin) + bytes) & ~(page - 1);
  if (first < last)
    madvise(reinterpret_cast<void *>(first), last - first, MADV_DONTNEED);
}

void runThread(void *data, int64_t thread) {
  const Program &program = *static_cast<Program *>(data);
  const bertc_model &model = program.session.model;
  Profile *profile = program.profile;
  bertc_call call = {};
  call.weights = model.artifact->weights;
  call.workspace = program.session.workspace.data();
  call.tokens = program.size.tokens;
  call.sequences = program.size.sequences;
  call.selected = program.size.selected;
  call.thread = thread;
  call.threads = program.size.threads;
  call.barrier = enterBarrier;
  call.executor = program.session.barrier.get();
  if (profile) {
    call.barrier = enterProfiledBarrier;
    call.executor = profile;
    profile->enter(thread);
  }
  // Results must not depend on which thread computes them: a host may have
  // changed the rounding mode of its own one.
  constexpr unsigned defaultControl = 0x1f80;
  unsigned control = _mm_getcsr();
  _mm_setcsr(defaultControl);
  program.code(&call);
  _mm_setcsr(control);
}

bertc_status checkSize(const RunSize &size) {
  if (size.tokens < 0 || size.tokens > mostTokens)
    return fail(BERTC_BAD_ARGUMENT, "max_tokens is %lld, expected 0 to %lld",
                static_cast<long long>(size.tokens),
                static_cast<long long>(mostTokens));
  if (size.sequences < 0 || size.sequences > mostTokens)
    return fail(BERTC_BAD_ARGUMENT, "max_sequences is %lld, expected 0 to %lld",
                static_cast<long long>(size.sequences),
                static_cast<long long>(mostTokens));
  if (size.threads < 1 || size.threads > mostThreads)
    return fail(BERTC_BAD_ARGUMENT, "threads is %lld, expected 1 to %lld",
                static_cast<long long>(size.threads),
                static_cast<long long>(mostThreads));
  return BERTC_OK;
}

bertc_status allocate(bertc_session &session) {
  const bertc_model &model = session.model;
  const RunSize &size = session.capacity;
  const bertc_artifact &artifact = *model.artifact;
  const bertc_artifact_variant &variant = *model.variant;
  session.workspaceBytes = evaluate(variant.workspace, size);
  bool allWithin = session.workspaceBytes >= 0;
  for (int64_t i = 0; i < artifact.num_inputs; ++i)
    allWithin = allWithin && liesWithin(artifact.inputs[i], variant.inputs[i],
                                        size, session.workspaceBytes);
  for (int64_t i = 0; i < artifact.num_outputs; ++i)
    allWithin = allWithin && liesWithin(artifact.outputs[i], variant.outputs[i],
                                        size, session.workspaceBytes);
  for (int64_t i = 0; i < artifact.num_states; ++i)
    allWithin = allWithin && liesWithin(artifact.states[i], variant.states[i],
                                        size, session.workspaceBytes);
  if (!allWithin)
    return fail(BERTC_NO_RESOURCES,
                "the workspace of so many tokens and sequences does not fit "
                "into memory");
  session.columns = makeArray<int32_t>(size.tokens);
  session.offsets = makeArray<int32_t>(size.sequences + 1);
  if (model.numLabels > 0) {
    session.labels = makeArray<bertc_session::GivenLabels>(artifact.num_inputs);
    if (!session.labels)
      return fail(BERTC_NO_RESOURCES, "out of memory");
  }
  if (model.selection) {
    session.places = makeArray<int64_t>(size.tokens);
    session.askedColumns = makeArray<int32_t>(size.tokens);
    session.askedPlaces = makeArray<int32_t>(size.tokens);
    if (!session.places || !session.askedColumns || !session.askedPlaces)
      return fail(BERTC_NO_RESOURCES, "out of memory");
  }
  if (!session.columns || !session.offsets ||
      !session.workspace.allocate(session.workspaceBytes))
    return fail(BERTC_NO_RESOURCES,
                "out of memory: the workspace takes %lld bytes",
                static_cast<long long>(session.workspaceBytes));
  return BERTC_OK;
}

bertc_status startThreads(bertc_session &session,
                          const bertc_session_options &options) {
  const bertc_executor *executor = options.executor;
  int64_t threads = session.capacity.threads;
  session.barrier =
      makeOwned<Barrier>(threads, patienceWithinRun(moreThanCpus(threads)));
  if (!session.barrier)
    return fail(BERTC_NO_RESOURCES, "out of memory");
  if (options.profile) {
    session.profile = Profile::create(*session.barrier,
                                      session.model.info.num_phases, threads);
    if (!session.profile)
      return fail(BERTC_NO_RESOURCES, "out of memory");
  }
  if (executor) {
    session.executor = *executor;
  } else if (threads > 1) {
    session.pool = ThreadPool::create(threads);
    if (!session.pool)
      return fail(BERTC_NO_RESOURCES, "%lld threads cannot be started",
                  static_cast<long long>(threads - 1));
  }
  return BERTC_OK;
}

} // namespace

Workspace::~Workspace() {
  if (mapping)
    munmap(mapping, mapped);
}

bool Workspace::allocate(int64_t bytes) {
  size_t size = bytes > 0 ? static_cast<size_t>(bytes) : 1;
  // Huge pages spare misses of the address cache where there is enough to fill
  // them; they begin at multiples of their size.
  bool huge = size >= hugePage;
  if (huge && __builtin_add_overflow(size, hugePage, &size))
    return false;
  void *memory = mmap(nullptr, size, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED)
    return false;
  mapping = memory;
  mapped = size;
  start = static_cast<uint8_t *>(memory);
  if (huge) {
    start += hugePage - reinterpret_cast<uintptr_t>(start) % hugePage;
    madvise(start, size - hugePage, MADV_HUGEPAGE); // advice: may be refused
  }
  return true;
}

namespace {

void runOnThreads(bertc_session &session, Program program) {
  if (program.profile)
    program.profile->begin();
  if (session.executor.run)
    session.executor.run(session.executor.state, runThread, &program,
                         program.size.threads);
  else if (session.pool)
    session.pool->run(runThread, &program);
  else
    runThread(&program, 0);
}

/// Parameters as the checkpoint has them. Their pages of the artifact are not
/// needed any more.
void copyParameters(const bertc_session &session) {
  const bertc_artifact &artifact = *session.model.artifact;
  for (int64_t i = 0; i < artifact.num_states; ++i) {
    const bertc_artifact_state &state = artifact.states[i];
    if (state.parameter < 0)
      continue;
    const uint8_t *from =
        artifact.weights + artifact.parameters[state.parameter].offset;
    const size_t bytes = static_cast<size_t>(elementsOf(state)) * sizeof(float);
    std::memcpy(addressOf<uint8_t>(session, i), from, bytes);
    releasePages(from, bytes);
  }
}

} // namespace

void bertc::core::runProgram(bertc_session &session, const RunSize &size,
                             bool learns) {
  const bertc_artifact_variant &variant = *session.model.variant;
  // Profiles are of runs that learn, where a model does.
  if (variant.evaluate && !learns)
    return runOnThreads(session, {session, size, variant.evaluate, nullptr});
  runOnThreads(session, {session, size, variant.run, session.profile.get()});
}

void bertc::core::runUpdate(bertc_session &session) {
  const RunSize size = {0, 0, session.capacity.threads, 0};
  runOnThreads(session,
               {session, size, session.model.variant->update, nullptr});
}

bertc_session *bertc_session_create(const bertc_model *model,
                                    int64_t max_tokens, int64_t max_sequences,
                                    int64_t threads,
                                    const bertc_session_options *options) {
  if (!model) {
    fail(BERTC_BAD_ARGUMENT, "the model is NULL");
    return nullptr;
  }
  bertc_session_options chosen = {};
  constexpr size_t firstVersion = offsetof(bertc_session_options, executor) +
                                  sizeof(bertc_session_options::executor);
  if (options && !copyOptions(chosen, *options, firstVersion, "session's"))
    return nullptr;
  if (chosen.executor && !chosen.executor->run) {
    fail(BERTC_BAD_ARGUMENT, "the executor has no run function");
    return nullptr;
  }
  RunSize size = {max_tokens, max_sequences, threads, max_tokens};
  if (checkSize(size) != BERTC_OK)
    return nullptr;
  Owned<bertc_session> session = makeOwned<bertc_session>(*model);
  if (!session) {
    fail(BERTC_NO_RESOURCES, "out of memory");
    return nullptr;
  }
  session->capacity = size;
  if (allocate(*session) != BERTC_OK ||
      startThreads(*session, chosen) != BERTC_OK)
    return nullptr;
  copyParameters(*session);
  return session.release();
}

void bertc_session_destroy(bertc_session *session) {
  Owned<bertc_session> owner(session);
}
