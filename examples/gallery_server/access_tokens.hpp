// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <imagegallery/principal.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gallery_server {

/// Secrets and whose they are. Safe to ask from any number of threads at once.
class AccessTokens {
 public:
  /// Throws: `std::invalid_argument` where the secret is empty or another principal has it already.
  void add(std::string secret, imagegallery::Principal principal);

  /// Adds what `--token` takes: SECRET=system-admin, SECRET=tenant-admin:NAME or
  /// SECRET=tenant-user:NAME. The secret may itself contain '='.
  /// Throws: `std::invalid_argument` saying what is wrong, without the secret.
  void add(std::string_view specification);

  /// Whose token this is. Takes as long whether it is the first, the last or nobody's, so that the
  /// time tells nothing about the secrets.
  [[nodiscard]] std::optional<imagegallery::Principal> find(std::string_view token) const;

 private:
  struct Entry {
    std::string secret;
    imagegallery::Principal principal;
  };
  std::vector<Entry> entries_;
};

}  // namespace gallery_server
