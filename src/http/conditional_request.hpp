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

/// What is known of the target of a request that may be conditional. The target exists, and who
/// asks may do what is asked: that comes first, always.
struct Validators {
  /// Of the representations that may be answered with, the preferred first; at least one. On
  /// writes, of all that the target has.
  std::vector<EntityTag> etags;
  std::optional<std::chrono::sys_seconds> last_modified;  ///< As `last_modified_of` gives it.
  std::chrono::sys_seconds now{};
};

/// What the preconditions of a request come to.
struct ConditionalOutcome {
  enum class Kind {
    proceed,
    not_modified,         ///< 304
    precondition_failed,  ///< 412
  };
  Kind kind = Kind::proceed;
  std::size_t etag = 0;        ///< Which of the representations the answer is about.
  bool range_applies = false;  ///< A Range field is to be looked at.

  friend bool operator==(const ConditionalOutcome&, const ConditionalOutcome&) = default;
};

/// Evaluates If-Match, If-Unmodified-Since, If-None-Match, If-Modified-Since and If-Range in the
/// order of RFC 9110 §13.2.2. A malformed If-Match fails; other malformed fields are ignored.
[[nodiscard]] ConditionalOutcome evaluate_preconditions(const HttpRequestHead& head,
                                                        const Validators& validators);

/// The Last-Modified of an image: the second in which it was created, while it has not changed, and
/// the second after its last change otherwise, to be told to clients only once that has come. No
/// two states of an image have the same date then, so it is a strong validator (RFC 9110 §8.8.2.2),
/// and a client that asks by its own clock's date is never told "unmodified" of a change within
/// that second. (An image that is removed and made again within one second is another image.)
[[nodiscard]] std::chrono::sys_seconds last_modified_of(const ImageInfo& info);

}  // namespace imagegallery
