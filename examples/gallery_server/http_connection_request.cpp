// SPDX-License-Identifier: Apache-2.0
#include "http_connection.hpp"

#include "request_check.hpp"

#include <boost/asio/write.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/read.hpp>

#include <span>

namespace gallery_server {
namespace {

namespace http = boost::beast::http;
using imagegallery::HttpInspection;
using imagegallery::problem_response;
using imagegallery::WorkKind;

}  // namespace

void HttpConnection::wait_for_request() {
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

void HttpConnection::read_head() {
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

void HttpConnection::on_head(error_code error) {
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

void HttpConnection::on_read_error(error_code error) {
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

void HttpConnection::check_head() {
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

void HttpConnection::on_head_checked(HttpInspection inspection) {
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

void HttpConnection::refuse_body() {
  refuse(problem_response(
      413, "The request body exceeds the limit of " + std::to_string(max_body_bytes_) + " bytes."));
}

void HttpConnection::read_body() {
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

void HttpConnection::flush_body() {
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

void HttpConnection::release_spool() {
  if (spool_ && spool_->size() > BodySpool::threshold)
    return io_thread_.shared.workers->storage.post(tenant_, [spool = std::move(spool_)] {});
  spool_.reset();
}

}  // namespace gallery_server
