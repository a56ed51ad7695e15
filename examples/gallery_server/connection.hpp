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

/// What all connections of a server share.
struct Shared {
  const HttpServerOptions& options;
  const Application& application;
  WorkerPool* workers = nullptr;
  AccessLog* access_log = nullptr;
  BufferPool buffer_pool{};
  std::shared_ptr<SpoolBudget> spool_budget = std::make_shared<SpoolBudget>();
  std::atomic<bool> stopping{false};  ///< Each answer is its connection's last.
  std::atomic<std::size_t> connections{0};
};

/// A thread that talks to sockets, and its connections. Only that thread touches it, once it runs.
struct IoThread {
  explicit IoThread(Shared& everything) : shared(everything) {}

  Shared& shared;
  bool draining = false;  ///< No further requests are taken.
  std::list<Connection*> connections;
  asio::io_context context{1};  // Last: what waits in it refers to all of the above.
};

/// One client's connection. It lives as long as something of it is under way. Its methods are
/// called on its io_thread's thread.
class Connection : public std::enable_shared_from_this<Connection> {
 public:
  [[nodiscard]] static std::shared_ptr<Connection> make(IoThread& io_thread, Socket socket);
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  virtual ~Connection();

  virtual void start() = 0;

  /// Cuts off a peer that is too slow.
  virtual void check(Clock::time_point now) = 0;

  /// Closes if no request is under way; else the next answer is the last.
  virtual void drain() = 0;

 protected:
  explicit Connection(IoThread& io_thread);

  IoThread& io_thread_;

 private:
  std::list<Connection*>::iterator place_;
};

}  // namespace gallery_server
