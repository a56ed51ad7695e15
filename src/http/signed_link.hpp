// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <imagegallery/image.hpp>
#include <imagegallery/results.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace imagegallery {

/// What a signed link lets its holder read, and until when.
struct LinkGrant {
  std::string tenant{};  ///< The owner; empty for the system. At most 255 bytes.
  std::string key{};
  ImageId image{};  ///< Another image that comes under the same key is not granted.
  Variant variant = Variant::original;
  std::string preset{};  ///< Of the preview; at most 255 bytes.
  std::chrono::sys_seconds expires{};

  friend bool operator==(const LinkGrant&, const LinkGrant&) = default;
};

/// Makes and checks the tokens of signed links: the grant and its HMAC-SHA-256, in base64url. Who
/// holds a key can grant everything; who holds a token can read it, but not change it.
class SignedLinks {
 public:
  /// Signs with the first key and accepts all. Throws: `invalid_argument` for a key of less than 32
  /// bytes.
  explicit SignedLinks(std::vector<std::string> keys);

  /// Whether there is any key.
  [[nodiscard]] bool enabled() const noexcept { return !keys_.empty(); }

  /// There is a key.
  [[nodiscard]] std::string sign(const LinkGrant& grant) const;

  /// The grant of a token that was signed with one of the keys, expired or not; nothing for any
  /// other text.
  [[nodiscard]] std::optional<LinkGrant> verify(std::string_view token) const;

 private:
  std::vector<std::string> keys_;
};

}  // namespace imagegallery
