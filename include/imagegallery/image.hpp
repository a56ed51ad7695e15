// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <imagegallery/bytes.hpp>
#include <imagegallery/export.hpp>
#include <imagegallery/image_format.hpp>
#include <imagegallery/random_id.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace imagegallery {

/// A timestamp, in milliseconds since 1970-01-01T00:00Z.
using Time = std::chrono::sys_time<std::chrono::milliseconds>;

/// The permanent identity of an image. Renaming it or replacing its bytes does not change the id.
using ImageId = RandomId<struct ImageIdTag>;

/// The owner of an image: the caller's tenant, or the system, whose images all tenants can read.
enum class Scope { tenant, system };

/// "tenant" or "system", as in links.
[[nodiscard]] IMAGEGALLERY_EXPORT std::string_view to_string(Scope scope) noexcept;

/// The name of an image, as a principal refers to it. `Scope::tenant` means the principal's own
/// tenant; for a system administrator it means the system.
struct ImageRef {
  Scope scope = Scope::tenant;
  std::string key{};  ///< Unique in its scope; 1 to 255 bytes of UTF-8, usually a file name.

  friend bool operator==(const ImageRef&, const ImageRef&) = default;
};

/// The purpose of an image. A list contains images of one sub type.
enum class ImageSubType { image, scada_symbol };

/// Describes stored content: an original or a preview.
struct ContentDescriptor {
  std::string media_type{};  ///< Detected from the content, such as "image/jpeg".
  std::uint32_t width = 0;   ///< Pixels, after EXIF orientation; 0 if the file states no size.
  std::uint32_t height = 0;  ///< As `width`.
  std::uint64_t size = 0;    ///< Bytes.
  std::string etag{};        ///< XXH3-128 of the bytes, 32 hexadecimal digits, without quotes.

  friend bool operator==(const ContentDescriptor&, const ContentDescriptor&) = default;
};

/// Describes the preview of one preset. If the original serves as its own preview, the values are
/// those of the original.
struct PreviewDescriptor : ContentDescriptor {
  std::string preset{};  ///< The name of its `PreviewPreset`.

  friend bool operator==(const PreviewDescriptor&, const PreviewDescriptor&) = default;
};

/// Describes an original and its previews.
struct ImageDescriptor : ContentDescriptor {
  PreviewDescriptor preview{};                     ///< Of the gallery's first preset.
  std::vector<PreviewDescriptor> more_previews{};  ///< Of the other presets, in their order.
  std::uint32_t frames = 1;                        ///< Frames, pages or sizes in the file.
  bool has_alpha = false;                          ///< Whether pixels may be transparent.

  friend bool operator==(const ImageDescriptor&, const ImageDescriptor&) = default;
};

/// All information about an image except its bytes.
struct ImageInfo {
  ImageId id{};
  std::string tenant{};  ///< The owner; empty for the system.
  ImageRef ref{};
  std::uint64_t revision = 0;  ///< Increases with every change of the image; never reused.
  std::string title{};
  std::string file_name{};
  ImageSubType sub_type = ImageSubType::image;
  bool is_public = false;
  std::string public_key{};  ///< 32 random letters and digits; grants access while public.
  Time created_at{};
  Time updated_at{};  ///< Time of the last change; increases with every change.
  ImageDescriptor descriptor{};

  /// "/api/images/{scope}/{key}", the key percent-encoded (RFC 3986).
  [[nodiscard]] IMAGEGALLERY_EXPORT std::string link() const;

  /// "/api/images/public/{public_key}"; nullopt if the image is private.
  [[nodiscard]] IMAGEGALLERY_EXPORT std::optional<std::string> public_link() const;

  friend bool operator==(const ImageInfo&, const ImageInfo&) = default;
};

/// A use of an image by an entity of the host: a dashboard, a device profile, a page.
struct ImageUse {
  std::string entity_type{};  ///< 1 to 64 bytes, such as "DASHBOARD".
  std::string entity_id{};    ///< 1 to 255 bytes; unique for its type and tenant.
  std::string name{};         ///< Display name; up to 255 bytes, may be empty.
  std::string tenant{};       ///< The entity's tenant; set by the gallery from the principal.

  friend bool operator==(const ImageUse&, const ImageUse&) = default;
};

/// The options of an upload; all are optional.
struct UploadOptions {
  std::string title{};      ///< If empty: the file name.
  std::string file_name{};  ///< If empty: the name of the uploaded file, or "image" and the
                            ///< format's extension.
  ImageSubType sub_type = ImageSubType::image;
  std::optional<bool> is_public{};  ///< If unset: `GalleryOptions::public_uploads`.
  std::string operation_id{};  ///< Up to 64 bytes. A second upload with the same id in the same
                               ///< tenant returns the image of the first: retries are safe.
};

/// The bytes and options of an upload.
class IMAGEGALLERY_EXPORT Upload {
 public:
  /// Throws: as `open_file`.
  [[nodiscard]] static Upload from_file(const std::filesystem::path& path,
                                        UploadOptions options = {});

  /// The bytes must stay alive and unchanged until the gallery method that takes this upload
  /// returns.
  [[nodiscard]] static Upload from_bytes(ByteView bytes, UploadOptions options = {});

  /// The upload owns the bytes.
  [[nodiscard]] static Upload from_bytes(Bytes&& bytes, UploadOptions options = {});

  /// Throws: `invalid_argument` if `source` is null.
  [[nodiscard]] static Upload from_source(std::shared_ptr<const ByteSource> source,
                                          UploadOptions options = {});

  [[nodiscard]] const ByteSource& source() const noexcept { return *source_; }
  [[nodiscard]] const UploadOptions& options() const noexcept { return options_; }

 private:
  Upload(std::shared_ptr<const ByteSource> source, UploadOptions options);

  std::shared_ptr<const ByteSource> source_;
  UploadOptions options_;
};

}  // namespace imagegallery
