// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <imagegallery/bytes.hpp>
#include <imagegallery/export.hpp>
#include <imagegallery/image.hpp>

#include <memory>
#include <optional>
#include <string>

namespace imagegallery {

/// An image as a JSON document (docs/json-format.md): what "Download image" gives and
/// "Import image" takes. The fields are those of ThingsBoard's `ResourceExportData`.
struct ExportDocument {
  std::string link{};   ///< Where it was exported from; ignored on import.
  std::string title{};  ///< Empty on import: the file name.
  ImageSubType sub_type = ImageSubType::image;
  std::string resource_key{};  ///< The image's key.
  std::string file_name{};
  std::string public_resource_key{};  ///< Restored on import where it is free.
  bool is_public = false;
  std::string media_type{};                  ///< Told, not trusted: on import the content decides.
  std::shared_ptr<const ByteSource> data{};  ///< The image's bytes; base64 in the document.
};

/// The document as JSON text, made while it is read: needs a few kilobytes whatever the size.
/// Throws: `invalid_argument` where `data` is null.
[[nodiscard]] IMAGEGALLERY_EXPORT std::shared_ptr<const ByteSource> to_json(
    const ExportDocument& document);

/// Reads a document: strict JSON (RFC 8259, UTF-8, no duplicate names), unknown fields ignored.
/// `data` and one of `resourceKey` and `fileName` are required. The result's `data` decodes `json`
/// while it is read, and shares it: needs a few kilobytes whatever the size.
/// Throws: `invalid_argument` naming the field or the byte offset of what is wrong.
[[nodiscard]] IMAGEGALLERY_EXPORT ExportDocument
parse_export_document(std::shared_ptr<const ByteSource> json);

}  // namespace imagegallery
