//===- Truncation.cpp - which tokens of a text or a pair stay -------------===//

#include "runtime/text/Truncation.h"

#include <algorithm>

using namespace bertc::text;

std::string bertc::text::truncate(size_t &first, size_t &second, bool isPair,
                                  size_t room, Truncation strategy) {
  size_t total = first + second;
  if (total <= room)
    return {};
  if (room == 0) {
    first = second = 0;
    return {};
  }
  if (strategy == Truncation::LongestFirst) {
    if (!isPair) {
      first = room;
      return {};
    }
    bool swapped = first > second;
    size_t small = std::min(first, second);
    size_t large = small > room ? small : std::max(small, room - small);
    if (small + large > room) {
      small = room / 2;
      large = small + room % 2;
    }
    first = swapped ? large : small;
    second = swapped ? small : large;
    return {};
  }
  if (strategy == Truncation::OnlySecond && !isPair)
    return "truncating the second text only needs a second text";
  size_t &target = strategy == Truncation::OnlyFirst ? first : second;
  if (target <= total - room)
    return std::string("the ") +
           (strategy == Truncation::OnlyFirst ? "first" : "second") +
           " text alone is too short to be cut to the maximum length";
  target -= total - room;
  return {};
}

Result<std::vector<Window>> bertc::text::windowsOf(size_t count, size_t size,
                                                   size_t stride, bool left) {
  std::vector<Window> windows;
  if (size >= count)
    return std::vector<Window>{{0, count}};
  if (size == 0)
    return std::vector<Window>{{0, 0}, {0, count}};
  if (stride >= size)
    return Failure{"stride is " + std::to_string(stride) +
                   ", expected less than the " + std::to_string(size) +
                   " tokens of a window"};
  for (size_t done = 0; windows.empty() || done < count;
       done += size - stride) {
    if (left) {
      size_t end = count - done;
      windows.push_back({end > size ? end - size : 0, end});
      if (windows.back().begin == 0)
        break;
    } else {
      windows.push_back({done, std::min(done + size, count)});
      if (windows.back().end == count)
        break;
    }
  }
  return windows;
}
