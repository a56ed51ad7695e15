// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <imagegallery/http.hpp>

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "http/http_fixture.hpp"

/// A cache in front of the handler by RFC 9111, as greedy as that allows: it keeps and reuses
/// whatever it is not forbidden, also answers to requests with credentials (as with cookies, which
/// no cache knows for such), and without a lifetime it takes one of a day. It asks by all tags that
/// it holds for an address, whoever they were given to.
class CacheModel {
 public:
  enum class Kind { own, shared };  ///< A browser's, or a proxy's for everybody.

  enum class Source {
    stored,     ///< The origin was not asked.
    validated,  ///< The origin said 304.
    fetched,    ///< From the origin, whole.
  };

  struct Answer {
    Source source = Source::fetched;
    int status = 0;
    std::string etag;
    std::string coding;
    std::string body;
    std::string asked_by;  ///< Who the origin last sent or confirmed it to.
    std::chrono::seconds age{0};
    std::string cache_control;  ///< In force while it was kept.
  };

  /// How it asks whether what it holds is current.
  enum class By { tags, date };

  CacheModel(const HttpFixture& api, Kind kind) : api_(api), kind_(kind) {}

  /// A GET by somebody, with other fields if need be.
  Answer get(const std::string& who, const std::string& target,
             std::vector<imagegallery::HttpField> fields = {}, By by = By::tags);

  /// An unsafe request that went through it successfully (RFC 9111 §4.4).
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
  std::vector<Stored> kept_;  // The newest last.
};

/// The directive's argument, or "" where it has none; nothing where it is not there.
[[nodiscard]] std::optional<std::string> directive(const imagegallery::HttpResponse& response,
                                                   std::string_view name);
