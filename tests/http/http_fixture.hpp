// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <imagegallery/imagegallery.hpp>

#include <chrono>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "catch.hpp"
#include "json/json_value.hpp"
#include "support/test_image.hpp"

/// The bytes as text, the type of request bodies here.
inline std::string text_of_bytes(const imagegallery::Bytes& bytes) {
  std::string text(bytes.size(), '\0');
  for (std::size_t i = 0; i < bytes.size(); ++i) text[i] = static_cast<char>(bytes[i]);
  return text;
}

/// A PNG whose content depends on `seed`.
inline std::string png(std::uint32_t width = 20, std::uint32_t height = 10,
                       std::uint32_t seed = 1) {
  return text_of_bytes(make_test_png(width, height, seed));
}

/// A small photograph.
inline std::string jpeg() {
  std::ifstream file{IMAGEGALLERY_TEST_DATA "/images/jpeg-baseline.jpg", std::ios::binary};
  return {std::istreambuf_iterator<char>{file}, {}};
}

/// A compressible drawing of 150×150.
inline std::string svg() {
  std::string text =
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"150\" height=\"150\"><script>x</script>";
  for (int i = 0; i < 100; ++i) text += "<path d=\"M0 0L150 150\"/>";
  return text + "</svg>";
}

/// A form with files and texts.
struct Form {
  static constexpr std::string_view type = "multipart/form-data; boundary=----b";

  Form& file(std::string_view name, std::string_view content) {
    return part("name=\"file\"; filename=\"" + std::string{name} + "\"", content);
  }
  Form& text(std::string_view name, std::string_view content) {
    return part("name=\"" + std::string{name} + "\"", content);
  }
  Form& part(const std::string& parameters, std::string_view content) {
    body.append("------b\r\nContent-Disposition: form-data; ").append(parameters);
    body.append("\r\n\r\n").append(content).append("\r\n");
    return *this;
  }
  std::string done() const { return body + "------b--\r\n"; }

  std::string body;
};

/// An in-memory gallery with its own clock, and a handler for it. `Authorization` names the user:
/// "system", "acme", "acme-user" or "globex".
struct HttpFixture {
  explicit HttpFixture(
      imagegallery::GalleryOptions gallery_options = {},
      imagegallery::HttpOptions http_options = {},
      std::unique_ptr<imagegallery::StorageBackend> storage = imagegallery::open_memory())
      : gallery(std::move(storage), with_clock(std::move(gallery_options))),
        handler(gallery, with_principals(std::move(http_options))) {}

  imagegallery::GalleryOptions with_clock(imagegallery::GalleryOptions options) {
    options.now = [this] { return time; };
    return options;
  }

  static imagegallery::HttpOptions with_principals(imagegallery::HttpOptions options) {
    options.authenticate = [](const imagegallery::HttpRequestHead& head) {
      using imagegallery::Principal;
      const auto who = head.find("Authorization");
      if (who == "system") return Principal::system_admin("root");
      if (who == "acme") return Principal::tenant_admin("acme", "ann");
      if (who == "acme-user") return Principal::tenant_user("acme");
      if (who == "globex") return Principal::tenant_admin("globex");
      return Principal::anonymous();
    };
    return options;
  }

  /// Sends a request: first to `check_head`, as a transport does. `who` may be empty.
  imagegallery::HttpResponse send(std::string_view who, std::string method, std::string target,
                                  std::vector<imagegallery::HttpField> fields = {},
                                  std::string body = {}) const {
    if (!who.empty()) fields.push_back({"Authorization", std::string{who}});
    const imagegallery::HttpRequestHead head{std::move(method), std::move(target),
                                             std::move(fields)};
    auto inspection = handler.check_head(head);
    if (inspection.refusal) return std::move(*inspection.refusal);
    INFO("the body must not exceed the limit of check_head");
    CHECK(body.size() <= inspection.max_body_bytes);
    return handler.handle({head, imagegallery::make_source(std::move(body))});
  }

  imagegallery::HttpResponse get(std::string_view who, std::string target,
                                 std::vector<imagegallery::HttpField> fields = {}) const {
    return send(who, "GET", std::move(target), std::move(fields));
  }

  imagegallery::HttpResponse put_json(std::string_view who, std::string target, std::string json,
                                      std::vector<imagegallery::HttpField> fields = {}) const {
    fields.push_back({"Content-Type", "application/json"});
    return send(who, "PUT", std::move(target), std::move(fields), std::move(json));
  }

  imagegallery::HttpResponse post_json(std::string_view who, std::string target,
                                       std::string json) const {
    return send(who, "POST", std::move(target), {{"Content-Type", "application/json"}},
                std::move(json));
  }

  /// POST /api/image, or another method and target, with a form.
  imagegallery::HttpResponse send_form(std::string_view who, const Form& form,
                                       std::string method = "POST",
                                       std::string target = "/api/image",
                                       std::vector<imagegallery::HttpField> fields = {}) const {
    fields.push_back({"Content-Type", std::string{Form::type}});
    return send(who, std::move(method), std::move(target), std::move(fields), form.done());
  }

  /// Uploads an image and returns its JSON.
  imagegallery::JsonValue upload(std::string_view who, std::string_view name,
                                 std::string_view content) const;

  imagegallery::Time time{std::chrono::milliseconds{1'700'000'000'500}};
  imagegallery::ImageGallery gallery;
  imagegallery::HttpHandler handler;
};

inline std::string body_of(const imagegallery::HttpResponse& response) {
  if (!response.body) return {};
  auto text = text_of_bytes(imagegallery::read_all(*response.body));
  CHECK(response.find("Content-Length") == std::to_string(text.size()));
  return text;
}

inline std::string field_of(const imagegallery::HttpResponse& response, std::string_view name) {
  return std::string{response.find(name).value_or("(absent)")};
}

inline imagegallery::JsonValue json_of(const imagegallery::HttpResponse& response) {
  return imagegallery::parse_json(body_of(response));
}

/// The member at a path such as "descriptor/width". Fails the test if absent.
inline const imagegallery::JsonValue& at(const imagegallery::JsonValue& json,
                                         std::string_view path) {
  const auto slash = path.find('/');
  CAPTURE(path);
  const auto* const member = json.find(path.substr(0, slash));
  REQUIRE(member != nullptr);
  if (slash == std::string_view::npos) return *member;
  return at(*member, path.substr(slash + 1));
}

inline std::string text_at(const imagegallery::JsonValue& json, std::string_view path) {
  const auto* const text = at(json, path).as_string();
  CAPTURE(path);
  REQUIRE(text != nullptr);
  return *text;
}

inline std::uint64_t number_at(const imagegallery::JsonValue& json, std::string_view path) {
  const auto number = at(json, path).as_uint();
  CAPTURE(path);
  REQUIRE(number);
  return *number;
}

inline bool bool_at(const imagegallery::JsonValue& json, std::string_view path) {
  const auto* const value = at(json, path).as_bool();
  CAPTURE(path);
  REQUIRE(value != nullptr);
  return *value;
}

inline imagegallery::JsonValue HttpFixture::upload(std::string_view who, std::string_view name,
                                                   std::string_view content) const {
  const auto response = send_form(who, Form{}.file(name, content));
  REQUIRE(response.status == 200);
  return json_of(response);
}

/// The titles of a page's images, in order.
inline std::vector<std::string> titles_of(const imagegallery::HttpResponse& response) {
  REQUIRE(response.status == 200);
  std::vector<std::string> titles;
  const auto json = json_of(response);
  for (const auto& item : *at(json, "data").as_array()) titles.push_back(text_at(item, "title"));
  return titles;
}
