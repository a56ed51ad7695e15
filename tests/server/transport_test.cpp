// SPDX-License-Identifier: Apache-2.0
#include "http_server.hpp"

#include "catch.hpp"
#include "raw_client.hpp"
#include "support/error_recorder.hpp"

#include <imagegallery/error.hpp>

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <condition_variable>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <sstream>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

using namespace gallery_server;
using namespace imagegallery;
using namespace std::chrono_literals;
using namespace std::string_literals;

namespace {

std::atomic<int> accepts_to_fail{0};
std::atomic<int> accept_errno{0};

}  // namespace

// The linker redirects calls of `accept` to here.
extern "C" int __real_accept(int socket, sockaddr* address, socklen_t* length);
extern "C" int __wrap_accept(int socket, sockaddr* address, socklen_t* length) {
  if (accepts_to_fail > 0) {
    --accepts_to_fail;
    errno = accept_errno;
    return -1;
  }
  return __real_accept(socket, address, length);
}

namespace {

constexpr std::uint64_t max_body = 4u << 20;

/// `size` bytes of a counting pattern; reading past `fails_at` throws.
class CountingSource final : public ByteSource {
 public:
  CountingSource(std::uint64_t size, std::uint64_t fails_at) : size_(size), fails_at_(fails_at) {}

  static char at(std::uint64_t offset) { return static_cast<char>('a' + offset % 23); }

  std::uint64_t size() const override { return size_; }

  std::size_t read_at(std::uint64_t offset, std::span<std::byte> into) const override {
    if (offset + into.size() > fails_at_) throw Error{ErrorCode::corrupt_data, "unreadable"};
    for (std::size_t i = 0; i < into.size(); ++i) into[i] = static_cast<std::byte>(at(offset + i));
    return into.size();
  }

 private:
  std::uint64_t size_;
  std::uint64_t fails_at_;
};

/// A one-time event that threads can wait for.
class Signal {
 public:
  void set() {
    const std::lock_guard lock{mutex_};
    is_set_ = true;
    changed_.notify_all();
  }
  void wait() {
    std::unique_lock lock{mutex_};
    changed_.wait(lock, [this] { return is_set_; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool is_set_ = false;
};

HttpResponse response(std::string text) {
  HttpResponse response;
  response.fields = {{"Content-Length", std::to_string(text.size())}};
  response.body = make_source(std::move(text));
  return response;
}

/// A server in this process whose responses depend on the target only.
class TestServer {
 public:
  explicit TestServer(HttpServerOptions options = {})
      : server_(std::move(options),
                {.check_head = [](const HttpRequestHead& head,
                                  const HeadOptions&) { return check_head(head); },
                 .handle = [this](const HttpRequest& request) { return handle(request); },
                 .try_handle = [this](const HttpRequest& request) -> HttpAttempt {
                   return {.needs_decode = false, .response = handle(request)};
                 },
                 .upkeep = {},
                 .on_error = errors.sink()}),
        thread_([this] { server_.run(); }) {}

  ~TestServer() {
    release.set();
    server_.stop();
    if (thread_.joinable()) thread_.join();
  }

  std::uint16_t port() const {
    const std::string address = server_.address();
    return static_cast<std::uint16_t>(std::stoi(address.substr(address.rfind(':') + 1)));
  }

  RawClient connect() const { return RawClient{port()}; }

  void stop() { server_.stop(); }
  void join() { thread_.join(); }

  ErrorRecorder errors;
  Signal entered;  // A request for /wait is being handled.
  Signal release;  // Its response may be sent.

 private:
  static HttpInspection check_head(const HttpRequestHead& head) {
    HttpInspection inspection;
    inspection.max_body_bytes = max_body;
    inspection.kind = WorkKind::storage;
    if (head.target == "/refused") {
      inspection.refusal = response("no");
      inspection.refusal->status = 403;
    }
    return inspection;
  }

  HttpResponse handle(const HttpRequest& request) {
    const std::string& target = request.head.target;
    const auto number = std::strtoull(target.substr(target.find('=') + 1).c_str(), nullptr, 10);
    if (target == "/echo") {
      HttpResponse response;
      response.body = request.body ? request.body : make_source(std::string{});
      return response;
    }
    if (target == "/fields") {
      std::string text;
      for (const auto& field : request.head.fields) text += field.name + "=" + field.value + "\n";
      return response(text);
    }
    if (target.starts_with("/big?size=")) {
      HttpResponse response;
      response.body = std::make_shared<CountingSource>(number, number);
      return response;
    }
    if (target.starts_with("/broken?at=")) {
      HttpResponse response;
      response.body = std::make_shared<CountingSource>(number + 1'000'000, number);
      return response;
    }
    if (target.starts_with("/status?code=")) {
      HttpResponse response;
      response.status = static_cast<int>(number);
      return response;
    }
    if (target == "/wait") {
      entered.set();
      release.wait();
    }
    return response("hello " + request.head.method + ' ' + target);
  }

  HttpServer server_;
  std::thread thread_;
};

std::string counting(std::size_t size) {
  std::string text(size, ' ');
  for (std::size_t i = 0; i < size; ++i) text[i] = CountingSource::at(i);
  return text;
}

}  // namespace

TEST_CASE("A connection serves one request after another", "[transport]") {
  TestServer server;
  auto client = server.connect();
  for (int i = 0; i < 3; ++i) {
    const auto response = client.request(get("/a"));
    CHECK(response.status == 200);
    CHECK(response.body == "hello GET /a");
    CHECK(response.field("Connection").empty());
    CHECK(response.field("Date").ends_with(" GMT"));
  }
}

TEST_CASE("Incomplete requests do not block other clients", "[transport]") {
  TestServer server{{.io_threads = 1, .storage = {.threads = 1}}};
  std::vector<RawClient> halves;
  for (int i = 0; i < 64; ++i) {
    halves.push_back(server.connect());
    halves.back().send("GET /half HTTP/1.1\r\nHo");
  }
  CHECK(server.connect().request(get("/whole")).body == "hello GET /whole");
  for (auto& half : halves) CHECK(half.request("st: x\r\n\r\n").body == "hello GET /half");
}

TEST_CASE("A request may arrive one byte at a time", "[transport]") {
  TestServer server;
  auto client = server.connect();
  for (const char c : with_body("POST", "/echo", "bit by bit")) client.send({&c, 1});
  CHECK(client.read().body == "bit by bit");
  const std::string chunked =
      "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n" +
      chunk("bit by bit, ") + chunk("in chunks") + chunk("");
  for (const char c : chunked) client.send({&c, 1});
  CHECK(client.read().body == "bit by bit, in chunks");
}

TEST_CASE("Pipelined requests get their responses in order", "[transport]") {
  TestServer server;
  auto client = server.connect();
  std::string requests;
  for (int i = 0; i < 50; ++i)
    requests +=
        get("/" + std::to_string(i)) + with_body("POST", "/echo", "body " + std::to_string(i));
  client.send(requests);
  for (int i = 0; i < 50; ++i) {
    CHECK(client.read().body == "hello GET /" + std::to_string(i));
    CHECK(client.read().body == "body " + std::to_string(i));
  }
}

TEST_CASE("A connection persists or closes as the client requests", "[transport]") {
  TestServer server;
  SECTION("close") {
    auto client = server.connect();
    CHECK(client.request(get("/", "Connection: close\r\n")).field("Connection") == "close");
    CHECK(client.read_to_end().empty());
  }
  SECTION("HTTP/1.0 closes by default") {
    auto client = server.connect();
    CHECK(client.request("GET / HTTP/1.0\r\n\r\n").field("Connection") == "close");
    CHECK(client.read_to_end().empty());
  }
  SECTION("HTTP/1.0 with keep-alive persists") {
    auto client = server.connect();
    for (int i = 0; i < 2; ++i)
      CHECK(
          client.request("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n").field("Connection") ==
          "keep-alive");
  }
  SECTION("a half-closed client still gets its response") {
    auto client = server.connect();
    client.send(get("/last"));
    client.shutdown_write();
    CHECK(client.read().body == "hello GET /last");
    CHECK(client.read_to_end().empty());
  }
}

TEST_CASE("Bodies of any size and transfer coding arrive unchanged", "[transport]") {
  TestServer server;
  auto client = server.connect();
  for (const std::size_t size :
       {0u, 1u, 16'383u, 16'384u, 16'385u, 262'143u, 262'144u, 262'145u, 1'000'000u, 4u << 20}) {
    CAPTURE(size);
    const std::string body = counting(size);
    CHECK(client.request(with_body("POST", "/echo", body)).body == body);
    std::string chunked;
    for (std::size_t at = 0; at < size; at += 70'001)
      chunked += chunk(std::string_view{body}.substr(at, 70'001));
    CHECK(client
              .request("POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n" +
                       chunked + chunk(""))
              .body == body);
  }
}

TEST_CASE("Chunk extensions and trailers are ignored", "[transport]") {
  TestServer server;
  auto client = server.connect();
  CHECK(client
            .request("POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
                     "3;name=value;quoted=\"a b\"\r\nabc\r\n0\r\nTrailer: x\r\n\r\n")
            .body == "abc");
  CHECK(client.request(get("/next")).status == 200);
}

TEST_CASE("Invalid HTTP is rejected and the connection closes", "[transport]") {
  struct Case {
    const char* what;
    std::string request;
    int status;
  };
  const std::string post = "POST /echo HTTP/1.1\r\nHost: x\r\n";
  const Case cases[] = {
      {"length and coding", post + "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\nabc",
       400},
      {"coding and length", post + "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\nabc",
       400},
      {"two lengths", post + "Content-Length: 3\r\nContent-Length: 4\r\n\r\nabc", 400},
      {"a list of lengths", post + "Content-Length: 3, 4\r\n\r\nabc", 400},
      {"a negative length", post + "Content-Length: -3\r\n\r\nabc", 400},
      {"a length with a sign", post + "Content-Length: +3\r\n\r\nabc", 400},
      {"a non-numeric length", post + "Content-Length: 0x3\r\n\r\nabc", 400},
      {"a length that overflows", post + "Content-Length: 99999999999999999999\r\n\r\n", 400},
      {"an unknown coding", post + "Transfer-Encoding: gzip\r\n\r\nabc", 501},
      {"a coding before chunked", post + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 501},
      {"chunked twice", post + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n",
       400},
      {"a coding in HTTP/1.0",
       "POST /echo HTTP/1.0\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
      {"a non-numeric chunk size", post + "Transfer-Encoding: chunked\r\n\r\nxyz\r\n", 400},
      {"a chunk longer than its size",
       post + "Transfer-Encoding: chunked\r\n\r\n3\r\nabcdef\r\n0\r\n\r\n", 400},
      {"a chunk size that overflows",
       post + "Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n", 400},
      {"no host", "GET / HTTP/1.1\r\n\r\n", 400},
      {"two hosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400},
      {"a blank before the colon", "GET / HTTP/1.1\r\nHost : a\r\n\r\n", 400},
      {"no target", "GET HTTP/1.1\r\nHost: x\r\n\r\n", 400},
      {"a target that is not a path", "GET path HTTP/1.1\r\nHost: x\r\n\r\n", 400},
      {"a line ending without CR", "GET / HTTP/1.1\nHost: x\n\n", 505},
      {"a zero byte", "GET /\0 HTTP/1.1\r\nHost: x\r\n\r\n"s, 400},
      {"HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505},
      {"TLS", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03 hello\r\n\r\n"s, 400},
      {"an unknown expectation", post + "Expect: magic\r\nContent-Length: 3\r\n\r\nabc", 417},
      {"too many fields",
       [] {
         std::string request = "GET / HTTP/1.1\r\nHost: x\r\n";
         for (int i = 0; i < 100; ++i) request += "A: b\r\n";
         return request + "\r\n";
       }(),
       431},
      {"a field too long",
       "GET / HTTP/1.1\r\nHost: x\r\nA: " + std::string(20'000, 'a') + "\r\n\r\n", 431},
      {"a target too long", "GET /" + std::string(20'000, 'a') + " HTTP/1.1\r\nHost: x\r\n\r\n",
       431},
      {"an endless line", std::string(200'000, 'a'), 431},
  };
  TestServer server;
  for (const Case& c : cases) {
    CAPTURE(c.what);
    auto client = server.connect();
    // The server may respond before everything is sent.
    (void)client.try_send(c.request);
    const auto response = client.read();
    CHECK(response.status == c.status);
    CHECK(response.field("Connection") == "close");
    CHECK(response.field("Content-Type") == "application/problem+json");
    CHECK_THAT(response.body, ContainsSubstring("\"status\":" + std::to_string(c.status)));
    client.shutdown_write();
    CHECK(client.read_to_end().empty());
  }
  CHECK(server.connect().request(get("/")).status == 200);
}

TEST_CASE("The maximum number of fields and bytes is accepted", "[transport]") {
  TestServer server;
  auto client = server.connect();
  std::string request = "GET /fields HTTP/1.1\r\nHost: x\r\n";
  for (int i = 0; i < 99; ++i) request += "F" + std::to_string(i) + ": v\r\n";
  CHECK_THAT(client.request(request + "\r\n").body, ContainsSubstring("F98=v\n"));
  const std::string value(16'000, 'v');
  CHECK_THAT(client.request("GET /fields HTTP/1.1\r\nHost: x\r\nLong: " + value + "\r\n\r\n").body,
             ContainsSubstring(value));
}

TEST_CASE("An absolute-form target is reduced to its path", "[transport]") {
  TestServer server;
  auto client = server.connect();
  CHECK(client.request("GET http://x/a?b HTTP/1.1\r\nHost: x\r\n\r\n").body == "hello GET /a?b");
  CHECK(client.request("GET HTTP://x HTTP/1.1\r\nHost: x\r\n\r\n").body == "hello GET /");
}

TEST_CASE("A body over the limit is rejected by its Content-Length, before it arrives",
          "[transport]") {
  TestServer server;
  auto client = server.connect();
  const auto response =
      client.request("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 4194305\r\n\r\n");
  CHECK(response.status == 413);
  CHECK_THAT(response.body, ContainsSubstring("4194304 bytes"));
  CHECK(response.field("Connection") == "close");
}

TEST_CASE("A chunked body is rejected once it exceeds the limit", "[transport]") {
  TestServer server;
  auto client = server.connect();
  client.send("POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");
  const std::string piece = chunk(std::string(100'000, 'x'));
  for (int i = 0; i < 41; ++i) client.send(piece);
  (void)client.try_send(piece);
  CHECK(client.read().status == 413);
}

TEST_CASE("A client that keeps sending can still read the error response", "[transport]") {
  TestServer server;
  auto client = server.connect();
  client.send("POST /refused HTTP/1.1\r\nHost: x\r\nContent-Length: 4000000\r\n\r\n");
  client.send(std::string(4'000'000, 'x'));
  const auto response = client.read();
  CHECK(response.status == 403);
  CHECK(response.body == "no");
  CHECK(response.field("Connection") == "close");
}

TEST_CASE("100 Continue is sent only after the head is accepted", "[transport]") {
  TestServer server;
  SECTION("approved") {
    auto client = server.connect();
    client.send(
        "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n");
    CHECK(client.read().status == 100);
    CHECK(client.request("body").body == "body");
    CHECK(client.request(get("/next")).status == 200);
  }
  SECTION("refused") {
    auto client = server.connect();
    CHECK(client
              .request("POST /refused HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n"
                       "Expect: 100-continue\r\n\r\n")
              .status == 403);
  }
  SECTION("too long") {
    auto client = server.connect();
    CHECK(client
              .request("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 9999999\r\n"
                       "Expect: 100-continue\r\n\r\n")
              .status == 413);
  }
}

TEST_CASE("An incomplete head times out", "[transport]") {
  TestServer server{{.header_timeout = 40ms}};
  auto client = server.connect();
  client.send("GET / HTTP/1.1\r\nHost:");
  CHECK(client.read().status == 408);
  client.shutdown_write();
  CHECK(client.read_to_end().empty());
}

TEST_CASE("A stalled body times out", "[transport]") {
  TestServer server{{.progress_timeout = 40ms}};
  auto client = server.connect();
  client.send("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\nsome");
  CHECK(client.read().status == 408);
  client.shutdown_write();
  CHECK(client.read_to_end().empty());
}

TEST_CASE("A client that stops reading is disconnected", "[transport]") {
  TestServer server{{.progress_timeout = 40ms}};
  auto client = server.connect();
  client.send(get("/big?size=100000000"));
  auto other = server.connect();
  CHECK_THROWS_AS(
      [&] {
        // Each round trip gives the server time, without sleeping.
        for (int i = 0; i < 100'000; ++i) {
          (void)other.request(get("/"));
          if (!client.try_send(" ")) throw ClientError{"reset"};
        }
      }(),
      ClientError);
}

TEST_CASE("An idle connection is closed without a response", "[transport]") {
  TestServer server{{.idle_timeout = 40ms}};
  CHECK(server.connect().read_to_end().empty());
  // A client that gets no processor for so long is closed before it asks: then another one asks.
  bool is_answered = false;
  for (int attempts = 0; attempts < 1000 && !is_answered; ++attempts) {
    auto client = server.connect();
    try {
      (void)client.request(get("/"));
    } catch (const ClientError&) {
      continue;
    }
    is_answered = true;
    CHECK(client.read_to_end().empty());
  }
  CHECK(is_answered);
}

TEST_CASE("A long response is sent completely", "[transport]") {
  TestServer server;
  auto client = server.connect();
  const auto response = client.request(get("/big?size=20000000"));
  CHECK(response.field("Content-Length") == "20000000");
  CHECK((response.body == counting(20'000'000)));
  CHECK(client.request(get("/next")).status == 200);
}

TEST_CASE("HEAD, 204 and 304 responses have no body", "[transport]") {
  TestServer server;
  auto client = server.connect();
  client.send("HEAD /big?size=5000 HTTP/1.1\r\nHost: x\r\n\r\n");
  CHECK(client.read(true).field("Content-Length") == "5000");
  CHECK(client.request(get("/status?code=204")).field("Content-Length").empty());
  CHECK(client.request(get("/status?code=304")).field("Content-Length").empty());
  CHECK(client.request(get("/status?code=200")).field("Content-Length") == "0");
  CHECK(client.request(get("/next")).status == 200);
}

TEST_CASE("A body that fails before the head is sent becomes a 500", "[transport]") {
  TestServer server;
  auto client = server.connect();
  CHECK(client.request(get("/broken?at=1000")).status == 500);
  CHECK(client.request(get("/next")).status == 200);
}

TEST_CASE("A body that fails after the head is sent closes the connection", "[transport]") {
  TestServer server;
  auto client = server.connect();
  client.send(get("/broken?at=600000"));
  const std::string got = client.read_to_end();
  CHECK(got.size() < 1'600'000);
  CHECK(got.find("HTTP/1.1", 1) == std::string::npos);
}

TEST_CASE("A request gets a 503 while the queue is full", "[transport]") {
  TestServer server{{.storage = {.threads = 1, .max_queued = 1}}};
  auto running = server.connect();
  running.send(get("/wait"));
  server.entered.wait();
  std::vector<RawClient> clients;
  for (int i = 0; i < 2; ++i) {
    clients.push_back(server.connect());
    clients.back().send(get("/more"));
  }
  // One of them has the only place in the queue, so the other gets its response first.
  const std::size_t refused = RawClient::first_to_respond(clients);
  const RawResponse refusal = clients[refused].read();
  CHECK(refusal.status == 503);
  CHECK(refusal.field("Retry-After") == "1");
  CHECK(refusal.field("Connection").empty());
  server.release.set();
  CHECK(running.read().status == 200);
  CHECK(clients[1 - refused].read().status == 200);
  CHECK(clients[refused].request(get("/again")).status == 200);
}

TEST_CASE("A connection over the limit gets a 503", "[transport]") {
  TestServer server{{.max_connections = 2}};
  auto first = server.connect();
  auto second = server.connect();
  CHECK(first.request(get("/")).status == 200);
  CHECK(second.request(get("/")).status == 200);
  auto third = server.connect();
  const std::string got = third.read_to_end();
  CHECK(got.starts_with("HTTP/1.1 503 "));
  const auto report = server.errors.only();
  CHECK(report.code == "busy");
  CHECK(report.operation == "accept");
  CHECK_THAT(report.message, ContainsSubstring("all 2 connections"));
  CHECK(first.request(get("/")).status == 200);
}

TEST_CASE("A connection that cannot be accepted is reported, and accepted later", "[transport]") {
  accept_errno = GENERATE(EMFILE, ENFILE, ENOMEM, ENOBUFS);
  CAPTURE(accept_errno);
  TestServer server;
  CHECK(server.connect().request(get("/before")).status == 200);
  accepts_to_fail = 2;
  auto client = server.connect();
  CHECK(client.request(get("/after")).status == 200);
  const auto reports = server.errors.take();
  REQUIRE(reports.size() == 2);
  for (const auto& report : reports) {
    CHECK(report.source == "transport");
    CHECK(report.operation == "accept");
    CHECK_THAT(report.message, ContainsSubstring(std::generic_category().message(accept_errno)));
  }
}

TEST_CASE("Each failure to accept makes the pause before the next attempt longer", "[transport]") {
  CHECK(accept_pause(1) == 50ms);
  CHECK(accept_pause(2) == 100ms);
  CHECK(accept_pause(5) == 800ms);
  CHECK(accept_pause(6) == 1000ms);
  CHECK(accept_pause(~0u) == 1000ms);
}

TEST_CASE("A stopping server finishes running requests", "[transport]") {
  TestServer server;
  auto idle = server.connect();
  CHECK(idle.request(get("/")).status == 200);
  auto running = server.connect();
  running.send(get("/wait"));
  server.entered.wait();
  server.stop();
  CHECK(idle.read_to_end().empty());
  server.release.set();
  const auto response = running.read();
  CHECK(response.body == "hello GET /wait");
  CHECK(response.field("Connection") == "close");
  running.shutdown_write();
  CHECK(running.read_to_end().empty());
  server.join();
  CHECK_THROWS_AS(server.connect(), ClientError);
}

TEST_CASE("A stopping server waits for clients only until stop_timeout", "[transport]") {
  TestServer server{{.stop_timeout = 30ms}};
  auto half = server.connect();
  half.send(
      "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\nExpect: 100-continue\r\n\r\n");
  CHECK(half.read().status == 100);
  server.stop();
  server.join();
  SUCCEED("stopped");
}

TEST_CASE("Clients that disconnect at any point do no harm", "[transport]") {
  TestServer server;
  for (int i = 0; i < 20; ++i) {
    server.connect().send("GET / HT");
    server.connect().send("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\nhalf");
    server.connect().send(get("/big?size=10000000"));
    server.connect().send(get("/hello"));
  }
  CHECK(server.connect().request(get("/")).status == 200);
}

TEST_CASE("An access log on a full disk is reported, and requests are served", "[transport]") {
  TestServer server{{.access_log = "/dev/full"}};
  auto client = server.connect();
  for (int i = 0; i < 3; ++i) CHECK(client.request(get("/a")).status == 200);
  server.stop();
  server.join();
  const auto reports = server.errors.take();
  REQUIRE(reports.size() == 3);
  for (const auto& report : reports) {
    CHECK(report.source == "transport");
    CHECK(report.code == "storage_full");
    CHECK(report.operation == "write access log");
    CHECK_THAT(report.message, ContainsSubstring("No space left on device"));
  }
}

TEST_CASE("Each request writes one line to the access log", "[transport]") {
  const auto path =
      std::filesystem::temp_directory_path() / ("access-log-test-" + std::to_string(::getpid()));
  {
    TestServer server{{.access_log = path}};
    auto client = server.connect();
    (void)client.request(get("/a?signature=secret"));
    (void)client.request(with_body("POST", "/echo", "12345"));
    (void)client.try_send("G\"ET / HTTP/1.1\r\n\r\n");
    (void)client.read();
  }
  std::ifstream file{path};
  std::stringstream text;
  text << file.rdbuf();
  std::filesystem::remove(path);
  const std::string log = text.str();
  CHECK(std::count(log.begin(), log.end(), '\n') == 3);
  CHECK_THAT(log, ContainsSubstring("127.0.0.1 - - ["));
  CHECK_THAT(log, ContainsSubstring("] \"GET /a\" 200 29 "));
  CHECK_THAT(log, ContainsSubstring("] \"POST /echo\" 200 5 "));
  CHECK_THAT(log, ContainsSubstring("] \"- -\" 400 "));
  CHECK_THAT(log, !ContainsSubstring("secret"));
}
