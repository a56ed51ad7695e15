// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <imagegallery/bytes.hpp>
#include <imagegallery/error.hpp>
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

/// An image gallery: uploads, lists, serves, edits and deletes images for many tenants over one
/// storage, deciding who may. See examples/quickstart.cpp for a whole program.
///
/// Thread safety: every method may be called from any number of threads at once; a moved-from
/// gallery may only be destroyed or assigned to. The gallery starts no thread.
/// Lifetime: what it returns owns what it needs and may outlive the gallery.
/// Errors: a method that throws has changed nothing (see `Error`). Beside the codes listed, every
/// method throws `permission_denied` when the principal's role does not allow it, `storage_failure`
/// and `busy` as the storage does, and `invalid_argument` when an argument breaks its contract.
/// An image that the principal may not see does not exist for it: `not_found`, or no optional.
class IMAGEGALLERY_EXPORT ImageGallery final {
 public:
  /// Throws: `invalid_argument` for a null storage or an option out of range, naming it.
  explicit ImageGallery(std::unique_ptr<StorageBackend> storage, GalleryOptions options = {});
  ImageGallery(ImageGallery&&) noexcept;
  ImageGallery& operator=(ImageGallery&&) noexcept;
  ~ImageGallery();

  [[nodiscard]] const GalleryOptions& options() const noexcept;

  // Into the gallery -----------------------------------------------------------------------------

  /// Stores a new image with its previews, whole or not at all. Its key is the file name, numbered
  /// when taken. A system administrator's upload becomes a system image.
  /// Throws: `unsupported_format`, `broken_image`, `limit_exceeded` (bytes, total or decode
  /// budget), `busy` when no decoder came free, what the source throws; `conflict` when the source
  /// changed while it was read.
  ImageInfo upload(const Principal& who, const Upload& upload);

  /// Stores bytes under exactly this key among the system images: creates the image or replaces its
  /// bytes; same bytes change nothing. For a host that brings its own images with each release.
  /// Throws: as `upload`.
  ImageInfo put_system_image(const Principal& who, std::string_view key, const Upload& upload);

  /// Imports a document that `export_json` gave. See `ImportConflict` for a key that is taken.
  /// Throws: as `upload`; `conflict` as `ImportConflict` says; `invalid_argument` naming the field.
  ImageInfo import_json(const Principal& who, std::string_view json,
                        const ImportOptions& options = {});
  ImageInfo import_document(const Principal& who, const ExportDocument& document,
                            const ImportOptions& options = {});

  // Out of the gallery ---------------------------------------------------------------------------

  [[nodiscard]] std::optional<ImageInfo> find(const Principal& who, const ImageRef& ref) const;

  /// A page of images, newest first unless asked otherwise.
  [[nodiscard]] Page list(const Principal& who, const ListQuery& query = {}) const;

  /// The bytes of the original or of a preview, or the answer that they have not changed.
  /// Throws: `not_found`; `corrupt_data` where the storage is damaged.
  [[nodiscard]] ReadResult read(const Principal& who, const ImageRef& ref,
                                const ReadOptions& options = {}) const;

  /// The same for an image that is public, by its public key.
  [[nodiscard]] ReadResult read_public(std::string_view public_key,
                                       const ReadOptions& options = {}) const;

  /// The image as a JSON document, bytes included. Throws: `not_found`, `corrupt_data`.
  [[nodiscard]] std::string export_json(const Principal& who, const ImageRef& ref) const;
  [[nodiscard]] ExportDocument export_document(const Principal& who, const ImageRef& ref) const;

  // Changes --------------------------------------------------------------------------------------
  // Each throws `not_found`, and `conflict` when `ChangeOptions::expected_revision` is another.

  /// Gives the image a new title; nothing else of it changes.
  ImageInfo rename(const Principal& who, const ImageRef& ref, std::string_view title,
                   const ChangeOptions& options = {});

  /// Gives the image new bytes and their file name; key, links, title and publicity stay.
  /// Of the upload's options only `file_name` is used. Throws: also as `upload`.
  ImageInfo replace(const Principal& who, const ImageRef& ref, const Upload& upload,
                    const ChangeOptions& options = {});

  /// Makes the image readable by its public key, or no longer.
  ImageInfo set_public(const Principal& who, const ImageRef& ref, bool is_public,
                       const ChangeOptions& options = {});

  /// Removes images, each unless it is in use; absence is an outcome, too. What can be removed is
  /// removed in one transaction.
  RemoveResult remove(const Principal& who, std::span<const ImageRef> refs,
                      const RemoveOptions& options = {});
  RemoveResult remove(const Principal& who, const ImageRef& ref, const RemoveOptions& options = {});

  // Who uses an image ----------------------------------------------------------------------------

  /// Notes that an entity of the principal's tenant uses an image that the principal can read;
  /// again: updates the name. Throws: `not_found`.
  void attach(const Principal& who, const ImageRef& ref, const ImageUse& use);

  /// Takes the note back; does nothing where there is none. Throws: `not_found`.
  void detach(const Principal& who, const ImageRef& ref, const ImageUse& use);

  /// All uses of an image, other tenants' for the system administrator only. Throws: `not_found`.
  [[nodiscard]] std::vector<ImageUse> uses(const Principal& who, const ImageRef& ref) const;

  // Tenants --------------------------------------------------------------------------------------

  /// What a tenant stores and may store: of the principal's own tenant, or of any for a system
  /// administrator; the empty name means the system.
  [[nodiscard]] Usage usage(const Principal& who, std::string_view tenant) const;
  [[nodiscard]] Usage usage(const Principal& who) const;

  /// Sets a tenant's own limits, whole; for system administrators. Images that are there stay.
  void set_limits(const Principal& who, std::string_view tenant, const TenantLimits& limits);

  // Upkeep ---------------------------------------------------------------------------------------
  // For the host to call at its leisure, from any thread. The gallery acts as the system here.

  /// Re-reads every stored byte against its checksum and ETag. Damaged content is quarantined, so
  /// that no part of it is served, and reported; damaged previews are made anew where the original
  /// is sound.
  VerifyReport verify();

  /// Makes previews anew that an older recipe or other presets made. Returns how many images got
  /// new ones. One that cannot be decoded any more keeps what it has.
  std::uint64_t rebuild_previews();

  /// Deletes replaced and abandoned content after the grace period, and old entries of the change
  /// log. Returns whether more is left to do.
  bool sweep();

  /// Changes after a change number, oldest first, at most `max_events`: for a host that was away.
  [[nodiscard]] ChangeFeed changes_since(std::uint64_t sequence,
                                         std::uint32_t max_events = 1000) const;

  [[nodiscard]] GalleryStats stats() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace imagegallery
