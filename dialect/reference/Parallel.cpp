//===- Parallel.cpp - loops on all cores ----------------------------------===//

#include "dialect/reference/Steps.h"

#include <algorithm>
#include <atomic>
#include <thread>
#include <vector>

void bertc::parallel(int64_t count, llvm::function_ref<void(int64_t)> body) {
  unsigned workers = std::max(1u, std::thread::hardware_concurrency());
  std::atomic<int64_t> next{0};
  auto work = [&] {
    for (int64_t i = next++; i < count; i = next++)
      body(i);
  };
  std::vector<std::thread> threads;
  for (unsigned i = 1; i < workers && int64_t(i) < count; ++i)
    threads.emplace_back(work);
  work();
  for (std::thread &thread : threads)
    thread.join();
}
