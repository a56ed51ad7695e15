// SPDX-License-Identifier: Apache-2.0
#include "http/upload_body.hpp"

#include "http_fixture.hpp"

using namespace imagegallery;

namespace {

std::string message_of(const HttpResponse& response) {
  return text_at(json_of(response), "message");
}

HttpInspection check_head(const HttpFixture& api, const std::string& method,
                          const std::string& target, std::vector<HttpField> fields) {
  fields.push_back({"Authorization", "acme"});
  return api.handler.check_head({method, target, std::move(fields)});
}

const HttpField form_type{"Content-Type", std::string{Form::type}};

}  // namespace

TEST_CASE("A form's fields set title, sub type and visibility", "[http]") {
  const HttpFixture api;
  const auto image = json_of(api.send_form("acme", Form{}
                                                       .text("title", "Насос 7")
                                                       .text("imageSubType", "IMAGE")
                                                       .text("public", "true")
                                                       .text("comment", "ignored")
                                                       .file("насос.png", png())));
  CHECK(text_at(image, "title") == "Насос 7");
  CHECK(text_at(image, "fileName") == "насос.png");
  CHECK(bool_at(image, "public"));
  CHECK(text_at(image, "link") == "/api/images/tenant/%D0%BD%D0%B0%D1%81%D0%BE%D1%81.png");
  CHECK(api.get("acme", text_at(image, "link")).status == 200);
}

TEST_CASE("A raw body can be uploaded", "[http]") {
  const HttpFixture api;
  const auto response =
      api.send("acme", "POST", "/api/image?fileName=dir%2Fpump+7.png&title=Pump&public=true",
               {{"Content-Type", "image/png"}}, png());
  REQUIRE(response.status == 200);
  const auto image = json_of(response);
  CHECK(text_at(image, "fileName") == "pump 7.png");
  CHECK(text_at(image, "title") == "Pump");
  CHECK(bool_at(image, "public"));
  CHECK(body_of(api.get("acme", text_at(image, "link"))) == png());
}

TEST_CASE("A raw body can replace an image", "[http]") {
  const HttpFixture api;
  (void)api.upload("acme", "a.png", png());
  const auto response = api.send("acme", "PUT", "/api/images/tenant/a.png?fileName=b.svg",
                                 {{"Content-Type", "image/svg+xml"}}, svg());
  REQUIRE(response.status == 200);
  const auto image = json_of(response);
  CHECK(text_at(image, "fileName") == "b.svg");
  CHECK(text_at(image, "resourceKey") == "a.png");
  CHECK(field_of(api.get("acme", "/api/images/tenant/a.png"), "Content-Type") == "image/svg+xml");
}

TEST_CASE("The content decides the type, not the client", "[http]") {
  const HttpFixture api;
  const auto response = api.send("acme", "POST", "/api/image?fileName=a.jpg",
                                 {{"Content-Type", "image/jpeg"}}, png());
  REQUIRE(response.status == 200);
  CHECK(text_at(json_of(response), "descriptor/mediaType") == "image/png");
}

TEST_CASE("A file that is not an image is a 415, a broken image a 422", "[http]") {
  const HttpFixture api;
  CHECK(api.send_form("acme", Form{}.file("a.png", "just text")).status == 415);
  CHECK(api.send_form("acme", Form{}.file("a.html", "<!DOCTYPE html><p>hello</p>")).status == 415);
  CHECK(api.send_form("acme", Form{}.file("a.png", png().substr(0, 60))).status == 422);
}

TEST_CASE("A retried upload with the same Idempotency-Key returns the first image", "[http]") {
  const HttpFixture api;
  const std::vector<HttpField> once{{"Idempotency-Key", "op-1"}};
  const auto send = [&](const char* who) {
    return json_of(api.send_form(who, Form{}.file("a.png", png()), "POST", "/api/image", once));
  };
  const auto first = send("acme");
  const auto second = send("acme");
  CHECK(text_at(first, "id/id") == text_at(second, "id/id"));
  CHECK(text_at(send("globex"), "id/id") != text_at(first, "id/id"));
  CHECK(titles_of(api.get("acme", "/api/images?pageSize=9&page=0")).size() == 1);
  const std::vector<HttpField> too_long{{"Idempotency-Key", std::string(65, 'x')}};
  CHECK(api.send_form("acme", Form{}.file("a.png", png()), "POST", "/api/image", too_long).status ==
        400);
}

TEST_CASE("A form must have exactly one non-empty file", "[http]") {
  const HttpFixture api;
  const std::vector<std::pair<Form, std::string>> rows{
      {Form{}, "file: must be given"},
      {Form{}.text("title", "t"), "file: must be given"},
      {Form{}.file("", ""), "file: must not be empty"},
      {Form{}.file("a.png", ""), "file: must not be empty"},
      {Form{}.file("a.png", png()).file("b.png", png()), "file: must be given only once"},
      {Form{}.file("..", png()), "must name a file"},
      {Form{}.file("a\nb.png", png()), "malformed"},
      {Form{}.file("a.png", png()).text("imageSubType", "X"), "imageSubType"},
      {Form{}.file("a.png", png()).text("public", "X"), "public"},
      {Form{}.file("a.png", png()).text("title", "\xff"), "title"},
  };
  for (const auto& [form, reason] : rows) {
    CAPTURE(form.body);
    const auto response = api.send_form("acme", form);
    CHECK(response.status == 400);
    CHECK_THAT(message_of(response), ContainsSubstring(reason));
  }
  CHECK(titles_of(api.get("acme", "/api/images?pageSize=9&page=0")).empty());
}

TEST_CASE("The directory of a file name is removed", "[http]") {
  const HttpFixture api;
  for (const auto* name : {"../../etc/a.png", "C:\\fotos\\a.png", "/a.png"}) {
    CAPTURE(name);
    CHECK(text_at(api.upload("acme", name, png()), "fileName") == "a.png");
  }
}

TEST_CASE("A file without a name gets a default name", "[http]") {
  const HttpFixture api;
  const auto image = json_of(api.send_form("acme", Form{}.part("name=file", png())));
  CHECK(text_at(image, "fileName") == "image.png");
}

TEST_CASE("The body limit is known before reading and follows the tenant's limits", "[http]") {
  const HttpFixture api{{.limits = {.max_image_bytes = 3000}}};
  CHECK(check_head(api, "POST", "/api/image", {form_type}).max_body_bytes == 3000 + 65'536);
  CHECK(check_head(api, "PUT", "/api/images/tenant/a", {form_type}).max_body_bytes ==
        3000 + 65'536);
  CHECK(check_head(api, "PUT", "/api/image/import", {}).max_body_bytes == 4000 + 65'536);
  CHECK(check_head(api, "PUT", "/api/images/tenant/a/info", {}).max_body_bytes == 1u << 20);
  CHECK(check_head(api, "GET", "/api/images/tenant/a", {}).max_body_bytes == 0);
  CHECK(check_head(api, "DELETE", "/api/images/tenant/a", {}).max_body_bytes == 0);

  REQUIRE(api.put_json("system", "/api/limits/acme", R"({"maxImageBytes":100})").status == 200);
  CHECK(check_head(api, "POST", "/api/image", {form_type}).max_body_bytes == 100 + 65'536);
  REQUIRE(api.put_json("system", "/api/limits/acme", R"({"maxImageBytes":0})").status == 200);
  CHECK(check_head(api, "POST", "/api/image", {form_type}).max_body_bytes == UINT64_MAX);
}

TEST_CASE("The host's own body limit applies, too", "[http]") {
  HttpOptions options;
  options.max_body_bytes = 5000;
  const HttpFixture api{{}, options};
  CHECK(check_head(api, "POST", "/api/image", {form_type}).max_body_bytes == 5000);
  CHECK(check_head(api, "PUT", "/api/images/tenant/a/info", {}).max_body_bytes == 5000);
  const auto refusal =
      check_head(api, "POST", "/api/image", {form_type, {"Content-Length", "5001"}}).refusal;
  REQUIRE(refusal);
  CHECK(refusal->status == 413);
  CHECK_THAT(message_of(*refusal), ContainsSubstring("5000 bytes"));
}

TEST_CASE("A Content-Length over the limit is rejected and the error names the limit", "[http]") {
  const HttpFixture api{{.limits = {.max_image_bytes = 3000}}};
  const auto refusal_for = [&](const std::string& length) {
    return check_head(api, "POST", "/api/image", {form_type, {"Content-Length", length}}).refusal;
  };
  CHECK_FALSE(refusal_for("68536"));
  for (const auto* length : {"68537", "99999999999999999999999999"}) {
    const auto refusal = refusal_for(length);
    REQUIRE(refusal);
    CHECK(refusal->status == 413);
    CHECK_THAT(message_of(*refusal), ContainsSubstring("3000 bytes"));
  }
  for (const auto* length : {"", "-1", "+1", "1,1", "0x10", "1e3"}) {
    CAPTURE(length);
    const auto refusal = refusal_for(length);
    REQUIRE(refusal);
    CHECK(refusal->status == 400);
  }
  const auto on_get = check_head(api, "GET", "/api/images/tenant/a", {{"Content-Length", "1"}});
  REQUIRE(on_get.refusal);
  CHECK(on_get.refusal->status == 413);
}

TEST_CASE("handle also rejects a body over the limit", "[http]") {
  const HttpFixture api{{.limits = {.max_image_bytes = 100}}};
  const HttpRequestHead head{"POST", "/api/image", {form_type, {"Authorization", "acme"}}};
  const auto response = api.handler.handle({head, make_source(std::string(70'000, 'x'))});
  CHECK(response.status == 413);
  CHECK_THAT(message_of(response), ContainsSubstring("100 bytes"));
}

TEST_CASE("A body of another type is refused before it is read", "[http]") {
  const HttpFixture api;
  const auto status = [&](const std::string& method, const std::string& target,
                          std::vector<HttpField> fields) {
    const auto refusal = check_head(api, method, target, std::move(fields)).refusal;
    return refusal ? refusal->status : 200;
  };
  const auto type = [](const std::string& value) { return HttpField{"Content-Type", value}; };
  CHECK(status("POST", "/api/image", {}) == 415);
  CHECK(status("POST", "/api/image", {type("text/plain")}) == 415);
  CHECK(status("POST", "/api/image", {type("application/octet-stream")}) == 415);
  CHECK(status("POST", "/api/image", {type("multipart/mixed; boundary=b")}) == 415);
  CHECK(status("POST", "/api/image", {type("multipart/form-data")}) == 400);
  CHECK(status("POST", "/api/image", {type("image/webp")}) == 200);
  CHECK(status("POST", "/api/image", {form_type, {"Content-Encoding", "gzip"}}) == 415);
  CHECK(status("POST", "/api/image", {form_type, {"Content-Encoding", "identity"}}) == 200);
  CHECK(status("PUT", "/api/image/import", {type("text/html")}) == 415);
  CHECK(status("PUT", "/api/image/import", {type("application/json; charset=utf-8")}) == 200);
  CHECK(status("PUT", "/api/image/import", {}) == 200);
}

TEST_CASE("The error of a tenant over its total limit names the limit", "[http]") {
  const HttpFixture api{{.limits = {.max_total_bytes = 100}}};
  const auto response = api.send_form("acme", Form{}.file("a.png", png(50, 50)));
  CHECK(response.status == 413);
  CHECK(number_at(json_of(response), "errorCode") == 31);
  CHECK_THAT(message_of(response), ContainsSubstring("100"));
}
