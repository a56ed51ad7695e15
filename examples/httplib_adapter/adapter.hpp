// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "body_spool.hpp"

#include <imagegallery/web.hpp>

#include <httplib.h>

#include <memory>

/// Mounts a gallery on cpp-httplib 0.11. That library still responds to invalid HTTP itself.
/// Lifetime: the handler must outlive the adapter, and the adapter the server.
class Adapter {
 public:
  explicit Adapter(const imagegallery::WebHandler& web) : web_(web) {}

  /// Handles all requests of `server`.
  void mount_on(httplib::Server& server) const;

 private:
  void without_body(const httplib::Request& request, httplib::Response& response) const;
  void with_body(const httplib::Request& request, httplib::Response& response,
                 const httplib::ContentReader& read) const;
  int expect(const httplib::Request& request, httplib::Response& response) const;

  const imagegallery::WebHandler& web_;
  std::shared_ptr<gallery_server::SpoolBudget> budget_ =
      std::make_shared<gallery_server::SpoolBudget>();
};
