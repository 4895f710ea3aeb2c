//===- Codegen.cpp --------------------------------------------------------===//

#include "compiler/Codegen.h"

#include "compiler/Descriptor.h"

#include "mlir/IR/BuiltinOps.h"
#include "mlir/Target/LLVMIR/Dialect/Builtin/BuiltinToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Dialect/LLVMIR/LLVMToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Export.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/IR/DerivedTypes.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/IntrinsicInst.h"
#include "llvm/IR/LegacyPassManager.h"
#include "llvm/IR/Module.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Object/ObjectFile.h"
#include "llvm/Passes/PassBuilder.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/Support/raw_ostream.h"
#include "llvm/Target/TargetMachine.h"
#include "llvm/TargetParser/Triple.h"

using namespace bertc;

namespace {

// Our passes have vectorised, unrolled and scheduled already: LLVM is left to
// clean up, keep addresses out of the loops and choose instructions. Its whole
// -O3 pipeline takes three times as long for the same code.
constexpr const char *pipeline =
    "function(sroa,early-cse<memssa>,instcombine<no-verify-fixpoint>,"
    "simplifycfg),"
    "function(loop-mssa(loop-rotate,licm),loop(indvars),gvn,"
    "instcombine<no-verify-fixpoint>,simplifycfg,loop-mssa(licm)),globaldce";

constexpr const char *tripleName = "x86_64-unknown-linux-gnu";

llvm::Expected<std::unique_ptr<llvm::TargetMachine>>
machineFor(const TargetDescription &target) {
  llvm::InitializeNativeTarget();
  llvm::InitializeNativeTargetAsmPrinter();
  llvm::InitializeNativeTargetAsmParser();
  llvm::Triple triple(tripleName);
  std::string message;
  const llvm::Target *backend =
      llvm::TargetRegistry::lookupTarget(triple, message);
  if (!backend)
    return llvm::createStringError(message);
  llvm::TargetOptions options;
  // Fuses llvm.fmuladd, which vector.fma becomes, and nothing else: contraction
  // of a product and a sum that are apart would depend on what surrounds them.
  options.AllowFPOpFusion = llvm::FPOpFusion::Standard;
  options.FunctionSections = true;
  return std::unique_ptr<llvm::TargetMachine>(backend->createTargetMachine(
      triple, target.cpu, "", options, llvm::Reloc::PIC_, std::nullopt,
      llvm::CodeGenOptLevel::Aggressive));
}

llvm::Error setTarget(llvm::Module &module, const TargetDescription &target) {
  auto machine = machineFor(target);
  if (!machine)
    return machine.takeError();
  module.setTargetTriple((*machine)->getTargetTriple());
  module.setDataLayout((*machine)->createDataLayout());
  return llvm::Error::success();
}

/// Masked stores of bf16 become masked stores of the same bits as integers:
/// without AVX512_BF16 LLVM widens the elements and calls a function that
/// narrows them again, one by one.
void storeBf16AsIntegers(llvm::Module &module) {
  llvm::SmallVector<llvm::IntrinsicInst *> stores;
  for (llvm::Function &function : module)
    for (llvm::Instruction &instruction : llvm::instructions(function)) {
      auto *store = llvm::dyn_cast<llvm::IntrinsicInst>(&instruction);
      if (store && store->getIntrinsicID() == llvm::Intrinsic::masked_store &&
          store->getArgOperand(0)->getType()->getScalarType()->isBFloatTy())
        stores.push_back(store);
    }
  for (llvm::IntrinsicInst *store : stores) {
    llvm::IRBuilder<> b(store);
    llvm::Value *stored = store->getArgOperand(0);
    auto *type = llvm::cast<llvm::FixedVectorType>(stored->getType());
    llvm::Value *bits = b.CreateBitCast(
        stored,
        llvm::FixedVectorType::get(b.getInt16Ty(), type->getNumElements()));
    b.CreateMaskedStore(bits, store->getArgOperand(1),
                        store->getParamAlign(1).valueOrOne(),
                        store->getArgOperand(2));
    store->eraseFromParent();
  }
}

} // namespace

llvm::Expected<std::unique_ptr<llvm::Module>>
bertc::translateToLLVMIR(mlir::ModuleOp module, const TargetDescription &target,
                         llvm::LLVMContext &context) {
  mlir::registerBuiltinDialectTranslation(*module.getContext());
  mlir::registerLLVMDialectTranslation(*module.getContext());
  std::unique_ptr<llvm::Module> result =
      mlir::translateModuleToLLVMIR(module, context, "bertc");
  if (!result)
    return llvm::createStringError("the program does not translate to LLVM IR");
  if (llvm::Error error = setTarget(*result, target))
    return std::move(error);
  for (llvm::Function &function : *result) {
    if (function.isDeclaration())
      continue;
    if (llvm::is_contained({runSymbol, updateSymbol, evaluateSymbol},
                           function.getName()))
      function.setVisibility(llvm::GlobalValue::HiddenVisibility);
    else
      function.setLinkage(llvm::GlobalValue::InternalLinkage);
    function.addFnAttr("target-cpu", target.cpu);
    function.addFnAttr("tune-cpu", target.tuneCpu);
    if (!target.extraFeatures.empty())
      function.addFnAttr("target-features", target.extraFeatures);
    // Some CPUs' tuning prefers 256 bits even where 512 are twice as fast.
    if (target.isa == Isa::avx512) {
      function.addFnAttr("prefer-vector-width", "512");
      function.addFnAttr("min-legal-vector-width", "512");
    }
    function.addFnAttr(llvm::Attribute::NoUnwind);
  }
  storeBf16AsIntegers(*result);
  return std::move(result);
}

llvm::Expected<std::unique_ptr<llvm::Module>>
bertc::emptyModule(const TargetDescription &target,
                   llvm::LLVMContext &context) {
  auto module = std::make_unique<llvm::Module>("bertc", context);
  if (llvm::Error error = setTarget(*module, target))
    return std::move(error);
  return std::move(module);
}

llvm::Error bertc::optimizeModule(llvm::Module &module,
                                  const TargetDescription &target) {
  auto machine = machineFor(target);
  if (!machine)
    return machine.takeError();
  llvm::PassBuilder builder(machine->get());
  llvm::LoopAnalysisManager loops;
  llvm::FunctionAnalysisManager functions;
  llvm::CGSCCAnalysisManager components;
  llvm::ModuleAnalysisManager modules;
  builder.registerModuleAnalyses(modules);
  builder.registerCGSCCAnalyses(components);
  builder.registerFunctionAnalyses(functions);
  builder.registerLoopAnalyses(loops);
  builder.crossRegisterProxies(loops, functions, components, modules);
  llvm::ModulePassManager passes;
  if (llvm::Error error = builder.parsePassPipeline(passes, pipeline))
    return error;
  passes.run(module, modules);
  return llvm::Error::success();
}

llvm::Error bertc::emitCode(llvm::Module &module,
                            const TargetDescription &target, CodeFile kind,
                            llvm::SmallVectorImpl<char> &code) {
  auto machine = machineFor(target);
  if (!machine)
    return machine.takeError();
  llvm::raw_svector_ostream stream(code);
  llvm::legacy::PassManager passes;
  auto type = kind == CodeFile::object ? llvm::CodeGenFileType::ObjectFile
                                       : llvm::CodeGenFileType::AssemblyFile;
  if ((*machine)->addPassesToEmitFile(passes, stream, nullptr, type))
    return llvm::createStringError("LLVM cannot emit code for " + target.cpu);
  passes.run(module);
  return llvm::Error::success();
}

llvm::Expected<uint64_t> bertc::codeBytes(llvm::StringRef object) {
  auto file = llvm::object::ObjectFile::createELFObjectFile(
      llvm::MemoryBufferRef(object, "generated code"));
  if (!file)
    return file.takeError();
  uint64_t bytes = 0;
  for (const llvm::object::SectionRef &section : (*file)->sections())
    if (section.isText())
      bytes += section.getSize();
  return bytes;
}
