// SPDX-License-Identifier: Apache-2.0
#include "raw_client.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>

namespace {

constexpr timeval io_timeout{.tv_sec = 600, .tv_usec = 0};

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [&](char x, char y) { return lower(x) == lower(y); });
}

}  // namespace

std::string RawResponse::field(std::string_view name) const {
  for (const auto& [known, value] : fields)
    if (equal_ignoring_case(known, name)) return value;
  return {};
}

RawClient::RawClient(std::uint16_t port)
    : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const int yes = 1;
  ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &io_timeout, sizeof io_timeout);
  ::setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &io_timeout, sizeof io_timeout);
  if (::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    ::close(socket_);
    throw ClientError{std::string{"connect: "} + std::strerror(errno)};
  }
}

RawClient::~RawClient() {
  if (socket_ >= 0) ::close(socket_);
}

bool RawClient::try_send(std::string_view bytes) noexcept {
  while (!bytes.empty()) {
    const ssize_t count = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

void RawClient::send(std::string_view bytes) {
  if (!try_send(bytes)) throw ClientError{std::string{"send: "} + std::strerror(errno)};
}

bool RawClient::receive() {
  std::array<char, 65536> buffer{};
  ssize_t count = 0;
  do {
    count = ::recv(socket_, buffer.data(), buffer.size(), 0);
  } while (count < 0 && errno == EINTR);
  if (count < 0 && errno == ECONNRESET) return false;
  if (count < 0) throw ClientError{std::string{"recv: "} + std::strerror(errno)};
  received_.append(buffer.data(), static_cast<std::size_t>(count));
  return count > 0;
}

RawResponse RawClient::read(bool to_head) {
  std::size_t head_end = 0;
  while ((head_end = received_.find("\r\n\r\n")) == std::string::npos)
    if (!receive()) throw ClientError{"the connection ended before a response: " + received_};
  RawResponse response;
  const std::string head = received_.substr(0, head_end);
  if (std::sscanf(head.c_str(), "HTTP/1.1 %3d ", &response.status) != 1)
    throw ClientError{"no status line: " + head};
  for (auto line = head.find("\r\n"); line != std::string::npos;) {
    const auto end = head.find("\r\n", line + 2);
    const std::string field = head.substr(line + 2, end - line - 2);
    const auto colon = field.find(": ");
    if (colon == std::string::npos) throw ClientError{"no field: " + field};
    response.fields.emplace_back(field.substr(0, colon), field.substr(colon + 2));
    line = end;
  }
  received_.erase(0, head_end + 4);
  const bool has_body =
      !to_head && response.status >= 200 && response.status != 204 && response.status != 304;
  if (!has_body) return response;
  const std::string length_text = response.field("Content-Length");
  if (length_text.empty()) throw ClientError{"no Content-Length: " + head};
  const auto length = static_cast<std::size_t>(std::stoull(length_text));
  while (received_.size() < length)
    if (!receive())
      throw ClientError{"the body ended after " + std::to_string(received_.size()) + " of " +
                        length_text + " bytes"};
  response.body = received_.substr(0, length);
  received_.erase(0, length);
  return response;
}

RawResponse RawClient::request(std::string_view bytes) {
  send(bytes);
  return read();
}

std::string RawClient::read_to_end() {
  while (receive()) {
  }
  return std::exchange(received_, {});
}

std::size_t RawClient::first_to_respond(const std::vector<RawClient>& clients) {
  std::vector<pollfd> waiting;
  for (const RawClient& client : clients)
    waiting.push_back({.fd = client.socket_, .events = POLLIN, .revents = 0});
  if (::poll(waiting.data(), waiting.size(), static_cast<int>(io_timeout.tv_sec) * 1000) > 0)
    for (std::size_t i = 0; i < waiting.size(); ++i)
      if (waiting[i].revents != 0) return i;
  throw ClientError{"no client got a response"};
}

void RawClient::shutdown_write() noexcept { ::shutdown(socket_, SHUT_WR); }

std::string get(std::string_view target, std::string_view more_fields) {
  std::string request = "GET ";
  request.append(target).append(" HTTP/1.1\r\nHost: localhost\r\n").append(more_fields);
  return request + "\r\n";
}

std::string with_body(std::string_view method, std::string_view target, std::string_view body,
                      std::string_view more_fields) {
  std::string request{method};
  request.append(" ").append(target).append(" HTTP/1.1\r\nHost: localhost\r\n");
  request.append("Content-Length: ").append(std::to_string(body.size())).append("\r\n");
  return request.append(more_fields).append("\r\n").append(body);
}

std::string chunk(std::string_view data) {
  std::array<char, 32> size{};
  std::snprintf(size.data(), size.size(), "%zx\r\n", data.size());
  return std::string{size.data()}.append(data).append("\r\n");
}
