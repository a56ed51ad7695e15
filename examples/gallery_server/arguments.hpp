// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "access_tokens.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace gallery_server {

/// The parsed command line.
struct Arguments {
  bool help = false;
  std::filesystem::path database;  ///< Empty only with `demo`.
  std::string address = "127.0.0.1";
  std::uint16_t port = 8080;  ///< 0: any free port.
  AccessTokens tokens;
  std::uint64_t max_image_bytes = 50u << 20;
  std::uint64_t max_total_bytes = 0;  ///< 0 = no limit.
  bool public_uploads = false;
  std::chrono::minutes content_grace{60};  ///< Replaced content stays readable this long.
  std::optional<std::uint64_t> reserve;    ///< As `SqliteOptions::reserve_bytes`.
  std::vector<std::string> link_keys;
  std::filesystem::path access_log;  ///< Empty: none.
  bool demo = false;
  std::filesystem::path demo_images;  ///< Empty: none.

  bool public_metrics = false;
  bool secure_cookie = false;
  std::string prefix;
  unsigned io_threads = 0;       ///< 0: one per processor.
  unsigned storage_threads = 0;  ///< 0: four per processor.
  unsigned decode_threads = 0;   ///< 0: one fewer than the processors, at least 1.
  unsigned bulk_threads = 0;     ///< 0: two.
  unsigned max_queued_storage = 256;
  unsigned max_queued_decodes = 256;
  unsigned max_queued_bulk = 256;
  std::chrono::milliseconds max_storage_wait{10'000};
  std::chrono::milliseconds max_decode_wait{60'000};
  std::chrono::milliseconds max_bulk_wait{60'000};
  unsigned decode_niceness = 5;
  std::uint64_t max_total_decode_memory = 256u << 20;
  unsigned max_connections = 20'000;
  std::chrono::milliseconds header_timeout{10'000};
  std::chrono::milliseconds progress_timeout{20'000};
  std::chrono::milliseconds idle_timeout{75'000};
  std::chrono::milliseconds stop_timeout{10'000};
};

/// An invalid command line; the message names the argument.
class ArgumentError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Parses the arguments after the program name. `--name value` and `--name=value` are equivalent.
/// Throws: `ArgumentError`.
[[nodiscard]] Arguments parse_arguments(std::span<const std::string_view> arguments);

/// The output of `--help`.
[[nodiscard]] std::string_view help_text() noexcept;

}  // namespace gallery_server
