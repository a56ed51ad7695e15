// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace imagegallery::faults {

/// A child process with its standard input and output as pipes. The destructor kills it and waits
/// for it.
class ChildProcess {
 public:
  /// Throws: `std::system_error`.
  explicit ChildProcess(const std::vector<std::string>& command);
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;
  ~ChildProcess();

  /// Waits for the next line, without its line end; nullopt if the child closed its output.
  [[nodiscard]] std::optional<std::string> read_line();

  /// The same with a timeout; then also nullopt.
  [[nodiscard]] std::optional<std::string> read_line(std::chrono::microseconds timeout);

  void write_line(const std::string& line);
  void kill() noexcept;

  /// Waits for the end. Returns the exit status, or the negative signal number.
  [[nodiscard]] int wait();

 private:
  ::pid_t pid_ = -1;
  int input_ = -1;
  int output_ = -1;
  std::string buffer_;
};

}  // namespace imagegallery::faults
