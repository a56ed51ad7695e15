// SPDX-License-Identifier: Apache-2.0
// Threads that open, read, copy and close the database's files all the time ("bystanders") do not
// harm the storage. Closing any descriptor of a file drops the locks that POSIX gives a process on
// it, so on SQLite's own VFS they do.
#include "child_process.hpp"

#include <imagegallery/error.hpp>
#include <imagegallery/storage/sqlite.hpp>

#include <sqlite3.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <map>
#include <memory>
#include <mutex>
#include <random>
#include <sstream>
#include <string>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "catch.hpp"
#include "promises.hpp"
#include "storage/scratch_directory.hpp"
#include "stored_state.hpp"

namespace imagegallery::faults {
namespace {

// How long the test runs. Overridden by the environment variable IMAGEGALLERY_BYSTANDER_SECONDS.
std::chrono::seconds duration() {
  const char* const value = std::getenv("IMAGEGALLERY_BYSTANDER_SECONDS");
  return std::chrono::seconds{value == nullptr ? 60 : std::atoll(value)};
}

// Two processes that write, and a plain SQLite one, on one database, round after round.
class Trial {
 public:
  explicit Trial(std::string program, std::uint64_t seed)
      : program_(std::move(program)), random_(seed) {
    std::signal(SIGPIPE, SIG_IGN);  // A child that crashed reads no more.
    (void)open_sqlite(path_);
  }

  // Returns the problems found after it.
  std::vector<std::string> run_round() {
    std::vector<std::string> problems;
    {
      const auto seed = std::to_string(++rounds_);
      std::array<ChildProcess, 3> children{
          ChildProcess{{program_, "write", path_.string(), "a", seed}},
          ChildProcess{{program_, "write", path_.string(), "b", std::to_string(rounds_ + 7)}},
          ChildProcess{{program_, "foreign", path_.string(), seed}}};
      std::vector<std::thread> listeners;
      for (auto& child : children) {
        listeners.emplace_back([&] { listen(child, problems); });
      }
      for (auto& child : children) {
        std::this_thread::sleep_for(std::chrono::milliseconds{100 + random_() % 500});
        end(child, random_() % 10 < 6, problems);
      }
      for (auto& listener : listeners) listener.join();
    }
    const auto before = problems.size();
    add_stored_problems(problems);
    is_damaged_ = is_damaged_ || problems.size() > before;
    return problems;
  }

  // What happened, in one line.
  [[nodiscard]] std::string summary() const {
    std::string text = std::to_string(rounds_) + " rounds, " + std::to_string(acknowledged_) +
                       " changes acknowledged, " + std::to_string(kills_) + " kills";
    for (const auto& [what, count] : refused_) text += ", " + std::to_string(count) + " × " + what;
    return text;
  }
  // Whether something acknowledged was lost, or the file is malformed.
  [[nodiscard]] bool is_damaged() const noexcept { return is_damaged_; }
  [[nodiscard]] std::uint64_t rounds() const noexcept { return rounds_; }
  [[nodiscard]] std::uint64_t acknowledged() const noexcept { return acknowledged_; }
  [[nodiscard]] std::uint64_t kills() const noexcept { return kills_; }

 private:
  // A test of a storage that hangs must end.
  static constexpr std::chrono::seconds patience{30};

  void listen(ChildProcess& child, std::vector<std::string>& problems) {
    while (const auto line = child.read_line(patience)) {
      const std::lock_guard lock(mutex_);
      record(*line, problems);
    }
  }

  void record(const std::string& line, std::vector<std::string>& problems) {
    std::istringstream fields(line);
    std::string event;
    std::string key;
    std::string number;
    fields >> event >> key;
    if (event == "row") {
      rows_ = std::max<std::uint64_t>(rows_, std::stoull("0" + key));
    } else if (event == "failed") {
      const auto code = static_cast<ErrorCode>(std::stoi(key));
      // Nothing was acknowledged. Others must not hold locks for ever, but may for some time.
      ++refused_[std::string{to_string(code)}];
      if (code != ErrorCode::busy) problems.push_back(line);
    } else if (event == "wrong") {
      problems.push_back(line);
    } else if (fields >> number) {  // Else truncated by the kill.
      const auto contents = number == "nothing" ? Contents{} : Contents{std::stoull(number)};
      event == "done" ? promises_.acknowledge(key, contents) : promises_.begin(key, contents);
      if (event == "done") ++acknowledged_;
    }
  }

  void end(ChildProcess& child, bool by_kill, std::vector<std::string>& problems) {
    if (by_kill) {
      child.kill();
      ++kills_;
    } else {
      try {
        child.write_line("stop");
      } catch (const std::system_error&) {
        // It crashed; its status says how.
      }
    }
    const int status = child.wait();
    if (status == 0 || (by_kill && status == -SIGKILL)) return;
    const std::lock_guard lock(mutex_);
    problems.push_back("a process ended with " + std::to_string(status));
  }

  void add_stored_problems(std::vector<std::string>& problems) {
    try {
      const auto storage = open_sqlite(path_);
      for (auto& broken : promises_.broken(*storage)) problems.push_back(std::move(broken));
    } catch (const Error& error) {
      problems.emplace_back(error.what());
    }
    for (auto& found : find_inconsistencies(path_)) problems.push_back(std::move(found));
    sqlite3* handle = nullptr;
    sqlite3_open(path_.c_str(), &handle);
    std::uint64_t rows = 0;
    const auto take = [](void* into, int, char** values, char**) {
      *static_cast<std::uint64_t*>(into) = values[0] == nullptr ? 0 : std::stoull(values[0]);
      return 0;
    };
    sqlite3_exec(handle, "SELECT max(number) FROM scratch", take, &rows, nullptr);
    sqlite3_close(handle);
    if (rows < rows_) {
      problems.push_back("the other program's row " + std::to_string(rows_) + " is lost");
    }
  }

  const ScratchDirectory directory_;
  const std::filesystem::path path_ = directory_.path() / "gallery.db";
  const std::string program_;
  std::mt19937_64 random_;
  std::uint64_t rounds_ = 0;
  std::uint64_t kills_ = 0;
  bool is_damaged_ = false;

  std::mutex mutex_;  // Guards the following, and the problems of a round.
  Promises promises_;
  std::uint64_t rows_ = 0;  // Acknowledged by the other program.
  std::uint64_t acknowledged_ = 0;
  std::map<std::string, std::uint64_t> refused_;
};

TEST_CASE("Nothing is lost while other threads copy and close the database's files", "[faults]") {
  Trial trial(IMAGEGALLERY_BYSTANDER_CHILD, 4711);
  const auto end = std::chrono::steady_clock::now() + duration();
  do {
    const auto problems = trial.run_round();
    CAPTURE(trial.summary());
    REQUIRE(problems == std::vector<std::string>{});
  } while (std::chrono::steady_clock::now() < end);

  WARN(trial.summary());
  CHECK(trial.kills() > 0);
  CHECK(trial.acknowledged() > trial.rounds());
}

TEST_CASE("The bystander test detects a storage on SQLite's own VFS", "[faults]") {
  Trial trial(IMAGEGALLERY_BYSTANDER_CHILD "_on_stock", 4711);
  std::vector<std::string> problems;
  while (!trial.is_damaged() && trial.rounds() < 60) problems = trial.run_round();

  CAPTURE(trial.summary());
  REQUIRE(trial.is_damaged());
  WARN("after " << trial.summary() << ": " << problems.back());
}

}  // namespace
}  // namespace imagegallery::faults
