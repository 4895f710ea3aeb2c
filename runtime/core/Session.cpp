//===- Session.cpp --------------------------------------------------------===//

#include "runtime/core/Session.h"

#include "runtime/core/Error.h"

#include <cstddef>
#include <cstdint>
#include <sys/mman.h>
#include <xmmintrin.h>

using namespace bertc::core;

namespace {

constexpr size_t hugePage = size_t(2) << 20;

struct Program {
  const bertc_session &session;
  RunSize size;
};

void enterBarrier(void *barrier, int64_t) {
  static_cast<Barrier *>(barrier)->wait();
}

void enterProfiledBarrier(void *profile, int64_t thread) {
  static_cast<Profile *>(profile)->wait(thread);
}

void runThread(void *data, int64_t thread) {
  const Program &program = *static_cast<Program *>(data);
  const bertc_model &model = program.session.model;
  Profile *profile = program.session.profile.get();
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
  model.variant->run(&call);
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

void bertc::core::runProgram(bertc_session &session, const RunSize &size) {
  Program program = {session, size};
  if (session.profile)
    session.profile->begin();
  if (session.executor.run)
    session.executor.run(session.executor.state, runThread, &program,
                         size.threads);
  else if (session.pool)
    session.pool->run(runThread, &program);
  else
    runThread(&program, 0);
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
  return session.release();
}

void bertc_session_destroy(bertc_session *session) {
  Owned<bertc_session> owner(session);
}
