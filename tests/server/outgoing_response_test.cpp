// SPDX-License-Identifier: Apache-2.0
#include "outgoing_response.hpp"

#include "catch.hpp"

#include <imagegallery/error.hpp>

#include <algorithm>
#include <memory>
#include <string>

using gallery_server::BufferPool;
using gallery_server::OutgoingResponse;
using namespace imagegallery;

namespace {

std::string body_of(std::size_t size) {
  std::string body(size, '\0');
  for (std::size_t i = 0; i < size; ++i) body[i] = static_cast<char>('a' + i * 7 % 23);
  return body;
}

HttpResponse response_with(std::string body) {
  HttpResponse response;
  response.fields = {{"Content-Length", std::to_string(body.size())}};
  response.body = make_source(std::move(body));
  return response;
}

/// Sends everything in steps of at most `step` bytes.
std::string send_all(OutgoingResponse& outgoing, std::size_t step) {
  std::string sent;
  for (;;) {
    const auto [head, piece] = outgoing.unsent();
    std::string unsent;
    for (const auto part : {head, piece})
      for (const std::byte byte : part) unsent += static_cast<char>(byte);
    const auto count = std::min(step, unsent.size());
    sent.append(unsent, 0, count);
    outgoing.sent(count);
    if (outgoing.is_sent()) return sent;
    if (outgoing.piece_is_sent()) outgoing.read_piece();
  }
}

/// Reports a larger size than can be read.
class ShortSource final : public ByteSource {
 public:
  std::uint64_t size() const override { return 1'000'000; }
  std::size_t read_at(std::uint64_t offset, std::span<std::byte> into) const override {
    return offset == 0 ? into.size() : into.size() - 1;
  }
};

}  // namespace

TEST_CASE("A response is sent completely in steps of any size", "[response]") {
  BufferPool pool;
  OutgoingResponse outgoing{pool};
  for (const std::size_t size : {0u, 1u, 1000u, 262'144u, 262'145u, 900'000u}) {
    for (const std::size_t step : {7'919u, 262'144u, 10'000'000u}) {
      CAPTURE(size, step);
      const std::string body = body_of(size);
      outgoing.begin(response_with(body), false);
      outgoing.add_head("close");
      const std::string sent = send_all(outgoing, step);
      const auto end_of_head = sent.find("\r\n\r\n") + 4;
      CHECK(sent.starts_with("HTTP/1.1 200 OK\r\n"));
      CHECK((sent.substr(end_of_head) == body));
      CHECK(outgoing.body_bytes_sent() == size);
    }
  }
}

TEST_CASE("HEAD, 204 and 304 have no body to send", "[response]") {
  BufferPool pool;
  OutgoingResponse outgoing{pool};
  for (const int status : {200, 204, 304}) {
    CAPTURE(status);
    auto response = response_with("body");
    response.fields.clear();
    response.status = status;
    outgoing.begin(std::move(response), status == 200);
    outgoing.add_head("");
    const std::string sent = send_all(outgoing, 1000);
    if (status == 200) CHECK_THAT(sent, ContainsSubstring("Content-Length: 4\r\n"));
    CHECK_THAT(sent, !Catch::Matchers::EndsWith("body"));
    CHECK(outgoing.status() == status);
    CHECK(outgoing.body_bytes_sent() == 0);
  }
}

TEST_CASE("A body that ends early throws, and the object can be reused", "[response]") {
  BufferPool pool;
  OutgoingResponse outgoing{pool};
  HttpResponse response;
  response.body = std::make_shared<ShortSource>();
  outgoing.begin(std::move(response), false);
  outgoing.add_head("");
  const auto [head, piece] = outgoing.unsent();
  outgoing.sent(head.size() + piece.size());
  REQUIRE(outgoing.piece_is_sent());
  CHECK_FALSE(outgoing.is_sent());
  CHECK_THROWS_AS(outgoing.read_piece(), Error);

  outgoing.begin(response_with("other"), false);
  outgoing.add_head("");
  CHECK_THAT(send_all(outgoing, 1000), Catch::Matchers::EndsWith("other"));
}

TEST_CASE("The buffer of a sent piece is reused", "[response]") {
  BufferPool pool;
  OutgoingResponse first{pool};
  OutgoingResponse second{pool};
  first.begin(response_with(body_of(100'000)), false);
  const auto* const memory = first.unsent()[1].data();
  first.sent(first.unsent()[1].size());
  second.begin(response_with(body_of(90'000)), false);
  CHECK(second.unsent()[1].data() == memory);
}
