// SPDX-License-Identifier: Apache-2.0
#include "storage/sqlite_write_queue.hpp"

#include <imagegallery/error.hpp>

#include <atomic>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "catch.hpp"
#include "faulty_disk.hpp"
#include "storage/scratch_directory.hpp"

namespace imagegallery::sqlite {
namespace {

std::unique_ptr<Connection> connect(const std::filesystem::path& path) {
  ConnectionOptions options;
  options.create = true;
  options.vfs = faults::FaultyDisk::vfs();
  return std::make_unique<Connection>(path, options);
}

std::unique_ptr<WriteQueue> make_queue(const std::filesystem::path& path) {
  auto writer = connect(path);
  (void)writer->query_value("PRAGMA journal_mode=WAL");
  writer->execute("CREATE TABLE job(name TEXT UNIQUE)");
  auto log = std::make_unique<WriteAheadLog>(*writer, connect(path), 1u << 30);
  return std::make_unique<WriteQueue>(std::move(writer), std::move(log));
}

/// A write queue over a table of the jobs that were committed. Jobs run on threads of their own.
struct Queue {
  ~Queue() { join(); }

  void start(Durability durability, WriteQueue::Work work) {
    threads.emplace_back([this, durability, work = std::move(work)] {
      try {
        queue->run(durability, work);
      } catch (const std::exception&) {
        ++failed;
      }
    });
  }
  void start(Durability durability, const std::string& name) {
    start(durability, [name](Connection& connection) { insert(connection, name); });
  }

  /// Starts a job that stays in its transaction until that many callers wait for it.
  void start_and_hold(Durability durability, std::size_t callers) {
    start(durability, [this, callers](Connection& connection) {
      is_held = true;
      await(callers);
      insert(connection, "held");
    });
    while (!is_held) std::this_thread::yield();
  }

  void await(std::size_t callers) {
    while (queue->waiting() < callers) std::this_thread::yield();
  }

  void join() {
    for (auto& thread : threads) thread.join();
    threads.clear();
  }

  static void insert(Connection& connection, const std::string& name) {
    connection.prepare("INSERT INTO job(name) VALUES (?1)").bind(std::string_view{name}).run();
  }

  /// The committed jobs, in order.
  std::vector<std::string> jobs() const {
    std::vector<std::string> names;
    auto query = reader->prepare("SELECT name FROM job ORDER BY rowid");
    while (query.step()) names.push_back(query.text(0));
    return names;
  }

  faults::FaultyDisk disk;
  ScratchDirectory directory;
  std::filesystem::path path = directory.path() / "test.db";
  std::unique_ptr<WriteQueue> queue = make_queue(path);
  std::unique_ptr<Connection> reader = connect(path);
  std::vector<std::thread> threads;
  std::atomic<bool> is_held{false};
  std::atomic<int> failed{0};
};

using Names = std::vector<std::string>;

TEST_CASE("Commits that wait together share a sync", "[queue]") {
  Queue q;
  q.queue->run(Durability::synced, [](Connection& connection) { Queue::insert(connection, "0"); });
  const auto before = q.disk.log_syncs();
  q.start_and_hold(Durability::synced, 20);
  for (int i = 1; i <= 20; ++i) q.start(Durability::synced, std::to_string(i));
  q.join();
  CHECK(q.jobs().size() == 22);
  CHECK(q.disk.log_syncs() - before == 2);
}

TEST_CASE("Concurrent uploads share their syncs", "[queue]") {
  constexpr std::size_t uploads = 8;
  Queue q;
  q.queue->run(Durability::synced, [](Connection& connection) { Queue::insert(connection, "0"); });
  const auto before = q.disk.log_syncs();
  // A sync ends once every other upload has made its next call, as a slow one would.
  std::atomic<std::size_t> commits{0};
  q.disk.on_log_sync([&] {
    while (q.queue->waiting() + commits < uploads) std::this_thread::yield();
  });
  const int round = GENERATE(range(0, 10));
  CAPTURE(round);
  for (std::size_t i = 1; i <= uploads; ++i) {
    q.threads.emplace_back([&, name = std::to_string(i)] {
      q.queue->run(Durability::later,
                   [&](Connection& connection) { Queue::insert(connection, "content " + name); });
      q.queue->run(Durability::synced, [&](Connection& connection) {
        ++commits;
        Queue::insert(connection, name);
      });
    });
  }
  q.join();
  CHECK(q.jobs().size() == 1 + 2 * uploads);
  // The first one may come before the others have stored their content, and the next one before
  // all of those have returned.
  CHECK(q.disk.log_syncs() - before <= 3);
}

TEST_CASE("At most 64 commits share a transaction", "[queue]") {
  Queue q;
  q.queue->run(Durability::synced, [](Connection& connection) { Queue::insert(connection, "0"); });
  const auto before = q.disk.log_syncs();
  const int commits = GENERATE(64, 65);
  q.start_and_hold(Durability::synced, static_cast<std::size_t>(commits));
  for (int i = 1; i <= commits; ++i) q.start(Durability::synced, std::to_string(i));
  q.join();
  CHECK(q.disk.log_syncs() - before == (commits == 64 ? 2u : 3u));
}

TEST_CASE("A job that throws leaves nothing, and the others of its group are committed",
          "[queue]") {
  Queue q;
  const auto durability = GENERATE(Durability::later, Durability::synced);
  q.start_and_hold(durability, 3);
  q.start(durability, "first");
  q.await(1);
  q.start(durability, [](Connection& connection) {
    Queue::insert(connection, "broken");
    Queue::insert(connection, "broken as well");
    throw std::runtime_error("broken");
  });
  q.await(2);
  q.start(durability, "last");
  q.join();
  CHECK(q.failed == 1);
  CHECK(q.jobs() == Names{"held", "first", "last"});
}

TEST_CASE("A job that throws alone leaves nothing", "[queue]") {
  Queue q;
  CHECK_THROWS_WITH(q.queue->run(Durability::synced,
                                 [](Connection& connection) {
                                   Queue::insert(connection, "broken");
                                   throw std::runtime_error("broken");
                                 }),
                    "broken");
  CHECK(q.jobs().empty());
  q.queue->run(Durability::synced, [](Connection& connection) { Queue::insert(connection, "a"); });
  CHECK(q.jobs() == Names{"a"});
}

TEST_CASE("If a transaction fails, so does every job in it, and none is committed", "[queue]") {
  Queue q;
  q.queue->run(Durability::synced, [](Connection& connection) { Queue::insert(connection, "0"); });
  q.start_and_hold(Durability::synced, 3);
  q.disk.on_log_sync([&, first = true]() mutable {
    // The first sync is that of the held job, the next that of the group.
    if (!std::exchange(first, false)) return;
    q.disk.arm(faults::DiskCall::sync, faults::DiskFault::io_error, 2, false);
  });
  for (const char* name : {"a", "b", "c"}) q.start(Durability::synced, name);
  q.join();
  CHECK(q.disk.triggered());
  CHECK(q.failed == 3);
  CHECK(q.jobs() == Names{"0", "held"});
}

TEST_CASE("Jobs without a sync run before commits that wait", "[queue]") {
  Queue q;
  q.start_and_hold(Durability::synced, 4);
  q.start(Durability::synced, "commit");
  q.await(1);
  for (const std::size_t i : {1u, 2u, 3u}) {
    q.start(Durability::later, "content " + std::to_string(i));
    if (i < 3) q.await(i + 1);
  }
  q.join();
  CHECK(q.jobs() == Names{"held", "content 1", "content 2", "content 3", "commit"});
}

TEST_CASE("An endless stream of jobs without a sync delays a commit by 8 transactions", "[queue]") {
  Queue q;
  std::atomic<bool> committed{false};
  std::atomic<int> jobs{0};
  // Each job stays in its transaction until the commit and the other thread's next job wait.
  const auto stream = [&] {
    while (!committed && jobs < 100) {
      q.queue->run(Durability::later, [&](Connection&) {
        ++jobs;
        while (q.queue->waiting() < 2 && !committed && jobs < 100) std::this_thread::yield();
      });
    }
  };
  int before_commit = 0;
  q.start_and_hold(Durability::synced, 2);
  q.start(Durability::synced, [&](Connection&) {
    before_commit = jobs;
    committed = true;
  });
  q.await(1);
  std::thread one(stream);
  while (jobs == 0) std::this_thread::yield();
  std::thread other(stream);
  one.join();
  other.join();
  q.join();
  CHECK(before_commit == 8);
}

}  // namespace
}  // namespace imagegallery::sqlite
