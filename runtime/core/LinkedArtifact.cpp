//===- LinkedArtifact.cpp - the model that this program is linked with ----===//
//
// Compiled twice. In an artifact the reference is strong, so that the linker
// takes the model out of libmodel.a; in bertc's own tools, which open files, it
// is weak and there is none.
//
//===----------------------------------------------------------------------===//

#include "runtime/core/Model.h"

extern "C" {
#ifdef BERTC_RUNTIME_IN_ARTIFACT
extern const bertc_artifact bertc_artifact_descriptor;
#else
extern const bertc_artifact bertc_artifact_descriptor __attribute__((weak));
#endif
}

const bertc_artifact *bertc::core::linkedArtifact() {
  return &bertc_artifact_descriptor;
}
