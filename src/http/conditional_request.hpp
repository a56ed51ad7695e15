// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <imagegallery/http.hpp>
#include <imagegallery/image.hpp>

#include <chrono>
#include <cstddef>
#include <optional>
#include <vector>

#include "entity_tag.hpp"

namespace imagegallery {

/// The validators of the target of a conditional request. Existence and permission are always
/// checked before.
struct Validators {
  /// For reads, of the representations that may be returned, the preferred first; at least one.
  /// For writes, of all representations of the target.
  std::vector<EntityTag> etags;
  std::optional<std::chrono::sys_seconds> last_modified;  ///< From `last_modified_of`.
  std::chrono::sys_seconds now{};
};

/// The result of evaluating a request's preconditions.
struct ConditionalOutcome {
  enum class Kind {
    proceed,
    not_modified,         ///< 304
    precondition_failed,  ///< 412
  };
  Kind kind = Kind::proceed;
  std::size_t etag = 0;        ///< Index of the representation to return.
  bool range_applies = false;  ///< Apply the Range field.

  friend bool operator==(const ConditionalOutcome&, const ConditionalOutcome&) = default;
};

/// Evaluates If-Match, If-Unmodified-Since, If-None-Match, If-Modified-Since and If-Range in the
/// order of RFC 9110 §13.2.2. A malformed If-Match fails; other malformed fields are ignored.
[[nodiscard]] ConditionalOutcome evaluate_preconditions(const HttpRequestHead& head,
                                                        const Validators& validators);

/// The Last-Modified of an image: the second of its creation while unchanged, otherwise the second
/// after its last change. Send it to clients only once that second has come. So no two states of an
/// image share a date, it is a strong validator (RFC 9110 §8.8.2.2), and a client that sends the
/// date of its own clock never gets 304 for a change within that second. (An image that is removed
/// and created again within one second is another image.)
[[nodiscard]] std::chrono::sys_seconds last_modified_of(const ImageInfo& info);

}  // namespace imagegallery
