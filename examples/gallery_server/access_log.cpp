// SPDX-License-Identifier: Apache-2.0
#include "access_log.hpp"

#include <imagegallery/error.hpp>

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <ctime>
#include <system_error>

namespace gallery_server {
namespace {

using imagegallery::Error;
using imagegallery::ErrorCode;

std::string log_time() {
  const std::time_t now = std::time(nullptr);
  std::tm utc{};
  ::gmtime_r(&now, &utc);
  constexpr std::array months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                              "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%02d/%s/%04d:%02d:%02d:%02d +0000", utc.tm_mday,
                months[static_cast<std::size_t>(utc.tm_mon)], utc.tm_year + 1900, utc.tm_hour,
                utc.tm_min, utc.tm_sec);
  return text.data();
}

/// Escapes client bytes that could forge another line or field.
void append_escaped(std::string& line, std::string_view text) {
  if (text.empty()) line += '-';
  constexpr std::string_view digits = "0123456789abcdef";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x21 || byte > 0x7e || c == '"' || c == '\\') {
      line.append("\\x").append(1, digits[byte >> 4]).append(1, digits[byte & 15]);
    } else {
      line += c;
    }
  }
}

Error write_error(int error) {
  const auto code =
      error == ENOSPC || error == EDQUOT ? ErrorCode::storage_full : ErrorCode::storage_failure;
  return Error{code, "the access log cannot be written: " + std::generic_category().message(error)}
      .with_native(0, error);
}

}  // namespace

AccessLog::AccessLog(const std::filesystem::path& path)
    : file_(::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0640)) {
  if (file_ < 0) throw std::system_error{errno, std::generic_category(), path.string()};
}

AccessLog::~AccessLog() { ::close(file_); }

void AccessLog::write(const Entry& entry) {
  std::string line = ends_in_part_of_a_line_ ? "\n" : "";
  line.append(entry.peer).append(" - - [").append(log_time()).append("] \"");
  append_escaped(line, entry.method);
  line += ' ';
  append_escaped(line, entry.target.substr(0, entry.target.find('?')));
  line.append("\" ").append(std::to_string(entry.status)).append(" ");
  line.append(std::to_string(entry.bytes)).append(" ");
  std::array<char, 32> milliseconds{};
  std::snprintf(milliseconds.data(), milliseconds.size(), "%.3f\n",
                static_cast<double>(entry.time.count()) / 1000);
  line.append(milliseconds.data());
  // A single O_APPEND write does not interleave with other threads' writes.
  ssize_t written = 0;
  do {
    written = ::write(file_, line.data(), line.size());
  } while (written < 0 && errno == EINTR);
  // A disk that fills up takes the first part of a line.
  const int error = written < 0 ? errno : ENOSPC;
  if (written > 0) ends_in_part_of_a_line_ = line[static_cast<std::size_t>(written) - 1] != '\n';
  if (written != static_cast<ssize_t>(line.size())) throw write_error(error);
}

}  // namespace gallery_server
