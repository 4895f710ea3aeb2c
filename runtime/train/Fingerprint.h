//===- Fingerprint.h - whether a run is the one whose state was saved -----===//

#ifndef BERTC_RUNTIME_TRAIN_FINGERPRINT_H
#define BERTC_RUNTIME_TRAIN_FINGERPRINT_H

#include "runtime/io/Result.h"

#include <string>
#include <string_view>

namespace bertc::train {

using io::Result;

/// 16 digits, bertc_checksum of the bytes: against mistakes, not malice.
std::string fingerprint(std::string_view bytes);
Result<std::string> fingerprintOfFile(const std::string &path);

/// What two JSON objects differ in, in one line: "data.train was "3f" and is
/// "a0", seed was 1 and is absent". Empty where they are equal; numbers are by
/// value, lists as a whole.
std::string describeDifference(std::string_view saved,
                               std::string_view current);

} // namespace bertc::train

#endif // BERTC_RUNTIME_TRAIN_FINGERPRINT_H
