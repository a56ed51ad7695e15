// SPDX-License-Identifier: Apache-2.0
// Any text as base64: text that decodes is exactly what encoding returns, and encoded bytes decode.
#include "json/base64.hpp"

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

using namespace imagegallery;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input{reinterpret_cast<const char*>(data), size};

  const auto text = input.substr(0, size / 4 * 4);
  Bytes decoded(text.size() / 4 * 3);
  const auto length = decode_base64(text, decoded);
  if (length >= 0) {
    decoded.resize(static_cast<std::size_t>(length));
    std::string again(base64_length(decoded.size()), '\0');
    encode_base64(decoded, again);
    if (again != text) std::abort();
  }

  std::string encoded(base64_length(size), '\0');
  encode_base64(as_bytes(input), encoded);
  Bytes back(encoded.size() / 4 * 3);
  if (decode_base64(encoded, back) != static_cast<std::ptrdiff_t>(size)) std::abort();
  back.resize(size);
  if (back != Bytes(as_bytes(input).begin(), as_bytes(input).end())) std::abort();
  return 0;
}
