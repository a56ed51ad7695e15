// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <imagegallery/bytes.hpp>

#include <memory>
#include <string>

namespace imagegallery {

/// Computes the ETag of content incrementally: XXH3-128 in canonical (big-endian) form, 32
/// lower-case hexadecimal digits. Not cryptographic: it does not protect against forgery.
class ContentHash {
 public:
  ContentHash();
  ~ContentHash();
  ContentHash(const ContentHash&) = delete;
  ContentHash& operator=(const ContentHash&) = delete;

  void update(ByteView bytes);
  [[nodiscard]] std::string etag() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// The ETag of bytes in memory.
[[nodiscard]] std::string content_etag(ByteView bytes);

}  // namespace imagegallery
