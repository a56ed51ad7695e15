// SPDX-License-Identifier: Apache-2.0
#include <imagegallery/error.hpp>
#include <imagegallery/options.hpp>

#include <charconv>
#include <cstdlib>
#include <string>
#include <string_view>

namespace imagegallery {
namespace {

// A hundred years. A larger value is a mistake and could overflow a clock.
constexpr std::uint64_t max_minutes = 100ull * 366 * 24 * 60;
constexpr std::uint64_t max_bytes = std::uint64_t{1} << 50;

// The whole number in a variable; `fallback` if it is unset or empty.
std::uint64_t number_from(const char* variable, std::uint64_t max, std::uint64_t fallback) {
  const char* const value = std::getenv(variable);
  if (!value || *value == '\0') return fallback;
  const std::string_view text{value};
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size() || number > max) {
    throw Error(ErrorCode::invalid_argument, std::string{variable} + "=" + value +
                                                 ": must be a whole number from 0 to " +
                                                 std::to_string(max));
  }
  return number;
}

std::chrono::minutes minutes_from(const char* variable, std::chrono::minutes fallback) {
  return std::chrono::minutes{
      number_from(variable, max_minutes, static_cast<std::uint64_t>(fallback.count()))};
}

}  // namespace

CacheOptions CacheOptions::from_environment() {
  const CacheOptions defaults;
  return {.etags_ttl = minutes_from("CACHE_SPECS_IMAGE_ETAGS_TTL", defaults.etags_ttl),
          .etags_max_bytes =
              number_from("CACHE_SPECS_IMAGE_ETAGS_MAX_SIZE", max_bytes, defaults.etags_max_bytes),
          .system_browser_ttl =
              minutes_from("CACHE_SPECS_IMAGE_SYSTEM_BROWSER_TTL", defaults.system_browser_ttl),
          .tenant_browser_ttl =
              minutes_from("CACHE_SPECS_IMAGE_TENANT_BROWSER_TTL", defaults.tenant_browser_ttl)};
}

}  // namespace imagegallery
