// SPDX-License-Identifier: Apache-2.0
#include <imagegallery/error.hpp>
#include <imagegallery/export_document.hpp>

#include <functional>
#include <random>

#include "catch.hpp"
#include "json/json_value.hpp"

using namespace imagegallery;

namespace {

Bytes random_bytes(std::size_t size) {
  std::mt19937 random(static_cast<unsigned>(size));
  Bytes bytes(size);
  for (auto& byte : bytes) byte = static_cast<std::byte>(random() & 0xff);
  return bytes;
}

std::string text_of(const ByteSource& source) {
  const auto bytes = read_all(source);
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

ExportDocument parse(std::string json) {
  return parse_export_document(make_source(std::move(json)));
}

ExportDocument sample(Bytes data) {
  return {.link = "/api/images/tenant/pump.png",
          .title = "Pump \"7\"",
          .sub_type = ImageSubType::scada_symbol,
          .resource_key = "pump.png",
          .file_name = "pump.png",
          .public_resource_key = "0123456789abcdefghijABCDEFGHIJ01",
          .is_public = true,
          .media_type = "image/png",
          .data = make_source(std::move(data))};
}

}  // namespace

TEST_CASE("A document is written with ThingsBoard's fields", "[json]") {
  const auto json = parse_json(text_of(*to_json(sample(random_bytes(2)))));
  std::vector<std::string> names;
  for (const auto& [name, value] : *json.as_object()) names.push_back(name);
  CHECK(names == std::vector<std::string>{"link", "title", "type", "subType", "resourceKey",
                                          "fileName", "publicResourceKey", "public", "mediaType",
                                          "data"});
  CHECK(*json.find("type")->as_string() == "IMAGE");
  CHECK(*json.find("subType")->as_string() == "SCADA_SYMBOL");
}

TEST_CASE("A document of any size round-trips", "[json]") {
  const auto size = GENERATE(std::size_t{1}, std::size_t{2}, std::size_t{3}, std::size_t{12287},
                             std::size_t{12288}, std::size_t{12289}, std::size_t{100'000});
  const auto bytes = random_bytes(size);
  const auto document = parse(text_of(*to_json(sample(bytes))));
  CHECK(document.title == "Pump \"7\"");
  CHECK(document.sub_type == ImageSubType::scada_symbol);
  CHECK(document.resource_key == "pump.png");
  CHECK(document.is_public);
  CHECK(document.data->size() == size);
  CHECK(read_all(*document.data) == bytes);
}

TEST_CASE("A document's text and data can be read from any offset", "[json]") {
  const auto bytes = random_bytes(30'000);
  const auto json = to_json(sample(bytes));
  const auto whole = read_all(*json);
  REQUIRE(whole.size() == json->size());
  const auto data = parse_export_document(json).data;
  std::mt19937 random(7);
  for (int i = 0; i < 200; ++i) {
    const auto offset = random() % whole.size();
    Bytes part(random() % 9000);
    part.resize(json->read_at(offset, part));
    CHECK(
        std::equal(part.begin(), part.end(), whole.begin() + static_cast<std::ptrdiff_t>(offset)));
    const auto at = random() % bytes.size();
    Bytes data_part(random() % 14'000);
    data_part.resize(data->read_at(at, data_part));
    CHECK(std::equal(data_part.begin(), data_part.end(),
                     bytes.begin() + static_cast<std::ptrdiff_t>(at)));
  }
}

TEST_CASE("Base64 with escaped slashes is the same image", "[json]") {
  const Bytes bytes(60'000, std::byte{0xff});  // all '/'
  auto json = text_of(*to_json(sample(bytes)));
  std::string escaped;
  for (const char c : json) escaped += c == '/' ? std::string{"\\/"} : std::string{c};
  const auto document = parse(escaped);
  CHECK(read_all(*document.data) == bytes);
  Bytes part(100);
  CHECK(document.data->read_at(50'001, part) == 100);
  CHECK(part == Bytes(100, std::byte{0xff}));
}

TEST_CASE("Unknown fields are ignored and null means absent", "[json]") {
  const auto document = parse(
      R"({"x":{"y":[1,{"z":null}]},"data":"Zg==","fileName":"a.png","title":null,"public":null})");
  CHECK(document.file_name == "a.png");
  CHECK(document.title.empty());
  CHECK_FALSE(document.is_public);
}

TEST_CASE("An invalid document is rejected and the error names the field", "[json]") {
  const auto [json, named] = GENERATE(table<std::string, std::string>({
      {R"({"fileName":"a"})", "data"},
      {R"({"data":"","fileName":"a"})", "data"},
      {R"({"data":7,"fileName":"a"})", "data"},
      {R"({"data":"Zg","fileName":"a"})", "data"},
      {R"({"data":"Z===","fileName":"a"})", "data"},
      {R"({"data":"Zg==Zg==","fileName":"a"})", "data"},
      {R"({"data":"Z\u0100==","fileName":"a"})", "data"},
      {R"({"data":"Z\u0080==","fileName":"a"})", "data"},
      {R"({"data":"\u015ag==","fileName":"a"})", "data"},
      {R"({"data":"Zg=\n=","fileName":"a"})", "data"},
      {R"({"data":"Zg=="})", "resourceKey"},
      {R"({"data":"Zg==","fileName":1})", "fileName"},
      {R"({"data":"Zg==","fileName":"a","type":"JKS"})", "type"},
      {R"({"data":"Zg==","fileName":"a","subType":"MODULE"})", "subType"},
      {R"({"data":"Zg==","fileName":"a","public":"yes"})", "public"},
      {R"({"data":"Zg==","fileName":"a","title":"b","title":"c"})", "title"},
      {R"(["data"])", "object"},
      {R"({"data":"Zg==","fileName":"a"} x)", "end"},
  }));
  try {
    (void)parse(json);
    FAIL("was accepted: " << json);
  } catch (const Error& error) {
    CHECK(error.code() == ErrorCode::invalid_argument);
    CHECK_THAT(error.what(), ContainsSubstring(named));
  }
}

TEST_CASE("Base64 with padding before its end is rejected, wherever its blocks end", "[json]") {
  // Base64 is decoded in blocks of 16,384 characters.
  const auto accepts = [](const std::string& data) {
    try {
      (void)parse(R"({"fileName":"a","data":")" + data + "\"}");
      return true;
    } catch (const Error& error) {
      CHECK(error.code() == ErrorCode::invalid_argument);
      CHECK_THAT(error.what(), ContainsSubstring("data"));
      return false;
    }
  };
  for (const std::size_t characters : {4u, 16'380u, 16'384u, 16'388u, 32'768u}) {
    CAPTURE(characters);
    const std::string whole(characters, 'A');
    CHECK(accepts(whole));
    for (const std::string padding : {"=", "=="}) {
      const auto padded = whole.substr(0, characters - padding.size()) + padding;
      CHECK(accepts(padded));
      CHECK_FALSE(accepts(padded + "AAAA"));
      CHECK_FALSE(accepts(padded + "\\u0041AAA"));
    }
    for (std::size_t missing = 1; missing < 4; ++missing) {
      CHECK_FALSE(accepts(whole.substr(missing)));
    }
  }
}

TEST_CASE("Base64 with any escape that JSON has for its characters is the same image", "[json]") {
  const auto document = parse(R"({"fileName":"a","data":"\u005a\u006D9\/\u005Ag=\u003d"})");
  CHECK(text_of(*document.data) ==
        "fo\x7f"
        "f");
}

TEST_CASE("A text field of a document may have 4096 bytes", "[json]") {
  const auto titled = [](std::size_t bytes) {
    return R"({"fileName":"a","data":"Zg==","title":")" + std::string(bytes, 't') + "\"}";
  };
  CHECK(parse(titled(4096)).title.size() == 4096);
  CHECK_THROWS_AS(parse(titled(4097)), Error);
}

TEST_CASE("A document may have 10,000 members and values nested 64 deep", "[json]") {
  const auto with_members = [](std::size_t members) {
    std::string json = R"({"fileName":"a","data":"Zg==")";
    for (std::size_t i = 2; i < members; ++i) json += ",\"" + std::to_string(i) + "\":0";
    return json + '}';
  };
  CHECK_NOTHROW(parse(with_members(10'000)));
  CHECK_THROWS_AS(parse(with_members(10'001)), Error);
  const auto nested = [](std::size_t depth) {
    // The document itself is the first level.
    return R"({"fileName":"a","data":"Zg==","x":)" + std::string(depth - 1, '[') + '1' +
           std::string(depth - 1, ']') + '}';
  };
  CHECK_NOTHROW(parse(nested(64)));
  CHECK_THROWS_AS(parse(nested(65)), Error);
}

TEST_CASE("A document without data cannot be written", "[json]") {
  CHECK_THROWS_AS(to_json(ExportDocument{}), Error);
}
