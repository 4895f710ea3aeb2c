//===- Commands.h - what bertc does, one function a subcommand ------------===//

#ifndef BERTC_TOOLS_BERTC_COMMANDS_H
#define BERTC_TOOLS_BERTC_COMMANDS_H

#include "tools/bertc/CommandLine.h"

namespace bertc {

// Each returns the exit code.
int compileCommand(const Arguments &arguments);
int runCommand(const Arguments &arguments);
int benchCommand(const Arguments &arguments);
int verifyCommand(const Arguments &arguments);
int attentionCommand(const Arguments &arguments);
int gradCommand(const Arguments &arguments);
int initCommand(const Arguments &arguments);
int trainCommand(const Arguments &arguments);
int inspectCommand(const Arguments &arguments);

} // namespace bertc

#endif // BERTC_TOOLS_BERTC_COMMANDS_H
