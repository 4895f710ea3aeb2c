//===- Place.h - where an element stands, in words ------------------------===//

#ifndef BERTC_TOOLS_BERT_OPT_PLACE_H
#define BERTC_TOOLS_BERT_OPT_PLACE_H

#include "dialect/reference/ReferenceTensor.h"

#include <cstddef>
#include <string>

namespace bertc {

/// Element `i` of a tensor of this shape as "[2, 5]".
std::string place(const ReferenceTensor &tensor, std::size_t i);

} // namespace bertc

#endif // BERTC_TOOLS_BERT_OPT_PLACE_H
