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

/// Moments are kept and shown in milliseconds since 1970-01-01T00:00Z.
using Time = std::chrono::sys_time<std::chrono::milliseconds>;

/// An image's identity for life: it stays when the image is renamed or its bytes are replaced.
using ImageId = RandomId<struct ImageIdTag>;

/// Whose an image is: the asking tenant's, or everybody's.
enum class Scope { tenant, system };

/// "tenant" or "system", as in links.
[[nodiscard]] IMAGEGALLERY_EXPORT std::string_view to_string(Scope scope) noexcept;

/// The name under which a principal asks for an image. What `Scope::tenant` means depends on who
/// asks: a tenant's principal its own tenant, a system administrator the system.
struct ImageRef {
  Scope scope = Scope::tenant;
  std::string key{};  ///< Unique in its scope; 1 to 255 bytes of UTF-8, mostly a file name.

  friend bool operator==(const ImageRef&, const ImageRef&) = default;
};

/// What an image is for. A list shows one sub type at a time.
enum class ImageSubType { image, scada_symbol };

/// One stored content: an original or a preview.
struct ContentDescriptor {
  std::string media_type{};  ///< From the content itself, such as "image/jpeg".
  std::uint32_t width = 0;   ///< Pixels, upright; 0 where the format states none.
  std::uint32_t height = 0;  ///< Likewise.
  std::uint64_t size = 0;    ///< Bytes.
  std::string etag{};        ///< XXH3-128 of the bytes, 32 hexadecimal digits, without quotes.

  friend bool operator==(const ContentDescriptor&, const ContentDescriptor&) = default;
};

/// The preview of one preset. Where the original serves as its own preview, it repeats the
/// original.
struct PreviewDescriptor : ContentDescriptor {
  std::string preset{};  ///< The name of its `PreviewPreset`.

  friend bool operator==(const PreviewDescriptor&, const PreviewDescriptor&) = default;
};

/// An original and its previews.
struct ImageDescriptor : ContentDescriptor {
  PreviewDescriptor preview{};                     ///< Of the gallery's first preset.
  std::vector<PreviewDescriptor> more_previews{};  ///< Of the others, in the gallery's order.
  std::uint32_t frames = 1;                        ///< Frames, pages or sizes in the file.
  bool has_alpha = false;                          ///< Whether pixels may be other than opaque.

  friend bool operator==(const ImageDescriptor&, const ImageDescriptor&) = default;
};

/// Everything that a gallery tells about an image, bytes apart. A regular value.
struct ImageInfo {
  ImageId id{};
  std::string tenant{};  ///< The owner; empty for the system.
  ImageRef ref{};
  std::uint64_t revision = 0;  ///< Grows with every change of this record; never reused.
  std::string title{};
  std::string file_name{};
  ImageSubType sub_type = ImageSubType::image;
  bool is_public = false;
  std::string public_key{};  ///< 32 unguessable letters and digits; readable by it while public.
  Time created_at{};
  Time updated_at{};  ///< Of the last change; later than that of every earlier state.
  ImageDescriptor descriptor{};

  /// "/api/images/{scope}/{key}", the key percent-encoded (RFC 3986).
  [[nodiscard]] IMAGEGALLERY_EXPORT std::string link() const;

  /// "/api/images/public/{public_key}"; nothing while the image is private.
  [[nodiscard]] IMAGEGALLERY_EXPORT std::optional<std::string> public_link() const;

  friend bool operator==(const ImageInfo&, const ImageInfo&) = default;
};

/// Something of the host's that uses an image: a dashboard, a device profile, a page.
struct ImageUse {
  std::string entity_type{};  ///< 1 to 64 bytes, such as "DASHBOARD".
  std::string entity_id{};    ///< 1 to 255 bytes; with the type it names the entity in its tenant.
  std::string name{};         ///< For people; up to 255 bytes, may be empty.
  std::string tenant{};       ///< Whose entity; set by the gallery from the principal.

  friend bool operator==(const ImageUse&, const ImageUse&) = default;
};

/// The details of an upload, all optional.
struct UploadOptions {
  std::string title{};      ///< Empty: the file name.
  std::string file_name{};  ///< Empty: the path's last part, else "image" with the usual extension.
  ImageSubType sub_type = ImageSubType::image;
  std::optional<bool> is_public{};  ///< Empty: as `GalleryOptions::public_uploads` says.
  std::string operation_id{};  ///< Up to 64 bytes. A second upload under the same id, by the same
                               ///< tenant, gives the first one's image: retries make no twins.
};

/// Bytes on their way in, with what the host knows about them.
class IMAGEGALLERY_EXPORT Upload {
 public:
  /// Throws: what `open_file` throws.
  [[nodiscard]] static Upload from_file(const std::filesystem::path& path,
                                        UploadOptions options = {});

  /// The bytes must stay as they are until the call that takes this upload returns.
  [[nodiscard]] static Upload from_bytes(ByteView bytes, UploadOptions options = {});

  /// The upload owns the bytes.
  [[nodiscard]] static Upload from_bytes(Bytes&& bytes, UploadOptions options = {});

  /// Throws: `invalid_argument` for a null source.
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
