// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <imagegallery/imagegallery.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "catch.hpp"
#include "support/test_image.hpp"

/// A gallery in memory with a test clock, and the principals of two tenants.
struct GalleryFixture {
  explicit GalleryFixture(imagegallery::GalleryOptions options = {})
      : gallery(imagegallery::open_memory(), with_clock(std::move(options))) {}

  imagegallery::GalleryOptions with_clock(imagegallery::GalleryOptions options) {
    options.now = [this] { return time; };
    options.steady_now = [this] { return steady; };
    return options;
  }

  /// Uploads a small PNG that depends only on `seed`.
  imagegallery::ImageInfo upload(const imagegallery::Principal& who, const std::string& file_name,
                                 std::uint32_t seed = 1) {
    const auto bytes = make_test_png(20, 10, seed);
    return gallery.upload(who, imagegallery::Upload::from_bytes(bytes, {.file_name = file_name}));
  }

  imagegallery::Time time{std::chrono::milliseconds{1'700'000'000'000}};
  std::chrono::steady_clock::time_point steady{};
  imagegallery::ImageGallery gallery;
  imagegallery::Principal acme = imagegallery::Principal::tenant_admin("acme", "ann");
  imagegallery::Principal acme_user = imagegallery::Principal::tenant_user("acme");
  imagegallery::Principal globex = imagegallery::Principal::tenant_admin("globex");
  imagegallery::Principal admin = imagegallery::Principal::system_admin("root");
};

/// The code of the error that `call` throws. Fails the test if it throws none.
inline imagegallery::ErrorCode code_of(const std::function<void()>& call) {
  try {
    call();
  } catch (const imagegallery::Error& error) {
    return error.code();
  }
  throw std::logic_error("nothing was thrown");
}

/// The message of the error that `call` throws.
inline std::string message_of(const std::function<void()>& call) {
  try {
    call();
  } catch (const imagegallery::Error& error) {
    return error.what();
  }
  throw std::logic_error("nothing was thrown");
}
