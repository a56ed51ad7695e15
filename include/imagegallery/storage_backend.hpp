// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <imagegallery/bytes.hpp>
#include <imagegallery/error.hpp>
#include <imagegallery/event.hpp>
#include <imagegallery/export.hpp>
#include <imagegallery/image_record.hpp>
#include <imagegallery/options.hpp>
#include <imagegallery/storage_change.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace imagegallery {

enum class SortBy { created_at, title, size, id };
enum class SortOrder { ascending, descending };

/// A position in a list: the sort value and id of the last image of a page.
struct ListPosition {
  std::int64_t number = 0;  ///< `created_at` in milliseconds, or `size`; when sorting by it.
  std::string title{};      ///< `folded_title`, when sorting by title.
  ImageId id{};
};

/// Selects and orders the images of a list. Ties are broken by id, in the same direction.
struct ListRequest {
  std::string tenant{};
  bool every_tenant = false;    ///< All tenants and the system, by id only; `tenant` is ignored.
  bool include_system = false;  ///< Adds system images, except those whose key the tenant uses.
  std::string folded_search{};  ///< A substring of `folded_title`; empty matches all.
  std::optional<ImageSubType> sub_type{};
  SortBy sort_by = SortBy::created_at;
  SortOrder sort_order = SortOrder::descending;
  std::optional<ListPosition> after{};  ///< Start after this position; `offset` is then 0.
  std::uint64_t offset = 0;             ///< Images to skip.
  std::uint32_t count = 0;              ///< Max number of images.
};

/// Usage of a tenant, and its own limits.
struct TenantUsage {
  std::uint64_t images = 0;
  std::uint64_t bytes = 0;  ///< The sum of the originals' sizes; shared content counts each time.
  TenantLimits limits{};
};

/// The changes after a change number, oldest first.
struct ChangeFeed {
  std::uint64_t sequence = 0;   ///< The newest change number in the storage.
  bool complete = true;         ///< False if some were deleted: discard all that was cached before.
  std::vector<Event> events{};  ///< At most as many as requested.
};

/// The condition of a storage, for monitoring.
struct StorageStatus {
  std::uint64_t log_bytes = 0;  ///< Size of a write-ahead log; 0 if there is none.
  /// Room on the disk; nullopt if unknown.
  std::optional<std::uint64_t> free_bytes{};
  /// What goes wrong without any call failing because of it, such as a checkpoint that failed, a
  /// reader that keeps the log from shrinking, or a disk that is nearly full; nullopt if nothing.
  std::optional<Error> problem{};
};

/// The storage of a gallery. An interface: a host may implement it, or decorate an implementation
/// (docs/writing-a-backend.md). A backend stores and finds; it knows nothing of image formats, HTTP
/// or access control. All logic that backends share is in `ImageGallery`.
///
/// Thread safety: every method may be called from any number of threads at once.
/// Visibility: when a method returns, every later call sees its effect, from any thread and any
/// process. Durability: committed changes survive a crash of the machine, unless a backend is
/// documented as not durable. Strings are UTF-8 and are compared byte by byte.
/// Errors: every method throws `storage_failure` if the storage fails, and `busy` if a lock is not
/// acquired in time; only other codes are listed.
class IMAGEGALLERY_EXPORT StorageBackend {
 public:
  StorageBackend() = default;
  StorageBackend(const StorageBackend&) = delete;
  StorageBackend& operator=(const StorageBackend&) = delete;
  virtual ~StorageBackend();

  /// The image with that key; nullopt if absent.
  [[nodiscard]] virtual std::optional<ImageRecord> find(std::string_view tenant,
                                                        std::string_view key) const = 0;

  /// The image with that public key, whether it is public or not; nullopt if absent.
  [[nodiscard]] virtual std::optional<ImageRecord> find_public(
      std::string_view public_key) const = 0;

  /// An image of that tenant whose original has that ETag and size, to share its content and
  /// previews; nullopt if absent. Skips quarantined content. The caller compares the bytes.
  [[nodiscard]] virtual std::optional<ImageRecord> find_content(std::string_view tenant,
                                                                std::string_view etag,
                                                                std::uint64_t size) const = 0;

  /// The requested images, in order, from one consistent snapshot. Empty if there are none.
  [[nodiscard]] virtual std::vector<ImageRecord> list(const ListRequest& request) const = 0;

  /// The number of images that `list` would return without `after`, `offset` and `count`.
  [[nodiscard]] virtual std::uint64_t count(const ListRequest& request) const = 0;

  /// The uses of an image, ordered by tenant, entity type and entity id. Empty if the image is
  /// absent.
  [[nodiscard]] virtual std::vector<ImageUse> uses(std::string_view tenant,
                                                   const ImageId& id) const = 0;

  /// The usage and own limits of a tenant. Zeros and no limits if the tenant is unknown.
  [[nodiscard]] virtual TenantUsage usage(std::string_view tenant) const = 0;

  /// Reads content, as `ByteSource::read_at`. Keeps no state between calls: a slow reader holds no
  /// lock or transaction.
  /// Throws: `not_found` if the content was deleted, `corrupt_data` if the stored bytes fail their
  /// checksum, or the content is quarantined; no damaged byte is returned.
  virtual std::size_t read_at(const ContentId& content, std::uint64_t offset,
                              std::span<std::byte> into) const = 0;

  /// As `read_at`, to check what is stored: reads quarantined content as well, and past every cache
  /// that may hold wrong bytes, so that an error that passes is not taken for damage. May be slow.
  /// By default calls `read_at`: then nothing lifts a quarantine.
  virtual std::size_t verify_at(const ContentId& content, std::uint64_t offset,
                                std::span<std::byte> into) const;

  /// The quarantined originals of that tenant with that ETag and size, each once: an upload of the
  /// same bytes replaces them (`RestoreContent`). By default none.
  [[nodiscard]] virtual std::vector<ContentId> find_quarantined(std::string_view tenant,
                                                                std::string_view etag,
                                                                std::uint64_t size) const;

  /// Stores the bytes of `source` under a new id for a tenant. Reads `source` once, sequentially.
  /// The content is unreferenced until a commit makes an image refer to it; `sweep` deletes content
  /// that stays unreferenced for the grace period, and what was written before this method threw.
  /// The content becomes durable with the first commit that refers to it.
  /// Throws: `conflict` if the id exists, and whatever `source` throws.
  virtual void put_content(std::string_view tenant, const ContentId& content,
                           const ByteSource& source, Time now) = 0;

  /// Deletes content immediately, unless an image refers to it. Cleans up after a failed upload.
  /// Does nothing if the content is absent.
  virtual void drop_content(const ContentId& content) = 0;

  /// Applies all changes atomically: if it throws, none is applied. The change number increases by
  /// one with each event. Concurrent commits are serialised. Returns a result for each change. It
  /// is complete before the commit: once the changes are applied, nothing may throw, not even
  /// `std::bad_alloc`.
  /// Throws: as documented for each change; `not_found` if the content of a record was deleted. The
  /// message of `limit_exceeded` states the limit in bytes.
  virtual std::vector<ChangeResult> commit(std::span<const Change> changes) = 0;

  /// The changes after change number `after`, at most `max_events`. Must be cheap if nothing
  /// changed: the gallery calls it before each read from its ETag cache.
  [[nodiscard]] virtual ChangeFeed changes_since(std::uint64_t after,
                                                 std::uint32_t max_events) const = 0;

  /// Deletes content that has been unreferenced since before `content_before`, and log entries of
  /// changes before `changes_before`. Does a limited amount of work; returns whether there is more.
  virtual bool sweep(Time content_before, Time changes_before) = 0;

  /// The condition of the storage. Must not wait for I/O or for a writer. By default: nothing
  /// known.
  [[nodiscard]] virtual StorageStatus status() const;

  /// Writes something small and waits until it is durable: throws as `commit` does if a change
  /// could not be stored now. By default does nothing.
  virtual void check_write();
};

}  // namespace imagegallery
