// SPDX-License-Identifier: Apache-2.0
#include "access_tokens.hpp"

#include <imagegallery/error.hpp>

#include <array>
#include <stdexcept>
#include <utility>

namespace gallery_server {
namespace {

using imagegallery::Principal;

/// Always reads every byte of `presented`, so the time reveals neither the secret nor the position
/// of the first difference.
bool equal_in_constant_time(std::string_view secret, std::string_view presented) noexcept {
  auto difference = static_cast<unsigned>(secret.size() != presented.size());
  for (std::size_t i = 0; i < presented.size(); ++i)
    difference |= static_cast<unsigned>(static_cast<unsigned char>(secret[i % secret.size()]) ^
                                        static_cast<unsigned char>(presented[i]));
  return difference == 0;
}

}  // namespace

void AccessTokens::add(std::string secret, Principal principal) {
  if (secret.empty()) throw std::invalid_argument{"the secret is empty"};
  if (find(secret)) throw std::invalid_argument{"duplicate secret"};
  entries_.push_back({std::move(secret), std::move(principal)});
}

void AccessTokens::add(std::string_view specification) {
  constexpr std::string_view system_admin = "=system-admin";
  if (specification.ends_with(system_admin)) {
    specification.remove_suffix(system_admin.size());
    add(std::string{specification}, Principal::system_admin());
    return;
  }
  using Make = Principal (*)(std::string, std::string);
  const std::array<std::pair<std::string_view, Make>, 2> tenant_roles{
      {{"=tenant-admin:", &Principal::tenant_admin}, {"=tenant-user:", &Principal::tenant_user}}};
  for (const auto& [marker, make] : tenant_roles) {
    const auto at = specification.find(marker);
    if (at == std::string_view::npos) continue;
    try {
      add(std::string{specification.substr(0, at)},
          make(std::string{specification.substr(at + marker.size())}, {}));
    } catch (const imagegallery::Error& error) {
      throw std::invalid_argument{error.what()};
    }
    return;
  }
  throw std::invalid_argument{
      "must be SECRET=system-admin, SECRET=tenant-admin:NAME or SECRET=tenant-user:NAME"};
}

std::optional<Principal> AccessTokens::find(std::string_view token) const {
  const Entry* match = nullptr;
  for (const Entry& entry : entries_)
    if (equal_in_constant_time(entry.secret, token)) match = &entry;
  if (match == nullptr) return std::nullopt;
  return match->principal;
}

}  // namespace gallery_server
