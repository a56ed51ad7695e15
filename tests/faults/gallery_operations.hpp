// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <imagegallery/gallery.hpp>

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace imagegallery::faults {

/// What a caller may do with a gallery that `fill` has filled.
struct GalleryOperation {
  std::string name;
  std::function<void(ImageGallery&)> run;
  GalleryOptions options{};

  /// It commits several times: a failure may leave some of it done, and the next run the rest.
  bool has_steps = false;
};

/// Every operation of the public interface, those with several ways through more than once.
[[nodiscard]] const std::vector<GalleryOperation>& gallery_operations();

/// Puts in images of two tenants and of the system, of which some are public, in use, shared or
/// removed again.
void fill(ImageGallery& gallery);

/// The options of an operation with a clock that stands still.
[[nodiscard]] GalleryOptions options_of(const GalleryOperation& operation, const Time& now);

/// What a gallery holds as its users see it. Two galleries with the same history have the same
/// state; ids, revisions and random keys are left out.
[[nodiscard]] std::string state_of(const ImageGallery& gallery);

/// The ETags of all images and previews by their links, which the gallery remembers from now on.
using KnownEtags = std::map<std::string, std::string>;
[[nodiscard]] KnownEtags learn_etags(const ImageGallery& gallery);

/// The links for which an ETag from `known` is confirmed though it is another one now.
[[nodiscard]] std::vector<std::string> stale_etags(const ImageGallery& gallery,
                                                   const KnownEtags& known);

}  // namespace imagegallery::faults
