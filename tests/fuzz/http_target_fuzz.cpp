// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "http/content_disposition.hpp"
#include "http/problem.hpp"
#include "http/request_target.hpp"
#include "http/routes.hpp"
#include "http/signed_link.hpp"
#include "percent_encoding.hpp"
#include "utf8.hpp"

namespace {

using namespace imagegallery;

void check(bool holds) {
  if (!holds) std::abort();
}

void check_field(const std::string& value) {
  check(std::all_of(value.begin(), value.end(), [](char c) { return c >= 0x20 && c < 0x7f; }));
}

void check_target(std::string_view text) {
  RequestTarget target;
  try {
    target = parse_request_target(text);
  } catch (const HttpProblem&) {
    return;
  }
  std::string rebuilt;
  for (const auto& segment : target.segments) {
    check(is_utf8(segment));
    rebuilt += "/" + percent_encode(segment);
  }
  // Decoding, encoding and decoding again returns the same segments.
  if (rebuilt.size() <= 8192) check(parse_request_target(rebuilt).segments == target.segments);
  const auto match = match_path(target.segments);
  check(match.routes.empty() || !match.allow().empty());
  for (const auto& segment : target.segments) {
    static const SignedLinks links{{std::string(32, 'k')}};
    if (const auto grant = links.verify(segment)) check(links.sign(*grant) == segment);
  }
}

void check_file_name(std::string_view text) {
  check_field(content_disposition("inline", text));
  check_field(field_safe_name(text));
  try {
    const auto name = client_file_name(text);
    check(name.find_first_of("/\\") == std::string::npos && is_printable_utf8(name));
    check(client_file_name(name) == name);
  } catch (const HttpProblem&) {
  }
  try {
    check(is_utf8(decode_extended_value(text)));
  } catch (const HttpProblem&) {
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  check_target(text);
  check_file_name(text);
  return 0;
}
