// SPDX-License-Identifier: Apache-2.0
#include "http/multipart_form.hpp"

#include "catch.hpp"

#include <algorithm>
#include <string>

#include "http/problem.hpp"

using namespace imagegallery;

namespace {

std::vector<FormPart> parse(std::string body, std::string_view boundary = "b") {
  return parse_multipart_form(make_source(std::move(body)), boundary);
}

std::string bytes_of(const FormPart& part) {
  std::string text;
  for (const auto byte : read_all(*part.content)) text += static_cast<char>(byte);
  return text;
}

std::string with_header(const std::string& header) {
  return "--b\r\n" + header + "\r\n\r\nx\r\n--b--\r\n";
}

std::string with_disposition(const std::string& parameters) {
  return with_header("Content-Disposition: form-data; name=\"file\"" + parameters);
}

std::string refusal(const std::string& body) {
  try {
    (void)parse(body);
    return "";
  } catch (const HttpProblem& problem) {
    CHECK(problem.status() == 400);
    return problem.what();
  }
}

// Records the size of the largest read.
class RecordingSource final : public ByteSource {
 public:
  explicit RecordingSource(std::string text) : text_(std::move(text)) {}
  std::uint64_t size() const override { return text_.size(); }
  std::size_t read_at(std::uint64_t offset, std::span<std::byte> into) const override {
    const auto count = std::min<std::uint64_t>(into.size(), text_.size() - offset);
    std::copy_n(std::as_bytes(std::span{text_}).begin() + static_cast<std::ptrdiff_t>(offset),
                count, into.begin());
    max_read_ = std::max<std::uint64_t>(max_read_, into.size());
    return static_cast<std::size_t>(count);
  }
  std::uint64_t max_read() const { return max_read_; }

 private:
  const std::string text_;
  mutable std::uint64_t max_read_ = 0;
};

}  // namespace

TEST_CASE("A form is parsed into its parts", "[http]") {
  const auto parts = parse(
      "preamble\r\n--b\r\n"
      "Content-Disposition: form-data; name=\"title\"\r\n\r\nPump 7\r\n"
      "--b  \t\r\n"
      "content-type: image/png\r\nCONTENT-DISPOSITION: form-data; name=file; "
      "filename=\"pump.png\"\r\n\r\n\r\n-\r--b\n--b\r\r\n-b\r\n"
      "--b--epilogue");
  REQUIRE(parts.size() == 2);
  CHECK(parts[0].name == "title");
  CHECK_FALSE(parts[0].file_name);
  CHECK(text_of(parts[0]) == "Pump 7");
  CHECK(parts[1].name == "file");
  CHECK(parts[1].file_name == "pump.png");
  CHECK(bytes_of(parts[1]) == "\r\n-\r--b\n--b\r\r\n-b");
}

TEST_CASE("A part may be empty, with or without a line end", "[http]") {
  for (const auto* gap : {"\r\n", ""}) {
    const auto parts =
        parse(std::string{"--b\r\nContent-Disposition: form-data; name=a\r\n"} + gap + "\r\n--b--");
    REQUIRE(parts.size() == 1);
    CHECK(parts[0].content->size() == 0);
  }
}

TEST_CASE("A form may have no parts", "[http]") { CHECK(parse("--b--").empty()); }

TEST_CASE("A boundary is found at any position relative to the read window", "[http]") {
  const std::string head = "--b\r\nContent-Disposition: form-data; name=file\r\n\r\n";
  for (std::size_t size = 65'536 - 64; size < 65'536 + 8; ++size) {
    std::string content(size, 'x');
    for (std::size_t i = 0; i < content.size(); i += 7) content.replace(i, 1, "\r");
    const auto parts = parse(head + content + "\r\n--b\r\n" + head.substr(5) + "y\r\n--b--");
    CAPTURE(size);
    REQUIRE(parts.size() == 2);
    CHECK(bytes_of(parts[0]) == content);
    CHECK(bytes_of(parts[1]) == "y");
  }
}

TEST_CASE("A large form is read in 64 KiB windows and its parts are slices", "[http]") {
  const std::string content(1u << 20, '-');
  const auto body = std::make_shared<RecordingSource>(
      "--b\r\nContent-Disposition: form-data; name=file\r\n\r\n" + content + "\r\n--b--");
  const auto parts = parse_multipart_form(body, "b");
  REQUIRE(parts.size() == 1);
  CHECK(parts[0].content->size() == content.size());
  CHECK(body->max_read() <= 64 * 1024);
}

TEST_CASE("A file name is decoded in every form that clients send", "[http]") {
  const auto name = [](const std::string& parameters) {
    return parse(with_disposition(parameters)).at(0).file_name;
  };
  CHECK(name("; filename=\"насос.png\"") == "насос.png");
  CHECK(name("; filename=pump.png") == "pump.png");
  CHECK(name("; filename=\"a\\\"b.png\"") == "a\"b.png");
  CHECK(name("; filename=\"a%22b.png\"") == "a\"b.png");
  CHECK(name("; filename=\"C:\\fotos\\pump.png\"") == "pump.png");
  CHECK(name("; filename=\"../../pump.png\"") == "pump.png");
  CHECK(name("; filename=\"a;b.png\"") == "a;b.png");
  CHECK(name("; filename=\"_.png\"; filename*=UTF-8''%D0%BD.png") == "н.png");
  CHECK(name("; filename*=iso-8859-1''%E4.png; filename=x.png") == "ä.png");
  CHECK(name("; filename=\"\"") == "");
  CHECK_FALSE(name(""));
}

TEST_CASE("Invalid file names are rejected", "[http]") {
  for (const std::string parameters :
       {"; filename=\"..\"", "; filename=\"a/\"", "; filename=\"\xff\"", "; filename*=UTF-8''%00",
        "; filename*=UTF-8''%0D%0A", "; filename*=x", "; filename*=UTF-8''"}) {
    CAPTURE(parameters);
    CHECK_FALSE(refusal(with_disposition(parameters)).empty());
  }
}

TEST_CASE("Malformed forms are rejected with a reason", "[http]") {
  const std::string disposition = "Content-Disposition: form-data; name=a";
  const std::vector<std::pair<std::string, std::string>> rows{
      {"", "boundary does not appear"},
      {"x", "boundary does not appear"},
      {"\n--b--", "boundary does not appear"},
      {"-b", "boundary does not appear"},
      {"--b", "not followed by a line end"},
      {"--bx", "not followed by a line end"},
      {"--b\n" + disposition, "not followed by a line end"},
      {"--b-\r\n", "not followed by a line end"},
      {"--b\r\n", "ends within a part's header"},
      {"--b\r\n" + disposition, "ends within a part's header"},
      {"--b\r\n" + disposition + "\r\n", "ends within a part's header"},
      {"--b\r\n" + disposition + "\n\nx\r\n--b--", "ends within a part's header"},
      {"--b\r\n\r\nx\r\n--b--", "has no header"},
      {"--b\r\n" + disposition + "\r\n\r\n", "last boundary is missing"},
      {"--b\r\n" + disposition + "\r\n\r\nx", "last boundary is missing"},
      {"--b\r\n" + disposition + "\r\n\r\nx\n--b--", "last boundary is missing"},
      {"--b\r\n" + disposition + "\r\n\r\nx\r\n--b", "not followed by a line end"},
      {with_header("Content-Type: text/plain"), "no Content-Disposition"},
      {with_header(disposition + "\r\n" + disposition), "two Content-Disposition"},
      {with_header("Content-Disposition: form-data"), "has no name"},
      {with_header("Content-Disposition: attachment; name=a"), "not form-data"},
      {with_header("Content-Disposition: form-data; name=a; name=b"), "not form-data"},
      {with_header("Content-Disposition: form-data; name=\"a"), "not form-data"},
      {with_header(disposition + "\r\n folded"), "not a field"},
      {with_header(disposition + "\r\nX Y: z"), "not a field"},
      {with_header(disposition + "\r\nX : z"), "not a field"},
      {with_header(disposition + "\r\nX"), "not a field"},
      {with_header(disposition + "\r\nX: a\rb"), "control characters"},
      {with_header(disposition + "\r\nX: a\nb"), "control characters"},
      {with_header(disposition + std::string("\r\nX: \0", 6)), "control characters"},
      {with_header(disposition + "\r\nContent-Transfer-Encoding: base64"), "Transfer-Encoding"},
  };
  for (const auto& [body, reason] : rows) {
    CAPTURE(body);
    CHECK_THAT(refusal(body), ContainsSubstring(reason));
  }
}

TEST_CASE("A part's header may have at most 16 KiB", "[http]") {
  const std::string field = "Content-Disposition: form-data; name=a\r\nX: ";
  const auto padded = [&](std::size_t size) {
    return with_header(field + std::string(size - field.size(), 'x'));
  };
  CHECK(parse(padded(max_part_header_bytes)).size() == 1);
  CHECK_THAT(refusal(padded(max_part_header_bytes + 1)), ContainsSubstring("16384 bytes"));
  CHECK_THAT(refusal(padded(1u << 20)), ContainsSubstring("16384 bytes"));
}

TEST_CASE("A form may have at most 100 parts", "[http]") {
  const auto form = [](std::size_t count) {
    std::string body;
    for (std::size_t i = 0; i < count; ++i) {
      body += "--b\r\nContent-Disposition: form-data; name=a\r\n\r\nx\r\n";
    }
    return body + "--b--";
  };
  CHECK(parse(form(100)).size() == 100);
  CHECK_THAT(refusal(form(101)), ContainsSubstring("100 parts"));
  CHECK_THAT(refusal(form(5000)), ContainsSubstring("100 parts"));
}

TEST_CASE("A form's text must be UTF-8 of at most 64 KiB", "[http]") {
  const auto text = [](const std::string& content) {
    return text_of(
        parse("--b\r\nContent-Disposition: form-data; name=title\r\n\r\n" + content + "\r\n--b--")
            .at(0));
  };
  CHECK(text("насос") == "насос");
  CHECK(text(std::string(65'536, 'x')).size() == 65'536);
  CHECK_THROWS_AS(text(std::string(65'537, 'x')), HttpProblem);
  CHECK_THROWS_AS(text("\xff"), HttpProblem);
}

TEST_CASE("The boundary is parsed from Content-Type", "[http]") {
  CHECK(form_boundary("multipart/form-data; boundary=abc") == "abc");
  CHECK(form_boundary("Multipart/Form-Data; charset=utf-8; Boundary=\"a b:c\"") == "a b:c");
  CHECK(form_boundary("multipart/form-data; boundary=" + std::string(70, 'x')).size() == 70);
  for (const std::string type :
       {"multipart/form-data",
        "multipart/form-data; boundary=", "multipart/form-data; boundary=\"\"",
        "multipart/form-data; boundary=\"a \"", "multipart/form-data; boundary=\"a\\\"b\"",
        "multipart/form-data; boundary=a; boundary=b", "multipart/form-data; boundary=\"a"}) {
    CAPTURE(type);
    CHECK_THROWS_AS(form_boundary(type), HttpProblem);
  }
  CHECK_THROWS_AS(form_boundary("multipart/form-data; boundary=" + std::string(71, 'x')),
                  HttpProblem);
  try {
    (void)form_boundary("multipart/mixed; boundary=a");
    FAIL("another type was accepted");
  } catch (const HttpProblem& problem) {
    CHECK(problem.status() == 415);
  }
}
