//===- Folder.cpp - a model folder's files as a tokenizer's parts ---------===//

#include "runtime/text/Folder.h"

#include "runtime/text/MergesText.h"
#include "runtime/text/SentencePiece.h"
#include "runtime/text/TokenizerConfig.h"
#include "runtime/text/TokenizerJson.h"

#include <sys/stat.h>

using namespace bertc::text;

static constexpr SpecialNames bertNames = {"[UNK]", "[SEP]", "[PAD]", "[CLS]",
                                           "[MASK]"};
static constexpr SpecialNames robertaNames = {"<unk>", "</s>", "<pad>", "<s>",
                                              "<mask>"};
static constexpr SpecialNames albertNames = {"<unk>", "[SEP]", "<pad>", "[CLS]",
                                             "[MASK]"};

namespace {

bool isFolder(const std::string &path) {
  struct stat status;
  return stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode);
}

/// Each family's recipe is that of its tokenization_*.py in transformers.
class FolderReader {
public:
  explicit FolderReader(const std::string &folder)
      : folder(folder), config(folder, error) {}

  Result<TokenizerFiles> run() {
    using Read =
        void (FolderReader::*)(const std::string &, const std::string &);
    static constexpr std::pair<const char *, Read> readers[] = {
        {"tokenizer.json", &FolderReader::readJson},
        {"vocab.txt", &FolderReader::readBert},
        {"vocab.json", &FolderReader::readRoberta},
        {"spiece.model", &FolderReader::readAlbert}};
    std::string path;
    std::optional<std::string> text;
    for (auto [name, read] : readers) {
      path = folder + "/" + name;
      text = readFile(path, error);
      if (!text)
        continue;
      (this->*read)(*text, path);
      break;
    }
    if (!text)
      fail(folder + (isFolder(folder) ? ": has none of tokenizer.json, "
                                        "vocab.txt, vocab.json and spiece.model"
                                      : ": no such folder"));
    config.applyInputNames(files.settings);
    const Settings &settings = files.settings;
    if (settings.model != ModelKind::Bpe &&
        files.vocabulary.find(settings.unknown) < 0)
      fail(path + ": no token \"" + settings.unknown +
           "\", expected one for unknown words");
    if (!error.empty())
      return Failure{error};
    return std::move(files);
  }

private:
  void fail(const std::string &message) {
    if (error.empty())
      error = message;
  }

  void readJson(const std::string &text, const std::string &path) {
    Result<Json> json = parseJson(text, path);
    if (!json)
      return fail(json.error());
    fail(readSettings(*json, path, files));
    if (error.empty())
      fail(readVocabulary(*json, path, files));
    for (const NormalizerStep &step : files.settings.normalizer)
      if (step.kind == NormalizerStep::Precompiled &&
          files.charsmap.serialized().empty())
        fail(path + ": normalizer: Precompiled has no precompiled_charsmap");
    config.apply(files.settings);
    bool isBert = files.settings.model == ModelKind::WordPiece;
    bool isAlbert = !isBert && files.vocabulary.find("[CLS]") >= 0;
    config.addSpecialTokens(isBert     ? bertNames
                            : isAlbert ? albertNames
                                       : robertaNames,
                            /*mayAppend=*/false, files);
  }

  void readBert(const std::string &lines, const std::string &path) {
    config.checkClass({"Bert", "DistilBert", "Electra", "MobileBert",
                       "SqueezeBert", "ConvBert", "LayoutLM", "Lxmert",
                       "DPRContextEncoder", "DPRQuestionEncoder", "DPRReader"});
    Result<Vocabulary> vocabulary = Vocabulary::fromLines(lines, path);
    if (!vocabulary)
      return fail(vocabulary.error());
    files.vocabulary = std::move(*vocabulary);
    Settings &settings = files.settings;
    settings.unknown = config.nameOf("unk_token", "[UNK]");
    settings.normalizer = {NormalizerStep()};
    settings.decoder.kind = Decoder::WordPiece;
    if (files.vocabulary.find(settings.unknown) < 0)
      return;
    addConfig(bertNames, /*mayAppend=*/false);
    setTemplate(path, /*isRoberta=*/false);
  }

  void readRoberta(const std::string &text, const std::string &path) {
    config.checkClass({"Roberta", "Bart", "Longformer"});
    Result<Json> json = parseJson(text, path);
    if (!json)
      return fail(json.error());
    if (json->empty())
      return fail(path + ": no tokens");
    std::string mergesPath = folder + "/merges.txt";
    std::optional<std::string> merges = readFile(mergesPath, error);
    if (!merges)
      return fail(mergesPath + ": not there, expected it beside vocab.json");
    fail(readTokens(*json, path, files.vocabulary));
    if (error.empty())
      fail(readMergesText(*merges, mergesPath, files.vocabulary, files.merges));
    if (!error.empty())
      return;
    Settings &settings = files.settings;
    settings.model = ModelKind::Bpe;
    settings.splitter.kind = Splitter::ByteLevel;
    settings.decoder.kind = Decoder::ByteLevel;
    settings.trimOffsets = true;
    addConfig(robertaNames, /*mayAppend=*/true);
    setTemplate(path, /*isRoberta=*/true);
  }

  void readAlbert(const std::string &bytes, const std::string &path) {
    config.checkClass({"Albert"});
    Result<SentencePieceModel> model = readSentencePiece(bytes, path);
    if (!model)
      return fail(model.error());
    std::vector<std::string> tokens;
    for (SentencePieceModel::Piece &piece : model->pieces) {
      tokens.push_back(std::move(piece.text));
      files.scores.push_back(static_cast<double>(piece.score));
    }
    Settings &settings = files.settings;
    settings.model = ModelKind::Unigram;
    settings.unknown = tokens[static_cast<size_t>(model->unknown)];
    Result<Vocabulary> vocabulary = Vocabulary::fromTokens(tokens, path);
    if (!vocabulary)
      return fail(vocabulary.error());
    files.vocabulary = std::move(*vocabulary);
    setAlbertNormalizer(model->charsmap, path);
    settings.splitter.kind = Splitter::Metaspace;
    settings.splitter.dropWhitespace = true;
    settings.splitter.prefix = Splitter::Always;
    settings.decoder.kind = Decoder::Metaspace;
    addConfig(albertNames, /*mayAppend=*/true);
    // Control pieces and those of the user are found in the text as well.
    for (size_t id = 0; id < tokens.size(); ++id) {
      int64_t type = model->pieces[id].type;
      bool isControl = type == SentencePieceModel::Control;
      if ((isControl || type == SentencePieceModel::UserDefined) &&
          !isListed(tokens[id]))
        settings.added.push_back({tokens[id], static_cast<int32_t>(id), false,
                                  false, false, false, isControl});
    }
    setTemplate(path, /*isRoberta=*/false);
  }

  void setAlbertNormalizer(const std::string &bytes, const std::string &path) {
    auto add = [&](NormalizerStep::Kind kind, const char *pattern = "") {
      NormalizerStep step;
      step.kind = kind;
      step.pattern = pattern;
      step.content = "\"";
      files.settings.normalizer.push_back(step);
    };
    add(NormalizerStep::Replace, "``");
    add(NormalizerStep::Replace, "''");
    add(NormalizerStep::DecomposeCompatible);
    add(NormalizerStep::StripAccents);
    add(NormalizerStep::Lowercase);
    if (bytes.empty())
      return;
    add(NormalizerStep::Precompiled);
    Result<Charsmap> charsmap = Charsmap::parse(bytes, path);
    if (!charsmap)
      return fail(charsmap.error());
    files.charsmap = std::move(*charsmap);
  }

  bool isListed(const std::string &content) const {
    for (const AddedToken &token : files.settings.added)
      if (token.content == content)
        return true;
    return false;
  }

  void addConfig(const SpecialNames &names, bool mayAppend) {
    config.apply(files.settings);
    config.addSpecialTokens(names, mayAppend, files);
  }

  int32_t idOf(const std::string &path, const std::string &content) {
    for (const AddedToken &token : files.settings.added)
      if (token.content == content)
        return token.id;
    fail(path + ": no token \"" + content + "\", expected it around each text");
    return -1;
  }

  void setTemplate(const std::string &path, bool isRoberta) {
    Settings &settings = files.settings;
    int32_t second = isRoberta ? 0 : 1;
    TemplatePiece cls{TemplatePiece::Ids, 0, {idOf(path, settings.cls)}};
    TemplatePiece sep{TemplatePiece::Ids, 0, {idOf(path, settings.sep)}};
    settings.single = {cls, {TemplatePiece::First, 0, {}}, sep};
    settings.pair = settings.single;
    if (isRoberta)
      settings.pair.push_back(sep);
    settings.pair.push_back({TemplatePiece::Second, second, {}});
    sep.typeId = second;
    settings.pair.push_back(sep);
    settings.oneType = isRoberta;
  }

  const std::string &folder;
  std::string error;
  TokenizerConfig config;
  TokenizerFiles files;
};

} // namespace

Result<TokenizerFiles> bertc::text::readFolder(const std::string &folder) {
  return FolderReader(folder).run();
}
