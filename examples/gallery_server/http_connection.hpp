// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "connection.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/buffer_body.hpp>
#include <boost/beast/http/parser.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace gallery_server {

inline constexpr std::uint32_t max_head_bytes = 16u << 10;
inline constexpr std::string_view store_failed = "The request body could not be stored.";

/// A connection that speaks HTTP/1.1. Its states are in http_connection.cpp, the way of a request
/// to the application in http_connection_request.cpp, and that of the response to the peer in
/// http_connection_response.cpp.
class HttpConnection final : public Connection {
 public:
  HttpConnection(IoThread& io_thread, Socket socket);

  void start() override;
  void check(Clock::time_point now) override;
  void drain() override;

 private:
  using error_code = boost::system::error_code;

  enum class State { idle, head, body, queued, working, writing, lingering, closed };

  std::shared_ptr<HttpConnection> self();

  // States ----------------------------------------------------------------------------------------

  void begin(State state, std::chrono::milliseconds limit);
  bool made_progress(Clock::time_point now);

  /// Cancels the pending read; its handler responds to the peer.
  void cut_off();

  /// Closing while the peer still sends would reset the connection, and the response could be lost
  /// (RFC 9112 §9.6).
  void linger();

  void discard();

  /// Closes at once.
  void abort();

  void close();

  /// Reports the exception that is being handled.
  void report_current(std::string_view operation) const noexcept;

  // Request ---------------------------------------------------------------------------------------

  void wait_for_request();
  void read_head();
  void on_head(error_code error);
  void on_read_error(error_code error);

  /// Classifies the request. Its body, if any, is read only after its limit is known.
  void check_head();

  void on_head_checked(imagegallery::HttpInspection inspection);
  void refuse_body();
  void read_body();
  void flush_body();

  /// Files take time to free, which is not the io_thread's.
  void release_spool();

  // Response --------------------------------------------------------------------------------------

  void handle();
  imagegallery::HttpAttempt attempt();

  /// Responds on the I/O thread. If the whole request has not arrived, closes the connection.
  void respond(imagegallery::HttpResponse response);

  /// Responds before the whole request has arrived, and then closes the connection.
  void refuse(imagegallery::HttpResponse response);

  /// Ends a wait in a queue with a 503, unless a worker has just started.
  void stop_waiting();

  /// Responds to a request for which its workers have no time.
  void refuse_work();

  void report_busy() const noexcept;

  /// Creates the response and reads the first piece of its body. Nothing has been sent yet, so a
  /// failure can still become a 500.
  template <typename Make>
  void prepare(Make make);

  std::array<asio::const_buffer, 2> unsent() const;

  /// Non-blocking write on the worker that has just read the piece into its processor's cache.
  void write_available();

  void send();
  void send_piece();
  void on_piece_sent();
  bool try_read_piece();
  void on_piece_read(bool success);
  void finish(bool success);
  void log();

  // Workers ---------------------------------------------------------------------------------------

  /// Runs `job` on a worker, then the function it returns on the I/O thread. Meanwhile the I/O
  /// thread does not touch the job's data.
  template <typename Job>
  auto on_worker(Job job) {
    return [me = self(), job = std::make_shared<Job>(std::move(job))]() mutable {
      // The last reference must not be released on a worker, so every path posts it back.
      auto& context = me->io_thread_.context;
      try {
        auto then = (*job)(*me);
        asio::post(context, [me, then = std::move(then)]() mutable {
          if (me->state_ != State::closed) then(*me);
        });
      } catch (const std::bad_alloc&) {
        me->report_current("handle request");
        asio::post(context, [me] { me->abort(); });
      }
      asio::post(context, [me = std::move(me)] {});
    };
  }

  /// Queues the first job of a task. A full queue, and waiting in it for too long, end in a 503.
  template <typename Job>
  void work(imagegallery::WorkKind kind, Job job) {
    queue_ = &workers(kind);
    begin(State::queued, max_wait(kind));
    ticket_ = queue_->try_post(tenant_, on_worker(std::move(job)), [me = self()]() mutable {
      auto& context = me->io_thread_.context;
      asio::post(context, [me = std::move(me)] {
        if (me->state_ != State::closed) me->refuse_work();
      });
    });
    if (ticket_ == 0) refuse_work();
  }

  template <typename Job>
  void continue_work(imagegallery::WorkKind kind, Job job) {
    workers(kind).post(tenant_, on_worker(std::move(job)));
  }

  WorkerPool& workers(imagegallery::WorkKind kind) const;
  std::chrono::milliseconds max_wait(imagegallery::WorkKind kind) const;

  Socket socket_;
  boost::beast::flat_buffer buffer_;
  State state_ = State::idle;
  Clock::time_point deadline_;
  bool cut_off_ = false;
  std::size_t progress_ = 0;
  Clock::time_point linger_end_;

  std::string peer_;
  Clock::time_point began_;
  std::optional<boost::beast::http::request_parser<boost::beast::http::buffer_body>> parser_;
  unsigned version_ = 11;
  bool keep_alive_ = false;
  imagegallery::HttpRequest request_;
  imagegallery::WorkKind kind_ = imagegallery::WorkKind::light;
  std::string tenant_;
  WorkerPool* queue_ = nullptr;  // In which the first job of a task waits.
  WorkerPool::Ticket ticket_ = 0;
  std::uint64_t max_body_bytes_ = 0;
  std::shared_ptr<BodySpool> spool_;

  OutgoingResponse response_;
};

}  // namespace gallery_server
