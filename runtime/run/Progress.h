//===- Progress.h - how far long work has come ----------------------------===//

#ifndef BERTC_RUNTIME_RUN_PROGRESS_H
#define BERTC_RUNTIME_RUN_PROGRESS_H

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace bertc::run {

/// Says on the standard error how many texts were answered: on a terminal in
/// one line that is rewritten, elsewhere a line from time to time. Short work
/// says nothing.
class Progress {
public:
  Progress();
  /// Clears the line on the terminal.
  ~Progress();
  Progress(const Progress &) = delete;
  Progress &operator=(const Progress &) = delete;

  /// `fraction` of all is done, where that is known.
  void report(int64_t texts, std::optional<double> fraction);

private:
  using Clock = std::chrono::steady_clock;
  std::string line(int64_t texts, std::optional<double> fraction,
                   double seconds) const;

  const bool isTerminal;
  const Clock::time_point start;
  Clock::time_point next;
  bool shown = false;
};

} // namespace bertc::run

#endif // BERTC_RUNTIME_RUN_PROGRESS_H
