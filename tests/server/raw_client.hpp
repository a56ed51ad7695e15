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

/// What a server sent, taken apart as far as tests need it.
struct RawResponse {
  int status = 0;
  std::vector<std::pair<std::string, std::string>> fields;
  std::string body;

  /// The value of the first field of that name, in any case; empty where there is none.
  [[nodiscard]] std::string field(std::string_view name) const;
};

/// The connection ended or stalled, or what came is no HTTP.
struct ClientError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// A TCP connection to 127.0.0.1 that sends exactly the bytes it is told to.
/// Waiting for the server ends with a `ClientError` after 60 seconds.
class RawClient {
 public:
  /// Throws: `ClientError`.
  explicit RawClient(std::uint16_t port);
  RawClient(RawClient&& other) noexcept
      : socket_(std::exchange(other.socket_, -1)), received_(std::move(other.received_)) {}
  RawClient& operator=(RawClient&&) = delete;
  ~RawClient();

  /// Throws: `ClientError` where the server has closed.
  void send(std::string_view bytes);

  /// As `send`, but tells whether all was taken.
  [[nodiscard]] bool try_send(std::string_view bytes) noexcept;

  /// The next response, "100 Continue" included. `to_head`: of a request that had no body to get.
  /// Throws: `ClientError`.
  RawResponse read(bool to_head = false);

  /// `send` and `read`.
  RawResponse request(std::string_view bytes);

  /// Waits for the end of the connection; what came until then. A reset is an end, too.
  std::string read_to_end();

  /// The place of the first of `clients` that has something to read.
  /// Throws: `ClientError` after 60 seconds.
  static std::size_t first_to_respond(const std::vector<RawClient>& clients);

  /// No more will be sent.
  void shutdown_write() noexcept;

 private:
  /// False at the end of the connection.
  bool receive();

  int socket_ = -1;
  std::string received_;
};

/// A GET with a Host.
[[nodiscard]] std::string get(std::string_view target, std::string_view more_fields = {});

/// A request with a body and its length.
[[nodiscard]] std::string with_body(std::string_view method, std::string_view target,
                                    std::string_view body, std::string_view more_fields = {});

/// One chunk of the chunked coding; the empty one is the last.
[[nodiscard]] std::string chunk(std::string_view data);
