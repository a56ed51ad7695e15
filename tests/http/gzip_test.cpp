// SPDX-License-Identifier: Apache-2.0
#include "http/gzip.hpp"

#include "catch.hpp"

#include <zlib.h>

#include <random>
#include <string>

using namespace imagegallery;

namespace {

std::string unpack(const ByteSource& gzipped, std::size_t size) {
  std::string plain(size + 1, '\0');
  z_stream stream{};
  REQUIRE(inflateInit2(&stream, 15 + 16) == Z_OK);
  Bytes input = read_all(gzipped);
  stream.next_in = reinterpret_cast<Bytef*>(input.data());
  stream.avail_in = static_cast<uInt>(input.size());
  stream.next_out = reinterpret_cast<Bytef*>(plain.data());
  stream.avail_out = static_cast<uInt>(plain.size());
  CHECK(inflate(&stream, Z_FINISH) == Z_STREAM_END);
  plain.resize(plain.size() - stream.avail_out);
  inflateEnd(&stream);
  return plain;
}

}  // namespace

TEST_CASE("Text round-trips through gzip and gets smaller", "[http]") {
  std::string text;
  for (int i = 0; i < 5000; ++i) text += "<path d=\"M" + std::to_string(i * 7919 % 1000) + "\"/>";
  const auto gzipped = gzip(*make_source(text));
  REQUIRE(gzipped);
  CHECK(gzipped->size() < text.size());
  CHECK(unpack(*gzipped, text.size()) == text);
  CHECK(read_all(*gzip(*make_source(text))) == read_all(*gzipped));
}

TEST_CASE("Incompressible content is not gzipped", "[http]") {
  std::mt19937 random{1};
  std::string noise;
  for (int i = 0; i < 2000; ++i) noise += static_cast<char>(random());
  CHECK_FALSE(gzip(*make_source(noise)));
}
