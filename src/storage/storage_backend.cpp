// SPDX-License-Identifier: Apache-2.0
#include <imagegallery/storage_backend.hpp>

#include "utf8.hpp"

namespace imagegallery {

StorageBackend::~StorageBackend() = default;

std::size_t StorageBackend::verify_at(const ContentId& content, std::uint64_t offset,
                                      std::span<std::byte> into) const {
  return read_at(content, offset, into);
}

std::vector<ContentId> StorageBackend::find_quarantined(std::string_view /*tenant*/,
                                                        std::string_view /*etag*/,
                                                        std::uint64_t /*size*/) const {
  return {};
}

StorageStatus StorageBackend::status() const { return {}; }

void StorageBackend::check_write() {}

std::string numbered_key(std::string_view key, std::uint32_t number) {
  constexpr std::size_t max_key_bytes = 255;
  const auto dot = key.rfind('.');
  auto base = key.substr(0, dot);
  auto extension = dot == std::string_view::npos ? std::string_view{} : key.substr(dot);
  const auto suffix = "_(" + std::to_string(number) + ")";
  // An extension that leaves no room for the name is part of the name.
  if (suffix.size() + extension.size() >= max_key_bytes) {
    base = key;
    extension = {};
  }
  std::string result{utf8_prefix(base, max_key_bytes - suffix.size() - extension.size())};
  return result.append(suffix).append(extension);
}

}  // namespace imagegallery
