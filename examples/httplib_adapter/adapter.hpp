// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "body_spool.hpp"

#include <imagegallery/web.hpp>

#include <httplib.h>

#include <atomic>
#include <memory>

/// Mounts a gallery on cpp-httplib 0.11. That library still responds to invalid HTTP itself, and
/// has one pool of threads: uploads beyond `max_decodes` at a time get a 503, so that reads are
/// answered. Lifetime: the handler must outlive the adapter, and the adapter the server.
class Adapter {
 public:
  Adapter(const imagegallery::WebHandler& web, int max_decodes)
      : web_(web), max_decodes_(max_decodes) {}

  /// Handles all requests of `server`.
  void mount_on(httplib::Server& server) const;

 private:
  void without_body(const httplib::Request& request, httplib::Response& response) const;
  void with_body(const httplib::Request& request, httplib::Response& response,
                 const httplib::ContentReader& read) const;
  imagegallery::HttpResponse handle(const imagegallery::HttpRequest& request,
                                    imagegallery::WorkKind kind) const;
  int expect(const httplib::Request& request, httplib::Response& response) const;

  const imagegallery::WebHandler& web_;
  const int max_decodes_;
  mutable std::atomic<int> decodes_{0};
  std::shared_ptr<gallery_server::SpoolBudget> budget_ =
      std::make_shared<gallery_server::SpoolBudget>();
};
