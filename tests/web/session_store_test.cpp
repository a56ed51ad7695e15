// SPDX-License-Identifier: Apache-2.0
#include "web/session_store.hpp"

#include "catch.hpp"

#include <atomic>
#include <set>
#include <string>
#include <thread>
#include <vector>

using namespace std::chrono_literals;
using imagegallery::SessionStore;

namespace {

struct SteadyClock {
  std::chrono::steady_clock::time_point now{};

  SessionStore::Clock function() {
    return [this] { return now; };
  }
};

}  // namespace

TEST_CASE("A session id returns its token", "[web]") {
  SessionStore sessions{10min, 10};
  const auto id = sessions.begin("secret");
  CHECK(sessions.find(id) == "secret");
}

TEST_CASE("A session id is 64 hexadecimal digits and unique", "[web]") {
  SessionStore sessions{10min, 1000};
  std::set<std::string> ids;
  for (int i = 0; i < 500; ++i) ids.insert(sessions.begin("secret"));
  CHECK(ids.size() == 500);
  for (const auto& id : ids) {
    REQUIRE(id.size() == 64);
    REQUIRE(id.find_first_not_of("0123456789abcdef") == std::string::npos);
  }
}

TEST_CASE("An unknown session id is not found", "[web]") {
  SessionStore sessions{10min, 10};
  (void)sessions.begin("secret");
  CHECK_FALSE(sessions.find(""));
  CHECK_FALSE(sessions.find(std::string(64, '0')));
}

TEST_CASE("An ended session is not found, and ending it again has no effect", "[web]") {
  SessionStore sessions{10min, 10};
  const auto id = sessions.begin("secret");
  sessions.end(id);
  CHECK_FALSE(sessions.find(id));
  sessions.end(id);
  CHECK(sessions.size() == 0);
}

TEST_CASE("A session expires after its idle timeout", "[web]") {
  SteadyClock clock;
  SessionStore sessions{10min, 10, clock.function()};
  const auto id = sessions.begin("secret");
  clock.now += 10min - 1s;
  CHECK(sessions.find(id));
  clock.now += 10min - 1s;
  CHECK(sessions.find(id));
  clock.now += 10min;
  CHECK_FALSE(sessions.find(id));
  CHECK(sessions.size() == 0);
}

TEST_CASE("A new session drops those that are idle", "[web]") {
  SteadyClock clock;
  SessionStore sessions{10min, 10, clock.function()};
  (void)sessions.begin("one");
  clock.now += 1min;
  (void)sessions.begin("two");
  clock.now += 9min - 1s;
  (void)sessions.begin("three");
  CHECK(sessions.size() == 3);
  clock.now += 1s;
  (void)sessions.begin("four");
  CHECK(sessions.size() == 3);  // without the first
  clock.now += 10min;
  (void)sessions.begin("five");
  CHECK(sessions.size() == 1);
}

TEST_CASE("An idle session is dropped rather than one in use", "[web]") {
  SteadyClock clock;
  SessionStore sessions{10min, 2, clock.function()};
  const auto first = sessions.begin("first");
  clock.now += 5min;
  const auto second = sessions.begin("second");
  clock.now += 5min;
  const auto third = sessions.begin("third");
  CHECK_FALSE(sessions.find(first));
  CHECK(sessions.find(second));
  CHECK(sessions.find(third));
}

TEST_CASE("The least recently used session is evicted at the limit", "[web]") {
  SessionStore sessions{10min, 2};
  const auto first = sessions.begin("first");
  const auto second = sessions.begin("second");
  CHECK(sessions.find(first));
  const auto third = sessions.begin("third");
  CHECK(sessions.find(first));
  CHECK_FALSE(sessions.find(second));
  CHECK(sessions.find(third));
  CHECK(sessions.size() == 2);
}

TEST_CASE("Sessions can begin and end on many threads at once", "[web]") {
  SessionStore sessions{10min, 16};
  std::vector<std::thread> threads;
  std::atomic<int> wrong{0};
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      const std::string token = std::to_string(t);
      for (int i = 0; i < 200; ++i) {
        const auto id = sessions.begin(token);
        const auto found = sessions.find(id);
        if (found && *found != token) ++wrong;
        if (i % 2 == 0) sessions.end(id);
      }
    });
  }
  for (auto& thread : threads) thread.join();
  CHECK(wrong == 0);
  CHECK(sessions.size() <= 16);
}
