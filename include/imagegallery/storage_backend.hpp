// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <imagegallery/bytes.hpp>
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

/// Where a scroll stopped: the sort value and id of the last image that was seen.
struct ListPosition {
  std::int64_t number = 0;  ///< `created_at` in milliseconds, or `size`.
  std::string title{};      ///< `folded_title`, when sorting by it.
  ImageId id{};
};

/// Which images, in which order. Ties are broken by id, in the same direction.
struct ListRequest {
  std::string tenant{};
  bool every_tenant = false;    ///< All tenants' and the system's, by id only; `tenant` is ignored.
  bool include_system = false;  ///< Adds system images, save those whose key the tenant also has.
  std::string folded_search{};  ///< A substring of `folded_title`; empty finds all.
  std::optional<ImageSubType> sub_type{};
  SortBy sort_by = SortBy::created_at;
  SortOrder sort_order = SortOrder::descending;
  std::optional<ListPosition> after{};  ///< Start behind this image; excludes `offset`.
  std::uint64_t offset = 0;
  std::uint32_t count = 0;  ///< At most so many.
};

/// What a tenant stores, and its own limits as far as set.
struct TenantUsage {
  std::uint64_t images = 0;
  std::uint64_t bytes = 0;  ///< The sum of the images' sizes. Shared content counts for each.
  TenantLimits limits{};
};

/// Changes after a change number, oldest first.
struct ChangeFeed {
  std::uint64_t sequence = 0;  ///< The newest change number in the storage.
  bool complete = true;  ///< False where some were forgotten: trust nothing derived from before.
  std::vector<Event> events{};  ///< At most as many as were asked for.
};

/// Where a gallery keeps its images. An interface without fields: a host may implement it, or wrap
/// one (docs/writing-a-backend.md). A backend is dull: it knows neither pixels nor HTTP nor who
/// may do what; everything that is the same for all backends is done once, in `ImageGallery`.
///
/// Thread safety: every method may be called from any number of threads at once.
/// Visibility: what a method has stored when it returns, every later call sees, from any thread and
/// any process. Durability: what `commit` has returned survives a crash of the machine, except
/// where a backend is documented to keep nothing. Strings are UTF-8 and compare byte by byte. Every
/// method throws `storage_failure` when the storage fails, and `busy` when a lock is not granted in
/// time; only other codes are listed.
class IMAGEGALLERY_EXPORT StorageBackend {
 public:
  StorageBackend() = default;
  StorageBackend(const StorageBackend&) = delete;
  StorageBackend& operator=(const StorageBackend&) = delete;
  virtual ~StorageBackend();

  /// The image with that key. Absent: nothing.
  [[nodiscard]] virtual std::optional<ImageRecord> find(std::string_view tenant,
                                                        std::string_view key) const = 0;

  /// The image with that public key, whether it is public now or not. Absent: nothing.
  [[nodiscard]] virtual std::optional<ImageRecord> find_public(
      std::string_view public_key) const = 0;

  /// A content of that tenant, held by an image, with that etag and size, and its previews: some
  /// image's record that has it. The facade compares the bytes. Absent: nothing.
  [[nodiscard]] virtual std::optional<ImageRecord> find_content(std::string_view tenant,
                                                                std::string_view etag,
                                                                std::uint64_t size) const = 0;

  /// The images asked for, in order, from one state of the storage. None: empty.
  [[nodiscard]] virtual std::vector<ImageRecord> list(const ListRequest& request) const = 0;

  /// How many images `list` would give without `after`, `offset` and `count`.
  [[nodiscard]] virtual std::uint64_t count(const ListRequest& request) const = 0;

  /// Who uses an image, ordered by tenant, type and id. Absent image: empty.
  [[nodiscard]] virtual std::vector<ImageUse> uses(std::string_view tenant,
                                                   const ImageId& id) const = 0;

  /// What a tenant stores. An unknown tenant: zeros, no limits.
  [[nodiscard]] virtual TenantUsage usage(std::string_view tenant) const = 0;

  /// Reads content, as `ByteSource::read_at` does. Stateless: a slow reader holds nothing.
  /// Throws: `not_found` when the content was swept, `corrupt_data` when what is stored fails its
  /// checksum; then nothing of it is given.
  virtual std::size_t read_at(const ContentId& content, std::uint64_t offset,
                              std::span<std::byte> into) const = 0;

  /// Stores the bytes of `source` under a new id, on behalf of a tenant, reading it once from front
  /// to back. Until a commit makes an image hold it, the content is nobody's, and `sweep` takes it
  /// after the grace period; when this throws, what was written is nobody's likewise. It is as
  /// durable as the commit that first refers to it.
  /// Throws: `conflict` when the id is taken, what `source` throws.
  virtual void put_content(std::string_view tenant, const ContentId& content,
                           const ByteSource& source, Time now) = 0;

  /// Deletes a content at once, unless an image holds it: what a failed upload left behind. Does
  /// nothing where there is no such content.
  virtual void drop_content(const ContentId& content) = 0;

  /// Applies all changes or, when it throws, none. Change numbers rise by one with each change that
  /// is applied. Concurrent commits are as if one came after the other.
  /// Throws: as each change says; `not_found` when a content that a record names was swept. The
  /// message of `limit_exceeded` names the limit in bytes.
  virtual std::vector<ChangeResult> commit(std::span<const Change> changes) = 0;

  /// What changed after change number `after`, at most `max_events` of it. Cheap when nothing did:
  /// the gallery asks before it answers from its cache.
  [[nodiscard]] virtual ChangeFeed changes_since(std::uint64_t after,
                                                 std::uint32_t max_events) const = 0;

  /// Deletes content that no image has held since before `content_before`, and forgets changes
  /// older than `changes_before`. Does a bounded piece of work and returns whether more is left.
  virtual bool sweep(Time content_before, Time changes_before) = 0;
};

}  // namespace imagegallery
