// SPDX-License-Identifier: Apache-2.0
#include "http_connection.hpp"

#include <algorithm>

namespace gallery_server {
namespace {

using imagegallery::ErrorReport;
using imagegallery::ErrorSource;
using imagegallery::WorkKind;

constexpr std::size_t max_buffer_bytes = 64u << 10;
constexpr std::size_t min_progress_bytes = 4096;
constexpr std::chrono::seconds linger_limit{30};
constexpr std::chrono::seconds linger_idle_limit{2};

}  // namespace

HttpConnection::HttpConnection(IoThread& io_thread, Socket socket)
    : Connection(io_thread),
      socket_(std::move(socket)),
      buffer_(max_buffer_bytes),
      response_(io_thread.shared.buffer_pool) {}

void HttpConnection::start() {
  error_code ignored;
  socket_.set_option(asio::ip::tcp::no_delay{true}, ignored);
  socket_.non_blocking(true, ignored);
  const auto peer = socket_.remote_endpoint(ignored);
  if (!ignored) peer_ = peer.address().to_string();
  wait_for_request();
}

void HttpConnection::check(Clock::time_point now) {
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

void HttpConnection::drain() {
  if (state_ == State::idle) close();
}

std::shared_ptr<HttpConnection> HttpConnection::self() {
  return std::static_pointer_cast<HttpConnection>(shared_from_this());
}

void HttpConnection::begin(State state, std::chrono::milliseconds limit) {
  state_ = state;
  cut_off_ = false;
  progress_ = 0;
  deadline_ = Clock::now() + limit;
}

bool HttpConnection::made_progress(Clock::time_point now) {
  if (progress_ < min_progress_bytes) return false;
  progress_ = 0;
  deadline_ = now + io_thread_.shared.options.progress_timeout;
  return true;
}

void HttpConnection::cut_off() {
  cut_off_ = true;
  error_code ignored;
  socket_.cancel(ignored);
}

void HttpConnection::linger() {
  error_code error;
  socket_.shutdown(Socket::shutdown_send, error);
  if (error) return close();
  linger_end_ = Clock::now() + linger_limit;
  buffer_.clear();
  discard();
}

void HttpConnection::discard() {
  begin(State::lingering, linger_idle_limit);
  deadline_ = std::min(deadline_, linger_end_);
  socket_.async_read_some(buffer_.prepare(max_head_bytes),
                          [me = self()](error_code error, std::size_t) {
                            if (me->state_ == State::closed) return;
                            if (error) return me->close();
                            me->discard();
                          });
}

void HttpConnection::abort() {
  if (state_ == State::closed) return;
  error_code ignored;
  // A reset, so that a partial response is not mistaken for a complete one.
  socket_.set_option(asio::socket_base::linger{true, 0}, ignored);
  state_ = State::closed;
  socket_.close(ignored);
  release_spool();
}

void HttpConnection::close() {
  if (state_ == State::closed) return;
  state_ = State::closed;
  error_code ignored;
  socket_.shutdown(Socket::shutdown_both, ignored);
  socket_.close(ignored);
  release_spool();
}

void HttpConnection::report_current(std::string_view operation) const noexcept {
  const auto& report = io_thread_.shared.application.on_error;
  if (!report) return;
  report(ErrorReport::of_current(ErrorSource::transport, operation, tenant_));
}

WorkerPool& HttpConnection::workers(WorkKind kind) const {
  Workers& all = *io_thread_.shared.workers;
  return kind == WorkKind::decode ? all.decode : kind == WorkKind::bulk ? all.bulk : all.storage;
}

std::chrono::milliseconds HttpConnection::max_wait(WorkKind kind) const {
  const HttpServerOptions& options = io_thread_.shared.options;
  return kind == WorkKind::decode ? options.decode.max_wait
         : kind == WorkKind::bulk ? options.bulk.max_wait
                                  : options.storage.max_wait;
}

}  // namespace gallery_server
