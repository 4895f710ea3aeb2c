//===- Recompile.cpp ------------------------------------------------------===//

#include "tools/bertc/Recompile.h"

#include "compiler/BuildRecord.h"
#include "compiler/Errors.h"
#include "compiler/OutputFile.h"

#include "llvm/ADT/SmallString.h"
#include "llvm/Support/Path.h"

#include <utility>

using namespace bertc;

namespace {

/// An error where code for this CPU is other code: --target-cpu native.
llvm::Error checkSameCpu(const bertc_model_info &artifact,
                         const bertc_model_info &again,
                         const std::string &path) {
  auto cpuOf = [](const bertc_model_info &info) {
    return std::string(info.target_cpu) + " with " + info.isa;
  };
  if (cpuOf(artifact) == cpuOf(again) &&
      llvm::StringRef(artifact.cpu_features) == again.cpu_features)
    return llvm::Error::success();
  return fileError(path, "was compiled on another CPU, " + cpuOf(artifact) +
                             ", than this one, " + cpuOf(again) +
                             ": compiled again here it is another program");
}

} // namespace

llvm::Expected<run::Model> bertc::compileAgain(
    const bertc_model *artifact, const std::string &artifactPath,
    const std::string &modelPath, std::vector<std::string> outputs) {
  const bertc_model_info &info = *bertc_info(artifact);
  llvm::Expected<CompileOptions> options = readBuildRecord(info.build);
  if (!options)
    return inFile(artifactPath, options.takeError());

  llvm::SmallString<128> place;
  llvm::sys::path::system_temp_directory(/*ErasedOnReboot=*/true, place);
  llvm::sys::path::append(place, "bertc-verify");
  llvm::Expected<TemporaryFile> file = TemporaryFile::create(place, ".so");
  if (!file)
    return inFile(place, file.takeError());
  options->model = modelPath;
  options->task = info.task;
  options->outputs = std::move(outputs);
  options->tokenizer = TokenizerUse::none;
  options->output = file->path();
  if (llvm::Error error = compile(*options))
    return std::move(error);

  // Loaded, it needs its file no more.
  run::Result<run::Model> again = run::openModel(file->path());
  if (!again)
    return llvm::createStringError(again.error());
  if (llvm::Error error =
          checkSameCpu(info, *bertc_info(again->get()), artifactPath))
    return std::move(error);
  return std::move(*again);
}
