// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string_view>

#include "http/byte_range.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace imagegallery;
  std::uint64_t content_size = 0;
  if (size < sizeof content_size) return 0;
  std::memcpy(&content_size, data, sizeof content_size);
  // Makes small sizes as likely as large ones.
  content_size >>= data[0] % 64;
  const std::string_view field{reinterpret_cast<const char*>(data) + sizeof content_size,
                               size - sizeof content_size};
  const auto range = apply_range(field, content_size);
  if (range.kind == ByteRange::Kind::part &&
      (range.first > range.last || range.last >= content_size || range.length() > content_size)) {
    std::abort();
  }
  if (range.kind != ByteRange::Kind::whole && field.find('=') == std::string_view::npos) {
    std::abort();
  }
  return 0;
}
