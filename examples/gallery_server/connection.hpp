// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "access_log.hpp"
#include "body_spool.hpp"
#include "http_server.hpp"
#include "outgoing_response.hpp"
#include "worker_pool.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <atomic>
#include <cstddef>
#include <list>
#include <memory>
#include <optional>
#include <string>

namespace gallery_server {

namespace asio = boost::asio;
using Socket = asio::basic_stream_socket<asio::ip::tcp, asio::io_context::executor_type>;
using Clock = std::chrono::steady_clock;

class Connection;

/// The workers of a server: for each kind of requests, and for the upkeep.
struct Workers {
  explicit Workers(const HttpServerOptions& options)
      : storage(options.storage.threads, options.storage.max_queued),
        decode(options.decode.threads, options.decode.max_queued, options.decode_niceness),
        bulk(options.bulk.threads, options.bulk.max_queued),
        upkeep(1, 1) {}

  WorkerPool storage;
  WorkerPool decode;
  WorkerPool bulk;
  WorkerPool upkeep;  ///< Not for requests, which must not delay it.
};

/// State shared by all connections of a server.
struct Shared {
  const HttpServerOptions& options;
  const Application& application;
  Workers* workers = nullptr;
  AccessLog* access_log = nullptr;
  BufferPool buffer_pool{};
  std::shared_ptr<SpoolBudget> spool_budget = std::make_shared<SpoolBudget>();
  std::atomic<bool> stopping{false};  ///< Each connection closes after its next response.
  std::atomic<std::size_t> connections{0};
};

/// An I/O thread and its connections. Once running, only that thread accesses it.
struct IoThread {
  explicit IoThread(Shared& server_state) : shared(server_state) {}

  Shared& shared;
  bool draining = false;  ///< Accepts no further requests.
  std::list<Connection*> connections;
  asio::io_context context{1};  // Last: its pending handlers refer to the members above.
};

/// One client's connection, kept alive by its pending operations. Its methods are called on its
/// I/O thread.
class Connection : public std::enable_shared_from_this<Connection> {
 public:
  [[nodiscard]] static std::shared_ptr<Connection> make(IoThread& io_thread, Socket socket);
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  virtual ~Connection();

  virtual void start() = 0;

  /// Times out a slow peer.
  virtual void check(Clock::time_point now) = 0;

  /// Closes an idle connection; a busy one closes after its response.
  virtual void drain() = 0;

 protected:
  explicit Connection(IoThread& io_thread);

  IoThread& io_thread_;

 private:
  std::list<Connection*>::iterator place_;
};

}  // namespace gallery_server
