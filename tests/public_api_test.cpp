// SPDX-License-Identifier: Apache-2.0
#include <imagegallery/imagegallery.hpp>

#if defined(SQLITE_VERSION) || defined(PNG_LIBPNG_VER) || defined(JPEG_LIB_VERSION) || \
    defined(GIFLIB_MAJOR) || defined(XXH_VERSION_MAJOR) || defined(ZLIB_VERSION)
#error "the public headers expose a private dependency"
#endif

#include <type_traits>

#include "catch.hpp"

using namespace imagegallery;

TEST_CASE("The gallery is movable and not copyable", "[api]") {
  STATIC_CHECK(std::is_nothrow_move_constructible_v<ImageGallery>);
  STATIC_CHECK(std::is_nothrow_move_assignable_v<ImageGallery>);
  STATIC_CHECK(!std::is_copy_constructible_v<ImageGallery>);
}

TEST_CASE("Every error code has its name", "[api]") {
  CHECK(to_string(ErrorCode::invalid_argument) == "invalid_argument");
  CHECK(to_string(ErrorCode::corrupt_data) == "corrupt_data");
  CHECK(Error(ErrorCode::busy, "x").retryable());
  CHECK_FALSE(Error(ErrorCode::conflict, "x").retryable());
}

TEST_CASE("Numbered keys put the number before the extension and have at most 255 bytes", "[api]") {
  CHECK(numbered_key("pump.jpg", 1) == "pump_(1).jpg");
  CHECK(numbered_key("a.tar.gz", 2) == "a.tar_(2).gz");
  CHECK(numbered_key("name", 12) == "name_(12)");
  CHECK(numbered_key(".hidden", 1) == "_(1).hidden");
  CHECK(numbered_key(std::string(251, 'a') + ".png", 1) == std::string(247, 'a') + "_(1).png");
  CHECK(numbered_key("a." + std::string(253, 'x'), 1).size() == 255);
  std::string accents;
  for (int i = 0; i < 127; ++i) accents += "\xc3\xa9";
  CHECK(numbered_key(accents, 1).size() == 254);
}

TEST_CASE("Links are percent-encoded", "[api]") {
  ImageInfo info;
  info.ref = {Scope::system, "a b\xc3\xa9%.png"};
  CHECK(info.link() == "/api/images/system/a%20b%C3%A9%25.png");
}
