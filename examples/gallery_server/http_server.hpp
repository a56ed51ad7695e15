// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <imagegallery/http.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>

namespace gallery_server {

/// The request callbacks. Called from worker threads, any number at once; they must not throw.
struct Application {
  /// Called before a request body is read; not called for requests without a body.
  std::function<imagegallery::HttpInspection(const imagegallery::HttpRequestHead&)> check_head;

  std::function<imagegallery::HttpResponse(const imagegallery::HttpRequest&)> handle;

  /// Called on a worker thread every `HttpServerOptions::upkeep_period`; may be empty.
  std::function<void()> upkeep;
};

struct HttpServerOptions {
  std::string address = "127.0.0.1";  ///< Numeric, IPv4 or IPv6.
  std::uint16_t port = 0;             ///< 0: any free port.
  unsigned io_threads = 0;            ///< 0: one per processor.
  unsigned worker_threads = 0;        ///< 0: four per processor.
  std::size_t max_queued_requests = 256;
  std::size_t max_connections = 20'000;  ///< Also limited by the process's file descriptors.
  std::chrono::milliseconds header_timeout{10'000};    ///< For a whole request head.
  std::chrono::milliseconds progress_timeout{20'000};  ///< For each 4096 bytes, in and out.
  std::chrono::milliseconds idle_timeout{75'000};
  std::chrono::milliseconds stop_timeout{10'000};
  std::chrono::milliseconds upkeep_period{60'000};
  std::filesystem::path access_log{};  ///< Empty: none.
};

/// An HTTP/1.1 transport: asynchronous sockets on a few I/O threads, and a bounded worker pool for
/// blocking work. Request bodies are limited as they arrive and buffered in memory or in a file;
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

  /// Serves until `stop`, SIGTERM or SIGINT; then accepts no more requests, and waits up to
  /// `stop_timeout` for running ones. Call once.
  void run();

  /// Makes `run` return soon. Callable from any thread.
  void stop();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace gallery_server
