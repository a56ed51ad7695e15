// SPDX-License-Identifier: Apache-2.0
// Any text as an image document: rejected with a typed error, or parsed so that writing and parsing
// it again returns the same document.
#include <imagegallery/error.hpp>
#include <imagegallery/export_document.hpp>

#include <cstdint>
#include <cstdlib>
#include <string>

using namespace imagegallery;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    const auto source = make_source(std::string(reinterpret_cast<const char*>(data), size));
    const auto document = parse_export_document(source);
    const auto again = parse_export_document(to_json(document));
    if (again.title != document.title || again.resource_key != document.resource_key ||
        again.file_name != document.file_name || again.is_public != document.is_public ||
        read_all(*again.data) != read_all(*document.data)) {
      std::abort();
    }
  } catch (const Error& error) {
    if (error.code() != ErrorCode::invalid_argument) std::abort();
  }
  return 0;
}
