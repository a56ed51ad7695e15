// SPDX-License-Identifier: Apache-2.0
#include "http/signed_link.hpp"

#include <imagegallery/error.hpp>

#include <algorithm>
#include <utility>

#include "http/sha256.hpp"

namespace imagegallery {
namespace {

constexpr std::size_t min_key_bytes = 32;
constexpr char token_version = 1;
constexpr std::size_t fixed_bytes = 1 + 1 + 8 + 16;  // version, variant, expiry, image
constexpr std::string_view digits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

std::string encode_base64url(std::string_view bytes) {
  std::string text;
  std::uint32_t pending = 0;
  unsigned bits = 0;
  for (const char c : bytes) {
    pending = pending << 8 | static_cast<unsigned char>(c);
    for (bits += 8; bits >= 6; bits -= 6) text += digits[pending >> (bits - 6) & 63];
  }
  if (bits != 0) text += digits[pending << (6 - bits) & 63];
  return text;
}

// Accepts only the canonical encoding, so that a token cannot be altered unnoticed.
std::optional<std::string> decode_base64url(std::string_view text) {
  std::string bytes;
  std::uint32_t pending = 0;
  unsigned bits = 0;
  for (const char c : text) {
    const auto value = digits.find(c);
    if (value == std::string_view::npos) return std::nullopt;
    pending = pending << 6 | static_cast<std::uint32_t>(value);
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      bytes += static_cast<char>(static_cast<unsigned char>(pending >> bits & 0xff));
    }
  }
  if (bits == 6 || (pending & ((1u << bits) - 1)) != 0) return std::nullopt;
  return bytes;
}

void append_short_text(std::string& to, std::string_view text) {
  to += static_cast<char>(static_cast<unsigned char>(text.size()));
  to += text;
}

std::optional<std::string> take_short_text(std::string_view& from) {
  if (from.empty()) return std::nullopt;
  const auto size = static_cast<unsigned char>(from.front());
  from.remove_prefix(1);
  if (from.size() < size) return std::nullopt;
  std::string text{from.substr(0, size)};
  from.remove_prefix(size);
  return text;
}

std::string to_payload(const LinkGrant& grant) {
  std::string payload;
  payload += token_version;
  payload += grant.variant == Variant::preview ? '\1' : '\0';
  const auto expires = static_cast<std::uint64_t>(grant.expires.time_since_epoch().count());
  for (int shift = 56; shift >= 0; shift -= 8) {
    payload += static_cast<char>(static_cast<unsigned char>(expires >> shift & 0xff));
  }
  for (const auto byte : grant.image.bytes) payload += static_cast<char>(byte);
  append_short_text(payload, grant.tenant);
  append_short_text(payload, grant.preset);
  payload += grant.key;
  return payload;
}

std::optional<LinkGrant> from_payload(std::string_view payload) {
  if (payload.size() < fixed_bytes || payload[0] != token_version) return std::nullopt;
  LinkGrant grant;
  grant.variant = payload[1] == '\0' ? Variant::original : Variant::preview;
  std::uint64_t expires = 0;
  for (const char c : payload.substr(2, 8)) expires = expires << 8 | static_cast<unsigned char>(c);
  grant.expires =
      std::chrono::sys_seconds{std::chrono::seconds{static_cast<std::int64_t>(expires)}};
  std::transform(payload.begin() + 10, payload.begin() + fixed_bytes, grant.image.bytes.begin(),
                 [](char c) { return static_cast<std::uint8_t>(c); });
  payload.remove_prefix(fixed_bytes);
  auto tenant = take_short_text(payload);
  auto preset = tenant ? take_short_text(payload) : std::nullopt;
  if (!preset) return std::nullopt;
  grant.tenant = std::move(*tenant);
  grant.preset = std::move(*preset);
  grant.key = payload;
  return grant;
}

}  // namespace

SignedLinks::SignedLinks(std::vector<std::string> keys) : keys_(std::move(keys)) {
  for (const auto& key : keys_) {
    if (key.size() < min_key_bytes) {
      throw Error(ErrorCode::invalid_argument,
                  "HttpOptions::link_keys: must be 32 bytes or more each");
    }
  }
}

std::string SignedLinks::sign(const LinkGrant& grant) const {
  auto token = to_payload(grant);
  const auto mac = hmac_sha256(as_bytes(keys_.front()), as_bytes(token));
  for (const auto byte : mac) token += static_cast<char>(byte);
  return encode_base64url(token);
}

std::optional<LinkGrant> SignedLinks::verify(std::string_view token) const {
  const auto bytes = decode_base64url(token);
  constexpr auto mac_bytes = std::tuple_size_v<Sha256Digest>;
  if (!bytes || bytes->size() < mac_bytes) return std::nullopt;
  const auto payload = std::string_view{*bytes}.substr(0, bytes->size() - mac_bytes);
  const auto mac = as_bytes(std::string_view{*bytes}.substr(payload.size()));
  for (const auto& key : keys_) {
    if (equal_in_constant_time(hmac_sha256(as_bytes(key), as_bytes(payload)), mac)) {
      return from_payload(payload);
    }
  }
  return std::nullopt;
}

}  // namespace imagegallery
