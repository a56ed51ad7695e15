// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stdexcept>

#include "http_fixture.hpp"
#include "support/error_recorder.hpp"
#include "support/failing_storage.hpp"

/// A gallery over a storage, a clock and a hook that can be made to fail, and a handler for it.
/// `Authorization` is as in `HttpFixture`.
struct FailingHttpGallery {
  explicit FailingHttpGallery(imagegallery::GalleryOptions options = {})
      : gallery(std::make_unique<FailingStorage>(imagegallery::open_memory(), faults),
                with_hooks(std::move(options))),
        handler(gallery, http_options()) {}

  imagegallery::GalleryOptions with_hooks(imagegallery::GalleryOptions options) {
    options.on_error = errors.sink();
    options.now = [this] {
      if (clock_fails) throw std::runtime_error{"no clock"};
      return imagegallery::Time{std::chrono::milliseconds{1'700'000'000'500}};
    };
    return options;
  }

  imagegallery::HttpOptions http_options() {
    auto options = HttpFixture::with_principals({.public_metrics = true});
    options.authenticate =
        [this, known = options.authenticate](const imagegallery::HttpRequestHead& head) {
          if (authentication_fails) throw std::runtime_error{"the directory is down"};
          return known(head);
        };
    return options;
  }

  imagegallery::HttpResponse send(std::string method, std::string target,
                                  std::string body = {}) const {
    std::vector<imagegallery::HttpField> fields{{"Authorization", "acme"}};
    if (!body.empty()) fields.push_back({"Content-Type", "image/png"});
    return handler.handle({{std::move(method), std::move(target), std::move(fields)},
                           imagegallery::make_source(std::move(body))});
  }

  imagegallery::HttpResponse get(std::string target) const {
    return send("GET", std::move(target));
  }

  imagegallery::HttpResponse upload(const std::string& name, std::uint32_t seed = 1) const {
    return send("POST", "/api/image?fileName=" + name, png(20, 10, seed));
  }

  void fail(std::string_view call, imagegallery::ErrorCode code) const {
    faults->before = failing_in(call, imagegallery::Error{code, "/srv/secret/gallery.db: failed"});
  }

  bool clock_fails = false;
  bool authentication_fails = false;
  ErrorRecorder errors;
  std::shared_ptr<StorageFaults> faults = std::make_shared<StorageFaults>();
  imagegallery::ImageGallery gallery;
  imagegallery::HttpHandler handler;
};
