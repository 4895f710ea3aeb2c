//===- Tokenizer.h - behind bertc_tokenizer -------------------------------===//

#ifndef BERTC_RUNTIME_API_TOKENIZER_H
#define BERTC_RUNTIME_API_TOKENIZER_H

#include "runtime/include/bertc_text.h"
#include "runtime/text/Tokenizer.h"

#include <utility>

struct bertc_tokenizer {
  explicit bertc_tokenizer(bertc::text::Tokenizer given)
      : tokenizer(std::move(given)),
        info{tokenizer.vocabularySize(), tokenizer.maxLength(),
             tokenizer.clsId(),          tokenizer.sepId(),
             tokenizer.padId(),          tokenizer.maskId(),
             tokenizer.unknownId()} {}

  const bertc::text::Tokenizer tokenizer;
  const bertc_tokenizer_info info;
};

#endif // BERTC_RUNTIME_API_TOKENIZER_H
