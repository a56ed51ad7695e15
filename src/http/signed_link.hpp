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

/// The image that a signed link gives access to, and until when.
struct LinkGrant {
  std::string tenant{};  ///< The owner; empty for the system. At most 255 bytes.
  std::string key{};
  ImageId image{};  ///< A later image under the same key is not granted.
  Variant variant = Variant::original;
  std::string preset{};  ///< Of the preview; at most 255 bytes.
  std::chrono::sys_seconds expires{};

  friend bool operator==(const LinkGrant&, const LinkGrant&) = default;
};

/// Creates and verifies the tokens of signed links: the grant and its HMAC-SHA-256, in base64url. A
/// key can sign any grant. The holder of a token can read its grant, but not change it.
class SignedLinks {
 public:
  /// Signs with the first key and accepts all keys.
  /// Throws: `invalid_argument` for a key under 32 bytes.
  explicit SignedLinks(std::vector<std::string> keys);

  /// Whether there is a key.
  [[nodiscard]] bool enabled() const noexcept { return !keys_.empty(); }

  /// Requires: enabled().
  [[nodiscard]] std::string sign(const LinkGrant& grant) const;

  /// The grant of a token that was signed with one of the keys, expired or not; nullopt for any
  /// other text.
  [[nodiscard]] std::optional<LinkGrant> verify(std::string_view token) const;

 private:
  std::vector<std::string> keys_;
};

}  // namespace imagegallery
