// SPDX-License-Identifier: Apache-2.0
// Caches in front of the handler never serve a response that they must not.
#include <array>
#include <functional>
#include <random>

#include "catch.hpp"
#include "content_hash.hpp"
#include "http/cache_model.hpp"

using namespace imagegallery;
using Kind = CacheModel::Kind;
using Source = CacheModel::Source;
using By = CacheModel::By;

namespace {

constexpr const char* own_image = "/api/images/tenant/a.png";
constexpr const char* system_image = "/api/images/system/s.png";

GalleryOptions with_lifetimes(int system_minutes, int tenant_minutes) {
  GalleryOptions options;
  options.cache.system_browser_ttl = std::chrono::minutes{system_minutes};
  options.cache.tenant_browser_ttl = std::chrono::minutes{tenant_minutes};
  return options;
}

/// acme and globex each have an a.png, the system an s.png. Lifetimes are 10 minutes for the
/// system's and 5 for tenants' images, or none. The clock is 10 seconds after the uploads.
struct Site {
  explicit Site(bool lifetimes = false)
      : api(lifetimes ? with_lifetimes(10, 5) : GalleryOptions{}) {
    acme = api.upload("acme", "a.png", png(20, 10, 1));
    globex = api.upload("globex", "a.png", png(20, 10, 2));
    system = api.upload("system", "s.png", png(20, 10, 3));
    drawing = api.upload("acme", "d.svg", svg());
    pass(std::chrono::seconds{10});
  }

  void pass(std::chrono::milliseconds time) { api.time += time; }
  std::string public_link() const {
    return "/api/images/public/" + text_at(acme, "publicResourceKey");
  }
  std::string versioned() const { return std::string{own_image} + "?v=" + text_at(acme, "etag"); }
  void publish(bool is_public) const {
    const auto target = std::string{own_image} + "/public/" + (is_public ? "true" : "false");
    REQUIRE(api.send("acme", "PUT", target).status == 200);
  }
  void replace() const {
    const auto form = Form{}.file("a.png", png(20, 10, 9));
    REQUIRE(api.send_form("acme", form, "PUT", own_image).status == 200);
  }
  void remove() const { REQUIRE(api.send("acme", "DELETE", own_image).status == 200); }

  HttpFixture api;
  JsonValue acme;
  JsonValue globex;
  JsonValue system;
  JsonValue drawing;
};

struct Case {
  const char* name;
  Kind kind;
  bool lifetimes;
  const char* first;  ///< The first user, who sends `fields_first`.
  const char* second;
  std::function<std::string(const Site&)> target;
  std::function<void(Site&)> between;
  Source source;  ///< Source of the second response.
  int status;
  std::vector<HttpField> fields_first{};
  std::vector<HttpField> fields_second{};
  By by = By::tags;
};

}  // namespace

TEST_CASE("Caches store, revalidate and discard private responses as expected", "[http]") {
  const auto at_path = [](const char* path) {
    return [path](const Site&) { return std::string{path}; };
  };
  const auto own = at_path(own_image);
  const auto of_system = at_path(system_image);
  const auto drawing = at_path("/api/images/tenant/d.svg");
  const auto linked = [](const Site& site) { return site.public_link(); };
  const auto versioned = [](const Site& site) { return site.versioned(); };
  const auto nothing = [](Site&) {};
  const auto replaced = [](Site& site) { site.replace(); };
  const auto removed = [](Site& site) { site.remove(); };
  const auto published = [](Site& site) { site.publish(true); };
  const auto hidden = [](Site& site) {
    site.publish(true);
    site.publish(false);
  };
  const auto minutes = [](int count) {
    return [count](Site& site) { site.pass(std::chrono::minutes{count}); };
  };
  const std::vector<HttpField> gzip{{"Accept-Encoding", "gzip"}};
  const std::vector<Case> cases{
      {"an own image is revalidated each time", Kind::own, false, "acme", "acme", own, nothing,
       Source::validated, 200},
      {"also by date",
       Kind::own,
       false,
       "acme",
       "acme",
       own,
       nothing,
       Source::validated,
       200,
       {},
       {},
       By::date},
      {"a replaced image is fetched again", Kind::own, false, "acme", "acme", own, replaced,
       Source::fetched, 200},
      {"also by date, within the same second",
       Kind::own,
       false,
       "acme",
       "acme",
       own,
       replaced,
       Source::fetched,
       200,
       {},
       {},
       By::date},
      {"a removed image is gone", Kind::own, false, "acme", "acme", own, removed, Source::fetched,
       404},
      {"the next user of a browser gets their own image", Kind::own, false, "acme", "globex", own,
       nothing, Source::fetched, 200},
      {"after signing out there is no image", Kind::own, false, "acme", "", own, nothing,
       Source::fetched, 401},
      {"also within the lifetime", Kind::own, true, "acme", "", own, nothing, Source::fetched, 401},
      {"the next user within the lifetime gets their own image", Kind::own, true, "acme", "globex",
       own, nothing, Source::fetched, 200},
      {"within the lifetime the cache responds", Kind::own, true, "acme", "acme", own, minutes(4),
       Source::stored, 200},
      {"after the lifetime it revalidates", Kind::own, true, "acme", "acme", own, minutes(5),
       Source::validated, 200},
      {"the system's images have their own lifetime", Kind::own, true, "acme", "acme", of_system,
       minutes(9), Source::stored, 200},
      {"that lifetime expires as well", Kind::own, true, "acme", "acme", of_system, minutes(10),
       Source::validated, 200},
      {"a proxy stores no tenant image", Kind::shared, true, "acme", "acme", own, nothing,
       Source::fetched, 200},
      {"a proxy stores no system image", Kind::shared, true, "acme", "globex", of_system, nothing,
       Source::fetched, 200},
      {"a proxy stores no versioned private URL", Kind::shared, false, "acme", "acme", versioned,
       nothing, Source::fetched, 200},
      {"a proxy stores no 404", Kind::shared, true, "", "", linked, published, Source::fetched,
       200},
      {"a browser stores no 404", Kind::own, true, "", "", linked, published, Source::fetched, 200},
      {"a browser does not revalidate a current version", Kind::own, false, "acme", "acme",
       versioned, minutes(60 * 24 * 300), Source::stored, 200},
      {"another user of the browser fetches it", Kind::own, false, "acme", "globex", versioned,
       nothing, Source::fetched, 200},
      {"an unknown version is revalidated each time", Kind::own, false, "acme", "acme",
       at_path("/api/images/tenant/a.png?v=none"), nothing, Source::validated, 200},
      {"codings are stored separately",
       Kind::own,
       true,
       "acme",
       "acme",
       drawing,
       nothing,
       Source::fetched,
       200,
       gzip,
       {}},
      {"each coding is revalidated", Kind::own, false, "acme", "acme", drawing, nothing,
       Source::validated, 200, gzip, gzip},
      {"a list is revalidated each time", Kind::own, true, "acme", "acme",
       at_path("/api/images?pageSize=10&page=0"), nothing, Source::validated, 200},
      {"a changed list is fetched again", Kind::own, true, "acme", "acme",
       at_path("/api/images?pageSize=10&page=0"), removed, Source::fetched, 200},
      {"a proxy stores no list", Kind::shared, true, "acme", "globex",
       at_path("/api/images?pageSize=10&page=0"), nothing, Source::fetched, 200},
      {"metadata is revalidated each time", Kind::own, true, "acme", "acme",
       at_path("/api/images/tenant/a.png/info"), nothing, Source::validated, 200},
      {"metadata changes with visibility", Kind::own, true, "acme", "acme",
       at_path("/api/images/tenant/a.png/info"), hidden, Source::fetched, 200},
      {"limits are never stored", Kind::own, true, "acme", "acme", at_path("/api/system/params"),
       nothing, Source::fetched, 200},
      {"errors are never stored", Kind::own, true, "acme-user", "acme-user",
       at_path("/api/images?pageSize=10&page=0"), nothing, Source::fetched, 403},
  };
  for (const auto& c : cases) {
    CAPTURE(c.name);
    Site site{c.lifetimes};
    CacheModel cache{site.api, c.kind};
    (void)cache.get(c.first, c.target(site), c.fields_first);
    c.between(site);
    const auto answer = cache.get(c.second, c.target(site), c.fields_second, c.by);
    CHECK(answer.source == c.source);
    CHECK(answer.status == c.status);
  }
}

TEST_CASE("Caches store, revalidate and discard public links as expected", "[http]") {
  struct PublicCase {
    const char* name;
    Kind kind;
    bool lifetimes;
    bool versioned;
    std::function<void(Site&)> between;
    Source source;
    int status;
  };
  const auto nothing = [](Site&) {};
  const auto hidden = [](Site& site) { site.publish(false); };
  const auto replaced = [](Site& site) { site.replace(); };
  const auto later = [](Site& site) { site.pass(std::chrono::minutes{5}); };
  const std::vector<PublicCase> cases{
      {"stored, and revalidated each time", Kind::shared, false, false, nothing, Source::validated,
       200},
      {"gone after being hidden", Kind::shared, false, false, hidden, Source::fetched, 404},
      {"fetched again after a replacement", Kind::shared, false, false, replaced, Source::fetched,
       200},
      {"stored for the lifetime", Kind::shared, true, false, nothing, Source::stored, 200},
      {"revalidated after the lifetime", Kind::shared, true, false, later, Source::validated, 200},
      {"a hidden image is gone after the lifetime", Kind::shared, true, false,
       [](Site& site) {
         site.publish(false);
         site.pass(std::chrono::minutes{5});
       },
       Source::fetched, 404},
      {"a version is stored", Kind::shared, false, true, later, Source::stored, 200},
      {"a version is stored by browsers as well", Kind::own, false, true, later, Source::stored,
       200},
  };
  for (const auto& c : cases) {
    CAPTURE(c.name);
    Site site{c.lifetimes};
    site.publish(true);
    site.pass(std::chrono::seconds{5});
    auto target = site.public_link();
    if (c.versioned) target += "?v=" + text_at(site.acme, "etag");
    CacheModel cache{site.api, c.kind};
    REQUIRE(cache.get("", target).status == 200);
    c.between(site);
    // By another user: a public link does not vary by user.
    const auto answer = cache.get("globex", target);
    CHECK(answer.source == c.source);
    CHECK(answer.status == c.status);
  }
}

namespace {

/// Random requests of two tenants, the system and anonymous users, through one shared browser and
/// one proxy.
class Crowd {
 public:
  Crowd(unsigned seed, int system_minutes, int tenant_minutes)
      : random_(seed), api_(with_lifetimes(system_minutes, tenant_minutes)) {}

  void run(int steps) {
    for (int step = 0; step < steps; ++step) {
      CAPTURE(step);
      // Often within one second, sometimes longer than any lifetime.
      api_.time += std::chrono::milliseconds{pick(20) == 0 ? 400'000 : pick(700)};
      if (pick(3) == 0) {
        change();
      } else {
        read();
      }
    }
    CHECK(stored_ + validated_ + fetched_ > 0);
    CHECK(validated_ > 0);
  }

 private:
  int pick(int bound) { return std::uniform_int_distribution{0, bound - 1}(random_); }
  template <typename Values>
  auto& any(Values& values) {
    return values[static_cast<std::size_t>(pick(static_cast<int>(values.size())))];
  }

  std::string content(const std::string& key) {
    const auto seed = static_cast<std::uint32_t>(pick(4));
    if (key == "a.png") return png(20, 10, seed);
    return svg() + "<!--" + std::to_string(seed) + "-->";
  }

  void change() {
    const std::string who = any(owners_);
    const std::string key = any(keys_);
    const auto path = std::string{"/api/images/"} + (who == "system" ? "system/" : "tenant/") + key;
    HttpResponse response;
    switch (pick(6)) {
      case 0:
        response = api_.send(who, "DELETE", path);
        break;
      case 1:
        response = api_.send(who, "PUT", path + "/public/" + (pick(2) == 0 ? "true" : "false"));
        break;
      case 2:
        response =
            api_.put_json(who, path + "/info", R"({"title":"t)" + std::to_string(pick(3)) + "\"}");
        break;
      default: {
        const Form form = Form{}.file(key, content(key));
        response = api_.send_form(who, form, "PUT", path);
        if (response.status == 404) response = api_.send_form(who, form);
      }
    }
    if (response.status == 200) remember(response);
  }

  // Records the links and versions that clients have seen.
  void remember(const HttpResponse& response) {
    const auto json = json_of(response);
    if (json.find("publicResourceKey") == nullptr) return;
    links_.push_back("/api/images/public/" + text_at(json, "publicResourceKey"));
    versions_.push_back(text_at(json, "etag"));
  }

  std::string target() {
    const int choice = pick(8);
    if (choice == 0) return "/api/images?pageSize=10&page=0&includeSystemImages=true";
    std::string path = std::string{"/api/images/"} + (pick(3) == 0 ? "system/" : "tenant/");
    path += any(keys_);
    if (choice == 1) return path + "/info";
    if (choice == 2) return path + "/preview";
    if (choice < 5 && !links_.empty()) path = any(links_);
    if (pick(2) == 0 && !versions_.empty()) path += "?v=" + any(versions_);
    return path;
  }

  void read() {
    const std::string who = any(readers_);
    const auto at = target();
    CAPTURE(who, at);
    std::vector<HttpField> fields;
    if (pick(2) == 0) fields.push_back({"Accept-Encoding", "gzip"});
    const auto by = pick(3) == 0 ? By::date : By::tags;
    check(who, at, fields, proxy_.get(who, at, fields, by), Kind::shared);
    check(who, at, fields, browser_.get(who, at, fields, by), Kind::own);
  }

  void check(const std::string& who, const std::string& at, const std::vector<HttpField>& fields,
             const CacheModel::Answer& answer, Kind kind) {
    CAPTURE(answer.cache_control, answer.etag, answer.asked_by);
    const bool public_link = at.starts_with("/api/images/public/");
    const auto version = at.find("?v=");
    if (answer.source == Source::stored) {
      ++stored_;
      // Private responses are only for their own user, and no proxy stores them.
      if (!public_link) CHECK(kind == Kind::own);
      if (!public_link) CHECK(answer.asked_by == who);
      if (answer.cache_control.find("immutable") != std::string::npos) {
        REQUIRE(version != std::string::npos);
        const auto etag = answer.etag.substr(1, 32);
        CHECK(etag == at.substr(version + 3));
        if (answer.coding.empty()) CHECK(content_etag(as_bytes(answer.body)) == etag);
      } else {
        CHECK(answer.age < std::chrono::minutes{5});
      }
      return;
    }
    ++(answer.source == Source::validated ? validated_ : fetched_);
    // The origin's current response, in one of the codings that the client accepts.
    const auto now = api_.get(who, at, fields);
    CHECK(answer.status == now.status);
    if (now.status != 200) return;
    const auto plain = api_.get(who, at);
    const bool as_now = answer.body == body_of(now) && answer.etag == field_of(now, "ETag");
    const bool as_plain = answer.body == body_of(plain) && answer.etag == field_of(plain, "ETag");
    CHECK((as_now || as_plain));
  }

  std::mt19937 random_;
  HttpFixture api_;
  CacheModel browser_{api_, Kind::own};
  CacheModel proxy_{api_, Kind::shared};
  const std::array<const char*, 3> owners_{"acme", "globex", "system"};
  const std::array<const char*, 5> readers_{"acme", "acme-user", "globex", "system", ""};
  const std::array<const char*, 2> keys_{"a.png", "b.svg"};
  std::vector<std::string> links_;
  std::vector<std::string> versions_;
  int stored_ = 0;
  int validated_ = 0;
  int fetched_ = 0;
};

}  // namespace

TEST_CASE("No cache serves stale content or another user's under random changes", "[http]") {
  const auto [system_minutes, tenant_minutes] =
      GENERATE(table<int, int>({{0, 0}, {5, 0}, {0, 5}, {2, 5}, {5, 5}}));
  CAPTURE(system_minutes, tenant_minutes);
  for (unsigned seed = 1; seed <= 8; ++seed) {
    CAPTURE(seed);
    Crowd{seed, system_minutes, tenant_minutes}.run(600);
  }
}
