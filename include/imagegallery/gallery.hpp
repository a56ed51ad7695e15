// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <imagegallery/bytes.hpp>
#include <imagegallery/error.hpp>
#include <imagegallery/error_report.hpp>
#include <imagegallery/etag_cache.hpp>
#include <imagegallery/export.hpp>
#include <imagegallery/export_document.hpp>
#include <imagegallery/image.hpp>
#include <imagegallery/options.hpp>
#include <imagegallery/principal.hpp>
#include <imagegallery/results.hpp>
#include <imagegallery/storage_backend.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace imagegallery {

/// An image gallery: uploads, lists, serves, edits and deletes images of many tenants in one
/// storage, with access control. See examples/quickstart.cpp for a complete program.
///
/// Thread safety: every method may be called from any number of threads at once. A moved-from
/// gallery may only be destroyed or assigned to. The gallery starts no threads.
/// Lifetime: returned objects own what they need and may outlive the gallery.
/// Errors: a method that throws has changed nothing (see `Error`). In addition to the codes listed,
/// every method throws `permission_denied` if the principal's role does not allow the operation,
/// `invalid_argument` if an argument is invalid, and `storage_failure` and `busy` as the storage
/// does. An image that is not visible to the principal counts as absent. An `Error` says which
/// method, tenant and image it is about, unless it is of a class that a backend derived from it.
class IMAGEGALLERY_EXPORT ImageGallery final {
 public:
  /// Throws: `invalid_argument` if `storage` is null or an option is out of range; the message
  /// names the option.
  explicit ImageGallery(std::unique_ptr<StorageBackend> storage, GalleryOptions options = {});
  ImageGallery(ImageGallery&&) noexcept;
  ImageGallery& operator=(ImageGallery&&) noexcept;
  ~ImageGallery();

  [[nodiscard]] const GalleryOptions& options() const noexcept;

  // Upload and import ----------------------------------------------------------------------------

  /// Stores a new image and its previews atomically. Its key is the file name, with a number added
  /// if that key is in use. A system administrator's upload becomes a system image.
  /// Throws: `unsupported_format`, `broken_image`, `limit_exceeded` (image size, total size or
  /// decode budget), `busy` if no decoder became free in time, `conflict` if the source changed
  /// while it was read, and whatever the source throws.
  ImageInfo upload(const Principal& who, const Upload& upload);

  /// Stores a system image under exactly this key: creates it or replaces its bytes. Identical
  /// bytes change nothing. For hosts that ship images with each release.
  /// Throws: as `upload`.
  ImageInfo put_system_image(const Principal& who, std::string_view key, const Upload& upload);

  /// Imports a document from `export_json`. `ImportOptions::on_conflict` decides what happens if
  /// the key is in use.
  /// Throws: as `upload`; `conflict` under `ImportConflict::refuse`; `invalid_argument` naming the
  /// invalid field.
  ImageInfo import_json(const Principal& who, std::string_view json,
                        const ImportOptions& options = {});
  ImageInfo import_document(const Principal& who, const ExportDocument& document,
                            const ImportOptions& options = {});

  /// As `import_document`, for a thread that must not wait for decoders: nullopt, with nothing
  /// changed, if the content is new and its pixels have to be decoded.
  [[nodiscard]] std::optional<ImageInfo> import_without_decoding(const Principal& who,
                                                                 const ExportDocument& document,
                                                                 const ImportOptions& options = {});

  // Reading --------------------------------------------------------------------------------------

  /// Information about an image; nullopt if absent.
  [[nodiscard]] std::optional<ImageInfo> find(const Principal& who, const ImageRef& ref) const;

  /// One page of images, newest first by default.
  [[nodiscard]] Page list(const Principal& who, const ListQuery& query = {}) const;

  /// The bytes of the original or of a preview, or "not modified" (see `ReadResult`).
  /// Throws: `not_found`; `corrupt_data` if the stored bytes are damaged.
  [[nodiscard]] ReadResult read(const Principal& who, const ImageRef& ref,
                                const ReadOptions& options = {}) const;

  /// As `read`, for a public image by its public key. Throws: `not_found` also if it is private.
  [[nodiscard]] ReadResult read_public(std::string_view public_key,
                                       const ReadOptions& options = {}) const;

  /// Exports the image, including its bytes, as a JSON document. Throws: `not_found`,
  /// `corrupt_data`.
  [[nodiscard]] std::string export_json(const Principal& who, const ImageRef& ref) const;
  [[nodiscard]] ExportDocument export_document(const Principal& who, const ImageRef& ref) const;

  // Changes --------------------------------------------------------------------------------------
  // Each throws `not_found`, and `conflict` if the image is not at
  // `ChangeOptions::expected_revision`.

  /// Changes the image's title, and nothing else.
  ImageInfo rename(const Principal& who, const ImageRef& ref, std::string_view title,
                   const ChangeOptions& options = {});

  /// Replaces the image's bytes and file name. Its key, links, title and visibility stay the same.
  /// Of the upload's options only `file_name` is used. Throws: also as `upload`.
  ImageInfo replace(const Principal& who, const ImageRef& ref, const Upload& upload,
                    const ChangeOptions& options = {});

  /// Makes the image public (readable by anyone who knows its public key) or private.
  ImageInfo set_public(const Principal& who, const ImageRef& ref, bool is_public,
                       const ChangeOptions& options = {});

  /// Removes images, except those in use, in one transaction. Returns an outcome for each image;
  /// an absent image is an outcome, not an error.
  RemoveResult remove(const Principal& who, std::span<const ImageRef> refs,
                      const RemoveOptions& options = {});
  RemoveResult remove(const Principal& who, const ImageRef& ref, const RemoveOptions& options = {});

  // Uses of an image -----------------------------------------------------------------------------

  /// Records that an entity of the principal's tenant uses an image that the principal can read.
  /// If the use is recorded already, updates its name. Throws: `not_found`.
  void attach(const Principal& who, const ImageRef& ref, const ImageUse& use);

  /// Deletes the record of a use, if there is one. Throws: `not_found` if the image is absent.
  void detach(const Principal& who, const ImageRef& ref, const ImageUse& use);

  /// The uses of an image by the principal's tenant; a system administrator gets those of all
  /// tenants. Throws: `not_found`.
  [[nodiscard]] std::vector<ImageUse> uses(const Principal& who, const ImageRef& ref) const;

  // Tenants --------------------------------------------------------------------------------------

  /// Usage and limits of a tenant: the principal's own, or any for a system administrator. The
  /// empty name means the system.
  [[nodiscard]] Usage usage(const Principal& who, std::string_view tenant) const;
  [[nodiscard]] Usage usage(const Principal& who) const;

  /// Replaces a tenant's own limits. Only for system administrators. Existing images are kept, even
  /// if they exceed the new limits.
  void set_limits(const Principal& who, std::string_view tenant, const TenantLimits& limits);

  // Maintenance ----------------------------------------------------------------------------------
  // For the host to call periodically, from any thread, while the gallery is in use. These take no
  // principal and cover all tenants.

  /// Checks every stored byte against its checksum and ETag. What fails is read again, past the
  /// storage's caches; damaged content is reported and quarantined, so that no part of it is
  /// served. A quarantine is lifted if its content turns out to be sound. Damaged previews are
  /// rebuilt if the original is intact. To heal a damaged original, upload its bytes again in the
  /// same tenant.
  VerifyReport verify();

  /// Rebuilds previews that an older version or other presets created. Returns the number of images
  /// with new previews. An image that can no longer be decoded keeps its previews.
  std::uint64_t rebuild_previews();

  /// Deletes replaced and abandoned content after the grace period, and old entries of the change
  /// log. Does a limited amount of work; returns whether there is more to do. Reports problems that
  /// the storage's status shows to `on_error`, each once.
  bool sweep();

  /// Whether changes can be stored, by the outcome of the last ones. Does no I/O and never waits
  /// for the storage. A write that fails with `storage_failure`, `storage_full`, `read_only` or
  /// `corrupt_data` makes the gallery unhealthy; a later one that succeeds makes it healthy again.
  [[nodiscard]] GalleryHealth health() const;

  /// As `health`, after reading and writing something small (`StorageBackend::check_write`): finds
  /// out that the storage fails, or works again, when nobody uploads. May block. New problems are
  /// reported to `on_error`, once. For the host to call periodically, more often while unhealthy.
  GalleryHealth check_health();

  /// The changes after a change number, oldest first, at most `max_events`. For hosts that missed
  /// events.
  [[nodiscard]] ChangeFeed changes_since(std::uint64_t sequence,
                                         std::uint32_t max_events = 1000) const;

  [[nodiscard]] GalleryStats stats() const;

  /// Counts a report for `stats` and passes it to `GalleryOptions::on_error`: for the host's own
  /// layers, such as its server. Never throws, may be called from any thread, and does nothing once
  /// the gallery is destroyed.
  [[nodiscard]] ErrorSink error_sink() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace imagegallery
