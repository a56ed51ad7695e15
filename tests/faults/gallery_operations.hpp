// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <imagegallery/gallery.hpp>

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace imagegallery::faults {

/// An operation on a gallery filled by `fill`.
struct GalleryOperation {
  std::string name;
  std::function<void(ImageGallery&)> run;
  GalleryOptions options{};

  /// It commits several times: a failure may leave it partly done, and a retry completes it.
  bool has_steps = false;
};

/// Every operation of the public interface, some in several variants.
[[nodiscard]] const std::vector<GalleryOperation>& gallery_operations();

/// Adds images of two tenants and of the system; some are public, in use, shared or removed.
void fill(ImageGallery& gallery);

/// The options of an operation with a clock that returns `now`.
[[nodiscard]] GalleryOptions options_of(const GalleryOperation& operation, const Time& now);

/// The content of a gallery as its users see it, without ids, revisions and random keys. Equal for
/// galleries with the same history.
[[nodiscard]] std::string state_of(const ImageGallery& gallery);

/// The ETags of all images and previews by their links. Reading them fills the ETag cache.
using KnownEtags = std::map<std::string, std::string>;
[[nodiscard]] KnownEtags learn_etags(const ImageGallery& gallery);

/// The links for which the gallery confirms an outdated ETag from `known`, or rejects a current
/// one.
[[nodiscard]] std::vector<std::string> stale_etags(const ImageGallery& gallery,
                                                   const KnownEtags& known);

}  // namespace imagegallery::faults
