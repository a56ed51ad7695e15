// SPDX-License-Identifier: Apache-2.0
#include "worker_pool.hpp"

#include "catch.hpp"

#include <sys/resource.h>

#include <algorithm>
#include <atomic>
#include <future>
#include <latch>
#include <memory>
#include <string>
#include <thread>
#include <vector>

using gallery_server::WorkerPool;

TEST_CASE("One worker runs jobs in FIFO order", "[workers]") {
  std::vector<int> order;
  std::latch done{100};
  {
    WorkerPool pool{1, 1000};
    for (int i = 0; i < 100; ++i) {
      REQUIRE(pool.try_post("acme", [&order, &done, i] {
        order.push_back(i);
        done.count_down();
      }));
    }
    done.wait();
  }
  for (int i = 0; i < 100; ++i) CHECK(order[static_cast<std::size_t>(i)] == i);
}

TEST_CASE("Jobs that wait for each other run on separate workers", "[workers]") {
  for (int round = 0; round < 200; ++round) {
    constexpr int count = 4;
    WorkerPool pool{count, 1000};
    std::latch all{count + 1};
    // Posted both from a job that then waits and from outside.
    pool.post("acme", [&] {
      for (int i = 1; i < count; ++i) pool.post("acme", [&all] { all.arrive_and_wait(); });
      all.arrive_and_wait();
    });
    all.arrive_and_wait();
  }
  SUCCEED();
}

TEST_CASE("Jobs posted from many threads all run", "[workers]") {
  constexpr int posters = 4;
  constexpr int jobs = 2000;
  std::atomic<int> run{0};
  std::latch done{posters * jobs};
  WorkerPool pool{3, 1};
  std::vector<std::thread> threads;
  for (int i = 0; i < posters; ++i) {
    threads.emplace_back([&] {
      for (int job = 0; job < jobs; ++job) {
        pool.post("acme", [&] {
          ++run;
          done.count_down();
        });
      }
    });
  }
  for (auto& thread : threads) thread.join();
  done.wait();
  CHECK(run == posters * jobs);
}

TEST_CASE("try_post fails while the queue is full", "[workers]") {
  std::promise<void> go;
  std::latch began{1};
  auto gone = go.get_future().share();
  WorkerPool pool{1, 2};
  REQUIRE(pool.try_post("acme", [&began, gone] {
    began.count_down();
    gone.wait();
  }));
  began.wait();
  CHECK(pool.try_post("acme", [] {}));
  CHECK(pool.try_post("acme", [] {}));
  CHECK_FALSE(pool.try_post("acme", [] {}));
  go.set_value();
}

TEST_CASE("A full queue displaces the newest job of the tenant that has most", "[workers]") {
  std::promise<void> go;
  std::latch began{1};
  auto gone = go.get_future().share();
  std::vector<std::string> refused;
  std::vector<std::string> order;
  std::latch done{2};
  WorkerPool pool{1, 2};
  const auto post = [&](const std::string& tenant, const std::string& name) {
    return pool.try_post(
        tenant,
        [&order, &done, name] {
          order.push_back(name);
          done.count_down();
        },
        [&refused, name] { refused.push_back(name); });
  };
  REQUIRE(pool.try_post("acme", [&began, gone] {
    began.count_down();
    gone.wait();
  }));
  began.wait();
  CHECK(post("acme", "acme 1") != 0);
  CHECK(post("acme", "acme 2") != 0);
  CHECK(post("acme", "acme 3") == 0);
  CHECK(post("globex", "globex 1") != 0);
  CHECK(refused == std::vector<std::string>{"acme 2"});
  CHECK(post("globex", "globex 2") == 0);
  go.set_value();
  done.wait();
  CHECK(order == std::vector<std::string>{"globex 1", "acme 1"});
}

TEST_CASE("A job can be cancelled until it starts", "[workers]") {
  std::promise<void> go;
  std::latch began{1};
  auto gone = go.get_future().share();
  std::latch done{1};
  bool ran = false;
  WorkerPool pool{1, 10};
  const auto running = pool.try_post("acme", [&began, gone] {
    began.count_down();
    gone.wait();
  });
  began.wait();
  CHECK_FALSE(pool.cancel("acme", running));
  const auto waiting = pool.try_post("acme", [&ran] { ran = true; });
  CHECK(pool.cancel("acme", waiting));
  CHECK_FALSE(pool.cancel("acme", waiting));
  pool.post("acme", [&done] { done.count_down(); });
  go.set_value();
  done.wait();
  CHECK_FALSE(ran);
}

TEST_CASE("Only the threads of a nice pool have a lower priority", "[workers]") {
  const int own = ::getpriority(PRIO_PROCESS, 0);
  std::promise<int> of_nice;
  std::promise<int> of_normal;
  WorkerPool nice{1, 1, 5};
  WorkerPool normal{1, 1};
  nice.post("", [&] { of_nice.set_value(::getpriority(PRIO_PROCESS, 0)); });
  normal.post("", [&] { of_normal.set_value(::getpriority(PRIO_PROCESS, 0)); });
  CHECK(of_nice.get_future().get() == std::min(own + 5, 19));
  CHECK(of_normal.get_future().get() == own);
  CHECK(::getpriority(PRIO_PROCESS, 0) == own);
}

TEST_CASE("The destructor waits for running jobs and drops queued ones", "[workers]") {
  const auto waiting = std::make_shared<int>(0);
  std::promise<void> go;
  std::latch began{1};
  std::atomic<bool> finished{false};
  std::thread releases;
  {
    WorkerPool pool{1, 10};
    pool.post("acme", [&, gone = go.get_future().share()] {
      began.count_down();
      gone.wait();
      finished = true;
    });
    began.wait();
    pool.post("acme", [waiting] { ++*waiting; });
    releases = std::thread{[&] { go.set_value(); }};
  }
  releases.join();
  CHECK(finished);
  CHECK(waiting.use_count() == 1);
}
