// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "body_spool.hpp"

#include <imagegallery/web.hpp>

#include <httplib.h>

#include <memory>

/// Mounts a gallery on cpp-httplib 0.11. What that library answers by itself, such as requests that
/// are no HTTP, stays its own. The handler must outlive the adapter, and this the server.
class Adapter {
 public:
  explicit Adapter(const imagegallery::WebHandler& web) : web_(web) {}

  /// Takes over all requests of `server`.
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
