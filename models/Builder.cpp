//===- Builder.cpp --------------------------------------------------------===//

#include "models/Builder.h"

using namespace bertc;
using namespace mlir;

RankedTensorType EncoderBuilder::rowsType(int64_t columns) {
  return RankedTensorType::get({ShapedType::kDynamic, columns}, getF32Type());
}

RankedTensorType EncoderBuilder::idsType() {
  return RankedTensorType::get({ShapedType::kDynamic}, getI32Type());
}

RankedTensorType EncoderBuilder::keyType() {
  return RankedTensorType::get({2}, getI32Type());
}

Value EncoderBuilder::parameter(bert::ParameterOp declared) {
  return bert::GetParameterOp::create(*this, declared.getParameterType(),
                                      declared.getSymName());
}

Value EncoderBuilder::embedding(ValueRange ids, ValueRange tables,
                                ArrayRef<int64_t> padding) {
  auto table = cast<RankedTensorType>(tables.front().getType());
  return bert::EmbeddingOp::create(*this, rowsType(table.getDimSize(1)), ids,
                                   tables, getDenseI64ArrayAttr(padding));
}

Value EncoderBuilder::linear(Value x, Value weight, Value bias) {
  int64_t outputs = cast<RankedTensorType>(weight.getType()).getDimSize(0);
  return bert::LinearOp::create(*this, rowsType(outputs), x, weight, bias);
}

Value EncoderBuilder::linear(Value x, const AffineParameters &parameters) {
  return linear(x, parameter(parameters.weight), parameter(parameters.bias));
}

Value EncoderBuilder::add(Value a, Value b) {
  return bert::AddOp::create(*this, a.getType(), a, b);
}

Value EncoderBuilder::layerNorm(Value x, Value scale, Value bias,
                                double epsilon) {
  return bert::LayerNormOp::create(*this, x.getType(), x, scale, bias,
                                   getF64FloatAttr(epsilon));
}

Value EncoderBuilder::layerNorm(Value x, const AffineParameters &parameters,
                                double epsilon) {
  return layerNorm(x, parameter(parameters.weight), parameter(parameters.bias),
                   epsilon);
}

Value EncoderBuilder::attention(Value query, Value key, Value value,
                                Value offsets, int64_t heads) {
  return bert::AttentionOp::create(*this, query.getType(), query, key, value,
                                   offsets, heads);
}

Value EncoderBuilder::attentionProbs(Value query, Value key, Value offsets,
                                     int64_t heads, int64_t maxPositions) {
  return bert::AttentionProbsOp::create(*this, rowsType(heads * maxPositions),
                                        query, key, offsets, heads,
                                        maxPositions);
}

Value EncoderBuilder::activation(bert::Activation kind, Value x) {
  Type type = x.getType();
  switch (kind) {
  case bert::Activation::none:
    return x;
  case bert::Activation::gelu:
    return bert::GeluOp::create(*this, type, x, bert::GeluForm::none);
  case bert::Activation::gelu_tanh:
    return bert::GeluOp::create(*this, type, x, bert::GeluForm::tanh);
  case bert::Activation::relu:
    return bert::ReluOp::create(*this, type, x);
  case bert::Activation::silu:
    return bert::SiluOp::create(*this, type, x);
  case bert::Activation::tanh:
    return bert::TanhOp::create(*this, type, x);
  }
  llvm_unreachable("every activation has an op");
}

template <typename Op> Value EncoderBuilder::pool(Value x, Value offsets) {
  return Op::create(*this, x.getType(), x, offsets);
}

Value EncoderBuilder::firstToken(Value x, Value offsets) {
  return pool<bert::FirstTokenOp>(x, offsets);
}

Value EncoderBuilder::meanPool(Value x, Value offsets) {
  return pool<bert::MeanPoolOp>(x, offsets);
}

Value EncoderBuilder::l2Normalize(Value x, double epsilon) {
  return bert::L2NormalizeOp::create(*this, x.getType(), x,
                                     getF64FloatAttr(epsilon));
}

Value EncoderBuilder::gatherRows(Value x, Value rows) {
  return bert::GatherRowsOp::create(*this, x.getType(), x, rows);
}

Value EncoderBuilder::sliceColumns(Value x, int64_t first, int64_t count) {
  return bert::SliceColumnsOp::create(*this, rowsType(count), x, first, count);
}

func::FuncOp EncoderBuilder::beginEntry(StringRef name,
                                        ArrayRef<EntryArgument> arguments) {
  SmallVector<Type> types;
  SmallVector<DictionaryAttr> names;
  for (const EntryArgument &argument : arguments) {
    types.push_back(argument.type);
    SmallVector<NamedAttribute> attributes = {
        getNamedAttr("bert.name", getStringAttr(argument.name))};
    if (!argument.rows.empty())
      attributes.push_back(
          getNamedAttr("bert.rows", getStringAttr(argument.rows)));
    names.push_back(getDictionaryAttr(attributes));
  }
  auto entry = func::FuncOp::create(*this, name, getFunctionType(types, {}));
  entry->setAttr("bert.entry", getUnitAttr());
  entry.setAllArgAttrs(names);
  setInsertionPointToStart(entry.addEntryBlock());
  return entry;
}

void EncoderBuilder::endEntry(func::FuncOp entry,
                              ArrayRef<EntryResult> results) {
  SmallVector<Type> types;
  SmallVector<Value> values;
  SmallVector<DictionaryAttr> names;
  for (const EntryResult &result : results) {
    types.push_back(result.value.getType());
    values.push_back(result.value);
    SmallVector<NamedAttribute> attributes = {
        getNamedAttr("bert.name", getStringAttr(result.name))};
    if (result.form == ResultForm::scalar)
      attributes.push_back(getNamedAttr("bert.scalar", getUnitAttr()));
    if (result.form == ResultForm::maps)
      attributes.push_back(getNamedAttr("bert.maps", getUnitAttr()));
    names.push_back(getDictionaryAttr(attributes));
  }
  func::ReturnOp::create(*this, values);
  entry.setFunctionType(getFunctionType(entry.getArgumentTypes(), types));
  entry.setAllResultAttrs(names);
}
