// SPDX-License-Identifier: Apache-2.0
#include "http_connection.hpp"

#include <boost/asio/write.hpp>

namespace gallery_server {
namespace {

using imagegallery::Error;
using imagegallery::ErrorCode;
using imagegallery::HttpAttempt;
using imagegallery::HttpResponse;
using imagegallery::problem_response;
using imagegallery::WorkKind;

constexpr std::size_t max_write_bytes = 256u << 10;
constexpr std::string_view busy = "The server is busy. Try again later.";

}  // namespace

template <typename Make>
void HttpConnection::prepare(Make make) {
  const bool to_head = request_.head.method == "HEAD";
  try {
    response_.begin(make(), to_head);
  } catch (...) {
    response_.begin(problem_response(500, "The response body could not be read."), to_head);
  }
  if (io_thread_.shared.stopping) keep_alive_ = false;
  response_.add_head(!keep_alive_ ? "close" : version_ < 11 ? "keep-alive" : "");
}

void HttpConnection::handle() {
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

HttpAttempt HttpConnection::attempt() {
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

void HttpConnection::respond(HttpResponse response) {
  if (!parser_->is_done()) keep_alive_ = false;
  prepare([&] { return std::move(response); });
  send();
}

void HttpConnection::refuse(HttpResponse response) {
  keep_alive_ = false;
  respond(std::move(response));
}

void HttpConnection::stop_waiting() {
  state_ = State::working;
  const auto me = self();  // The queue's may be the last reference.
  if (queue_->cancel(tenant_, ticket_)) {
    asio::post(io_thread_.context, [me] {
      if (me->state_ != State::closed) me->refuse_work();
    });
  }
}

void HttpConnection::refuse_work() {
  request_.body = nullptr;
  report_busy();
  respond(problem_response(503, busy));
}

void HttpConnection::report_busy() const noexcept {
  try {
    throw Error{ErrorCode::busy,
                "all workers and their queue are busy: " + std::string{to_string(kind_)}};
  } catch (...) {
    report_current("queue request");
  }
}

std::array<asio::const_buffer, 2> HttpConnection::unsent() const {
  const auto [head, piece] = response_.unsent();
  return {asio::const_buffer(head.data(), head.size()),
          asio::const_buffer(piece.data(), piece.size())};
}

void HttpConnection::write_available() {
  error_code reported_later;
  response_.sent(socket_.write_some(unsent(), reported_later));
}

void HttpConnection::send() {
  parser_.reset();
  release_spool();
  send_piece();
}

void HttpConnection::send_piece() {
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

void HttpConnection::on_piece_sent() {
  if (response_.is_sent()) return finish(true);
  if (kind_ == WorkKind::light) return on_piece_read(try_read_piece());
  state_ = State::working;
  continue_work(kind_, [](HttpConnection& me) {
    const bool success = me.try_read_piece();
    return [success](HttpConnection& connection) { connection.on_piece_read(success); };
  });
}

bool HttpConnection::try_read_piece() {
  try {
    response_.read_piece();
    write_available();
    return true;
  } catch (...) {
    return false;
  }
}

void HttpConnection::on_piece_read(bool success) {
  if (success) return send_piece();
  abort();
  finish(false);
}

void HttpConnection::finish(bool success) {
  log();
  request_ = {};
  response_.clear();
  if (state_ == State::closed) return;
  if (!success) return close();
  if (keep_alive_ && !io_thread_.shared.stopping) return wait_for_request();
  linger();
}

void HttpConnection::log() {
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

}  // namespace gallery_server
