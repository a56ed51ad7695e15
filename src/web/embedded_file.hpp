// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

namespace imagegallery {

/// A file that was compiled in (cmake/EmbedFiles.cmake). Everything in it lives forever.
struct EmbeddedFile {
  struct Data {
    const unsigned char* bytes = nullptr;
    std::size_t size = 0;
  };

  std::string_view path;  ///< Relative, such as "index.html" or "icons/add.svg".
  std::string_view etag;  ///< Of the content, without quotes.
  Data content;
  Data gzip;  ///< The content compressed (RFC 1952); no bytes where that is not worth it.
};

/// The files of the gallery page.
[[nodiscard]] std::span<const EmbeddedFile> page_files() noexcept;

}  // namespace imagegallery
