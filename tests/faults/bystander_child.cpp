// SPDX-License-Identifier: Apache-2.0
// The processes of bystander_test. Each runs until a line of input, or until killed:
//   bystander_child write DATABASE NAME SEED   uploads, replaces, removes, sweeps, checkpoints and
//                                              reads, beside a thread that copies the files and one
//                                              that reads through another SQLite connection; prints
//                                              "begin KEY CONTENTS" and "done …" around a change,
//                                              and "failed CODE MESSAGE"
//   bystander_child foreign DATABASE SEED      as a sqlite3 shell would: reads, writes a table of
//                                              its own, checkpoints; prints "row NUMBER" after each
//                                              commit
#include <imagegallery/error.hpp>
#include <imagegallery/storage/sqlite.hpp>

#include <sqlite3.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <fstream>
#include <functional>
#include <iostream>
#include <mutex>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "promises.hpp"

namespace imagegallery::faults {
namespace {

constexpr int writers = 2;
constexpr int keys_of_writer = 8;

std::atomic<bool> stopping = false;
std::mutex output_mutex;

void print_line(const std::string& line) {
  const std::lock_guard lock(output_mutex);
  std::cout << line << std::endl;
}

// Runs `step` until the end. Its errors are printed and do not end it.
void repeat(const std::function<void()>& step) {
  while (!stopping) {
    try {
      step();
    } catch (const Error& error) {
      print_line("failed " + std::to_string(static_cast<int>(error.code())) + " " + error.what());
    }
  }
}

std::int64_t milliseconds() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::system_clock::now().time_since_epoch())
             .count() %
         100'000'000'000;
}

// As a backup and a virus scan would: reads every byte of all files, and copies some.
void copy_files(const std::string& database, const std::string& copy, std::uint64_t round) {
  static std::atomic<std::uint64_t> last_hash = 0;  // So that the compiler must compute it.
  for (const auto* const suffix : {"", "-wal", "-shm"}) {
    std::ifstream from(database + suffix, std::ios::binary);
    if (round % 8 == 0) {
      std::ofstream(copy, std::ios::binary | std::ios::trunc) << from.rdbuf();
      continue;
    }
    std::vector<char> chunk(1u << 16);
    std::uint64_t hash = 14'695'981'039'346'656'037u;
    while (from.read(chunk.data(), static_cast<std::streamsize>(chunk.size())) || from.gcount()) {
      for (std::streamsize i = 0; i < from.gcount(); i += 64) {
        hash = (hash ^ static_cast<unsigned char>(chunk[static_cast<std::size_t>(i)])) *
               1'099'511'628'211u;
      }
    }
    last_hash = hash;
  }
}

// A second user of SQLite in this process, which knows nothing of us, as Qt or Python. Its reads
// may fail: the copying thread drops its locks.
void read_through_stock_sqlite(const std::string& database) {
  sqlite3* handle = nullptr;
  if (sqlite3_open_v2(database.c_str(), &handle, SQLITE_OPEN_READWRITE, "unix") == SQLITE_OK) {
    for (int i = 0; i < 20; ++i) {
      sqlite3_exec(handle, "SELECT count(*), sum(size), max(title) FROM image", nullptr, nullptr,
                   nullptr);
    }
  }
  sqlite3_close(handle);
}

int write(const std::string& database, const std::string& name, std::uint64_t seed) {
  SqliteOptions options;
  options.checkpoint_bytes = (64u << 10) << seed % 5;
  const auto storage = open_sqlite(database, options);
  std::atomic<std::int64_t> clock{milliseconds()};
  std::vector<std::thread> threads;
  for (int number = 0; number < writers; ++number) {
    threads.emplace_back([&, number] {
      Writer work(
          *storage, name + std::to_string(number) + "-",
          seed * writers + static_cast<std::uint64_t>(number), clock,
          [](bool acknowledged, const std::string& key, const Contents& contents) {
            print_line((acknowledged ? "done " : "begin ") + key + " " +
                       (contents ? std::to_string(*contents) : "nothing"));
          },
          std::chrono::seconds{10});
      repeat([&] {
        clock = milliseconds();
        work.step();
      });
    });
  }
  threads.emplace_back([&] {
    std::mt19937_64 random(seed);
    repeat([&] {
      // Images of both processes.
      const auto key = std::string(1, random() % 2 == 0 ? 'a' : 'b') +
                       std::to_string(random() % writers) + "-" +
                       std::to_string(random() % keys_of_writer);
      if (const auto problem = check_image(*storage, key); !problem.empty()) {
        print_line("wrong " + problem);
      }
    });
  });
  std::uint64_t round = 0;
  threads.emplace_back(
      [&] { repeat([&] { copy_files(database, database + ".copy-" + name, round++); }); });
  threads.emplace_back([&] { repeat([&] { read_through_stock_sqlite(database); }); });
  std::string line;
  std::getline(std::cin, line);
  stopping = true;
  for (auto& thread : threads) thread.join();
  return 0;
}

// One visit of a sqlite3 shell.
void visit(const std::string& database, std::mt19937_64& random) {
  sqlite3* handle = nullptr;
  if (sqlite3_open_v2(database.c_str(), &handle, SQLITE_OPEN_READWRITE, "unix") == SQLITE_OK) {
    sqlite3_busy_timeout(handle, 5'000);
    const auto run = [&](const char* sql) {
      const int code = sqlite3_exec(handle, sql, nullptr, nullptr, nullptr);
      if (code == SQLITE_CORRUPT || code == SQLITE_NOTADB) {
        print_line(std::string{"wrong "} + sqlite3_errmsg(handle));
      }
      return code == SQLITE_OK;
    };
    // SQLite before 3.51.3 may corrupt the file when an automatic checkpoint meets a commit.
    run("PRAGMA wal_autocheckpoint=0");
    run("CREATE TABLE IF NOT EXISTS scratch(number INTEGER PRIMARY KEY, text TEXT)");
    for (auto steps = random() % 40; steps > 0 && !stopping; --steps) {
      const bool written =
          run("INSERT INTO scratch SELECT ifnull(max(number), 0) + 1, hex(randomblob(500))"
              " FROM scratch; DELETE FROM scratch WHERE number < last_insert_rowid() - 20");
      if (written) print_line("row " + std::to_string(sqlite3_last_insert_rowid(handle)));
      run("SELECT count(*), sum(size), max(title) FROM image");
      if (random() % 4 == 0) run("PRAGMA wal_checkpoint(TRUNCATE)");
    }
  }
  sqlite3_close(handle);
}

int be_foreign(const std::string& database, std::uint64_t seed) {
  std::thread thread([&] {
    std::mt19937_64 random(seed);
    repeat([&] { visit(database, random); });
  });
  std::string line;
  std::getline(std::cin, line);
  stopping = true;
  thread.join();
  return 0;
}

}  // namespace
}  // namespace imagegallery::faults

int main(int argc, char* argv[]) {
  using namespace imagegallery::faults;
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  if (arguments.size() == 3) return be_foreign(arguments[1], std::stoull(arguments[2]));
  if (arguments.size() != 4) return 2;
  return write(arguments[1], arguments[2], std::stoull(arguments[3]));
}
