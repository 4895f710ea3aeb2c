//===- Tokenizer.cpp - bertc_tokenizer_open and what it gives -------------===//

#include "runtime/api/Tokenizer.h"

#include "runtime/api/Guard.h"
#include "runtime/run/ModelTokenizer.h"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using namespace bertc;
using namespace bertc::api;

bertc_tokenizer *bertc_tokenizer_open(const bertc_model *model,
                                      const char *path) {
  if (!model && !path) {
    core::fail(BERTC_BAD_ARGUMENT, "neither a model nor a path is given");
    return nullptr;
  }
  if (path ? !*path : !bertc_info(model)->tokenizer) {
    core::fail(BERTC_BAD_ARGUMENT,
               path ? "the path is empty" : "the model carries no tokenizer");
    return nullptr;
  }
  return guarded(
      [&]() -> bertc_tokenizer * {
        const std::string name = path ? path : "";
        io::Result<text::Tokenizer> tokenizer =
            model ? run::tokenizerFor(model, name) : run::openVocabulary(name);
        if (tokenizer)
          return new bertc_tokenizer(std::move(*tokenizer));
        core::fail(BERTC_BAD_ARTIFACT, "%s", tokenizer.error().c_str());
        return nullptr;
      },
      static_cast<bertc_tokenizer *>(nullptr));
}

void bertc_tokenizer_close(bertc_tokenizer *tokenizer) { delete tokenizer; }

const bertc_tokenizer_info *
bertc_tokenizer_facts(const bertc_tokenizer *tokenizer) {
  return tokenizer ? &tokenizer->info : nullptr;
}

bertc_text bertc_token(const bertc_tokenizer *tokenizer, int32_t id) {
  if (!tokenizer || id < 0 || id >= tokenizer->info.vocab_size)
    return {nullptr, 0};
  const std::string_view token = tokenizer->tokenizer.token(id);
  return {token.empty() ? nullptr : token.data(), token.size()};
}

int32_t bertc_find_token(const bertc_tokenizer *tokenizer, bertc_text token) {
  return tokenizer && token.data ? tokenizer->tokenizer.find(viewOf(token))
                                 : -1;
}

int64_t bertc_decode(const bertc_tokenizer *tokenizer, const int32_t *ids,
                     int64_t count, int skip_special_tokens, char *buffer,
                     int64_t size) {
  if (!tokenizer || count < 0 || size < 0 || (!ids && count > 0) ||
      (!buffer && size > 0)) {
    core::fail(BERTC_BAD_ARGUMENT,
               "decoding needs a tokenizer, ids and a buffer");
    return -1;
  }
  return guarded(
      [&] {
        text::DecodeOptions options;
        options.skipSpecialTokens = skip_special_tokens != 0;
        const std::string text = tokenizer->tokenizer.decode(
            std::vector<int32_t>(ids, ids + count), options);
        if (size > 0) {
          const size_t kept =
              std::min(text.size(), static_cast<size_t>(size - 1));
          std::memcpy(buffer, text.data(), kept);
          buffer[kept] = 0;
        }
        return static_cast<int64_t>(text.size());
      },
      int64_t(-1));
}
