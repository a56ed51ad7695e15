// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <imagegallery/bytes.hpp>
#include <imagegallery/export.hpp>
#include <imagegallery/image.hpp>

#include <memory>
#include <optional>
#include <string>

namespace imagegallery {

/// An image with its bytes, exchanged as a JSON document (docs/json-format.md) by export and
/// import. The fields are those of ThingsBoard's `ResourceExportData`.
struct ExportDocument {
  std::string link{};   ///< The link of the exported image; ignored on import.
  std::string title{};  ///< If empty on import: the file name.
  ImageSubType sub_type = ImageSubType::image;
  std::string resource_key{};  ///< The image's key.
  std::string file_name{};
  std::string public_resource_key{};  ///< Restored on import unless it is in use.
  bool is_public = false;
  std::string media_type{};                  ///< Ignored on import: detected from the content.
  std::shared_ptr<const ByteSource> data{};  ///< The image's bytes; base64 in the document.
};

/// Returns the document as JSON text, encoded while it is read: uses a few kilobytes of memory for
/// any size. Throws: `invalid_argument` if `data` is null.
[[nodiscard]] IMAGEGALLERY_EXPORT std::shared_ptr<const ByteSource> to_json(
    const ExportDocument& document);

/// Parses a document: strict JSON (RFC 8259, UTF-8, no duplicate names); unknown fields are
/// ignored. `data` and one of `resourceKey` and `fileName` are required. The result's `data` shares
/// `json` and decodes it while it is read: uses a few kilobytes of memory for any size.
/// Throws: `invalid_argument` naming the invalid field, or the byte offset of a syntax error.
[[nodiscard]] IMAGEGALLERY_EXPORT ExportDocument
parse_export_document(std::shared_ptr<const ByteSource> json);

}  // namespace imagegallery
