// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "access_tokens.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace gallery_server {

/// What the command line says.
struct Arguments {
  bool help = false;
  std::filesystem::path database;  ///< Empty only with `demo`.
  std::string address = "127.0.0.1";
  std::uint16_t port = 8080;  ///< 0: a free one.
  AccessTokens tokens;
  std::uint64_t max_image_bytes = 50u << 20;
  std::uint64_t max_total_bytes = 0;  ///< 0 = no limit.
  bool public_uploads = false;
  std::vector<std::string> link_keys;
  std::filesystem::path access_log;  ///< Empty: none.
  bool demo = false;
  std::filesystem::path demo_images;  ///< Empty: none.

  bool public_metrics = false;
  bool secure_cookie = false;
  std::string prefix;
  unsigned io_threads = 0;      ///< 0: as many as processors.
  unsigned worker_threads = 0;  ///< 0: chosen by the number of processors.
  unsigned max_queued_requests = 256;
  unsigned max_connections = 20'000;
  std::chrono::milliseconds header_timeout{10'000};
  std::chrono::milliseconds progress_timeout{20'000};
  std::chrono::milliseconds idle_timeout{75'000};
  std::chrono::milliseconds stop_timeout{10'000};
};

/// A command line that cannot be meant; the message names the argument.
class ArgumentError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Reads the arguments behind the program's name. `--name value` and `--name=value` are the same.
/// Throws: `ArgumentError`.
[[nodiscard]] Arguments parse_arguments(std::span<const std::string_view> arguments);

/// What `--help` prints.
[[nodiscard]] std::string_view help_text() noexcept;

}  // namespace gallery_server
