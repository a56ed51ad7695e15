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

/// What answers requests. Both functions are called from worker threads, any number at once, and
/// must not throw.
struct Application {
  /// Asked before a body is taken; not where none comes.
  std::function<imagegallery::HttpInspection(const imagegallery::HttpRequestHead&)> check_head;

  std::function<imagegallery::HttpResponse(const imagegallery::HttpRequest&)> handle;

  /// Called on a worker thread every `HttpServerOptions::upkeep_period`; may be empty.
  std::function<void()> upkeep;
};

struct HttpServerOptions {
  std::string address = "127.0.0.1";  ///< Numeric, IPv4 or IPv6.
  std::uint16_t port = 0;             ///< 0: a free one.
  unsigned io_threads = 0;            ///< 0: as many as processors.
  unsigned worker_threads = 0;        ///< 0: four a processor.
  std::size_t max_queued_requests = 256;
  std::size_t max_connections = 20'000;  ///< Further bounded by the process's file descriptors.
  std::chrono::milliseconds header_timeout{10'000};    ///< For a whole request head.
  std::chrono::milliseconds progress_timeout{20'000};  ///< For each 4096 bytes, in and out.
  std::chrono::milliseconds idle_timeout{75'000};
  std::chrono::milliseconds stop_timeout{10'000};
  std::chrono::milliseconds upkeep_period{60'000};
  std::filesystem::path access_log{};  ///< Empty: none.
};

/// An HTTP/1.1 transport: asynchronous sockets on a few threads, and a bounded pool for what
/// blocks. Bodies are bounded while they arrive and wait in memory or in a file; answers go out in
/// pieces.
class HttpServer {
 public:
  /// Listens from here on. Raises the process's limit of file descriptors as far as it may.
  /// Throws: `std::exception` where the address cannot be had or the log cannot be opened.
  HttpServer(HttpServerOptions options, Application application);
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;
  ~HttpServer();

  /// "127.0.0.1:8080" or "[::1]:8080", with the port that was picked.
  [[nodiscard]] const std::string& address() const noexcept;

  /// Serves until `stop`, SIGTERM or SIGINT; then takes no more requests, and finishes those that
  /// run within `stop_timeout`. To be called once.
  void run();

  /// Makes `run` return soon. May be called from any thread.
  void stop();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace gallery_server
