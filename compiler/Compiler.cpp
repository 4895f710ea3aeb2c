//===- Compiler.cpp -------------------------------------------------------===//

#include "compiler/Compiler.h"

#include "compiler/Codegen.h"
#include "compiler/Descriptor.h"
#include "compiler/Diagnostics.h"
#include "compiler/Errors.h"
#include "compiler/Facts.h"
#include "compiler/Link.h"
#include "compiler/Model.h"
#include "compiler/OutputFile.h"
#include "compiler/WeightsWriter.h"
#include "dialect/BertOps.h"
#include "passes/Pipelines.h"
#include "passes/TargetDescription.h"
#include "passes/lower-cpu/ProgramLayout.h"
#include "runtime/io/AsideFile.h"

#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/PassManager.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Config/llvm-config.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"

#include <algorithm>
#include <future>
#include <string>
#include <utility>
#include <vector>

using namespace bertc;

namespace {

struct EmitName {
  Emit emit;
  llvm::StringLiteral name;
};
constexpr EmitName emitTable[] = {
    {Emit::shared, "shared"}, {Emit::staticLibrary, "static"},
    {Emit::object, "object"}, {Emit::executable, "exe"},
    {Emit::bert, "bert"},     {Emit::bertFused, "bert-fused"},
    {Emit::linalg, "linalg"}, {Emit::vector, "vector"},
    {Emit::llvm, "llvm"},     {Emit::llvmIr, "llvm-ir"},
    {Emit::assembly, "asm"},
};

std::optional<ArtifactKind> artifactKind(Emit emit) {
  switch (emit) {
  case Emit::shared:
    return ArtifactKind::shared;
  case Emit::staticLibrary:
    return ArtifactKind::staticLibrary;
  case Emit::object:
    return ArtifactKind::object;
  case Emit::executable:
    return ArtifactKind::executable;
  default:
    return std::nullopt;
  }
}

/// Text output: a file that appears whole, or stdout.
llvm::Error writeText(llvm::StringRef output, llvm::StringRef text) {
  return writeFileWhole(output == "-" ? "/dev/stdout" : output, text);
}

/// One compilation, a step a member function.
class Compilation {
public:
  explicit Compilation(const CompileOptions &options) : options(options) {}

  llvm::Error run();

private:
  using Build = void (*)(mlir::OpPassManager &, const PipelineOptions &);

  /// What fails is a defect of ours, or else, with `refuses`, what the options
  /// ask for.
  llvm::Error lower(llvm::StringRef step, Build build, bool refuses = false);
  llvm::Expected<bool> lowerTo(Emit stage, llvm::StringRef step, Build build);
  llvm::Error printModule();
  void readPrecision();
  void describe();
  llvm::Error generate();
  llvm::Error makeArtifact(ArtifactKind kind);
  llvm::Error checkOverwrite();

  const CompileOptions &options;
  std::string output; ///< of an artifact: where links lead
  PipelineOptions pipeline;
  TargetDescription target;
  std::unique_ptr<mlir::MLIRContext> context;
  Model model;
  ArtifactDescription description;
  llvm::LLVMContext llvmContext;
  std::unique_ptr<llvm::Module> program;
};

llvm::Error Compilation::printModule() {
  std::string text;
  llvm::raw_string_ostream stream(text);
  model.module->print(stream);
  return writeText(options.output, text);
}

llvm::Error Compilation::lower(llvm::StringRef step, Build build,
                               bool refuses) {
  options.progress(step);
  FirstDiagnostic diagnostics(*context);
  mlir::PassManager manager(context.get());
  build(manager, pipeline);
  if (mlir::succeeded(manager.run(*model.module)))
    return llvm::Error::success();
  // A module written by hand may ask for what has no schedule; then the message
  // has its line. What we imported ourselves may not.
  if (llvm::sys::path::extension(options.model) == ".mlir")
    return llvm::createStringError(diagnostics.line());
  if (refuses)
    return llvm::createStringError(options.model + ": " + diagnostics.line());
  return defect(options.model + ": " + step + " failed: " + diagnostics.line());
}

/// True when the stage was the one asked for, and is written.
llvm::Expected<bool> Compilation::lowerTo(Emit stage, llvm::StringRef step,
                                          Build build) {
  if (llvm::Error error = lower(step, build))
    return std::move(error);
  if (options.emit != stage)
    return false;
  if (llvm::Error error = printModule())
    return std::move(error);
  return true;
}

/// Takes the dtype and what the CPU must have from what is rounded, whether an
/// option or a .mlir file says so.
void Compilation::readPrecision() {
  auto narrowest = bert::Precision::f32;
  auto use = [&](bert::Precision precision) {
    narrowest = std::max(narrowest, precision);
    target.require(precision);
  };
  model.module->walk([&](bert::FusedLinearOp op) { use(op.getPrecision()); });
  model.module->walk([&](bert::SelfAttentionOp op) { use(op.getPrecision()); });
  description.dtype = bert::stringifyPrecision(narrowest).str();
}

/// What the artifact says of the model; the program's layout comes later.
void Compilation::describe() {
  ModelFacts facts = readFacts(*model.module);
  FlopCount flops = countFlops(*model.module);
  description.family = facts.family;
  description.task = facts.task;
  description.targetCpu = target.tuneCpu;
  description.isa = target.isaName().str();
  description.cpuFeatures = target.requiredFeatures;
  description.build = "bertc " BERTC_VERSION ", LLVM " LLVM_VERSION_STRING
                      ", --target-cpu " +
                      options.targetCpu;
  description.modelJson = facts.json;
  description.vocabSize = facts.vocabSize;
  description.typeVocabSize = facts.typeVocabSize;
  description.maxPositions = facts.maxPositions;
  description.positionOffset = facts.positionOffset;
  description.positionsCounted = facts.positionsCounted;
  description.padTokenId = facts.padTokenId;
  description.flopsPerToken = flops.perToken;
  description.flopsPerTokenPair = flops.perTokenPair;
  description.tokenizer = model.tokenizer;
}

llvm::Error Compilation::generate() {
  options.progress("generate code");
  llvm::Expected<std::unique_ptr<llvm::Module>> translated =
      translateToLLVMIR(*model.module, target, llvmContext);
  if (!translated)
    return translated.takeError();
  program = std::move(*translated);
  if (llvm::Error error = emitDescriptor(*program, description))
    return error;
  return optimizeModule(*program, target);
}

llvm::Error Compilation::makeArtifact(ArtifactKind kind) {
  llvm::Expected<RuntimeFiles> runtime = RuntimeFiles::find();
  if (!runtime)
    return runtime.takeError();
  llvm::Expected<TemporaryFile> weights =
      TemporaryFile::create(output, ".weights.o");
  if (!weights)
    return inFile(options.output, weights.takeError());

  // Packing is bound by memory and disk, code generation by one core.
  std::future<llvm::Error> packing = std::async(std::launch::async, [&] {
    return writeWeightsObject(weights->path(), description.program.weights,
                              *model.parameters);
  });
  llvm::SmallVector<char> code;
  llvm::Error codeError = generate();
  if (!codeError)
    codeError = emitCode(*program, target, CodeFile::object, code);
  llvm::Error weightsError = packing.get();
  if (codeError) {
    llvm::consumeError(std::move(weightsError));
    return codeError;
  }
  if (weightsError)
    return inFile(options.output, std::move(weightsError));
  // Transformers takes such weights too, and results that do not meet them are
  // right: no error.
  if (std::string line = model.parameters->notFinite(); !line.empty())
    options.warn(line);
  model.parameters->release();

  options.progress("link");
  llvm::Expected<TemporaryFile> object =
      TemporaryFile::create(output, ".model.o");
  if (!object)
    return inFile(options.output, object.takeError());
  if (llvm::Error error =
          object->write(llvm::StringRef(code.data(), code.size())))
    return inFile(options.output, std::move(error));
  return link(kind, {object->path(), weights->path(), !model.tokenizer.empty()},
              *runtime, output);
}

/// An error where the output is a file that the model is read from. Another
/// file of its folder, such as an artifact, may be replaced.
llvm::Error Compilation::checkOverwrite() {
  std::vector<std::string> read;
  if (!llvm::sys::fs::is_directory(options.model))
    read.push_back(options.model);
  std::error_code code;
  for (llvm::sys::fs::directory_iterator file(options.model, code), end;
       !code && file != end; file.increment(code))
    if (llvm::is_contained({".safetensors", ".json", ".txt", ".model"},
                           llvm::sys::path::extension(file->path())))
      read.push_back(file->path());
  if (io::MaybeFailure failure = io::checkNotRead(options.output, read))
    return llvm::createStringError(failure->message);
  return llvm::Error::success();
}

llvm::Error Compilation::run() {
  // Everything that can be wrong with the command is said before the work.
  llvm::Expected<TargetDescription> described =
      TargetDescription::get(options.targetCpu);
  if (!described)
    return described.takeError();
  target = std::move(*described);
  if (!options.f32Products.empty())
    if (llvm::Error error = target.setF32Products(options.f32Products))
      return error;
  if (artifactKind(options.emit)) {
    llvm::Expected<std::string> file = regularTarget(options.output);
    if (!file)
      return inFile(options.output, file.takeError());
    output = std::move(*file);
  }

  if (llvm::Error error = checkOverwrite())
    return error;

  options.progress("import");
  context = makeContext();
  llvm::Expected<Model> opened =
      Model::open(*context, options.model,
                  {options.task, options.outputs, options.tokenizer});
  if (!opened)
    return opened.takeError();
  model = std::move(*opened);
  for (const std::string &warning : model.warnings)
    options.warn(warning);
  if (options.emit == Emit::bert)
    return printModule();

  pipeline.targetCpu = options.targetCpu;
  pipeline.precision = options.dtype;
  pipeline.keepF32 = options.keepF32;
  pipeline.f32Products = options.f32Products;
  // Its factors are made in the run: to widen them again would only cost.
  pipeline.roundAttention = target.multiplies(bert::Precision::bf16);
  pipeline.outputs = model.outputs;
  if (llvm::Error error = lower("fuse", buildFusePipeline))
    return error;
  if (llvm::Error error =
          lower("set precision", buildPrecisionPipeline, /*refuses=*/true))
    return error;
  if (options.emit == Emit::bertFused)
    return printModule();
  readPrecision();
  describe();
  llvm::Expected<bool> done = lowerTo(Emit::linalg, "tile", buildTilePipeline);
  if (!done || *done)
    return done.takeError();
  description.program = getProgramLayout(*model.module);
  done = lowerTo(Emit::vector, "vectorise", buildVectorPipeline);
  if (!done || *done)
    return done.takeError();
  done = lowerTo(Emit::llvm, "lower to LLVM", buildLLVMPipeline);
  if (!done || *done)
    return done.takeError();

  if (std::optional<ArtifactKind> kind = artifactKind(options.emit))
    return makeArtifact(*kind);

  if (llvm::Error error = generate())
    return error;
  if (options.emit == Emit::llvmIr) {
    std::string text;
    llvm::raw_string_ostream(text) << *program;
    return writeText(options.output, text);
  }
  llvm::SmallVector<char> code;
  if (llvm::Error error = emitCode(*program, target, CodeFile::assembly, code))
    return error;
  return writeText(options.output, llvm::StringRef(code.data(), code.size()));
}

} // namespace

std::optional<Emit> bertc::emitFromName(llvm::StringRef name) {
  for (const EmitName &entry : emitTable)
    if (entry.name == name)
      return entry.emit;
  return std::nullopt;
}

std::string bertc::emitNames() {
  return llvm::join(
      llvm::map_range(emitTable,
                      [](const EmitName &entry) { return entry.name.str(); }),
      ", ");
}

llvm::Error bertc::compile(const CompileOptions &options) {
  return Compilation(options).run();
}
