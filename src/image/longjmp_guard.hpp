// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <csetjmp>

namespace imagegallery {

/// The way out of a C library that reports errors by a jump, which must not pass over a frame with
/// destructors: every call into the library goes through `try_call`, and its error callback calls
/// `leave`. For one thread.
class LongjmpGuard {
 public:
  /// False where the library gave up. `function` must not have anything to destroy.
  template <typename Function>
  bool try_call(Function& function) {
    if (setjmp(place_) != 0) return false;
    function();
    return true;
  }

  /// Ends the `try_call` that runs.
  [[noreturn]] void leave() { std::longjmp(place_, 1); }

 private:
  std::jmp_buf place_{};
};

}  // namespace imagegallery
