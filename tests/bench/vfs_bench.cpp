// SPDX-License-Identifier: Apache-2.0
//
// Helper of ./dev bench vfs: the CPU time of small transactions on the storage's VFS and on
// SQLite's own, alternating, and the ratio of the two. Nothing is synced.
#include <sqlite3.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "storage/scratch_directory.hpp"
#include "storage/sqlite_vfs.hpp"

namespace {

using Database = std::unique_ptr<sqlite3, int (*)(sqlite3*)>;
using Query = std::unique_ptr<sqlite3_stmt, int (*)(sqlite3_stmt*)>;

void require(bool success) {
  if (!success) throw std::runtime_error("SQLite failed");
}

Database open(const std::string& path, const std::string& vfs) {
  sqlite3* opened = nullptr;
  require(sqlite3_open_v2(path.c_str(), &opened, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE,
                          vfs.c_str()) == SQLITE_OK);
  Database database(opened, &sqlite3_close);
  require(sqlite3_exec(opened,
                       "PRAGMA synchronous=OFF; PRAGMA journal_mode=WAL;"
                       "CREATE TABLE IF NOT EXISTS t(a INTEGER PRIMARY KEY, b);"
                       "INSERT OR IGNORE INTO t VALUES (1, 1)",
                       nullptr, nullptr, nullptr) == SQLITE_OK);
  return database;
}

Query prepare(const Database& database, const char* sql) {
  sqlite3_stmt* prepared = nullptr;
  require(sqlite3_prepare_v2(database.get(), sql, -1, &prepared, nullptr) == SQLITE_OK);
  return {prepared, &sqlite3_finalize};
}

void run(const Query& query) {
  while (sqlite3_step(query.get()) == SQLITE_ROW) {
  }
  require(sqlite3_reset(query.get()) == SQLITE_OK);
}

void repeat(const Database& database, const char* sql, int count) {
  const auto query = prepare(database, sql);
  for (int i = 0; i < count; ++i) run(query);
}

double cpu_microseconds() {
  timespec time{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) * 1e6 + static_cast<double>(time.tv_nsec) / 1e3;
}

// One measurement on a VFS: microseconds for each call.
using Measure = std::function<double(const std::string& path, const std::string& vfs)>;

double time_of(int count, const std::function<void()>& action) {
  const auto before = cpu_microseconds();
  action();
  return (cpu_microseconds() - before) / count;
}

double write_transactions(const std::string& path, const std::string& vfs) {
  const auto database = open(path, vfs);
  return time_of(20'000, [&] { repeat(database, "UPDATE t SET b = b + 1 WHERE a = 1", 20'000); });
}

double reads(const std::string& path, const std::string& vfs) {
  const auto database = open(path, vfs);
  return time_of(50'000, [&] { repeat(database, "SELECT b FROM t WHERE a = 1", 50'000); });
}

double concurrent_reads(const std::string& path, const std::string& vfs) {
  const std::array databases{open(path, vfs), open(path, vfs)};
  return time_of(100'000, [&] {
    std::array<std::thread, 2> threads;
    for (std::size_t i = 0; i < 2; ++i) {
      threads.at(i) =
          std::thread([&, i] { repeat(databases.at(i), "SELECT b FROM t WHERE a = 1", 50'000); });
    }
    for (auto& thread : threads) thread.join();
  });
}

double openings(const std::string& path, const std::string& vfs) {
  const auto kept = open(path, vfs);
  return time_of(500, [&] {
    for (int i = 0; i < 500; ++i) (void)open(path, vfs);
  });
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values.at(values.size() / 2);
}

void compare(const char* name, const Measure& measure) {
  constexpr int rounds = 11;
  const auto vfs = imagegallery::sqlite::register_vfs("unix");
  std::vector<double> ours;
  std::vector<double> stock;
  std::vector<double> ratios;
  for (int round = 0; round < rounds; ++round) {
    const imagegallery::ScratchDirectory directory;
    ours.push_back(measure(directory.path() / "ours.db", vfs));
    stock.push_back(measure(directory.path() / "stock.db", "unix"));
    ratios.push_back(ours.back() / stock.back());
  }
  std::printf("%-28s %6.2f us, SQLite's own %6.2f us, ratio %.2f (%.2f to %.2f)\n", name,
              median(ours), median(stock), median(ratios),
              *std::min_element(ratios.begin(), ratios.end()),
              *std::max_element(ratios.begin(), ratios.end()));
}

}  // namespace

int main() {
  compare("write transaction", write_transactions);
  compare("read", reads);
  compare("read, two threads at once", concurrent_reads);
  compare("open a connection", openings);
}
