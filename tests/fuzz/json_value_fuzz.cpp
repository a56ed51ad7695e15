// SPDX-License-Identifier: Apache-2.0
// Any text as JSON: two readers of one grammar, the one that keeps values and the one that passes
// over them, agree on what is JSON.
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
  const bool kept = succeeds([&] { (void)parse_json(text); });
  const bool passed = succeeds([&] {
    const auto source = make_view_source(as_bytes(text));
    JsonReader reader(*source);
    reader.skip_value(0);
    reader.expect_end();
  });
  if (kept != passed) std::abort();
  return 0;
}
