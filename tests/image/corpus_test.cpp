// SPDX-License-Identifier: Apache-2.0
// Public corpora of valid and hostile image files, which are not part of this repository.
// IMAGEGALLERY_IMAGE_CORPUS is a directory, which is searched recursively.
#include <imagegallery/preview.hpp>

#include <imagegallery/error.hpp>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <iostream>
#include <map>
#include <string>

#include "catch.hpp"

using namespace imagegallery;

namespace {

struct Outcomes {
  std::map<std::string, std::uint64_t> counts;  // By format and outcome.
  double longest_seconds = 0;
  std::string longest_file;
};

std::string outcome_of(const ByteSource& source) {
  static const std::array<PreviewPreset, 2> presets{PreviewPreset{"preview", 250},
                                                    PreviewPreset{"card", 512}};
  std::string format = "other";
  try {
    const auto header = read_header(source);
    format = media_type(header.format);
    const auto previews = make_previews(source, header, presets, {});
    REQUIRE(previews.size() == presets.size());
    for (std::size_t i = 0; i < previews.size(); ++i) {
      if (!previews[i].bytes) continue;
      const auto encoded = read_header(*make_view_source(*previews[i].bytes));
      CHECK(encoded.width == previews[i].width);
      CHECK(encoded.height == previews[i].height);
      CHECK(std::max(encoded.width, encoded.height) <= presets[i].max_side);
    }
    return format + (previews[0].bytes ? ": preview" : ": original as preview");
  } catch (const Error& error) {
    const auto code = error.code();
    CHECK((code == ErrorCode::unsupported_format || code == ErrorCode::broken_image ||
           code == ErrorCode::limit_exceeded));
    return format + ": " + std::string{to_string(code)};
  }
}

double processor_seconds() {
  return static_cast<double>(std::clock()) / static_cast<double>(CLOCKS_PER_SEC);
}

}  // namespace

TEST_CASE("Every file of a corpus yields previews or a typed error", "[corpus]") {
  const char* const corpus = std::getenv("IMAGEGALLERY_IMAGE_CORPUS");
  if (corpus == nullptr) SKIP("IMAGEGALLERY_IMAGE_CORPUS is not set");
  Outcomes outcomes;
  for (const auto& entry : std::filesystem::recursive_directory_iterator{corpus}) {
    if (!entry.is_regular_file() || entry.file_size() == 0) continue;
    CAPTURE(entry.path());
    const double start = processor_seconds();
    ++outcomes.counts[outcome_of(*open_file(entry.path()))];
    const double seconds = processor_seconds() - start;
    if (seconds <= outcomes.longest_seconds) continue;
    outcomes.longest_seconds = seconds;
    outcomes.longest_file = entry.path();
  }
  for (const auto& [outcome, count] : outcomes.counts)
    std::cout << count << "\t" << outcome << "\n";
  std::cout << "slowest: " << outcomes.longest_seconds << " s, " << outcomes.longest_file << "\n";
}
