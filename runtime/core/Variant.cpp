//===- Variant.cpp - which of an artifact's codes this machine runs -------===//

#include "runtime/core/CpuFeatures.h"
#include "runtime/core/Error.h"
#include "runtime/core/Model.h"

#include <cstdio>
#include <cstdlib>
#include <cstring>

using namespace bertc::core;

namespace {

using Text = char[256]; ///< for a part of a message

bool isNamed(const bertc_artifact_variant &variant, const char *name) {
  return std::strcmp(variant.isa, name) == 0 ||
         std::strcmp(variant.target_cpu, name) == 0;
}

bool runsHere(const bertc_artifact_variant &variant, Text &missing) {
  return supportsFeatures(variant.cpu_features, missing, sizeof(missing));
}

/// "AVX-512 (znver5), AVX2 (x86-64-v3)", cut where there is no room.
void listVariants(const bertc_artifact &artifact, Text &text) {
  size_t used = 0;
  text[0] = 0;
  for (int64_t i = 0; i < artifact.num_variants && used < sizeof(text); ++i) {
    const bertc_artifact_variant &variant = artifact.variants[i];
    int written = std::snprintf(text + used, sizeof(text) - used, "%s%s (%s)",
                                i ? ", " : "", variant.isa, variant.target_cpu);
    used += written > 0 ? static_cast<size_t>(written) : 0;
  }
}

} // namespace

bertc_status bertc::core::chooseVariant(const bertc_artifact &artifact,
                                        const char *path, int64_t &chosen) {
  // Other models of the process may be what it is meant for.
  const char *forced =
      artifact.num_variants > 1 ? std::getenv("BERTC_ISA") : nullptr;
  if (forced && !*forced)
    forced = nullptr;
  // The last one tried asks for the least: what it lacks is told.
  const bertc_artifact_variant *tried = nullptr;
  Text missing = "";
  for (int64_t i = 0; i < artifact.num_variants; ++i) {
    const bertc_artifact_variant &variant = artifact.variants[i];
    if (forced && !isNamed(variant, forced))
      continue;
    tried = &variant;
    chosen = i;
    if (!runsHere(variant, missing))
      continue;
    if (permitFeatures(variant.cpu_features))
      return BERTC_OK;
    std::snprintf(missing, sizeof(missing),
                  "the system's leave to use AMX's tiles");
  }
  if (tried && forced)
    return fail(BERTC_UNSUPPORTED_CPU,
                "%s: BERTC_ISA asks for %s (%s), for which this machine lacks "
                "%s",
                path, tried->isa, tried->target_cpu, missing);
  if (tried)
    return fail(BERTC_UNSUPPORTED_CPU,
                "%s: compiled for %s with %s; this machine lacks %s: compile "
                "with --target-cpu native here",
                path, tried->target_cpu, tried->isa, missing);
  Text list;
  listVariants(artifact, list);
  return fail(BERTC_BAD_ARGUMENT, "%s: BERTC_ISA is %s, compiled for %s", path,
              forced, list);
}

bool bertc::core::describeVariants(const bertc_artifact &artifact,
                                   int64_t chosen,
                                   Array<bertc_variant_info> &infos) {
  infos = makeArray<bertc_variant_info>(artifact.num_variants);
  auto readers = makeArray<int32_t>(artifact.num_parameters);
  if (!infos || !readers)
    return false;
  for (int64_t i = 0; i < artifact.num_variants; ++i) {
    const bertc_artifact_variant &variant = artifact.variants[i];
    for (int64_t p = 0; p < variant.num_parameters; ++p)
      ++readers[variant.parameters[p]];
  }
  for (int64_t i = 0; i < artifact.num_variants; ++i) {
    const bertc_artifact_variant &variant = artifact.variants[i];
    bertc_variant_info &info = infos[i];
    info.isa = variant.isa;
    info.target_cpu = variant.target_cpu;
    info.cpu_features = variant.cpu_features;
    info.code_bytes = variant.code_bytes;
    Text missing;
    // To ask for a feature is slow where a hypervisor answers.
    info.runs_here = i == chosen || runsHere(variant, missing);
    for (int64_t p = 0; p < variant.num_parameters; ++p) {
      const int64_t parameter = variant.parameters[p];
      const uint64_t bytes = artifact.parameters[parameter].bytes;
      info.weights_bytes += bytes;
      if (readers[parameter] == 1)
        info.own_weights_bytes += bytes;
    }
  }
  return true;
}
