/* FakeModel.c: an artifact as the compiler would write it. Macros make the
 * variants that a runtime must refuse. */

#include "test/unit/runtime/FakeModel.h"

#include "runtime/include/bertc_artifact.h"

#ifndef FAKE_MAGIC
#define FAKE_MAGIC BERTC_ARTIFACT_MAGIC
#endif
#ifndef FAKE_STATES
#define FAKE_STATES 0
#endif
#ifndef FAKE_STATE_RANK
#define FAKE_STATE_RANK 2
#endif
#ifndef FAKE_STATE_ROWS
#define FAKE_STATE_ROWS 2
#endif
#ifndef FAKE_STATE_PLACE
#define FAKE_STATE_PLACE {0, 0, 0, 0}
#endif
#ifndef FAKE_TOUCHED /* with room for its state */
#define FAKE_TOUCHED {100, 64, 8, 32}
#endif
#ifndef FAKE_TOUCHED_PER_SELECTED
#define FAKE_TOUCHED_PER_SELECTED 20
#endif
#ifndef FAKE_VERSION
#define FAKE_VERSION BERTC_ARTIFACT_VERSION
#endif
#ifndef FAKE_TENSOR_SIZE
#define FAKE_TENSOR_SIZE sizeof(bertc_artifact_tensor)
#endif
#ifndef FAKE_PARAMETER_SIZE
#define FAKE_PARAMETER_SIZE sizeof(bertc_artifact_parameter)
#endif
#ifndef FAKE_PLACE_SIZE
#define FAKE_PLACE_SIZE sizeof(bertc_artifact_place)
#endif
#ifndef FAKE_VARIANT_SIZE
#define FAKE_VARIANT_SIZE sizeof(bertc_artifact_variant)
#endif
#ifndef FAKE_CALL_SIZE
#define FAKE_CALL_SIZE sizeof(bertc_call)
#endif
#ifndef FAKE_PHASE_SIZE
#define FAKE_PHASE_SIZE sizeof(bertc_artifact_phase)
#endif
#ifndef FAKE_PHASES /* how many of its phases it tells */
#define FAKE_PHASES (sizeof(phases) / sizeof(phases[0]))
#endif
#ifndef FAKE_KERNEL
#define FAKE_KERNEL "scale"
#endif
#ifndef FAKE_FLOPS_PER_PAIR
#define FAKE_FLOPS_PER_PAIR 5
#endif
#ifndef FAKE_FEATURES
#define FAKE_FEATURES "sse2"
#endif
#ifndef FAKE_HIDDEN_NAME
#define FAKE_HIDDEN_NAME "last_hidden_state"
#endif
#ifndef FAKE_POOLED_NAME
#define FAKE_POOLED_NAME "pooler_output"
#endif
#ifndef FAKE_TASK
#define FAKE_TASK "encode"
#endif
#ifndef FAKE_SCALE
#define FAKE_SCALE 1000
#endif
#ifndef FAKE_POSITION_OFFSET
#define FAKE_POSITION_OFFSET 0
#endif
#ifndef FAKE_TOKENIZER
#define FAKE_TOKENIZER 0
#define FAKE_TOKENIZER_BYTES 0
#endif

/* FAKE_SELECTS makes a model with selected rows, scores and positions that
 * count tokens: see FakeModel.h. */
#ifndef FAKE_SELECTS
#define FAKE_SELECTS 0
#endif

/* FAKE_DROPS makes a model that reads the ids of sequences: see FakeModel.h. */
#ifndef FAKE_DROPS
#define FAKE_DROPS 0
#endif
#ifndef FAKE_SEQUENCE_ROWS
#define FAKE_SEQUENCE_ROWS BERTC_ROWS_SEQUENCES
#endif

/* FAKE_OTHERS makes a model with two variants in front of the one that others
 * have: see FakeModel.h. */
#ifndef FAKE_OTHERS
#define FAKE_OTHERS 0
#endif
/* What the last variant says of itself where a description must be refused. */
#ifndef FAKE_VARIANTS
#define FAKE_VARIANTS (FAKE_OTHERS ? 3 : 1)
#endif
#ifndef FAKE_HAS_RUN
#define FAKE_HAS_RUN 1
#endif
#ifndef FAKE_READ
#define FAKE_READ 0
#endif
#ifndef FAKE_HIDDEN_STRIDE
#define FAKE_HIDDEN_STRIDE FAKE_STRIDE
#endif
#ifndef FAKE_HAS_PLACES
#define FAKE_HAS_PLACES 1
#endif

/* Bytes for each token, in the order of the arrays; sequences come behind. */
enum {
  idsPlace = 0,
  positionsPlace = 4,
  typesPlace = 8,
  movedPlace = 12,
  otherPlace = 16,
  hiddenPlace = 20,
  rowsPlace = hiddenPlace + 4 * FAKE_STRIDE,
  logitsPlace = rowsPlace + 4,
  scoresPlace = logitsPlace + 4 * FAKE_STRIDE,
  tokenBytes = FAKE_SELECTS ? scoresPlace + 4 : rowsPlace,
  sequenceIdsPlace = 4 + 4 * FAKE_STRIDE,
  sequenceBytes = sequenceIdsPlace + (FAKE_DROPS ? 4 : 0),
};

static int64_t grains(int64_t count) { return (count + 15) / 16 * 16; }

#if FAKE_SELECTS
static void runHeads(const bertc_call *call) {
  const int64_t rounded = grains(call->tokens);
  const float *hidden = (float *)(call->workspace + hiddenPlace * rounded);
  const int32_t *rows = (int32_t *)(call->workspace + rowsPlace * rounded);
  float *logits = (float *)(call->workspace + logitsPlace * rounded);
  float *scores = (float *)(call->workspace + scoresPlace * rounded);
  for (int64_t p = call->thread; p < call->selected; p += call->threads)
    for (int c = 0; c < FAKE_COLUMNS; ++c)
      logits[p * FAKE_STRIDE + c] = 2 * hidden[rows[p] * FAKE_STRIDE + c];
  for (int64_t t = call->thread; t < call->tokens; t += call->threads)
    scores[t] = hidden[t * FAKE_STRIDE];
}
#endif

static const float scale[] __attribute__((aligned(4096))) = {
    FAKE_SCALE,
#if FAKE_OTHERS
    [16] = 7,
    [31] = 0,
#endif
};

static void run(const bertc_call *call) {
  const int64_t tokens = call->tokens, rounded = grains(tokens);
  const int64_t sequences = call->sequences;
  uint8_t *base = call->workspace;
  const int32_t *ids = (int32_t *)(base + idsPlace * rounded);
  const int32_t *positions = (int32_t *)(base + positionsPlace * rounded);
  const int32_t *types = (int32_t *)(base + typesPlace * rounded);
  float *from = (float *)(base + movedPlace * rounded);
  float *to = (float *)(base + otherPlace * rounded);
  float *hidden = (float *)(base + hiddenPlace * rounded);
  uint8_t *behind = base + tokenBytes * rounded;
  const int32_t *offsets = (int32_t *)behind;
  float *pooled = (float *)(behind + 4 * grains(sequences + 1));

  const float *weight = (const float *)call->weights;
  for (int64_t t = call->thread; t < tokens; t += call->threads)
    from[t] = weight[0] * (float)ids[t];
  for (int round = 0; round < FAKE_ROUNDS; ++round) {
    call->barrier(call->executor, call->thread);
    for (int64_t b = 0; b < sequences; ++b)
      for (int64_t t = offsets[b]; t < offsets[b + 1]; ++t)
        if (t % call->threads == call->thread)
          to[t] = from[t + 1 < offsets[b + 1] ? t + 1 : offsets[b]];
    float *swap = from;
    from = to;
    to = swap;
  }
  for (int64_t t = call->thread; t < tokens; t += call->threads)
    for (int c = 0; c < FAKE_COLUMNS; ++c)
      hidden[t * FAKE_STRIDE + c] =
          from[t] + 10 * (float)positions[t] + (float)types[t] + (float)c / 8;
  call->barrier(call->executor, call->thread);
  for (int64_t b = call->thread; b < sequences; b += call->threads)
    for (int c = 0; c < FAKE_COLUMNS; ++c) {
      float sum = 0;
      for (int64_t t = offsets[b]; t < offsets[b + 1]; ++t)
        sum += hidden[t * FAKE_STRIDE + c];
      pooled[b * FAKE_STRIDE + c] = sum;
#if FAKE_DROPS
      pooled[b * FAKE_STRIDE + c] = (float)((
          int32_t *)(behind + sequenceIdsPlace * grains(sequences + 1)))[b];
#endif
    }
#if FAKE_SELECTS
  runHeads(call);
#endif
  call->barrier(call->executor, call->thread);
}

#define MOVE                                                                   \
  {"move", "round", "f32", {0, 0, 0, 0, 0}, {0, 0, 0, 0, 0}, {0, 8, 4, 0, 0}}

/* Numbers made up, so that each kind of them is seen. */
static const bertc_artifact_phase phases[] = {
    {FAKE_KERNEL,
     "start",
     "f32",
     {1, 2, 3, 4, FAKE_FLOPS_PER_PAIR},
     {4, 0, 0, 0, 0},
     {0, 8, 0, 0, 0}},
    MOVE,
    MOVE,
    MOVE,
    MOVE,
    MOVE,
    MOVE,
    {"add", "", "bf16", {0, 0, 0, 0, 0}, {0, 0, 0, 0, 0}, {7, 0, 0, 0, 0}},
    {"pool",
     "head",
     "f32",
     {0, 0, 5, 0, 0},
     {0, 0, 0, 0, 0},
     {0, 20, 20, 0, 0}},
};

static const bertc_artifact_tensor inputs[] = {
    {"input_ids", BERTC_ELEMENT_I32, BERTC_ROWS_TOKENS, 1, 0, 0},
    {"position_ids", BERTC_ELEMENT_I32, BERTC_ROWS_TOKENS, 1, 0, 0},
    {"token_type_ids", BERTC_ELEMENT_I32, BERTC_ROWS_TOKENS, 1, 0, 0},
    {"offsets", BERTC_ELEMENT_I32, BERTC_ROWS_SEQUENCES_PLUS_ONE, 1, 0, 0},
#if FAKE_SELECTS
    {"mlm_positions", BERTC_ELEMENT_I32, BERTC_ROWS_SELECTED, 1, 0, 0},
#endif
#if FAKE_DROPS
    {"sequence_ids", BERTC_ELEMENT_I32, FAKE_SEQUENCE_ROWS, 1, 0, 0},
#endif
};

static const bertc_artifact_place inputPlaces[] = {
    {1, {0, idsPlace, 0, 0}},
    {1, {0, positionsPlace, 0, 0}},
    {1, {0, typesPlace, 0, 0}},
    {1, {0, tokenBytes, 0, 0}},
#if FAKE_SELECTS
    {1, {0, rowsPlace, 0, 0}},
#endif
#if FAKE_DROPS
    {1, {0, tokenBytes, sequenceIdsPlace, 0}},
#endif
};

static const bertc_artifact_tensor outputs[] = {
    {FAKE_HIDDEN_NAME, BERTC_ELEMENT_F32, BERTC_ROWS_TOKENS, FAKE_COLUMNS, 0,
     0},
    {FAKE_POOLED_NAME, BERTC_ELEMENT_F32, BERTC_ROWS_SEQUENCES, FAKE_COLUMNS, 0,
     0},
#if FAKE_SELECTS
    {"logits", BERTC_ELEMENT_F32, BERTC_ROWS_SELECTED, FAKE_COLUMNS, 0, 0},
    {"start_logits", BERTC_ELEMENT_F32, BERTC_ROWS_TOKENS, 1, BERTC_FORM_SCALAR,
     0},
#endif
};

static const bertc_artifact_place outputPlaces[] = {
    {FAKE_HIDDEN_STRIDE, {0, hiddenPlace, 0, 0}},
    {FAKE_STRIDE, {0, tokenBytes, 4, 0}},
#if FAKE_SELECTS
    {FAKE_STRIDE, {0, logitsPlace, 0, 0}},
    {1, {0, scoresPlace, 0, 0}},
#endif
};

static const bertc_artifact_state states[] = {
    {"norm",
     BERTC_ROLE_NUMBER,
     BERTC_ELEMENT_F32,
     FAKE_STATE_RANK,
     {FAKE_STATE_ROWS, 3},
     -1},
};
static const bertc_affine statePlaces[] = {FAKE_STATE_PLACE};

static const bertc_artifact_parameter parameters[] = {
    {"scale", "f32 [1]", 0, 4},
#if FAKE_OTHERS
    {"scale", "f32 packed [1, 1, 16]", 64, 64},
#endif
};

static const int64_t reads[] = {FAKE_READ};

#if FAKE_OTHERS
/* The other way round: pooled rows lie before hidden ones, which are dense. */
static void runOther(const bertc_call *call) {
  const int64_t rounded = grains(call->tokens);
  const int64_t sequences = grains(call->sequences + 1);
  const int32_t *ids = (int32_t *)call->workspace;
  float *pooled = (float *)(call->workspace + 16 * rounded + 4 * sequences);
  float *hidden = pooled + FAKE_COLUMNS * sequences;
  const float *weight = (const float *)(call->weights + 64);
  for (int64_t t = call->thread; t < call->tokens; t += call->threads)
    for (int c = 0; c < FAKE_COLUMNS; ++c)
      hidden[t * FAKE_COLUMNS + c] = weight[0] * (float)ids[t];
  for (int64_t b = call->thread; b < call->sequences; b += call->threads)
    for (int c = 0; c < FAKE_COLUMNS; ++c)
      pooled[b * FAKE_COLUMNS + c] = (float)b;
}

static const bertc_artifact_place otherInputs[] = {
    {1, {0, 0, 0, 0}},
    {1, {0, 4, 0, 0}},
    {1, {0, 8, 0, 0}},
    {1, {0, 16, 0, 0}},
};
static const bertc_artifact_place otherOutputs[] = {
    {FAKE_COLUMNS, {0, 16, 4 + 4 * FAKE_COLUMNS, 0}},
    {FAKE_COLUMNS, {0, 16, 4, 0}},
};
static const int64_t otherReads[] = {1};
#define OTHER(isa_, cpu, features)                                             \
  {.target_cpu = cpu,                                                          \
   .isa = isa_,                                                                \
   .cpu_features = features,                                                   \
   .inputs = otherInputs,                                                      \
   .outputs = otherOutputs,                                                    \
   .num_parameters = 1,                                                        \
   .parameters = otherReads,                                                   \
   .workspace = {0, 16 + 4 * FAKE_COLUMNS, 4 + 4 * FAKE_COLUMNS, 0},           \
   .code_bytes = 123,                                                          \
   .run = runOther},
#endif

static const bertc_artifact_variant variants[] = {
#if FAKE_OTHERS
    OTHER("FUTURE", "future", "sse2,no-such-feature")
        OTHER("SSE", "pentium3", FAKE_OTHER_FEATURES)
#endif
            {
                .target_cpu = "x86-64",
                .isa = "SSE2",
                .cpu_features = FAKE_FEATURES,
                .inputs = inputPlaces,
                .outputs = FAKE_HAS_PLACES ? outputPlaces : 0,
                .states = FAKE_STATES ? statePlaces : 0,
                .num_parameters = 1,
                .parameters = reads,
                .workspace = {0, tokenBytes, sequenceBytes, 64},
                .touched = FAKE_TOUCHED,
                .touched_per_selected = FAKE_TOUCHED_PER_SELECTED,
                .run = FAKE_HAS_RUN ? run : 0,
                .num_phases = FAKE_PHASES,
                .phases = phases,
            },
};

const bertc_artifact bertc_artifact_descriptor = {
    .magic = FAKE_MAGIC,
    .version = FAKE_VERSION,
    .struct_size = sizeof(bertc_artifact),
    .tensor_size = FAKE_TENSOR_SIZE,
    .place_size = FAKE_PLACE_SIZE,
    .parameter_size = FAKE_PARAMETER_SIZE,
    .variant_size = FAKE_VARIANT_SIZE,
    .call_size = FAKE_CALL_SIZE,
    .phase_size = FAKE_PHASE_SIZE,
    .state_size = sizeof(bertc_artifact_state),
    .optimizer_size = sizeof(bertc_artifact_optimizer),
    .family = "bert",
    .task = FAKE_TASK,
    .dtype = "f32",
    .build = "by hand",
    .model_json = "{\"hidden_size\": 5}",
    .vocab_size = FAKE_VOCABULARY,
    .type_vocab_size = FAKE_TYPES,
    .max_positions = FAKE_POSITIONS,
    .position_offset = FAKE_POSITION_OFFSET,
    .flops_per_token = 2,
    .flops_per_token_pair = 0,
#if FAKE_SELECTS
    .position_rule = BERTC_POSITION_COUNT,
    .pad_token_id = FAKE_PAD,
#endif
    .num_inputs = sizeof(inputs) / sizeof(inputs[0]),
    .inputs = inputs,
    .num_outputs = sizeof(outputs) / sizeof(outputs[0]),
    .outputs = outputs,
    .num_states = FAKE_STATES,
    .states = states,
    .num_parameters = sizeof(parameters) / sizeof(parameters[0]),
    .parameters = parameters,
    .num_variants = FAKE_VARIANTS,
    .variants = variants,
    .weights = (const uint8_t *)scale,
    .weights_bytes = sizeof(scale),
    .tokenizer = FAKE_TOKENIZER,
    .tokenizer_bytes = FAKE_TOKENIZER_BYTES,
};
