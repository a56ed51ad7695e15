// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <csetjmp>

namespace imagegallery {

/// Contains the longjmp of a C library's error handler, which must not cross a frame with
/// destructors. Every call into the library goes through `try_call`; the error callback calls
/// `leave`. Not thread safe.
class LongjmpGuard {
 public:
  /// False if the library failed. `function` must not own anything with a destructor.
  template <typename Function>
  bool try_call(Function& function) {
    if (setjmp(place_) != 0) return false;
    function();
    return true;
  }

  /// Makes the current `try_call` return false.
  [[noreturn]] void leave() { std::longjmp(place_, 1); }

 private:
  std::jmp_buf place_{};
};

}  // namespace imagegallery
