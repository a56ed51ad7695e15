// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <imagegallery/principal.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gallery_server {

/// Maps secret tokens to principals.
/// Thread safety: `find` may be called from any number of threads at once.
class AccessTokens {
 public:
  /// Throws: `std::invalid_argument` if the secret is empty or already in use.
  void add(std::string secret, imagegallery::Principal principal);

  /// Parses and adds the value of `--token`: SECRET=system-admin, SECRET=tenant-admin:NAME or
  /// SECRET=tenant-user:NAME. The secret itself may contain '='.
  /// Throws: `std::invalid_argument`; the message never contains the secret.
  void add(std::string_view specification);

  /// The token's owner; nullopt if unknown. Runs in constant time: the duration depends neither on
  /// which token matches nor on whether one does.
  [[nodiscard]] std::optional<imagegallery::Principal> find(std::string_view token) const;

 private:
  struct Entry {
    std::string secret;
    imagegallery::Principal principal;
  };
  std::vector<Entry> entries_;
};

}  // namespace gallery_server
