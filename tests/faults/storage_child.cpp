// SPDX-License-Identifier: Apache-2.0
// A second process for the tests:
//   storage_child write DATABASE SEED     writes on four threads until killed; prints a line before
//                                         ("begin KEY CONTENTS") and after ("done …") each change
//   storage_child race DATABASE SIZE      after a line of input, eight threads create images of
//                                         SIZE bytes until the limit; prints how many were created
//   storage_child hold DATABASE           holds the write lock until it reads a line
//   storage_child fork DATABASE           holds the write lock, until killed, on the storage's VFS;
//   storage_child clone DATABASE          a child by fork(), or by clone(2) without fork handlers,
//                                         survives until the input ends
#include <imagegallery/error.hpp>
#include <imagegallery/storage/sqlite.hpp>

#include <sqlite3.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <iostream>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "promises.hpp"
#include "sample_images.hpp"
#include "storage/sqlite_vfs.hpp"

namespace imagegallery::faults {
namespace {

std::mutex output_mutex;

void print_line(const std::string& line) {
  const std::lock_guard lock(output_mutex);
  std::cout << line << std::endl;
}

void wait_for_line() {
  std::string line;
  std::getline(std::cin, line);
}

int write_until_killed(const std::string& database, std::uint64_t seed) {
  SqliteOptions options;
  options.checkpoint_bytes = (64u << 10) << seed % 6;
  const auto storage = open_sqlite(database, options);
  std::atomic<std::int64_t> clock{0};
  std::vector<std::thread> threads;
  for (std::uint64_t writer = 0; writer < 4; ++writer) {
    threads.emplace_back([&, writer] {
      Writer work(*storage, std::to_string(writer) + "-", seed * 4 + writer, clock,
                  [](bool acknowledged, const std::string& key, const Contents& contents) {
                    print_line((acknowledged ? "done " : "begin ") + key + " " +
                               (contents ? std::to_string(*contents) : "nothing"));
                  });
      for (;;) work.step();
    });
  }
  for (auto& thread : threads) thread.join();
  return 0;
}

int race(const std::string& database, std::uint64_t size) {
  const auto storage = open_sqlite(database);
  print_line("ready");
  wait_for_line();
  std::atomic<int> created{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      for (;;) {
        const auto content = conformance::put(*storage, "acme", "bytes");
        CreateImage create;
        create.record = conformance::sample_record("acme", "pump.jpg", content, size);
        try {
          conformance::commit(*storage, create);
          ++created;
        } catch (const Error& error) {
          storage->drop_content(content);
          if (error.code() != ErrorCode::limit_exceeded) throw;
          return;
        }
      }
    });
  }
  for (auto& thread : threads) thread.join();
  print_line(std::to_string(created));
  return 0;
}

int hold(const std::string& database) {
  sqlite3* handle = nullptr;
  if (sqlite3_open(database.c_str(), &handle) != SQLITE_OK) return 1;
  if (sqlite3_exec(handle, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr) != SQLITE_OK) return 1;
  print_line("held");
  wait_for_line();
  sqlite3_close(handle);
  return 0;
}

int hold_with_child(const std::string& database, bool with_handlers) {
  sqlite3* handle = nullptr;
  const auto vfs = sqlite::register_vfs(sqlite::base_vfs);
  if (sqlite3_open_v2(database.c_str(), &handle, SQLITE_OPEN_READWRITE, vfs.c_str()) != SQLITE_OK) {
    return 1;
  }
  if (sqlite3_exec(handle, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr) != SQLITE_OK) return 1;
  const auto child =
      with_handlers ? ::fork() : static_cast<::pid_t>(::syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0));
  if (child == 0) {
    char byte = 0;
    while (::read(STDIN_FILENO, &byte, 1) > 0) {
    }
    ::_exit(0);
  }
  print_line("held");
  for (;;) ::pause();
}

}  // namespace
}  // namespace imagegallery::faults

int main(int argc, char* argv[]) {
  using namespace imagegallery::faults;
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  if (arguments.size() < 2) return 2;
  if (arguments[0] == "hold") return hold(arguments[1]);
  if (arguments[0] == "fork") return hold_with_child(arguments[1], true);
  if (arguments[0] == "clone") return hold_with_child(arguments[1], false);
  const auto number = std::stoull(arguments.at(2));
  return arguments[0] == "write" ? write_until_killed(arguments[1], number)
                                 : race(arguments[1], number);
}
