// SPDX-License-Identifier: Apache-2.0
#include "random_bytes.hpp"

#include <sys/random.h>
#include <imagegallery/error.hpp>

#include <array>
#include <cerrno>
#include <cstdint>
#include <string_view>
#include <system_error>

namespace imagegallery {

void fill_random(std::span<std::byte> into) {
  while (!into.empty()) {
    const auto count = ::getrandom(into.data(), into.size(), 0);
    if (count >= 0) {
      into = into.subspan(static_cast<std::size_t>(count));
    } else if (errno != EINTR) {
      throw Error(ErrorCode::storage_failure,
                  "getrandom: " + std::generic_category().message(errno));
    }
  }
}

std::string random_alphanumeric(std::size_t length) {
  constexpr std::string_view letters =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
  // Rejects bytes at or above the last multiple of 62: taking them modulo 62 would favour the first
  // letters.
  constexpr unsigned fair = 256 / letters.size() * letters.size();
  std::string text;
  text.reserve(length);
  std::array<std::byte, 64> random{};
  while (text.size() < length) {
    fill_random(random);
    for (const auto byte : random) {
      const auto value = std::to_integer<unsigned>(byte);
      if (value < fair && text.size() < length) text += letters[value % letters.size()];
    }
  }
  return text;
}

}  // namespace imagegallery
