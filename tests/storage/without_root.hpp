// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <exception>
#include <functional>
#include <string>
#include <system_error>

namespace imagegallery {

/// Runs `action` in a child process without root privileges. Returns the message of its exception,
/// or an empty string.
inline std::string message_without_root(const std::function<void()>& action) {
  std::array<int, 2> ends{};
  if (::pipe(ends.data()) != 0) throw std::system_error(errno, std::generic_category(), "pipe");
  const auto child = ::fork();
  if (child < 0) throw std::system_error(errno, std::generic_category(), "fork");
  if (child == 0) {
    std::string message;
    if (::geteuid() == 0 && ::setuid(65534) != 0) {
      message = "cannot drop root privileges";
    } else {
      try {
        action();
      } catch (const std::exception& error) {
        message = error.what();
      }
    }
    const auto written = ::write(ends[1], message.data(), message.size());
    ::_exit(written < 0 ? 1 : 0);
  }
  ::close(ends[1]);
  std::string message(4096, '\0');
  const auto length = ::read(ends[0], message.data(), message.size());
  ::close(ends[0]);
  ::waitpid(child, nullptr, 0);
  message.resize(length < 0 ? 0 : static_cast<std::size_t>(length));
  return message;
}

}  // namespace imagegallery
