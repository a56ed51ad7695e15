// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

namespace imagegallery {

/// An embedded file (cmake/EmbedFiles.cmake). All members have static storage duration.
struct EmbeddedFile {
  struct Data {
    const unsigned char* bytes = nullptr;
    std::size_t size = 0;
  };

  std::string_view path;  ///< Relative, such as "index.html" or "icons/add.svg".
  std::string_view etag;  ///< Of the content, without quotes.
  Data content;
  Data gzip;  ///< The gzip-compressed content (RFC 1952); null if compression does not pay off.
};

/// The files of the gallery page.
[[nodiscard]] std::span<const EmbeddedFile> page_files() noexcept;

}  // namespace imagegallery
