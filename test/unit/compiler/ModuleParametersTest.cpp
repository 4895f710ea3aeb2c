//===- ModuleParametersTest.cpp -------------------------------------------===//

#include "compiler/ModuleParameters.h"
#include "compiler/Model.h"

#include "TestSupport.h"

#include "dialect/BertOps.h"

#include "mlir/Parser/Parser.h"
#include "llvm/ADT/STLExtras.h"

using namespace bertc;

namespace {

class ModuleParametersTest : public testing::Test {
protected:
  /// The parameters of a module; `withCheckpoint` takes what `store` wrote.
  ModuleParameters parse(llvm::StringRef text, bool withCheckpoint = false) {
    module = mlir::parseSourceString<mlir::ModuleOp>(text, context.get());
    EXPECT_TRUE(module);
    std::optional<Checkpoint> checkpoint;
    if (withCheckpoint) {
      auto opened = Checkpoint::open(folder.file(""));
      EXPECT_TRUE(bool(opened)) << llvm::toString(opened.takeError());
      checkpoint = std::move(*opened);
    }
    return ModuleParameters(*module, "m", std::move(checkpoint));
  }
  /// A checkpoint of one tensor; f32 elements are 10, 11, ...
  void store(llvm::StringRef name, std::vector<int64_t> shape,
             io::DType type = io::DType::F32) {
    float values[6] = {10, 11, 12, 13, 14, 15};
    io::Tensor tensor;
    tensor.name = name.str();
    tensor.dtype = type;
    tensor.shape = std::move(shape);
    tensor.data = reinterpret_cast<const uint8_t *>(values);
    tensor.bytes = sizeof(values);
    ASSERT_FALSE(
        io::writeSafetensors(folder.file("model.safetensors"), {tensor}));
  }
  static std::vector<float> read(const ModuleParameters &parameters,
                                 llvm::StringRef symbol, int64_t first,
                                 size_t count) {
    std::vector<float> values(count, -1);
    EXPECT_EQ(message(parameters.read(symbol, first, values)), "");
    return values;
  }
  /// The error of a parameter that the checkpoint does not have.
  std::string checkpointError(llvm::StringRef text) {
    std::string error = message(parse(text, true).check());
    std::string place = folder.file("model.safetensors") + ": ";
    EXPECT_EQ(error.rfind(place, 0), 0u) << error;
    return error.substr(std::min(place.size(), error.size()));
  }

  using Values = std::vector<float>;
  std::unique_ptr<mlir::MLIRContext> context = makeContext();
  mlir::OwningOpRef<mlir::ModuleOp> module;
  TestFolder folder;
};

const char *inModule = R"(
bert.parameter @w : tensor<2x3xf32>
  = dense<[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]> : tensor<2x3xf32>
bert.parameter @splat : tensor<4xf32> = dense<0.5> : tensor<4xf32>
bert.parameter @blob : tensor<3xf32> = dense_resource<r> : tensor<3xf32>
bert.parameter @tied : tensor<2x3xf32> {tied_to = @w}
bert.parameter @made : tensor<4x3xf32> {sources = [@w, @tied]}
{-# dialect_resources: { builtin: {
  r: "0x040000000000E0400000004100001041"
} } #-}
)";

TEST_F(ModuleParametersTest, ReadsSlicesOfValuesInTheModule) {
  ModuleParameters parameters = parse(inModule);
  EXPECT_EQ(message(parameters.check()), "");
  EXPECT_EQ(read(parameters, "w", 2, 3), (Values{3, 4, 5}));
  EXPECT_EQ(read(parameters, "splat", 1, 2), (Values{0.5, 0.5}));
  EXPECT_EQ(read(parameters, "blob", 0, 3), (Values{7, 8, 9}));
  EXPECT_EQ(read(parameters, "blob", 2, 1), (Values{9}));
  EXPECT_EQ(*parameters.shape("w"), (llvm::ArrayRef<int64_t>{2, 3}));
}

TEST_F(ModuleParametersTest, ATiedParameterHasItsOwnersValueAndCountsOnce) {
  ModuleParameters parameters = parse(inModule);
  EXPECT_EQ(read(parameters, "tied", 1, 2), (Values{2, 3}));
  EXPECT_EQ(parameters.count(), 6 + 4 + 3);
}

TEST_F(ModuleParametersTest, ColumnsAreDividedWhereverASliceBegins) {
  ModuleParameters parameters = parse(R"(
    bert.parameter @w : tensor<2x3xf32>
      = dense<[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]> : tensor<2x3xf32>
    bert.parameter @s : tensor<3xf32> = dense<[2.0, 0.5, 4.0]> : tensor<3xf32>
    bert.parameter @scaled : tensor<2x3xf32> {tied_to = @w, divided_by = @s})");
  EXPECT_EQ(read(parameters, "scaled", 0, 6),
            (Values{0.5, 4, 0.75, 2, 10, 1.5}));
  EXPECT_EQ(read(parameters, "scaled", 4, 2), (Values{10, 1.5}));
  EXPECT_EQ(read(parameters, "w", 4, 2), (Values{5, 6}));
  EXPECT_EQ(parameters.count(), 6 + 3);
}

TEST_F(ModuleParametersTest, TakesInWhatAPassAdded) {
  ModuleParameters parameters = parse(inModule);
  auto w = module->lookupSymbol<bert::ParameterOp>("w");
  mlir::OpBuilder b(w);
  auto added = mlir::cast<bert::ParameterOp>(b.clone(*w));
  added.setSymName("added");
  parameters.addNew(*module);
  parameters.addNew(*module);
  EXPECT_EQ(read(parameters, "added", 1, 2), (Values{2, 3}));
}

TEST_F(ModuleParametersTest, DerivedParametersAreNoSources) {
  ModuleParameters parameters = parse(inModule);
  auto shape = parameters.shape("made");
  ASSERT_FALSE(bool(shape));
  EXPECT_EQ(llvm::toString(shape.takeError()),
            "no parameter \"made\" was in the module");
  float value;
  EXPECT_EQ(message(parameters.read("made", 0, value)),
            "no parameter \"made\" was in the module");
}

TEST_F(ModuleParametersTest, OutlivesTheOps) {
  ModuleParameters parameters = parse(inModule);
  for (auto op :
       llvm::make_early_inc_range(module->getOps<bert::ParameterOp>()))
    op.erase();
  EXPECT_EQ(read(parameters, "w", 5, 1), (Values{6}));
  EXPECT_EQ(read(parameters, "tied", 0, 1), (Values{1}));
  EXPECT_EQ(read(parameters, "blob", 0, 1), (Values{7}));
}

TEST_F(ModuleParametersTest, ReadsACheckpointByTheSourcesName) {
  store("old.w", {2, 3});
  ModuleParameters parameters = parse(R"(
    bert.parameter @w : tensor<2x3xf32> {source = "old.w"}
    bert.parameter @tied : tensor<2x3xf32> {tied_to = @w}
    bert.parameter @here : tensor<2xf32> = dense<2.0> : tensor<2xf32>)",
                                      true);
  EXPECT_EQ(message(parameters.check()), "");
  EXPECT_EQ(read(parameters, "w", 1, 2), (Values{11, 12}));
  EXPECT_EQ(read(parameters, "tied", 5, 1), (Values{15}));
  EXPECT_EQ(read(parameters, "here", 0, 1), (Values{2}));
  parameters.release();
  EXPECT_EQ(read(parameters, "w", 0, 1), (Values{10}));
}

TEST_F(ModuleParametersTest, RefusesParametersWithoutAValue) {
  EXPECT_EQ(
      message(parse("bert.parameter @w : tensor<2xf32>").check()),
      "m: parameter \"w\" has no value; --emit bert writes none, in a module "
      "they stand as: bert.parameter @NAME : TYPE = dense<...> : TYPE");
  // What --mlir-elide-resource-strings-if-larger leaves of a value.
  EXPECT_EQ(message(parse("bert.parameter @w : tensor<2xf32> = "
                          "dense_resource<__elided__> : tensor<2xf32>")
                        .check()),
            "m: parameter \"w\" has a value that is neither dense nor a "
            "resource of f32");
}

TEST_F(ModuleParametersTest, RefusesTensorsThatDoNotFit) {
  store("w", {3, 2});
  EXPECT_EQ(checkpointError("bert.parameter @v : tensor<2x3xf32>"),
            "tensor \"v\" is missing");
  EXPECT_EQ(checkpointError("bert.parameter @w : tensor<2x3xf32>"),
            "tensor \"w\" is F32 [3, 2]; floats of shape [2, 3] were expected");
  store("w", {2, 3}, io::DType::I32);
  EXPECT_EQ(checkpointError("bert.parameter @w : tensor<2x3xf32>"),
            "tensor \"w\" is I32 [2, 3]; floats of shape [2, 3] were expected");
}

} // namespace
