// SPDX-License-Identifier: Apache-2.0
#include "worker_pool.hpp"

#include "catch.hpp"

#include <atomic>
#include <future>
#include <latch>
#include <memory>
#include <thread>
#include <vector>

using gallery_server::WorkerPool;

TEST_CASE("One worker runs jobs in FIFO order", "[workers]") {
  std::vector<int> order;
  std::latch done{100};
  {
    WorkerPool pool{1, 1000};
    for (int i = 0; i < 100; ++i) {
      REQUIRE(pool.try_post([&order, &done, i] {
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
    pool.post([&] {
      for (int i = 1; i < count; ++i) pool.post([&all] { all.arrive_and_wait(); });
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
        pool.post([&] {
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
  REQUIRE(pool.try_post([&began, gone] {
    began.count_down();
    gone.wait();
  }));
  began.wait();
  CHECK(pool.try_post([] {}));
  CHECK(pool.try_post([] {}));
  CHECK_FALSE(pool.try_post([] {}));
  go.set_value();
}

TEST_CASE("The destructor waits for running jobs and drops queued ones", "[workers]") {
  const auto waiting = std::make_shared<int>(0);
  std::promise<void> go;
  std::latch began{1};
  std::atomic<bool> finished{false};
  std::thread releases;
  {
    WorkerPool pool{1, 10};
    pool.post([&, gone = go.get_future().share()] {
      began.count_down();
      gone.wait();
      finished = true;
    });
    began.wait();
    pool.post([waiting] { ++*waiting; });
    releases = std::thread{[&] { go.set_value(); }};
  }
  releases.join();
  CHECK(finished);
  CHECK(waiting.use_count() == 1);
}
