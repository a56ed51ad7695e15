// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "raw_client.hpp"

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

/// Sanitizers keep freed memory and add shadow memory, so memory figures are meaningless.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr bool memory_is_measurable = false;
#else
inline constexpr bool memory_is_measurable = true;
#endif

/// A temporary directory, removed by the destructor.
class ScratchDirectory {
 public:
  ScratchDirectory();
  ScratchDirectory(const ScratchDirectory&) = delete;
  ScratchDirectory& operator=(const ScratchDirectory&) = delete;
  ~ScratchDirectory();

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

/// The result of a program that has exited.
struct ProgramResult {
  int status = -1;  ///< The exit status, or 128 plus the signal number.
  std::string out;
  std::string err;
};

/// Runs a program until it exits. `environment` holds NAME=value, added to this process's own.
[[nodiscard]] ProgramResult run_program(const std::string& program,
                                        const std::vector<std::string>& arguments,
                                        const std::vector<std::string>& environment = {});

/// A running server program; the destructor kills it if necessary.
class ServerProcess {
 public:
  /// Waits until the program prints its address.
  /// Throws: `std::runtime_error` with its output if it exits instead.
  ServerProcess(const std::string& program, std::vector<std::string> arguments,
                const std::vector<std::string>& environment = {});
  ServerProcess(const ServerProcess&) = delete;
  ServerProcess& operator=(const ServerProcess&) = delete;
  ~ServerProcess();

  [[nodiscard]] std::uint16_t port() const { return port_; }
  [[nodiscard]] pid_t process() const { return process_; }
  [[nodiscard]] RawClient connect() const { return RawClient{port_}; }

  /// The output before the line with its address.
  [[nodiscard]] const std::string& greeting() const { return greeting_; }

  void signal(int number) const;

  /// Waits for the exit; returns the exit status, or 128 plus the signal number.
  int wait();

  /// Physical memory in use, in bytes, without shared file pages (RssAnon).
  [[nodiscard]] std::uint64_t memory() const;

 private:
  pid_t process_ = -1;
  int output_ = -1;
  std::uint16_t port_ = 0;
  std::string greeting_;
};
