//===- BuildRecord.cpp ----------------------------------------------------===//

#include "compiler/BuildRecord.h"

#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Config/llvm-config.h"
#include "llvm/Support/Allocator.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/Program.h"
#include "llvm/Support/StringSaver.h"
#include "llvm/Support/raw_ostream.h"

using namespace bertc;

namespace {

constexpr llvm::StringLiteral versions =
    "bertc " BERTC_VERSION ", LLVM " LLVM_VERSION_STRING;

/// " --name value", as a shell takes it.
void writeOption(llvm::raw_ostream &out, llvm::StringRef name,
                 llvm::StringRef value, bool quote = false) {
  out << ' ' << name << ' ';
  llvm::sys::printArg(out, value, quote);
}

/// False where there is no such option.
bool readOption(llvm::StringRef name, llvm::StringRef value,
                CompileOptions &options) {
  if (name == "--target-cpu") {
    llvm::SmallVector<llvm::StringRef> cpus;
    value.split(cpus, ',');
    options.targetCpus.assign(cpus.begin(), cpus.end());
  } else if (name == "--dtype")
    options.dtype = value.str();
  else if (name == "--f32-products")
    options.f32Products = value.str();
  else if (name == "--keep-f32")
    options.keepF32.push_back(value.str());
  else if (name == "--calibration")
    options.calibration = value.str();
  else
    return false;
  return true;
}

} // namespace

std::string bertc::buildRecord(const CompileOptions &options) {
  std::string text;
  llvm::raw_string_ostream out(text);
  out << versions << ',';
  writeOption(out, "--target-cpu", llvm::join(options.targetCpus, ","));
  writeOption(out, "--dtype", options.dtype);
  if (!options.f32Products.empty())
    writeOption(out, "--f32-products", options.f32Products);
  for (llvm::StringRef glob : options.keepF32)
    writeOption(out, "--keep-f32", glob, /*quote=*/true);
  if (!options.calibration.empty())
    writeOption(out, "--calibration", options.calibration, /*quote=*/true);
  return text;
}

llvm::Expected<CompileOptions> bertc::readBuildRecord(llvm::StringRef record) {
  llvm::StringRef text = record;
  if (!text.consume_front(versions) || !text.consume_front(","))
    return llvm::createStringError("was compiled by \"" + record +
                                   "\", this is " + versions);
  llvm::BumpPtrAllocator allocator;
  llvm::StringSaver saver(allocator);
  llvm::SmallVector<const char *> words;
  llvm::cl::TokenizeGNUCommandLine(text, saver, words);
  CompileOptions options;
  options.dtype.clear();
  bool known = words.size() % 2 == 0;
  for (size_t i = 0; known && i < words.size(); i += 2)
    known = readOption(words[i], words[i + 1], options);
  // Records did not always hold the dtype, nor what went with it.
  if (!known || options.dtype.empty())
    return llvm::createStringError("does not say how it was compiled: \"" +
                                   record + "\"");
  return options;
}
