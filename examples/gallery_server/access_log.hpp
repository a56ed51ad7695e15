// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace gallery_server {

/// Writes one line per request to a file: the common log format plus the duration in milliseconds.
/// Queries are omitted because they may contain signatures.
/// Thread safety: every method may be called from any number of threads at once.
class AccessLog {
 public:
  struct Entry {
    std::string_view peer;
    std::string_view method;
    std::string_view target;
    int status = 0;           ///< 0 if the connection failed before a response.
    std::uint64_t bytes = 0;  ///< Of the response body.
    std::chrono::microseconds time{};
  };

  /// Opens the file for appending. Throws: `std::system_error` if that fails.
  explicit AccessLog(const std::filesystem::path& path);
  AccessLog(const AccessLog&) = delete;
  AccessLog& operator=(const AccessLog&) = delete;
  ~AccessLog();

  /// Appends one line in a single write. Throws: `Error` if it could not be written completely; the
  /// line is dropped then.
  void write(const Entry& entry);

 private:
  int file_;
  std::atomic<bool> ends_in_part_of_a_line_{false};
};

}  // namespace gallery_server
