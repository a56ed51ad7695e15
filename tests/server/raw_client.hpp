// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// A parsed response.
struct RawResponse {
  int status = 0;
  std::vector<std::pair<std::string, std::string>> fields;
  std::string body;

  /// The value of the first field of that name, ignoring case; empty if absent.
  [[nodiscard]] std::string field(std::string_view name) const;
};

/// The connection closed or stalled, or the response is not valid HTTP.
struct ClientError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// A TCP connection to 127.0.0.1 that sends the given bytes unchanged.
/// Waiting for the server times out with a `ClientError` after ten minutes.
class RawClient {
 public:
  /// Throws: `ClientError`.
  explicit RawClient(std::uint16_t port);
  RawClient(RawClient&& other) noexcept
      : socket_(std::exchange(other.socket_, -1)), received_(std::move(other.received_)) {}
  RawClient& operator=(RawClient&&) = delete;
  ~RawClient();

  /// Throws: `ClientError` if the server has closed the connection.
  void send(std::string_view bytes);

  /// As `send`, but returns whether all bytes were sent.
  [[nodiscard]] bool try_send(std::string_view bytes) noexcept;

  /// Reads the next response, including "100 Continue". `to_head`: the response to a HEAD.
  /// Throws: `ClientError`.
  RawResponse read(bool to_head = false);

  /// `send` and `read`.
  RawResponse request(std::string_view bytes);

  /// Reads until the connection closes or is reset.
  std::string read_to_end();

  /// The index of the first of `clients` with data to read.
  /// Throws: `ClientError` after ten minutes.
  static std::size_t first_to_respond(const std::vector<RawClient>& clients);

  /// Half-closes the connection.
  void shutdown_write() noexcept;

 private:
  /// False if the connection is closed.
  bool receive();

  int socket_ = -1;
  std::string received_;
};

/// A GET request with a Host field.
[[nodiscard]] std::string get(std::string_view target, std::string_view more_fields = {});

/// A request with a body and its Content-Length.
[[nodiscard]] std::string with_body(std::string_view method, std::string_view target,
                                    std::string_view body, std::string_view more_fields = {});

/// One chunk of the chunked coding; the empty chunk is the last.
[[nodiscard]] std::string chunk(std::string_view data);
