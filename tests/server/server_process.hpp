// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "raw_client.hpp"

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

/// Sanitizers keep freed memory and shadow the rest, so figures of memory mean nothing.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr bool memory_is_measurable = false;
#else
inline constexpr bool memory_is_measurable = true;
#endif

/// A directory that lasts as long as this.
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

/// What a program did that ended by itself.
struct ProgramResult {
  int status = -1;  ///< The exit status, or 128 and the signal's number.
  std::string out;
  std::string err;
};

/// Runs a program to its end. `environment` holds NAME=value, beside this process's own.
[[nodiscard]] ProgramResult run_program(const std::string& program,
                                        const std::vector<std::string>& arguments,
                                        const std::vector<std::string>& environment = {});

/// A server program that runs as long as this lives, killed at the end if need be.
class ServerProcess {
 public:
  /// Waits until the program says where it listens.
  /// Throws: `std::runtime_error` with its last words where it ends instead.
  ServerProcess(const std::string& program, std::vector<std::string> arguments,
                const std::vector<std::string>& environment = {});
  ServerProcess(const ServerProcess&) = delete;
  ServerProcess& operator=(const ServerProcess&) = delete;
  ~ServerProcess();

  [[nodiscard]] std::uint16_t port() const { return port_; }
  [[nodiscard]] RawClient connect() const { return RawClient{port_}; }

  /// What it printed before the line that says where it listens.
  [[nodiscard]] const std::string& greeting() const { return greeting_; }

  void signal(int number) const;

  /// Waits for the end; the exit status, or 128 and the signal's number.
  int wait();

  /// Physical memory in use, in bytes, without shared file pages (RssAnon).
  [[nodiscard]] std::uint64_t memory() const;

 private:
  pid_t process_ = -1;
  int output_ = -1;
  std::uint16_t port_ = 0;
  std::string greeting_;
};
