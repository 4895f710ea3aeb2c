//===- Guard.cpp ----------------------------------------------------------===//

#include "runtime/api/Guard.h"

#include <cstdint>

using namespace bertc;

bool bertc::api::checkTexts(const bertc_text *texts, const bertc_text *pairs,
                            int64_t count) {
  auto refuse = [](const char *what, int64_t index) {
    core::fail(BERTC_BAD_ARGUMENT, "%s %lld is NULL", what,
               static_cast<long long>(index + 1));
    return false;
  };
  if (count < 0) {
    core::fail(BERTC_BAD_ARGUMENT, "count is %lld, expected 0 or more",
               static_cast<long long>(count));
    return false;
  }
  if (!texts && count > 0) {
    core::fail(BERTC_BAD_ARGUMENT, "the texts are NULL");
    return false;
  }
  for (int64_t i = 0; i < count; ++i) {
    if (!texts[i].data)
      return refuse("text", i);
    if (pairs && !pairs[i].data)
      return refuse("pair", i);
  }
  return true;
}
