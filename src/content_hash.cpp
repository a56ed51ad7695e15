// SPDX-License-Identifier: Apache-2.0
#include "content_hash.hpp"

#define XXH_STATIC_LINKING_ONLY  // defines XXH3_state_t, so that the state can be a member
#include <xxhash.h>

namespace imagegallery {
namespace {

std::string to_hex(XXH128_hash_t hash) {
  constexpr char digits[] = "0123456789abcdef";
  XXH128_canonical_t canonical;
  XXH128_canonicalFromHash(&canonical, hash);
  std::string text;
  text.reserve(32);
  for (const unsigned char byte : canonical.digest) {
    text += digits[byte >> 4];
    text += digits[byte & 0x0f];
  }
  return text;
}

}  // namespace

struct ContentHash::State {
  XXH3_state_t xxh;
};

ContentHash::ContentHash() : state_(std::make_unique<State>()) { XXH3_128bits_reset(&state_->xxh); }
ContentHash::~ContentHash() = default;

void ContentHash::update(ByteView bytes) {
  XXH3_128bits_update(&state_->xxh, bytes.data(), bytes.size());
}

std::string ContentHash::etag() const { return to_hex(XXH3_128bits_digest(&state_->xxh)); }

std::string content_etag(ByteView bytes) {
  return to_hex(XXH3_128bits(bytes.data(), bytes.size()));
}

}  // namespace imagegallery
