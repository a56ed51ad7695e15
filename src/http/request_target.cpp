// SPDX-License-Identifier: Apache-2.0
#include "http/request_target.hpp"

#include <algorithm>

#include "http/problem.hpp"
#include "percent_encoding.hpp"
#include "utf8.hpp"

namespace imagegallery {
namespace {

constexpr std::size_t max_target_bytes = 8192;

std::string decode(std::string_view text) {
  auto decoded = percent_decode(text);
  if (!decoded) throw HttpProblem(400, "The URL has a % without two hexadecimal digits.");
  if (!is_utf8(*decoded)) throw HttpProblem(400, "The URL is not UTF-8.");
  if (decoded->find('\0') != std::string::npos) throw HttpProblem(400, "The URL contains a NUL.");
  return std::move(*decoded);
}

std::string decode_form(std::string_view text) {
  std::string spaced{text};
  std::replace(spaced.begin(), spaced.end(), '+', ' ');
  return decode(spaced);
}

// Splits at each separator; a text without any is one part.
template <typename Take>
void split(std::string_view text, char separator, const Take& take) {
  for (;;) {
    const auto end = text.find(separator);
    take(text.substr(0, end));
    if (end == std::string_view::npos) return;
    text.remove_prefix(end + 1);
  }
}

std::string_view without_authority(std::string_view target) {
  const auto scheme = target.find("://");
  if (scheme == std::string_view::npos || target.find('/') < scheme) return target;
  const auto path = target.find_first_of("/?", scheme + 3);
  return path == std::string_view::npos ? "/" : target.substr(path);
}

}  // namespace

const std::string* RequestTarget::find(std::string_view name) const noexcept {
  for (const auto& [key, value] : query) {
    if (key == name) return &value;
  }
  return nullptr;
}

RequestTarget parse_request_target(std::string_view target) {
  if (target.size() > max_target_bytes) {
    throw HttpProblem(414,
                      "The URL is longer than " + std::to_string(max_target_bytes) + " bytes.");
  }
  const bool printable = std::all_of(target.begin(), target.end(), [](char c) {
    return static_cast<unsigned char>(c) > 0x20 && c != 0x7f && c != '#';
  });
  if (!printable) throw HttpProblem(400, "The URL contains a character that must be encoded.");

  if (target.substr(0, 1) != "/") target = without_authority(target);
  const auto question = target.find('?');
  auto path = target.substr(0, question);
  RequestTarget result;
  if (!path.empty()) {
    if (path.front() != '/') throw HttpProblem(400, "The path must start with a slash.");
    split(path.substr(1), '/',
          [&](std::string_view part) { result.segments.push_back(decode(part)); });
  }
  if (question == std::string_view::npos) return result;
  split(target.substr(question + 1), '&', [&](std::string_view part) {
    if (part.empty()) return;
    const auto equals = part.find('=');
    auto name = decode_form(part.substr(0, equals));
    if (result.find(name) != nullptr) {
      throw HttpProblem(400, name + ": must be given only once.");
    }
    result.query.emplace_back(std::move(name), equals == std::string_view::npos
                                                   ? std::string{}
                                                   : decode_form(part.substr(equals + 1)));
  });
  return result;
}

}  // namespace imagegallery
