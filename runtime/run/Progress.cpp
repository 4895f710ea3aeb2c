//===- Progress.cpp -------------------------------------------------------===//

#include "runtime/run/Progress.h"

#include <cmath>
#include <cstdio>
#include <unistd.h>

using namespace bertc::run;

namespace {

using namespace std::chrono_literals;

// Before that nobody wonders.
constexpr auto terminalPatience = 1s;
constexpr auto terminalInterval = 200ms;
constexpr auto logInterval = 30s;

std::string duration(double seconds) {
  const auto whole = std::llround(seconds);
  char text[48];
  if (whole >= 3600)
    std::snprintf(text, sizeof(text), "%lld h %02lld min", whole / 3600,
                  whole / 60 % 60);
  else if (whole >= 60)
    std::snprintf(text, sizeof(text), "%lld min %02lld s", whole / 60,
                  whole % 60);
  else
    std::snprintf(text, sizeof(text), "%lld s", whole);
  return text;
}

} // namespace

Progress::Progress()
    : isTerminal(isatty(STDERR_FILENO) == 1), start(Clock::now()),
      next(start + (isTerminal ? Clock::duration(terminalPatience)
                               : Clock::duration(logInterval))) {}

Progress::~Progress() {
  if (shown && isTerminal)
    std::fputs("\r\033[K", stderr);
}

std::string Progress::line(int64_t texts, std::optional<double> fraction,
                           double seconds) const {
  char text[160];
  std::snprintf(text, sizeof(text), "%lld texts, %.0f a second",
                static_cast<long long>(texts), double(texts) / seconds);
  std::string result = text;
  if (fraction && *fraction > 0) {
    std::snprintf(text, sizeof(text), ", %.0f %%, %s left", *fraction * 100,
                  duration(seconds * (1 - *fraction) / *fraction).c_str());
    result += text;
  }
  return result;
}

void Progress::report(int64_t texts, std::optional<double> fraction) {
  const Clock::time_point now = Clock::now();
  if (now < next)
    return;
  next = now + (isTerminal ? Clock::duration(terminalInterval)
                           : Clock::duration(logInterval));
  shown = true;
  const std::string text =
      line(texts, fraction, std::chrono::duration<double>(now - start).count());
  std::fprintf(stderr, isTerminal ? "\r%s\033[K" : "%s\n", text.c_str());
}
