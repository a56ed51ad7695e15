// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <imagegallery/http.hpp>

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "http/http_fixture.hpp"

/// A cache in front of the handler, as greedy as RFC 9111 allows. It stores and reuses every
/// response unless forbidden, even responses to requests with credentials (as if sent in cookies,
/// which caches do not recognize). Without a lifetime it uses one day. It revalidates with all
/// ETags stored for a URL, whichever user they were sent to.
class CacheModel {
 public:
  enum class Kind { own, shared };  ///< A browser cache, or a proxy shared by all users.

  enum class Source {
    stored,     ///< From the cache, without contacting the origin.
    validated,  ///< Revalidated: the origin returned 304.
    fetched,    ///< A full response from the origin.
  };

  struct Answer {
    Source source = Source::fetched;
    int status = 0;
    std::string etag;
    std::string coding;
    std::string body;
    std::string asked_by;  ///< The user the origin last sent or confirmed it to.
    std::chrono::seconds age{0};
    std::string cache_control;  ///< In force while stored.
  };

  /// How it revalidates.
  enum class By { tags, date };

  CacheModel(const HttpFixture& api, Kind kind) : api_(api), kind_(kind) {}

  /// A GET by a user, with optional fields.
  Answer get(const std::string& who, const std::string& target,
             std::vector<imagegallery::HttpField> fields = {}, By by = By::tags);

  /// Called after a successful unsafe request through the cache (RFC 9111 §4.4).
  void invalidate(const std::string& target);

 private:
  struct Stored {
    std::string target;
    imagegallery::HttpRequestHead request;
    imagegallery::HttpResponse response;
    std::string body;
    std::string asked_by;
    imagegallery::Time received;
  };

  [[nodiscard]] bool may_store(const imagegallery::HttpResponse& response) const;
  [[nodiscard]] bool is_fresh(const Stored& stored) const;
  [[nodiscard]] Answer response_from(const Stored& stored, Source source) const;
  Stored* find(const imagegallery::HttpRequestHead& request);
  void add_conditions(imagegallery::HttpRequestHead& request, const Stored* held, By by) const;
  void freshen(const imagegallery::HttpResponse& response,
               const imagegallery::HttpRequestHead& request, Stored& stored);

  const HttpFixture& api_;
  const Kind kind_;
  std::vector<Stored> entries_;  // Newest last.
};

/// The directive's argument, "" if it has none; nullopt if the directive is absent.
[[nodiscard]] std::optional<std::string> directive(const imagegallery::HttpResponse& response,
                                                   std::string_view name);
