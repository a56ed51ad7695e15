// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace gallery_server {

/// A file with a line for each request, in the common log format, followed by the time it took in
/// milliseconds. Queries are left out: they may hold signatures.
/// Thread safety: every method may be called from any number of threads at once.
class AccessLog {
 public:
  struct Entry {
    std::string_view peer;
    std::string_view method;
    std::string_view target;
    int status = 0;           ///< 0 where the connection broke before an response.
    std::uint64_t bytes = 0;  ///< Of the answer's body.
    std::chrono::microseconds time{};
  };

  /// Appends to the file. Throws: `std::system_error` where it cannot be opened.
  explicit AccessLog(const std::filesystem::path& path);
  AccessLog(const AccessLog&) = delete;
  AccessLog& operator=(const AccessLog&) = delete;
  ~AccessLog();

  /// Writes one line at once; a line that cannot be written is lost.
  void write(const Entry& entry) noexcept;

 private:
  int file_;
};

}  // namespace gallery_server
