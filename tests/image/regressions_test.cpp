// SPDX-License-Identifier: Apache-2.0
#include <imagegallery/preview.hpp>

#include <imagegallery/error.hpp>

#include <filesystem>
#include <string>

#include "catch.hpp"
#include "previews.hpp"

using namespace imagegallery;

TEST_CASE("Inputs that fuzzing once found yield a preview or a typed error") {
  const auto root = std::filesystem::path(IMAGEGALLERY_TEST_DATA).parent_path() / "regressions";
  DecodeBudget budget;
  budget.max_pixels = 1'000'000;
  int files = 0;
  for (const auto* const fuzzer : {"image_header_fuzz", "preview_fuzz"}) {
    for (const auto& entry : std::filesystem::directory_iterator(root / fuzzer)) {
      CAPTURE(entry.path().filename().string());
      const auto error = test::error_of_preview(read_all(*open_file(entry.path())), budget);
      CHECK((!error || error->code() == ErrorCode::broken_image ||
             error->code() == ErrorCode::unsupported_format ||
             error->code() == ErrorCode::limit_exceeded));
      ++files;
    }
  }
  CHECK(files > 0);
}
