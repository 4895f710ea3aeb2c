//===- ModelTokenizer.h - which tokenizer reads the texts of a model ------===//

#ifndef BERTC_RUNTIME_RUN_MODELTOKENIZER_H
#define BERTC_RUNTIME_RUN_MODELTOKENIZER_H

#include "runtime/include/bertc.h"
#include "runtime/io/Result.h"
#include "runtime/text/Tokenizer.h"

#include <string>

namespace bertc::run {

/// The tokenizer of a folder that text::Tokenizer reads, or of the folder that
/// a file of it is in.
io::Result<text::Tokenizer> openVocabulary(const std::string &path);

/// The tokenizer of `vocabulary`, as above; where that is empty, the one that
/// the model carries. Its ids are rows of the model's embeddings.
io::Result<text::Tokenizer> tokenizerFor(const bertc_model *model,
                                         const std::string &vocabulary);

} // namespace bertc::run

#endif // BERTC_RUNTIME_RUN_MODELTOKENIZER_H
