// SPDX-License-Identifier: Apache-2.0
#include "turn_queue.hpp"

#include "catch.hpp"

#include <deque>
#include <initializer_list>
#include <map>
#include <random>
#include <string>
#include <vector>

using gallery_server::TurnQueue;

namespace {

/// A queue whose jobs append their name to `started`, or to `refused`.
struct Queue {
  std::uint64_t push(const std::string& tenant, const std::string& name) {
    return queue.push(
        tenant, [this, name] { started.push_back(name); },
        [this, name] { refused.push_back(name); });
  }
  void push_all(const std::string& tenant, std::initializer_list<const char*> names) {
    for (const char* const name : names) push(tenant, name);
  }
  std::vector<std::string> run_all() {
    while (!queue.empty()) queue.pop()();
    return started;
  }

  TurnQueue queue;
  std::vector<std::string> started;
  std::vector<std::string> refused;
};

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("Jobs of one tenant start in FIFO order", "[turns]") {
  Queue q;
  q.push_all("a", {"1", "2", "3"});
  CHECK(q.run_all() == Names{"1", "2", "3"});
}

TEST_CASE("Tenants take turns, however many jobs each has queued", "[turns]") {
  Queue q;
  q.push_all("a", {"a1", "a2", "a3", "a4"});
  q.push_all("b", {"b1", "b2"});
  q.push_all("c", {"c1"});
  CHECK(q.run_all() == Names{"a1", "b1", "c1", "a2", "b2", "a3", "a4"});
}

TEST_CASE("A tenant that arrives while another floods the queue is next", "[turns]") {
  Queue q;
  q.push_all("a", {"a1", "a2", "a3", "a4", "a5"});
  q.queue.pop()();
  q.queue.pop()();
  q.push("b", "b1");
  CHECK(q.run_all() == Names{"a1", "a2", "b1", "a3", "a4", "a5"});
}

TEST_CASE("A tenant with one job at a time gets no more turns than one with many", "[turns]") {
  Queue q;
  q.push_all("a", {"a1", "a2", "a3"});
  for (const char* const name : {"b1", "b2", "b3"}) {
    q.push("b", name);
    q.queue.pop()();
    q.queue.pop()();
  }
  CHECK(q.started == Names{"a1", "b1", "a2", "b2", "a3", "b3"});
}

TEST_CASE("A removed job does not run, and others keep their order", "[turns]") {
  Queue q;
  const auto first = q.push("a", "a1");
  q.push("a", "a2");
  q.push("b", "b1");
  const auto last = q.push("a", "a3");
  CHECK(q.queue.remove("a", first));
  CHECK(q.queue.remove("a", last));
  CHECK_FALSE(q.queue.remove("a", first));
  CHECK_FALSE(q.queue.remove("c", last));
  CHECK(q.queue.size() == 2);
  CHECK(q.run_all() == Names{"b1", "a2"});
}

TEST_CASE("The tenant with the longest queue makes room for others", "[turns]") {
  Queue q;
  q.push_all("a", {"a1", "a2", "a3"});
  q.push_all("b", {"b1", "b2"});
  const auto displaced = q.queue.displace_for("c");
  REQUIRE(displaced);
  displaced->refuse();
  CHECK(q.refused == Names{"a3"});
  // Not for itself, and not for a tenant that would then have more.
  CHECK_FALSE(q.queue.displace_for("a"));
  CHECK_FALSE(q.queue.displace_for("b"));
  CHECK(q.run_all() == Names{"a1", "b1", "a2", "b2"});
}

TEST_CASE("Jobs without a refusal keep their place", "[turns]") {
  Queue q;
  for (int i = 0; i < 5; ++i) {
    q.queue.push(
        "a", [&q] { q.started.push_back("continued"); }, nullptr);
  }
  CHECK_FALSE(q.queue.displace_for("b"));
  q.push_all("a", {"a1", "a2"});
  const auto displaced = q.queue.displace_for("b");
  REQUIRE(displaced);
  displaced->refuse();
  CHECK(q.refused == Names{"a2"});
  CHECK(q.queue.size() == 6);
}

TEST_CASE("Random use of the queue loses, repeats and reorders no job of a tenant", "[turns]") {
  const auto seed = GENERATE(range(1u, 20u));
  CAPTURE(seed);
  std::mt19937 random(seed);
  TurnQueue queue;
  std::map<std::string, std::deque<std::uint64_t>> model;  // Each tenant's jobs, in order.
  std::string ran;                                         // The tenant of the last job.
  std::size_t size = 0;
  for (int step = 0; step < 2000; ++step) {
    const std::string tenant(1, static_cast<char>('a' + random() % 6 * (random() % 2)));
    auto& jobs = model[tenant];
    const auto choice = random() % 10;
    if (choice < 5) {
      jobs.push_back(queue.push(
          tenant, [&ran, tenant] { ran = tenant; }, [] {}));
      ++size;
    } else if (choice < 8 && size > 0) {
      queue.pop()();
      REQUIRE_FALSE(model[ran].empty());
      // The first of that tenant is gone, and only that one.
      CHECK_FALSE(queue.remove(ran, model[ran].front()));
      model[ran].pop_front();
      --size;
    } else if (!jobs.empty()) {
      const auto at = static_cast<std::ptrdiff_t>(random() % jobs.size());
      CHECK(queue.remove(tenant, jobs[static_cast<std::size_t>(at)]));
      jobs.erase(jobs.begin() + at);
      --size;
    }
    REQUIRE(queue.size() == size);
  }
}
