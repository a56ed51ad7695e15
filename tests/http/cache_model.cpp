// SPDX-License-Identifier: Apache-2.0
#include "http/cache_model.hpp"

#include <algorithm>
#include <utility>

#include "http/http_fields.hpp"

using namespace imagegallery;

namespace {

constexpr std::chrono::seconds heuristic_lifetime{86'400};

template <typename Visit>
void for_each_member(std::string_view list, Visit visit) {
  while (!list.empty()) {
    const auto end = std::min(list.find(','), list.size());
    visit(trim_blanks(list.substr(0, end)));
    list.remove_prefix(std::min(end + 1, list.size()));
  }
}

bool agree_on_vary(const HttpResponse& response, const HttpRequestHead& a,
                   const HttpRequestHead& b) {
  bool agree = true;
  for_each_member(response.find("Vary").value_or(""), [&](std::string_view name) {
    agree = agree && name != "*" && combined_field(a, name) == combined_field(b, name);
  });
  return agree;
}

}  // namespace

std::optional<std::string> directive(const HttpResponse& response, std::string_view name) {
  std::optional<std::string> found;
  for_each_member(response.find("Cache-Control").value_or(""), [&](std::string_view member) {
    const auto equals = std::min(member.find('='), member.size());
    if (!equals_ignoring_case(member.substr(0, equals), name)) return;
    found = std::string{member.substr(std::min(equals + 1, member.size()))};
  });
  return found;
}

bool CacheModel::may_store(const HttpResponse& response) const {
  if (response.status == 206 || directive(response, "no-store")) return false;
  return kind_ == Kind::own || !directive(response, "private");
}

bool CacheModel::is_fresh(const Stored& stored) const {
  if (directive(stored.response, "no-cache")) return false;
  auto lifetime = heuristic_lifetime;
  const auto limit = [&](std::string_view name) {
    if (const auto seconds = directive(stored.response, name)) {
      lifetime = std::chrono::seconds{std::stoll(*seconds)};
    }
  };
  limit("max-age");
  if (kind_ == Kind::shared) limit("s-maxage");
  return api_.time - stored.received < lifetime;
}

CacheModel::Answer CacheModel::response_from(const Stored& stored, Source source) const {
  return {.source = source,
          .status = stored.response.status,
          .etag = std::string{stored.response.find("ETag").value_or("")},
          .coding = std::string{stored.response.find("Content-Encoding").value_or("")},
          .body = stored.body,
          .asked_by = stored.asked_by,
          .age = std::chrono::floor<std::chrono::seconds>(api_.time - stored.received),
          .cache_control = std::string{stored.response.find("Cache-Control").value_or("")}};
}

CacheModel::Stored* CacheModel::find(const HttpRequestHead& request) {
  const auto found = std::find_if(entries_.rbegin(), entries_.rend(), [&](const Stored& stored) {
    return stored.target == request.target &&
           agree_on_vary(stored.response, stored.request, request);
  });
  return found == entries_.rend() ? nullptr : &*found;
}

void CacheModel::add_conditions(HttpRequestHead& request, const Stored* held, By by) const {
  if (by == By::date) {
    if (held == nullptr) return;
    if (const auto date = held->response.find("Last-Modified")) {
      request.fields.push_back({"If-Modified-Since", std::string{*date}});
    }
    return;
  }
  std::string tags;
  for (const auto& stored : entries_) {
    const auto tag = stored.response.find("ETag");
    if (stored.target != request.target || !tag) continue;
    if (!tags.empty()) tags += ", ";
    tags += *tag;
  }
  if (!tags.empty()) request.fields.push_back({"If-None-Match", std::move(tags)});
}

void CacheModel::freshen(const HttpResponse& response, const HttpRequestHead& request,
                         Stored& stored) {
  for (const auto& field : response.fields) {
    std::erase_if(stored.response.fields,
                  [&](const HttpField& old) { return equals_ignoring_case(old.name, field.name); });
    stored.response.fields.push_back(field);
  }
  stored.received = api_.time;
  stored.request = request;
}

CacheModel::Answer CacheModel::get(const std::string& who, const std::string& target,
                                   std::vector<HttpField> fields, By by) {
  if (!who.empty()) fields.push_back({"Authorization", who});
  const HttpRequestHead request{"GET", target, std::move(fields)};
  Stored* const held = find(request);
  if (held != nullptr && is_fresh(*held)) return response_from(*held, Source::stored);

  auto asked = request;
  add_conditions(asked, held, by);
  auto response = api_.handler.handle({asked, nullptr});
  if (response.status == 304) {
    Stored* confirmed = held;
    if (by == By::tags) {
      const auto found =
          std::find_if(entries_.rbegin(), entries_.rend(), [&](const Stored& stored) {
            return stored.target == target && stored.response.find("ETag") == response.find("ETag");
          });
      confirmed = found == entries_.rend() ? nullptr : &*found;
    }
    INFO("a 304 must match a stored response");
    REQUIRE(confirmed != nullptr);
    freshen(response, request, *confirmed);
    confirmed->asked_by = who;  // The origin has confirmed it to this user.
    return response_from(*confirmed, Source::validated);
  }
  Stored fetched{target, request, std::move(response), {}, who, api_.time};
  fetched.body = body_of(fetched.response);
  fetched.response.body = nullptr;
  const auto answer = response_from(fetched, Source::fetched);
  if (may_store(fetched.response)) {
    std::erase_if(entries_, [&](const Stored& stored) {
      return stored.target == target && agree_on_vary(fetched.response, stored.request, request);
    });
    entries_.push_back(std::move(fetched));
  }
  return answer;
}

void CacheModel::invalidate(const std::string& target) {
  std::erase_if(entries_, [&](const Stored& stored) { return stored.target == target; });
}
