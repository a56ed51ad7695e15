// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <imagegallery/error_report.hpp>
#include <imagegallery/http.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>

namespace gallery_server {

/// The request callbacks, as the methods of `imagegallery::HttpHandler`. Called from any number of
/// threads at once; they must not throw.
struct Application {
  /// Called for each request on an I/O thread, with `may_read_storage = false`: it must not block.
  /// Called again, on a storage worker, if the result has `needs_storage`.
  std::function<imagegallery::HttpInspection(const imagegallery::HttpRequestHead&,
                                             const imagegallery::HeadOptions&)>
      check_head;

  /// Called on a worker of the request's kind; for light requests on an I/O thread.
  std::function<imagegallery::HttpResponse(const imagegallery::HttpRequest&)> handle;

  /// Called on a storage worker, for requests of `WorkKind::storage`.
  std::function<imagegallery::HttpAttempt(const imagegallery::HttpRequest&)> try_handle;

  /// Called on a thread of its own every `HttpServerOptions::upkeep_period`, one call at a time;
  /// may be empty. The server's destructor waits for a running call.
  std::function<void()> upkeep;

  /// Receives the server's own failures: those that become a 5xx response, connections that cannot
  /// be accepted, and requests that cannot be logged; may be empty. Must not throw.
  imagegallery::ErrorSink on_error;
};

/// The workers for one kind of requests. Tenants take turns in their queue.
struct WorkerOptions {
  unsigned threads = 0;
  std::size_t max_queued = 256;                ///< Requests over it get a 503.
  std::chrono::milliseconds max_wait{10'000};  ///< In the queue; then a 503.
};

/// One fewer than the processors, at least 1: decoding leaves a processor to everything else.
[[nodiscard]] unsigned default_decode_threads() noexcept;

/// The pause after so many failures to accept a connection in a row: 50 ms to 1 s.
[[nodiscard]] std::chrono::milliseconds accept_pause(unsigned failures) noexcept;

struct HttpServerOptions {
  std::string address = "127.0.0.1";  ///< Numeric, IPv4 or IPv6.
  std::uint16_t port = 0;             ///< 0: any free port.
  unsigned io_threads = 0;            ///< 0: one per processor.
  WorkerOptions storage{};            ///< 0 threads: four per processor.
  WorkerOptions decode{.max_wait = std::chrono::milliseconds{60'000}};  ///< 0 threads: the default.
  WorkerOptions bulk{.max_wait = std::chrono::milliseconds{60'000}};    ///< 0 threads: two.
  int decode_niceness = 5;  ///< Added to the process's niceness for decode workers; 0 to 19.
  std::size_t max_connections = 20'000;  ///< Also limited by the process's file descriptors.
  std::chrono::milliseconds header_timeout{10'000};    ///< For a whole request head.
  std::chrono::milliseconds progress_timeout{20'000};  ///< For each 4096 bytes, in and out.
  std::chrono::milliseconds idle_timeout{75'000};
  std::chrono::milliseconds stop_timeout{10'000};
  std::chrono::milliseconds upkeep_period{60'000};
  std::filesystem::path access_log{};  ///< Empty: none.
};

/// An HTTP/1.1 transport: asynchronous sockets on a few I/O threads, and a bounded worker pool for
/// each kind of blocking work, so that reads never wait for decodes. Light requests need no worker.
/// Request bodies are limited as they arrive and buffered in memory or in a file;
/// response bodies are sent piece by piece.
class HttpServer {
 public:
  /// Starts listening. Raises the process's file descriptor limit to its hard limit.
  /// Throws: `std::exception` if it cannot bind the address or open the log.
  HttpServer(HttpServerOptions options, Application application);
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;
  ~HttpServer();

  /// "127.0.0.1:8080" or "[::1]:8080", with the actual port.
  [[nodiscard]] const std::string& address() const noexcept;

  /// Serves until `stop`, SIGTERM, SIGINT or SIGHUP (unless that is ignored, as by nohup); then
  /// accepts no more requests, and waits up to `stop_timeout` for running ones. Call once.
  void run();

  /// Makes `run` return soon. Callable from any thread.
  void stop();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace gallery_server
