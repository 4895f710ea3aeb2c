//===- Recompile.h - a model compiled again as an artifact was ------------===//

#ifndef BERTC_TOOLS_BERTC_RECOMPILE_H
#define BERTC_TOOLS_BERTC_RECOMPILE_H

#include "runtime/run/Execute.h"

#include "llvm/Support/Error.h"

#include <string>
#include <vector>

namespace bertc {

/// Compiles the model at `modelPath` with the options that `artifact` records,
/// but with these outputs, and loads it. Its file stands in the system's folder
/// of temporary files (TMPDIR), and is gone when this returns or a signal ends
/// the program.
llvm::Expected<run::Model> compileAgain(const bertc_model *artifact,
                                        const std::string &artifactPath,
                                        const std::string &modelPath,
                                        std::vector<std::string> outputs);

} // namespace bertc

#endif // BERTC_TOOLS_BERTC_RECOMPILE_H
