// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <imagegallery/export.hpp>
#include <imagegallery/image.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace imagegallery {

/// The kind of a change. The values are stored and never change their meaning.
enum class ChangeKind : std::uint8_t {
  created = 1,
  replaced = 2,     ///< New bytes.
  renamed = 3,      ///< New title.
  published = 4,    ///< Now readable by its public key.
  unpublished = 5,  ///< Now private.
  removed = 6,
  attached = 7,    ///< A use was added.
  detached = 8,    ///< A use was removed.
  limits_set = 9,  ///< Of a tenant, not of an image.
  previews_rebuilt = 10,
  quarantined = 11,  ///< Its stored bytes are damaged.
  restored = 12,     ///< They are sound again: they were uploaded again, or read without fault.
};

/// The enumerator's name, such as "created".
[[nodiscard]] IMAGEGALLERY_EXPORT std::string_view to_string(ChangeKind kind) noexcept;

/// One change: what was done to which image, when and by whom. An entry of the change log.
struct Event {
  std::uint64_t sequence = 0;  ///< The change number; increases with every change in the storage.
  ChangeKind kind = ChangeKind::created;
  Time at{};
  std::string actor{};   ///< `Principal::user` of the caller; may be empty.
  std::string tenant{};  ///< The image's owner; empty for the system.
  std::string key{};     ///< The image's key; empty for `limits_set`.
  ImageId image{};       ///< Nil for `limits_set`.

  friend bool operator==(const Event&, const Event&) = default;
};

}  // namespace imagegallery
