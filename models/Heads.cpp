//===- Heads.cpp ----------------------------------------------------------===//

#include "models/Heads.h"

using namespace bertc;
using namespace mlir;

namespace {

/// torch.nn.functional.normalize's default, as sentence-transformers uses it.
constexpr double normalizeEpsilon = 1e-12;

} // namespace

llvm::Expected<Head> Head::declare(Task task, const ModelConfig &config,
                                   const FamilyNames &names,
                                   const SentenceOptions &sentence,
                                   Parameters &parameters,
                                   const Encoder &encoder) {
  Head head(task, config, names, sentence);
  if (llvm::Error error = head.declareParameters(parameters, encoder))
    return std::move(error);
  return head;
}

llvm::Error Head::declarePooler(Parameters &parameters) {
  int64_t hidden = config->hiddenSize;
  return parameters.declareAffine(names.pooler, {hidden, hidden},
                                  pooler.emplace());
}

llvm::Error Head::declareLogits(llvm::StringRef name, int64_t rows,
                                Parameters &parameters) {
  Error error = parameters.declareHead(name, {rows, config->hiddenSize}, out);
  auto labels = int64_t(config->labels.size());
  if (!error || rows != labels)
    return error;
  // Not a size that config.json has as such.
  return llvm::createStringError(llvm::toString(std::move(error)) +
                                 "; its id2label names " + llvm::Twine(labels) +
                                 " labels");
}

llvm::Error Head::declareClassifier(const ClassifierNames &classifier,
                                    int64_t rows, Parameters &parameters) {
  int64_t hidden = config->hiddenSize;
  SmallVector<llvm::StringRef> parts = {classifier.out};
  if (!classifier.dense.empty())
    parts.insert(parts.begin(), classifier.dense);
  if (Error error = parameters.requireHead(parts))
    return error;
  if (!classifier.dense.empty())
    if (Error error =
            parameters.declareHead(classifier.dense, {hidden, hidden}, dense))
      return error;
  if (Error error = declareLogits(classifier.out, rows, parameters))
    return error;
  return classifier.pooled ? declarePooler(parameters) : Error::success();
}

llvm::Error Head::declareVocabulary(Parameters &parameters,
                                    const Encoder &encoder) {
  const VocabularyNames &v = names.vocabulary;
  int64_t columns = config->embeddingSize;
  if (Error error = parameters.requireHead({v.dense, v.norm}))
    return error;
  if (Error error = parameters.declareHead(
          v.dense, {columns, config->hiddenSize}, vocabularyDense))
    return error;
  if (Error error = parameters.declareHead(v.norm, columns, vocabularyNorm))
    return error;
  decoder = encoder.wordTable();
  if (!config->tieWordEmbeddings) {
    auto own = parameters.declareHeadTensor((v.decoder + ".weight").str(),
                                            {config->vocabSize, columns});
    if (!own)
      return own.takeError();
    decoder = *own;
  }
  // Tied, the two are one tensor, and files have either name.
  std::string bias = (v.decoder + ".bias").str();
  if (!v.bias.empty() &&
      (config->tieWordEmbeddings ? parameters.hasHeadTensor(v.bias)
                                 : !parameters.hasHeadTensor(bias)))
    bias = v.bias.str();
  auto declared = parameters.declareHeadTensor(bias, config->vocabSize);
  if (!declared)
    return declared.takeError();
  decoderBias = *declared;
  return Error::success();
}

llvm::Error Head::declareParameters(Parameters &parameters,
                                    const Encoder &encoder) {
  int64_t hidden = config->hiddenSize;
  int64_t labels = int64_t(config->labels.size());
  switch (task) {
  case Task::encode:
    // A checkpoint made for another task has none.
    if (!names.pooler.empty() &&
        parameters.has((names.pooler + ".weight").str()))
      return declarePooler(parameters);
    return Error::success();
  case Task::embed:
    return Error::success();
  case Task::mlm:
    return declareVocabulary(parameters, encoder);
  case Task::pretrain:
    if (names.relation.linear.empty())
      return llvm::createStringError(
          config->path +
          ": task pretrain needs a head over pairs of segments, "
          "which " +
          config->family + " does not have; its pre-training is task mlm");
    if (Error error = declareVocabulary(parameters, encoder))
      return error;
    if (Error error = parameters.requireHead(names.relation.linear))
      return error;
    if (Error error = parameters.declareHead(
            names.relation.linear, {names.relation.labels ? labels : 2, hidden},
            out))
      return error;
    return declarePooler(parameters);
  case Task::sequenceClassification:
    return declareClassifier(names.sequence, labels, parameters);
  case Task::multipleChoice:
    return declareClassifier(names.choice, 1, parameters);
  case Task::tokenClassification:
    if (Error error = parameters.requireHead(names.token))
      return error;
    return declareLogits(names.token, labels, parameters);
  case Task::questionAnswering:
    if (Error error = parameters.requireHead(names.answer))
      return error;
    return parameters.declareHead(names.answer, {2, hidden}, out);
  }
  llvm_unreachable("every task has a head");
}

Value Head::pooled(EncoderBuilder &b, Value hidden, Value offsets) const {
  return b.activation(bert::Activation::tanh,
                      b.linear(b.firstToken(hidden, offsets), *pooler));
}

Value Head::classify(EncoderBuilder &b, const ClassifierNames &classifier,
                     const DropoutRates::Classifier &rates, Value hidden,
                     Value offsets, const Dropout &dropout) const {
  Value x = classifier.pooled ? pooled(b, hidden, offsets)
                              : b.firstToken(hidden, offsets);
  if (!classifier.dense.empty()) {
    x = dropout.sequences(b, x, rates.dense, denseSite);
    x = b.activation(classifier.activation, b.linear(x, dense));
  }
  return b.linear(dropout.sequences(b, x, rates.logits, logitsSite), out);
}

Value Head::predict(EncoderBuilder &b, Value hidden, Value selected) const {
  Value x = b.linear(b.gatherRows(hidden, selected), vocabularyDense);
  x = b.activation(names.vocabulary.activation.value_or(config->activation), x);
  x = b.layerNorm(x, vocabularyNorm, config->layerNormEpsilon);
  return b.linear(x, b.parameter(decoder), b.parameter(decoderBias));
}

Value Head::embed(EncoderBuilder &b, Value hidden, Value offsets) const {
  Value vector = sentence.pooling == SentencePooling::mean
                     ? b.meanPool(hidden, offsets)
                     : b.firstToken(hidden, offsets);
  return sentence.normalize ? b.l2Normalize(vector, normalizeEpsilon) : vector;
}

SmallVector<EntryResult> Head::build(EncoderBuilder &b, Value hidden,
                                     Value offsets, Value selected,
                                     const Dropout &dropout) const {
  const DropoutRates &rates = config->dropout;
  switch (task) {
  case Task::encode: {
    SmallVector<EntryResult> results = {{"last_hidden_state", hidden}};
    if (pooler)
      results.push_back({"pooler_output", pooled(b, hidden, offsets)});
    return results;
  }
  case Task::embed:
    return {{"embedding", embed(b, hidden, offsets)}};
  case Task::mlm:
    return {{"logits", predict(b, hidden, selected)}};
  case Task::pretrain:
    return {{"prediction_logits", predict(b, hidden, selected)},
            {names.relation.output.str(),
             b.linear(dropout.sequences(b, pooled(b, hidden, offsets),
                                        rates.relation, logitsSite),
                      out)}};
  case Task::sequenceClassification:
    return {{"logits", classify(b, names.sequence, rates.sequence, hidden,
                                offsets, dropout)}};
  case Task::multipleChoice:
    return {{"logits", classify(b, names.choice, rates.choice, hidden, offsets,
                                dropout)}};
  case Task::tokenClassification:
    return {
        {"logits",
         b.linear(dropout.tokens(b, hidden, rates.token, logitsSite), out)}};
  case Task::questionAnswering: {
    Value both =
        b.linear(dropout.tokens(b, hidden, rates.answer, logitsSite), out);
    return {{"start_logits", b.sliceColumns(both, 0, 1), ResultForm::scalar},
            {"end_logits", b.sliceColumns(both, 1, 1), ResultForm::scalar}};
  }
  }
  llvm_unreachable("every task has a head");
}
