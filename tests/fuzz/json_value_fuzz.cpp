// SPDX-License-Identifier: Apache-2.0
// Any text as JSON: the two parsers, the one that stores values and the one that skips them, accept
// the same texts.
#include <imagegallery/error.hpp>

#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "json/json_reader.hpp"
#include "json/json_value.hpp"

using namespace imagegallery;

namespace {

template <typename Function>
bool succeeds(Function function) {
  try {
    function();
    return true;
  } catch (const Error& error) {
    if (error.code() != ErrorCode::invalid_argument) std::abort();
    return false;
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  const bool parsed = succeeds([&] { (void)parse_json(text); });
  const bool skipped = succeeds([&] {
    const auto source = make_view_source(as_bytes(text));
    JsonReader reader(*source);
    reader.skip_value(0);
    reader.expect_end();
  });
  if (parsed != skipped) std::abort();
  return 0;
}
