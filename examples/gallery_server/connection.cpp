// SPDX-License-Identifier: Apache-2.0
#include "connection.hpp"

#include "request_check.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/buffer_body.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>

#include <algorithm>
#include <array>
#include <string>
#include <utility>

namespace gallery_server {
namespace {

namespace http = boost::beast::http;
using boost::beast::error_code;
using imagegallery::Error;
using imagegallery::ErrorCode;
using imagegallery::ErrorReport;
using imagegallery::ErrorSource;
using imagegallery::HttpAttempt;
using imagegallery::HttpInspection;
using imagegallery::HttpRequest;
using imagegallery::HttpResponse;
using imagegallery::problem_response;
using imagegallery::WorkKind;

constexpr std::uint32_t max_head_bytes = 16u << 10;
constexpr std::size_t max_buffer_bytes = 64u << 10;
constexpr std::size_t min_progress_bytes = 4096;
constexpr std::size_t max_write_bytes = 256u << 10;
constexpr std::chrono::seconds linger_limit{30};
constexpr std::chrono::seconds linger_idle_limit{2};

constexpr std::string_view store_failed = "The request body could not be stored.";
constexpr std::string_view busy = "The server is busy. Try again later.";

class HttpConnection final : public Connection {
 public:
  HttpConnection(IoThread& io_thread, Socket socket)
      : Connection(io_thread),
        socket_(std::move(socket)),
        buffer_(max_buffer_bytes),
        response_(io_thread.shared.buffer_pool) {}

  void start() override {
    error_code ignored;
    socket_.set_option(asio::ip::tcp::no_delay{true}, ignored);
    socket_.non_blocking(true, ignored);
    const auto peer = socket_.remote_endpoint(ignored);
    if (!ignored) peer_ = peer.address().to_string();
    wait_for_request();
  }

  void check(Clock::time_point now) override {
    if (now < deadline_) return;
    switch (state_) {
      case State::idle:
      case State::lingering:
        close();
        break;
      case State::head:
        cut_off();
        break;
      case State::body:
        if (!made_progress(now)) cut_off();
        break;
      case State::writing:
        if (!made_progress(now)) abort();
        break;
      case State::queued:
        stop_waiting();
        break;
      case State::working:
      case State::closed:
        break;
    }
  }

  void drain() override {
    if (state_ == State::idle) close();
  }

 private:
  enum class State { idle, head, body, queued, working, writing, lingering, closed };

  std::shared_ptr<HttpConnection> self() {
    return std::static_pointer_cast<HttpConnection>(shared_from_this());
  }

  // Timeouts -------------------------------------------------------------------------------------

  void begin(State state, std::chrono::milliseconds limit) {
    state_ = state;
    cut_off_ = false;
    progress_ = 0;
    deadline_ = Clock::now() + limit;
  }

  bool made_progress(Clock::time_point now) {
    if (progress_ < min_progress_bytes) return false;
    progress_ = 0;
    deadline_ = now + io_thread_.shared.options.progress_timeout;
    return true;
  }

  /// Cancels the pending read; its handler responds to the peer.
  void cut_off() {
    cut_off_ = true;
    error_code ignored;
    socket_.cancel(ignored);
  }

  // Request head ---------------------------------------------------------------------------------

  void wait_for_request() {
    if (io_thread_.draining) return close();
    if (buffer_.size() > 0) return read_head();
    // Thousands of idle connections must not hold unused memory.
    buffer_.shrink_to_fit();
    begin(State::idle, io_thread_.shared.options.idle_timeout);
    socket_.async_wait(Socket::wait_read, [me = self()](error_code error) {
      if (me->state_ == State::closed) return;
      if (error) return me->close();
      me->read_head();
    });
  }

  void read_head() {
    begin(State::head, io_thread_.shared.options.header_timeout);
    began_ = Clock::now();
    parser_.emplace();
    parser_->header_limit(max_head_bytes);
    parser_->body_limit(boost::none);
    request_ = {};
    kind_ = WorkKind::light;
    tenant_.clear();
    http::async_read_header(socket_, buffer_, *parser_,
                            [me = self()](error_code error, std::size_t) { me->on_head(error); });
  }

  void on_head(error_code error) {
    if (state_ == State::closed) return;
    if (error) return on_read_error(error);
    const auto& message = parser_->get();
    version_ = message.version();
    keep_alive_ = parser_->keep_alive();
    request_.head.method = message.method_string();
    request_.head.target = message.target();
    for (const auto& field : message)
      request_.head.fields.push_back({field.name_string(), field.value()});
    if (const auto refusal = check_message_head(request_.head, version_))
      return refuse(problem_response(refusal->status, refusal->detail));
    check_head();
  }

  void on_read_error(error_code error) {
    if (cut_off_) return refuse(problem_response(408, "The request timed out."));
    const error_code broken = http::error::bad_method;
    if (error.category() != broken.category() || error == http::error::end_of_stream ||
        error == http::error::partial_message)
      return close();
    if (error == http::error::body_limit) return refuse_body();
    if (error == http::error::bad_version)
      return refuse(problem_response(505, "Only HTTP/1.0 and HTTP/1.1 are supported."));
    if (error == http::error::header_limit)
      return refuse(problem_response(431, "The request head exceeds 16384 bytes."));
    refuse(problem_response(400, "The request is not valid HTTP/1.1."));
  }

  // Request body ---------------------------------------------------------------------------------

  /// Classifies the request. Its body, if any, is read only after its limit is known.
  void check_head() {
    const auto& application = io_thread_.shared.application;
    HttpInspection inspection = application.check_head(request_.head, {.may_read_storage = false});
    kind_ = inspection.kind;
    tenant_ = std::move(inspection.tenant);
    if (inspection.refusal) return respond(std::move(*inspection.refusal));
    if (parser_->is_done()) return handle();
    if (!inspection.needs_storage) return on_head_checked(std::move(inspection));
    work(WorkKind::storage, [](HttpConnection& me) {
      HttpInspection checked = me.io_thread_.shared.application.check_head(me.request_.head, {});
      return [checked = std::move(checked)](HttpConnection& connection) mutable {
        connection.on_head_checked(std::move(checked));
      };
    });
  }

  void on_head_checked(HttpInspection inspection) {
    if (inspection.refusal) return respond(std::move(*inspection.refusal));
    max_body_bytes_ = inspection.max_body_bytes;
    if (parser_->content_length().value_or(0) > max_body_bytes_) return refuse_body();
    parser_->body_limit(max_body_bytes_);
    spool_ = std::make_shared<BodySpool>(io_thread_.shared.spool_budget);
    begin(State::body, io_thread_.shared.options.progress_timeout);
    if (!expects_continue(request_.head, version_) || buffer_.size() > 0) return read_body();
    static constexpr std::string_view go_on = "HTTP/1.1 100 Continue\r\n\r\n";
    asio::async_write(socket_, asio::buffer(go_on), [me = self()](error_code error, std::size_t) {
      if (me->state_ == State::closed) return;
      if (error) return me->close();
      me->read_body();
    });
  }

  void refuse_body() {
    refuse(problem_response(413, "The request body exceeds the limit of " +
                                     std::to_string(max_body_bytes_) + " bytes."));
  }

  void read_body() {
    if (parser_->is_done()) return handle();
    const std::span<std::byte> space = spool_->space();
    if (space.empty()) return flush_body();
    auto& body = parser_->get().body();
    body.data = space.data();
    body.size = space.size();
    body.more = true;
    http::async_read_some(socket_, buffer_, *parser_,
                          [me = self(), free = space.size()](error_code error, std::size_t) {
                            if (me->state_ == State::closed) return;
                            const std::size_t count = free - me->parser_->get().body().size;
                            me->spool_->commit(count);
                            me->progress_ += count;
                            if (error && error != http::error::need_buffer)
                              return me->on_read_error(error);
                            me->read_body();
                          });
  }

  void flush_body() {
    state_ = State::working;
    continue_work(WorkKind::storage, [](HttpConnection& me) {
      bool kept = true;
      try {
        me.spool_->flush();
      } catch (...) {
        me.report_current("store body");
        kept = false;
      }
      return [kept](HttpConnection& connection) {
        if (!kept) return connection.refuse(problem_response(507, store_failed));
        // The time that our disk took is not the peer's.
        connection.state_ = State::body;
        connection.deadline_ = Clock::now() + connection.io_thread_.shared.options.progress_timeout;
        connection.read_body();
      };
    });
  }

  /// Files take time to free, which is not the io_thread's.
  void release_spool() {
    if (spool_ && spool_->size() > BodySpool::threshold)
      return io_thread_.shared.workers->storage.post(tenant_, [spool = std::move(spool_)] {});
    spool_.reset();
  }

  // Response -------------------------------------------------------------------------------------

  void handle() {
    if (kind_ == WorkKind::light && !spool_) {
      return respond(io_thread_.shared.application.handle(request_));
    }
    // The body of a light request may be in a file.
    const WorkKind kind = kind_ == WorkKind::light ? WorkKind::storage : kind_;
    work(kind, [](HttpConnection& me) {
      HttpAttempt attempt = me.attempt();
      const bool needs_decode = attempt.needs_decode;
      if (!needs_decode) {
        me.request_.body = nullptr;
        me.prepare([&] { return std::move(attempt.response); });
        me.write_available();
      }
      return [needs_decode](HttpConnection& connection) {
        if (!needs_decode) return connection.send();
        connection.kind_ = WorkKind::decode;
        connection.handle();
      };
    });
  }

  HttpAttempt attempt() {
    if (spool_) {
      try {
        request_.body = spool_->finish();
      } catch (...) {
        report_current("store body");
        return {.needs_decode = false, .response = problem_response(507, store_failed)};
      }
      spool_.reset();
    }
    const auto& application = io_thread_.shared.application;
    if (kind_ == WorkKind::storage) return application.try_handle(request_);
    return {.needs_decode = false, .response = application.handle(request_)};
  }

  /// Responds on the I/O thread. If the whole request has not arrived, closes the connection.
  void respond(HttpResponse response) {
    if (!parser_->is_done()) keep_alive_ = false;
    prepare([&] { return std::move(response); });
    send();
  }

  /// Responds before the whole request has arrived, and then closes the connection.
  void refuse(HttpResponse response) {
    keep_alive_ = false;
    respond(std::move(response));
  }

  /// Ends a wait in a queue with a 503, unless a worker has just started.
  void stop_waiting() {
    state_ = State::working;
    const auto me = self();  // The queue's may be the last reference.
    if (queue_->cancel(tenant_, ticket_)) {
      asio::post(io_thread_.context, [me] {
        if (me->state_ != State::closed) me->refuse_work();
      });
    }
  }

  /// Responds to a request for which its workers have no time.
  void refuse_work() {
    request_.body = nullptr;
    report_busy();
    respond(problem_response(503, busy));
  }

  void report_busy() const noexcept {
    try {
      throw Error{ErrorCode::busy,
                  "all workers and their queue are busy: " + std::string{to_string(kind_)}};
    } catch (...) {
      report_current("queue request");
    }
  }

  /// Reports the exception that is being handled.
  void report_current(std::string_view operation) const noexcept {
    const auto& report = io_thread_.shared.application.on_error;
    if (!report) return;
    report(ErrorReport::of_current(ErrorSource::transport, operation, tenant_));
  }

  /// Creates the response and reads the first piece of its body. Nothing has been sent yet, so a
  /// failure can still become a 500.
  template <typename Make>
  void prepare(Make make) {
    const bool to_head = request_.head.method == "HEAD";
    try {
      response_.begin(make(), to_head);
    } catch (...) {
      response_.begin(problem_response(500, "The response body could not be read."), to_head);
    }
    if (io_thread_.shared.stopping) keep_alive_ = false;
    response_.add_head(!keep_alive_ ? "close" : version_ < 11 ? "keep-alive" : "");
  }

  std::array<asio::const_buffer, 2> unsent() const {
    const auto [head, piece] = response_.unsent();
    return {asio::const_buffer(head.data(), head.size()),
            asio::const_buffer(piece.data(), piece.size())};
  }

  /// Non-blocking write on the worker that has just read the piece into its processor's cache.
  void write_available() {
    error_code reported_later;
    response_.sent(socket_.write_some(unsent(), reported_later));
  }

  void send() {
    parser_.reset();
    release_spool();
    send_piece();
  }

  void send_piece() {
    begin(State::writing, io_thread_.shared.options.progress_timeout);
    if (response_.piece_is_sent()) return on_piece_sent();
    asio::async_write(
        socket_, unsent(),
        [me = this, before = std::size_t{0}](error_code error, std::size_t total) mutable {
          me->progress_ += total - std::exchange(before, total);
          return error ? std::size_t{0} : max_write_bytes;
        },
        [me = self()](error_code error, std::size_t count) {
          me->response_.sent(count);
          if (me->state_ == State::closed || error) return me->finish(false);
          me->on_piece_sent();
        });
  }

  void on_piece_sent() {
    if (response_.is_sent()) return finish(true);
    if (kind_ == WorkKind::light) return on_piece_read(try_read_piece());
    state_ = State::working;
    continue_work(kind_, [](HttpConnection& me) {
      const bool success = me.try_read_piece();
      return [success](HttpConnection& connection) { connection.on_piece_read(success); };
    });
  }

  bool try_read_piece() {
    try {
      response_.read_piece();
      write_available();
      return true;
    } catch (...) {
      return false;
    }
  }

  void on_piece_read(bool success) {
    if (success) return send_piece();
    abort();
    finish(false);
  }

  void finish(bool success) {
    log();
    request_ = {};
    response_.clear();
    if (state_ == State::closed) return;
    if (!success) return close();
    if (keep_alive_ && !io_thread_.shared.stopping) return wait_for_request();
    linger();
  }

  void log() {
    if (io_thread_.shared.access_log == nullptr) return;
    try {
      io_thread_.shared.access_log->write(
          {.peer = peer_,
           .method = request_.head.method,
           .target = request_.head.target,
           .status = response_.status(),
           .bytes = response_.body_bytes_sent(),
           .time = std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - began_)});
    } catch (...) {
      report_current("write access log");
    }
  }

  // Closing --------------------------------------------------------------------------------------

  /// Closing while the peer still sends would reset the connection, and the response could be lost
  /// (RFC 9112 §9.6).
  void linger() {
    error_code error;
    socket_.shutdown(Socket::shutdown_send, error);
    if (error) return close();
    linger_end_ = Clock::now() + linger_limit;
    buffer_.clear();
    discard();
  }

  void discard() {
    begin(State::lingering, linger_idle_limit);
    deadline_ = std::min(deadline_, linger_end_);
    socket_.async_read_some(buffer_.prepare(max_head_bytes),
                            [me = self()](error_code error, std::size_t) {
                              if (me->state_ == State::closed) return;
                              if (error) return me->close();
                              me->discard();
                            });
  }

  /// Closes at once.
  void abort() {
    if (state_ == State::closed) return;
    error_code ignored;
    // A reset, so that a partial response is not mistaken for a complete one.
    socket_.set_option(asio::socket_base::linger{true, 0}, ignored);
    state_ = State::closed;
    socket_.close(ignored);
    release_spool();
  }

  void close() {
    if (state_ == State::closed) return;
    state_ = State::closed;
    error_code ignored;
    socket_.shutdown(Socket::shutdown_both, ignored);
    socket_.close(ignored);
    release_spool();
  }

  // Workers --------------------------------------------------------------------------------------

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
        asio::post(context, [me] { me->abort(); });
      }
      asio::post(context, [me = std::move(me)] {});
    };
  }

  /// Queues the first job of a task. A full queue, and waiting in it for too long, end in a 503.
  template <typename Job>
  void work(WorkKind kind, Job job) {
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
  void continue_work(WorkKind kind, Job job) {
    workers(kind).post(tenant_, on_worker(std::move(job)));
  }

  WorkerPool& workers(WorkKind kind) const {
    Workers& all = *io_thread_.shared.workers;
    return kind == WorkKind::decode ? all.decode : kind == WorkKind::bulk ? all.bulk : all.storage;
  }

  std::chrono::milliseconds max_wait(WorkKind kind) const {
    const HttpServerOptions& options = io_thread_.shared.options;
    return kind == WorkKind::decode ? options.decode.max_wait
           : kind == WorkKind::bulk ? options.bulk.max_wait
                                    : options.storage.max_wait;
  }

  Socket socket_;
  boost::beast::flat_buffer buffer_;
  State state_ = State::idle;
  Clock::time_point deadline_;
  bool cut_off_ = false;
  std::size_t progress_ = 0;
  Clock::time_point linger_end_;

  std::string peer_;
  Clock::time_point began_;
  std::optional<http::request_parser<http::buffer_body>> parser_;
  unsigned version_ = 11;
  bool keep_alive_ = false;
  HttpRequest request_;
  WorkKind kind_ = WorkKind::light;
  std::string tenant_;
  WorkerPool* queue_ = nullptr;  // In which the first job of a task waits.
  WorkerPool::Ticket ticket_ = 0;
  std::uint64_t max_body_bytes_ = 0;
  std::shared_ptr<BodySpool> spool_;

  OutgoingResponse response_;
};

}  // namespace

Connection::Connection(IoThread& io_thread)
    : io_thread_(io_thread),
      place_(io_thread.connections.insert(io_thread.connections.end(), this)) {
  ++io_thread_.shared.connections;
}

Connection::~Connection() {
  --io_thread_.shared.connections;
  io_thread_.connections.erase(place_);
}

std::shared_ptr<Connection> Connection::make(IoThread& io_thread, Socket socket) {
  return std::make_shared<HttpConnection>(io_thread, std::move(socket));
}

}  // namespace gallery_server
