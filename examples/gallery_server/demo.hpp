// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <imagegallery/gallery.hpp>
#include <imagegallery/principal.hpp>

#include <filesystem>

namespace gallery_server {

/// The principal of a demo's visitors: the administrator of the tenant "acme".
[[nodiscard]] imagegallery::Principal demo_visitor();

/// Fills an empty gallery from the folders acme, globex and system of `images`, and records uses
/// of one of acme's images. Does nothing if the gallery is not empty.
/// Throws: `imagegallery::Error`, `std::filesystem::filesystem_error`.
void fill_demo(imagegallery::ImageGallery& gallery, const std::filesystem::path& images);

/// A temporary directory, removed by the destructor.
class TemporaryDirectory {
 public:
  /// Throws: `std::system_error`.
  TemporaryDirectory();
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
  ~TemporaryDirectory();

  [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace gallery_server
