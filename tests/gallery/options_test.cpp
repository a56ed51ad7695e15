// SPDX-License-Identifier: Apache-2.0
#include <cstdlib>

#include "gallery/gallery_fixture.hpp"

using namespace imagegallery;
using namespace std::chrono_literals;

namespace {

struct Environment {
  explicit Environment(std::initializer_list<std::pair<const char*, const char*>> variables) {
    for (const auto& [name, value] : variables) ::setenv(name, value, 1);
  }
  ~Environment() {
    for (const char* name :
         {"CACHE_SPECS_IMAGE_ETAGS_TTL", "CACHE_SPECS_IMAGE_ETAGS_MAX_SIZE",
          "CACHE_SPECS_IMAGE_SYSTEM_BROWSER_TTL", "CACHE_SPECS_IMAGE_TENANT_BROWSER_TTL"}) {
      ::unsetenv(name);
    }
  }
};

}  // namespace

TEST_CASE("Without environment variables the cache options are the documented defaults",
          "[options]") {
  const Environment environment({});
  const auto options = CacheOptions::from_environment();
  CHECK(options == CacheOptions{});
  CHECK(options.etags_ttl == 44640min);
  CHECK(options.etags_max_bytes == 16u << 20);
  CHECK(options.system_browser_ttl == 0min);
  CHECK(options.tenant_browser_ttl == 0min);
}

TEST_CASE("Each environment variable sets its option", "[options]") {
  const Environment environment({{"CACHE_SPECS_IMAGE_ETAGS_TTL", "5"},
                                 {"CACHE_SPECS_IMAGE_ETAGS_MAX_SIZE", "0"},
                                 {"CACHE_SPECS_IMAGE_SYSTEM_BROWSER_TTL", "60"},
                                 {"CACHE_SPECS_IMAGE_TENANT_BROWSER_TTL", "7"}});
  const auto options = CacheOptions::from_environment();
  CHECK(options.etags_ttl == 5min);
  CHECK(options.etags_max_bytes == 0);
  CHECK(options.system_browser_ttl == 60min);
  CHECK(options.tenant_browser_ttl == 7min);
}

TEST_CASE("A variable that is not a whole number is an error that names it", "[options]") {
  const char* const value = GENERATE("x", "-1", "1.5", "5 ", " 5", "0x10", "99999999999999999999");
  const Environment environment({{"CACHE_SPECS_IMAGE_TENANT_BROWSER_TTL", value}});
  const auto call = [] { (void)CacheOptions::from_environment(); };
  CHECK(code_of(call) == ErrorCode::invalid_argument);
  CHECK_THAT(message_of(call), ContainsSubstring("CACHE_SPECS_IMAGE_TENANT_BROWSER_TTL"));
}

TEST_CASE("An empty variable counts as unset", "[options]") {
  const Environment environment({{"CACHE_SPECS_IMAGE_ETAGS_TTL", ""}});
  CHECK(CacheOptions::from_environment().etags_ttl == 44640min);
}

TEST_CASE("A gallery rejects invalid options and names them", "[options]") {
  const auto message = [](GalleryOptions options) {
    return message_of([&] { ImageGallery(open_memory(), options); });
  };
  CHECK_THAT(message({.presets = {}}), ContainsSubstring("presets"));
  CHECK_THAT(message({.presets = {{"a", 250}, {"a", 300}}}), ContainsSubstring("presets"));
  CHECK_THAT(message({.presets = {{"A", 250}}}), ContainsSubstring("presets"));
  CHECK_THAT(message({.presets = {{"a", 15}}}), ContainsSubstring("max_side"));
  CHECK_THAT(message({.presets = {{"a", 4097}}}), ContainsSubstring("max_side"));
  CHECK_THAT(message({.max_total_decode_memory = 0}), ContainsSubstring("max_total_decode_memory"));
  CHECK_THAT(message({.max_decode_wait = -1ms}), ContainsSubstring("max_decode_wait"));
  CHECK_THAT(message({.cache = {.etags_ttl = -1min}}), ContainsSubstring("etags_ttl"));
  CHECK_THAT(message({.content_grace = -1min}), ContainsSubstring("content_grace"));
  CHECK_THAT(message_of([] { ImageGallery(nullptr); }), ContainsSubstring("storage"));
}
