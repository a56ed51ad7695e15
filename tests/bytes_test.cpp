// SPDX-License-Identifier: Apache-2.0
#include <imagegallery/bytes.hpp>
#include <imagegallery/error.hpp>

#include <filesystem>
#include <fstream>

#include "catch.hpp"

using namespace imagegallery;

namespace {

std::string text_at(const ByteSource& source, std::uint64_t offset, std::size_t count) {
  std::string text(count, '\0');
  text.resize(source.read_at(offset, std::as_writable_bytes(std::span{text})));
  return text;
}

// A file that is deleted with the object.
struct TemporaryFile {
  explicit TemporaryFile(std::string_view text) { std::ofstream(path, std::ios::binary) << text; }
  ~TemporaryFile() { std::filesystem::remove(path); }
  const std::filesystem::path path =
      std::filesystem::temp_directory_path() / "imagegallery-bytes-test.bin";
};

ErrorCode code_of_open(const std::filesystem::path& path) {
  try {
    (void)open_file(path);
  } catch (const Error& error) {
    return error.code();
  }
  throw std::logic_error("the file was opened");
}

}  // namespace

TEST_CASE("Every kind of source can be read whole, in parts and past its end", "[bytes]") {
  const std::string text = "0123456789";
  const TemporaryFile file(text);
  const auto bytes = as_bytes(text);
  const std::vector<std::shared_ptr<const ByteSource>> sources{
      make_source(std::string{text}), make_source(Bytes(bytes.begin(), bytes.end())),
      make_view_source(bytes), open_file(file.path),
      slice(make_source("<<" + text + ">>"), 2, text.size())};
  for (const auto& source : sources) {
    CHECK(source->size() == 10);
    CHECK(read_all(*source) == Bytes(bytes.begin(), bytes.end()));
    CHECK(text_at(*source, 3, 4) == "3456");
    CHECK(text_at(*source, 8, 4) == "89");
    CHECK(text_at(*source, 10, 4).empty());
    CHECK(text_at(*source, ~std::uint64_t{0}, 4).empty());
    CHECK(text_at(*source, 0, 0).empty());
  }
}

TEST_CASE("A slice that exceeds its source is rejected", "[bytes]") {
  const auto source = make_source(std::string{"0123"});
  CHECK(slice(source, 4, 0)->size() == 0);
  CHECK_THROWS_AS(slice(source, 5, 0), Error);
  CHECK_THROWS_AS(slice(source, 1, 4), Error);
  CHECK_THROWS_AS(slice(source, 1, ~std::uint64_t{0}), Error);
  CHECK_THROWS_AS(slice(nullptr, 0, 0), Error);
}

TEST_CASE("Opening an absent file and opening a directory or device are different errors",
          "[bytes]") {
  CHECK(code_of_open("/nonexistent/file") == ErrorCode::not_found);
  CHECK(code_of_open(std::filesystem::temp_directory_path()) == ErrorCode::invalid_argument);
  CHECK(code_of_open("/dev/null") == ErrorCode::invalid_argument);
}

TEST_CASE("Truncating a file while it is read is an error, not a signal", "[bytes]") {
  const TemporaryFile file("0123456789");
  const auto source = open_file(file.path);
  std::filesystem::resize_file(file.path, 4);
  try {
    (void)read_all(*source);
    FAIL("the file was read");
  } catch (const Error& error) {
    CHECK(error.code() == ErrorCode::storage_failure);
  }
}
