// SPDX-License-Identifier: Apache-2.0
#include "image/byte_reader.hpp"

#include <imagegallery/error.hpp>

#include <functional>
#include <string>

#include "catch.hpp"

using namespace imagegallery;

namespace {

/// A source of `size` ascending bytes that counts its reads.
class CountingSource final : public ByteSource {
 public:
  explicit CountingSource(std::uint64_t size) : size_(size) {}
  std::uint64_t size() const override { return size_; }
  std::size_t read_at(std::uint64_t offset, std::span<std::byte> into) const override {
    ++reads;
    std::size_t count = 0;
    while (count < into.size() && offset + count < size_) {
      into[count] = static_cast<std::byte>((offset + count) & 0xFF);
      ++count;
    }
    return count;
  }

  mutable int reads = 0;

 private:
  std::uint64_t size_;
};

ErrorCode code_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const Error& error) {
    return error.code();
  }
  FAIL("no error");
  return ErrorCode::busy;
}

}  // namespace

TEST_CASE("Numbers are read in either byte order") {
  const CountingSource source(300);
  ByteReader reader(source, "TEST");
  CHECK(reader.u8() == 0);
  CHECK(reader.big_endian<std::uint16_t>() == 0x0102);
  CHECK(reader.little_endian<std::uint16_t>() == 0x0403);
  CHECK(reader.big_endian<std::uint32_t>() == 0x05060708);
  CHECK(reader.little_endian<std::uint32_t>() == 0x0C0B0A09);
  CHECK(reader.big_endian<std::uint64_t>() == 0x0D0E0F1011121314);
  CHECK(reader.little_endian<std::uint64_t>() == 0x1C1B1A1918171615);
  CHECK(reader.position() == 29);
  CHECK(reader.remaining() == 271);
}

TEST_CASE("Reads cross window boundaries, with one read of the source per window") {
  const CountingSource source(10'000);
  ByteReader reader(source, "TEST");
  for (std::uint64_t i = 0; i < 10'000; ++i) REQUIRE(reader.u8() == (i & 0xFF));
  CHECK(source.reads == 3);
  reader.seek(4094);
  CHECK(reader.big_endian<std::uint32_t>() == 0xFEFF0001);
  Bytes bytes(6000);
  reader.seek(1);
  reader.read(bytes);
  CHECK(bytes.front() == std::byte{1});
  CHECK(bytes.back() == static_cast<std::byte>(6000 & 0xFF));
}

TEST_CASE("Seeking back within a window does not read the source again") {
  const CountingSource source(100);
  ByteReader reader(source, "TEST");
  (void)reader.u8();
  reader.seek(50);
  CHECK(reader.u8() == 50);
  reader.seek(0);
  CHECK(reader.u8() == 0);
  CHECK(source.reads == 1);
}

TEST_CASE("A read outside the source is a broken image") {
  const CountingSource source(10);
  ByteReader reader(source, "TEST");
  reader.seek(10);
  CHECK(code_of([&] { (void)reader.u8(); }) == ErrorCode::broken_image);
  CHECK(code_of([&] { reader.seek(11); }) == ErrorCode::broken_image);
  CHECK(code_of([&] { reader.skip(1); }) == ErrorCode::broken_image);
  reader.seek(7);
  CHECK(code_of([&] { (void)reader.big_endian<std::uint32_t>(); }) == ErrorCode::broken_image);
  reader.seek(7);
  CHECK(code_of([&] { reader.skip(~std::uint64_t{0}); }) == ErrorCode::broken_image);
  Bytes bytes(4);
  CHECK(code_of([&] { reader.read(bytes); }) == ErrorCode::broken_image);
  reader.skip(3);
  CHECK(reader.remaining() == 0);
}

TEST_CASE("Errors begin with the format's name") {
  const CountingSource source(10);
  const ByteReader reader(source, "TEST");
  try {
    reader.fail("nothing here");
  } catch (const Error& error) {
    CHECK(std::string(error.what()) == "TEST: nothing here");
  }
}

TEST_CASE("The search for a byte value stops at the next match, or at the end") {
  const CountingSource source(10'000);
  ByteReader reader(source, "TEST");
  reader.find(std::byte{0xFE});
  CHECK(reader.position() == 254);
  reader.find(std::byte{0xFE});
  CHECK(reader.position() == 254);
  reader.seek(4000);
  reader.find(std::byte{0x00});
  CHECK(reader.position() == 4096);
  reader.seek(9999);
  reader.find(std::byte{0x00});
  CHECK(reader.position() == 10'000);
}

TEST_CASE("A source shorter than its stated size is a storage failure") {
  class Short final : public ByteSource {
   public:
    std::uint64_t size() const override { return 100; }
    std::size_t read_at(std::uint64_t, std::span<std::byte>) const override { return 0; }
  };
  const Short source;
  ByteReader reader(source, "TEST");
  CHECK(code_of([&] { (void)reader.u8(); }) == ErrorCode::storage_failure);
}
