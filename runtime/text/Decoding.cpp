//===- Decoding.cpp - tokens to a text ------------------------------------===//

#include "runtime/text/Decoding.h"

#include "runtime/text/ByteLevel.h"
#include "runtime/text/Utf8.h"

using namespace bertc::text;

/// As str.replace of Python and Rust: left to right, over what is not made yet.
static std::string replaced(const std::string &text, std::string_view from,
                            std::string_view to) {
  size_t found = text.find(from);
  if (found == std::string::npos)
    return text;
  std::string out;
  size_t done = 0;
  for (; found != std::string::npos; found = text.find(from, done)) {
    out.append(text, done, found - done);
    out += to;
    done = found + from.size();
  }
  return out.append(text, done, std::string::npos);
}

static std::string cleanUp(std::string text, bool contractsNot) {
  if (text.find(' ') == std::string::npos)
    return text;
  for (auto [from, to] :
       {std::pair(" .", "."), std::pair(" ?", "?"), std::pair(" !", "!"),
        std::pair(" ,", ","), std::pair(" ' ", "'"), std::pair(" n't", "n't"),
        std::pair(" 'm", "'m")})
    text = replaced(text, from, to);
  // The crate has this line, transformers has not.
  if (contractsNot)
    text = replaced(text, " do not", " don't");
  for (auto [from, to] : {std::pair(" 's", "'s"), std::pair(" 've", "'ve"),
                          std::pair(" 're", "'re")})
    text = replaced(text, from, to);
  return text;
}

std::string bertc::text::cleanUpSpaces(std::string text) {
  return cleanUp(std::move(text), /*contractsNot=*/false);
}

/// U+FFFD for bytes that are not UTF-8.
static std::string repaired(const std::string &bytes) {
  if (isUtf8(bytes))
    return bytes;
  std::string out;
  for (size_t at = 0; at < bytes.size();) {
    DecodedChar next = decodeUtf8(bytes, at);
    appendUtf8(out, next.code);
    at += next.length;
  }
  return out;
}

std::string
bertc::text::decodeTokens(const std::vector<std::string_view> &tokens,
                          const Decoder &decoder) {
  std::string out;
  for (size_t i = 0; i < tokens.size(); ++i) {
    std::string_view token = tokens[i];
    switch (decoder.kind) {
    case Decoder::Join:
      if (i > 0)
        out += ' ';
      out += token;
      break;
    case Decoder::WordPiece: {
      std::string part(token);
      if (i > 0 && token.substr(0, decoder.prefix.size()) == decoder.prefix)
        part.erase(0, decoder.prefix.size());
      else if (i > 0)
        part.insert(0, 1, ' ');
      out += decoder.cleanUp ? cleanUp(part, /*contractsNot=*/true) : part;
      break;
    }
    case Decoder::ByteLevel:
      appendBytesOfToken(token, out);
      break;
    case Decoder::Metaspace:
      out += replaced(std::string(token), decoder.replacement,
                      i == 0 && decoder.dropFirst ? "" : " ");
      break;
    }
  }
  return decoder.kind == Decoder::ByteLevel ? repaired(out) : out;
}
