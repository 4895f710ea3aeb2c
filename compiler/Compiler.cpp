//===- Compiler.cpp -------------------------------------------------------===//

#include "compiler/Compiler.h"

#include "compiler/BuildRecord.h"
#include "compiler/Calibration.h"
#include "compiler/Codegen.h"
#include "compiler/Descriptor.h"
#include "compiler/Diagnostics.h"
#include "compiler/Errors.h"
#include "compiler/Facts.h"
#include "compiler/Gradients.h"
#include "compiler/Link.h"
#include "compiler/Model.h"
#include "compiler/OutputFile.h"
#include "compiler/Variants.h"
#include "compiler/WeightsWriter.h"
#include "dialect/BertOps.h"
#include "passes/Pipelines.h"
#include "passes/Symbols.h"
#include "passes/TargetDescription.h"
#include "passes/differentiate/Halves.h"
#include "passes/lower-cpu/ProgramLayout.h"
#include "runtime/io/AsideFile.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/PassManager.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/TypeSwitch.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"

#include <algorithm>
#include <cstdint>
#include <future>
#include <optional>
#include <string>
#include <utility>
#include <vector>

using namespace bertc;

namespace {

/// Text output: a file that appears whole, or stdout.
llvm::Error writeText(llvm::StringRef output, llvm::StringRef text) {
  return writeFileWhole(output == "-" ? "/dev/stdout" : output, text);
}

/// One compilation, a step a member function.
class Compilation {
public:
  explicit Compilation(const CompileOptions &options) : options(options) {}

  llvm::Error run();
  /// What steps of the artifact would keep in memory: of the variant that takes
  /// most for a step of `size`. Instead of `run`.
  llvm::Expected<bertc_step_memory> plan(const StepSize &size);

private:
  using Build = void (*)(mlir::OpPassManager &, const PipelineOptions &);

  /// What fails is a defect of ours, or else, with `refuses`, what the options
  /// ask for.
  llvm::Error lower(mlir::ModuleOp module, llvm::StringRef step, Build build,
                    const PipelineOptions &pipeline, bool refuses = false);
  llvm::Error lower(Variant &variant, llvm::StringRef step, Build build,
                    bool refuses = false);
  llvm::Error import();
  llvm::Error fuse();
  llvm::Error differentiate(const GradientOptions &gradients);
  llvm::Error printModule(mlir::ModuleOp module);
  PipelineOptions pipelineFor(const Variant &variant) const;
  void nameStep(llvm::StringRef step, const Variant &variant);
  void describeModel();
  void describe(Variant &variant);
  llvm::Error setPrecisions();
  llvm::Error tile(Variant &variant);
  /// Forgets the module of the llvm dialect.
  llvm::Expected<std::unique_ptr<llvm::Module>>
  translate(Variant &variant, llvm::LLVMContext &context);
  llvm::Error printStage(Variant &variant);
  llvm::Expected<TemporaryFile> writeCode(Variant &variant);
  llvm::Expected<TemporaryFile> writeDescription();
  llvm::Expected<TemporaryFile> writeObject(llvm::Module &module,
                                            const TargetDescription &target,
                                            uint64_t *bytes = nullptr);
  llvm::Error generate(std::vector<TemporaryFile> &objects);
  llvm::Error makeArtifact(ArtifactKind kind);
  llvm::Error checkOverwrite();

  const CompileOptions &options;
  std::string output; ///< of an artifact: where links lead
  std::unique_ptr<mlir::MLIRContext> context;
  Model model;
  std::vector<Variant> variants;
  ArtifactDescription description;
};

/// The symbols of a variant's functions, among those of others.
static void nameFunctions(VariantDescription &description,
                          llvm::StringRef variant) {
  description.run = (runSymbol + "." + variant).str();
  description.update = (updateSymbol + "." + variant).str();
  description.evaluate = (evaluateSymbol + "." + variant).str();
}

llvm::Error Compilation::printModule(mlir::ModuleOp module) {
  std::string text;
  llvm::raw_string_ostream stream(text);
  module->print(stream);
  return writeText(options.output, text);
}

llvm::Error Compilation::lower(mlir::ModuleOp module, llvm::StringRef step,
                               Build build, const PipelineOptions &pipeline,
                               bool refuses) {
  FirstDiagnostic diagnostics(*context);
  mlir::PassManager manager(context.get());
  build(manager, pipeline);
  if (mlir::succeeded(manager.run(module)))
    return llvm::Error::success();
  // A module written by hand may ask for what has no schedule; then the message
  // has its line. What we imported ourselves may not.
  if (llvm::sys::path::extension(options.model) == ".mlir")
    return llvm::createStringError(diagnostics.line());
  if (refuses)
    return llvm::createStringError(options.model + ": " + diagnostics.line());
  return defect(options.model + ": " + step + " failed: " + diagnostics.line());
}

llvm::Error Compilation::lower(Variant &variant, llvm::StringRef step,
                               Build build, bool refuses) {
  nameStep(step, variant);
  return lower(*variant.module, step, build, pipelineFor(variant), refuses);
}

void Compilation::nameStep(llvm::StringRef step, const Variant &variant) {
  options.progress(variants.size() == 1 ? step.str()
                                        : (step + " for " + variant.cpu).str());
}

PipelineOptions Compilation::pipelineFor(const Variant &variant) const {
  PipelineOptions pipeline;
  pipeline.targetCpu = variant.cpu;
  pipeline.precision = options.dtype;
  pipeline.keepF32 = options.keepF32;
  pipeline.f32Products = variant.f32Products;
  // Its factors are made in the run: to widen them again would only cost.
  pipeline.roundAttention = variant.target.multiplies(bert::Precision::bf16);
  return pipeline;
}

/// What the artifact says of the model.
void Compilation::describeModel() {
  ModelFacts facts = readFacts(*model.module);
  FlopCount flops = countFlops(*model.module);
  description.family = facts.family;
  description.task = facts.task;
  description.build = buildRecord(options);
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

/// What an op rounds the factors of its products to; nothing where it has none.
static std::optional<bert::Precision> precisionOf(mlir::Operation *op) {
  using Found = std::optional<bert::Precision>;
  return llvm::TypeSwitch<mlir::Operation *, Found>(op)
      .Case<bert::FusedLinearOp, bert::LinearInputGradientOp,
            bert::LinearWeightGradientOp, bert::AccumulateWeightGradientOp,
            bert::SelfAttentionOp>(
          [](auto product) -> Found { return product.getPrecision(); })
      .Default([](mlir::Operation *) { return std::nullopt; });
}

/// Takes the dtype and what the CPU must have from what is rounded, whether an
/// option or a .mlir file says so.
void Compilation::describe(Variant &variant) {
  TargetDescription &target = variant.target;
  auto narrowest = bert::Precision::f32;
  variant.module->walk([&](mlir::Operation *op) {
    const std::optional<bert::Precision> precision = precisionOf(op);
    if (!precision)
      return;
    narrowest = std::max(narrowest, *precision);
    // In f32 a weight's gradient is multiply-adds on every CPU.
    const bool isOfWeight = mlir::isa<bert::LinearWeightGradientOp,
                                      bert::AccumulateWeightGradientOp>(op);
    if (!isOfWeight || *precision != bert::Precision::f32)
      target.require(*precision);
  });
  description.dtype = bert::stringifyPrecision(narrowest).str();
  variant.description.targetCpu = target.name;
  variant.description.isa = target.isaName().str();
  variant.description.cpuFeatures = target.requiredFeatures;
}

/// From here on each variant has a module of its own. Puts them into the order
/// that the runtime tries them in.
llvm::Error Compilation::setPrecisions() {
  for (Variant &variant : variants) {
    variant.module = mlir::cast<mlir::ModuleOp>(model.module.get()->clone());
    if (llvm::Error error = lower(variant, "set precision",
                                  buildPrecisionPipeline, /*refuses=*/true))
      return error;
    model.parameters->addNew(*variant.module);
    describe(variant);
  }
  sortByCapability(variants);
  for (size_t i = 0; i < variants.size(); ++i) {
    if (variants.size() > 1)
      nameFunctions(variants[i].description, variants[i].target.name);
    if (const Variant *other = variantInFrontOf(variants, i))
      options.remark("--target-cpu: what runs the code for " + variants[i].cpu +
                     " runs that for " + other->cpu +
                     ", which is tried first: only BERTC_ISA chooses it");
  }
  return llvm::Error::success();
}

/// Weights that variants before this one have placed are not placed again.
llvm::Error Compilation::tile(Variant &variant) {
  setPlacedWeights(*variant.module, description.weights);
  if (llvm::Error error = lower(variant, "tile", buildTilePipeline))
    return error;
  variant.description.program = getProgramLayout(*variant.module);
  addWeights(description.weights, variant.description.program);
  return llvm::Error::success();
}

llvm::Expected<std::unique_ptr<llvm::Module>>
Compilation::translate(Variant &variant, llvm::LLVMContext &llvmContext) {
  nameStep("generate code", variant);
  llvm::Expected<std::unique_ptr<llvm::Module>> program =
      translateToLLVMIR(*variant.module, variant.target, llvmContext);
  if (!program)
    return program.takeError();
  variant.module = nullptr;
  const VariantDescription &description = variant.description;
  struct Called {
    llvm::StringRef symbol, name;
    bool isThere;
  };
  for (const Called &called : {Called{runSymbol, description.run, true},
                               Called{updateSymbol, description.update,
                                      description.program.update.has_value()},
                               Called{evaluateSymbol, description.evaluate,
                                      description.program.evaluates}}) {
    if (!called.isThere)
      continue;
    llvm::Function *function = (*program)->getFunction(called.symbol);
    if (!function || function->isDeclaration())
      return defect("the generated module does not define " + called.symbol);
    function->setName(called.name);
  }
  return program;
}

/// Of a stage from tiles on, the text.
llvm::Error Compilation::printStage(Variant &variant) {
  if (llvm::Error error = tile(variant))
    return error;
  if (options.emit == Emit::linalg)
    return printModule(*variant.module);
  if (llvm::Error error = lower(variant, "vectorise", buildVectorPipeline))
    return error;
  if (options.emit == Emit::vector)
    return printModule(*variant.module);
  if (llvm::Error error = lower(variant, "lower to LLVM", buildLLVMPipeline))
    return error;
  if (options.emit == Emit::llvm)
    return printModule(*variant.module);

  llvm::LLVMContext llvmContext;
  llvm::Expected<std::unique_ptr<llvm::Module>> program =
      translate(variant, llvmContext);
  if (!program)
    return program.takeError();
  description.variants.push_back(variant.description);
  if (llvm::Error error = emitDescriptor(**program, description))
    return error;
  if (llvm::Error error = optimizeModule(**program, variant.target))
    return error;
  if (options.emit == Emit::llvmIr) {
    std::string text;
    llvm::raw_string_ostream(text) << **program;
    return writeText(options.output, text);
  }
  llvm::SmallVector<char> code;
  if (llvm::Error error =
          emitCode(**program, variant.target, CodeFile::assembly, code))
    return error;
  return writeText(options.output, llvm::StringRef(code.data(), code.size()));
}

/// `bytes` gets those of instructions.
llvm::Expected<TemporaryFile>
Compilation::writeObject(llvm::Module &module, const TargetDescription &target,
                         uint64_t *bytes) {
  llvm::SmallVector<char> code;
  if (llvm::Error error = emitCode(module, target, CodeFile::object, code))
    return std::move(error);
  llvm::StringRef object(code.data(), code.size());
  if (bytes) {
    llvm::Expected<uint64_t> count = codeBytes(object);
    if (!count)
      return count.takeError();
    *bytes = *count;
  }
  llvm::Expected<TemporaryFile> file = TemporaryFile::create(output, ".o");
  if (!file)
    return inFile(options.output, file.takeError());
  if (llvm::Error error = file->write(object))
    return inFile(options.output, std::move(error));
  return file;
}

llvm::Expected<TemporaryFile> Compilation::writeCode(Variant &variant) {
  if (llvm::Error error = lower(variant, "vectorise", buildVectorPipeline))
    return std::move(error);
  if (llvm::Error error = lower(variant, "lower to LLVM", buildLLVMPipeline))
    return std::move(error);
  llvm::LLVMContext llvmContext;
  llvm::Expected<std::unique_ptr<llvm::Module>> program =
      translate(variant, llvmContext);
  if (!program)
    return program.takeError();
  if (llvm::Error error = optimizeModule(**program, variant.target))
    return std::move(error);
  return writeObject(**program, variant.target, &variant.description.codeBytes);
}

llvm::Expected<TemporaryFile> Compilation::writeDescription() {
  const TargetDescription &target = variants.back().target;
  llvm::LLVMContext llvmContext;
  llvm::Expected<std::unique_ptr<llvm::Module>> module =
      emptyModule(target, llvmContext);
  if (!module)
    return module.takeError();
  for (const Variant &variant : variants)
    description.variants.push_back(variant.description);
  if (llvm::Error error = emitDescriptor(**module, description))
    return std::move(error);
  return writeObject(**module, target);
}

/// An object for each variant, then the description's. They are compiled one
/// after the other, so that memory is that of one.
llvm::Error Compilation::generate(std::vector<TemporaryFile> &objects) {
  for (Variant &variant : variants) {
    llvm::Expected<TemporaryFile> object = writeCode(variant);
    if (!object)
      return object.takeError();
    objects.push_back(std::move(*object));
  }
  llvm::Expected<TemporaryFile> object = writeDescription();
  if (!object)
    return object.takeError();
  objects.push_back(std::move(*object));
  return llvm::Error::success();
}

llvm::Error Compilation::makeArtifact(ArtifactKind kind) {
  llvm::Expected<RuntimeFiles> runtime = RuntimeFiles::find();
  if (!runtime)
    return runtime.takeError();
  for (Variant &variant : variants)
    if (llvm::Error error = tile(variant))
      return error;
  llvm::Expected<TemporaryFile> weights =
      TemporaryFile::create(output, ".weights.o");
  if (!weights)
    return inFile(options.output, weights.takeError());

  // Packing is bound by memory and disk, code generation by one core.
  std::future<llvm::Error> packing = std::async(std::launch::async, [&] {
    return writeWeightsObject(weights->path(), description.weights,
                              *model.parameters);
  });
  std::vector<TemporaryFile> objects;
  llvm::Error codeError = generate(objects);
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
  ModelObjects linked;
  linked.code.push_back({objects.back().path(), "model.o"});
  for (size_t i = 0; i < variants.size(); ++i)
    linked.code.push_back(
        {objects[i].path(), "code." + variants[i].target.name + ".o"});
  linked.weights = weights->path();
  linked.hasTokenizer = !model.tokenizer.empty();
  return link(kind, linked, *runtime, output);
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

/// The task's loss and its gradients in the place of the outputs.
llvm::Error Compilation::differentiate(const GradientOptions &gradients) {
  options.progress("differentiate");
  const std::string task = readFacts(*model.module).task;
  if (options.realLabels && task != "sequence-classification" &&
      task != "embed")
    return fileError(options.model,
                     "--real-labels: " + task + " has classes alone");
  if (llvm::Error error = addEvaluation(*model.module))
    return inFile(options.model, std::move(error));
  if (llvm::Error error =
          addGradients(*model.module, gradients, options.realLabels,
                       /*inSeveralRuns=*/true))
    return inFile(options.model, std::move(error));
  if (findEntry(*model.module).getNumResults() == 1)
    return fileError(options.model, "--freeze leaves nothing to learn");
  if (llvm::Error error = addUpdate(*model.module, options.update))
    return inFile(options.model, std::move(error));
  model.outputs.clear();
  return llvm::Error::success();
}

/// The model in its own terms, with gradients where it learns. Everything that
/// can be wrong with the command is said before the work.
llvm::Error Compilation::import() {
  llvm::Expected<std::vector<Variant>> described =
      describeTargets(options.targetCpus);
  if (!described)
    return described.takeError();
  variants = std::move(*described);
  if (llvm::Error error = chooseF32Products(variants, options.f32Products))
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
  llvm::Expected<Model> opened = Model::open(
      *context, options.model,
      {options.task, options.outputs, options.tokenizer, options.dropout});
  if (!opened)
    return opened.takeError();
  model = std::move(*opened);
  for (const std::string &warning : model.warnings)
    options.warn(warning);
  return options.train ? differentiate(*options.train) : llvm::Error::success();
}

llvm::Error Compilation::fuse() {
  options.progress("fuse");
  PipelineOptions pipeline;
  pipeline.outputs = model.outputs;
  return lower(*model.module, "fuse", buildFusePipeline, pipeline);
}

llvm::Expected<bertc_step_memory> Compilation::plan(const StepSize &size) {
  if (llvm::Error error = import())
    return std::move(error);
  if (llvm::Error error = fuse())
    return std::move(error);
  if (llvm::Error error = setPrecisions())
    return std::move(error);
  bertc_step_memory most = {};
  for (Variant &variant : variants) {
    if (llvm::Error error = tile(variant))
      return std::move(error);
    const bertc_step_memory memory = stepMemoryOf(variant.description.program);
    if (stepBytes(memory, size) >= stepBytes(most, size))
      most = memory;
  }
  return most;
}

llvm::Error Compilation::run() {
  if (llvm::Error error = import())
    return error;
  if (options.emit == Emit::bert)
    return printModule(*model.module);
  if (llvm::Error error = fuse())
    return error;
  describeModel();
  if (!options.calibration.empty()) {
    options.progress("calibrate");
    if (llvm::Error error =
            calibrate(model, options.model, options.calibration))
      return error;
  }
  if (llvm::Error error = setPrecisions())
    return error;
  if (std::optional<ArtifactKind> kind = artifactKind(options.emit))
    return makeArtifact(*kind);
  Variant &variant = variants.front();
  return options.emit == Emit::bertFused ? printModule(*variant.module)
                                         : printStage(variant);
}

} // namespace

llvm::Error bertc::compile(const CompileOptions &options) {
  if (!options.memoryLimit)
    return Compilation(options).run();
  const MemoryLimit &limit = *options.memoryLimit;
  CompileOptions chosen = options;
  // Each plan would say it again.
  chosen.warn = chosen.remark = [](llvm::StringRef) {};
  bertc_step_memory least = {};
  int64_t leastBytes = INT64_MAX;
  for (llvm::StringRef policy : recomputeNames()) {
    chosen.train->recompute = policy.str();
    llvm::Expected<bertc_step_memory> memory =
        Compilation(chosen).plan(limit.size);
    if (!memory)
      return memory.takeError();
    const int64_t bytes = stepBytes(*memory, limit.size);
    if (bytes >= 0 && bytes <= limit.bytes) {
      options.remark("--memory-limit: " + policy.str() + " takes " +
                     scaled(double(bytes), "B") + " for " +
                     sizeText(limit.size));
      chosen.warn = options.warn;
      chosen.remark = options.remark;
      return Compilation(chosen).run();
    }
    if (bytes >= 0 && bytes < leastBytes) {
      least = *memory;
      leastBytes = bytes;
    }
  }
  return fileError(options.model,
                   "--memory-limit is " + scaled(double(limit.bytes), "B") +
                       ", the least for " + sizeText(limit.size) + " is " +
                       scaled(double(leastBytes), "B") + ": " +
                       partsText(least, limit.size));
}
