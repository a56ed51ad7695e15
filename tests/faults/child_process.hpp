// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace imagegallery::faults {

/// A program that a test starts, with its standard input and output as pipes. Killed and waited for
/// with the object.
class ChildProcess {
 public:
  /// Throws: `std::system_error`.
  explicit ChildProcess(const std::vector<std::string>& command);
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;
  ~ChildProcess();

  /// The next line, without its end; nothing when the child closed its output. Waits for it.
  [[nodiscard]] std::optional<std::string> read_line();

  /// The same, but for `patience` only; nothing also when that is over.
  [[nodiscard]] std::optional<std::string> read_line(std::chrono::microseconds patience);

  void write_line(const std::string& line);
  void kill() noexcept;

  /// The exit status, or minus the signal that ended it.
  [[nodiscard]] int wait();

 private:
  ::pid_t pid_ = -1;
  int input_ = -1;
  int output_ = -1;
  std::string buffer_;
};

}  // namespace imagegallery::faults
