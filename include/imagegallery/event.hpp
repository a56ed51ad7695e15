// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <imagegallery/export.hpp>
#include <imagegallery/image.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace imagegallery {

/// What happened to an image or a tenant. Numbers are stored: they never change their meaning.
enum class ChangeKind : std::uint8_t {
  created = 1,
  replaced = 2,     ///< New bytes.
  renamed = 3,      ///< New title.
  published = 4,    ///< Readable by its public key from now on.
  unpublished = 5,  ///< Private from now on.
  removed = 6,
  attached = 7,    ///< Something uses it.
  detached = 8,    ///< Something stopped using it.
  limits_set = 9,  ///< A tenant's limits; no image is named.
  previews_rebuilt = 10,
  quarantined = 11,  ///< Its stored bytes are damaged.
};

/// "created", "replaced", …: the enumerator's name.
[[nodiscard]] IMAGEGALLERY_EXPORT std::string_view to_string(ChangeKind kind) noexcept;

/// Who did what to which image, when. Also what the change log remembers.
struct Event {
  std::uint64_t sequence = 0;  ///< The change number: grows with every change in the storage.
  ChangeKind kind = ChangeKind::created;
  Time at{};
  std::string actor{};   ///< `Principal::user` of who did it; may be empty.
  std::string tenant{};  ///< The image's owner; empty for the system.
  std::string key{};     ///< Empty where the change is to a tenant.
  ImageId image{};       ///< Nil where the change is to a tenant.

  friend bool operator==(const Event&, const Event&) = default;
};

}  // namespace imagegallery
