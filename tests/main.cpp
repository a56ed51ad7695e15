// SPDX-License-Identifier: Apache-2.0
#ifdef IMAGEGALLERY_CATCH2_V2
#define CATCH_CONFIG_RUNNER
#endif
#include "catch.hpp"

#include <cstdio>
#include <cstdlib>
#include <thread>

#ifdef IMAGEGALLERY_CATCH2_V2
using ListenerBase = Catch::TestEventListenerBase;
#else
using ListenerBase = Catch::EventListenerBase;
#endif

namespace {

// Catch2's counters have no lock: an assertion on another thread is a data race that a
// sanitizer notices by luck. This notices it each time.
class MainThreadOnly final : public ListenerBase {
 public:
  using ListenerBase::ListenerBase;

  void assertionStarting(const Catch::AssertionInfo& info) override {
    require_main_thread(info.lineInfo);
  }

  // Called too for an assertion that begins without assertionStarting (CHECK_THROWS).
#ifdef IMAGEGALLERY_CATCH2_V2
  bool assertionEnded(const Catch::AssertionStats& stats) override {
    require_main_thread(stats.assertionResult.getSourceInfo());
    return false;
  }
#else
  void assertionEnded(const Catch::AssertionStats& stats) override {
    require_main_thread(stats.assertionResult.getSourceInfo());
  }
#endif

 private:
  void require_main_thread(const Catch::SourceLineInfo& line) const {
    if (std::this_thread::get_id() == main_thread_) return;
    std::fprintf(stderr, "%s:%zu: an assertion outside of the test's own thread\n", line.file,
                 line.line);
    std::abort();
  }

  std::thread::id main_thread_ = std::this_thread::get_id();
};

CATCH_REGISTER_LISTENER(MainThreadOnly)

}  // namespace

int main(int argc, char* argv[]) { return Catch::Session().run(argc, argv); }
