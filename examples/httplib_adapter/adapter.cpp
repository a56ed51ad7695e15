// SPDX-License-Identifier: Apache-2.0
#include "adapter.hpp"

#include <algorithm>
#include <array>
#include <span>
#include <string>
#include <utility>

using imagegallery::HttpInspection;
using imagegallery::HttpRequest;
using imagegallery::HttpRequestHead;
using imagegallery::HttpResponse;
using imagegallery::problem_response;
using imagegallery::WorkKind;

namespace {

HttpRequestHead head_of(const httplib::Request& request) {
  HttpRequestHead head{request.method, request.target, {}};
  for (const auto& [name, value] : request.headers) head.fields.push_back({name, value});
  return head;
}

void write_response(const HttpResponse& result, const httplib::Request& request,
                    httplib::Response& into) {
  into.status = result.status;
  const auto type = result.find("Content-Type");
  for (const auto& [name, value] : result.fields)
    if (name != "Content-Type" && (name != "Content-Length" || !result.body))
      into.set_header(name, value);
  // Ranges and compression are already applied.
  auto& mutable_request = const_cast<httplib::Request&>(request);
  mutable_request.ranges.clear();
  mutable_request.headers.erase("Accept-Encoding");
  if (!result.body || result.body->size() == 0) {
    if (type) into.set_header("Content-Type", std::string{*type});
    return;
  }
  into.set_content_provider(
      static_cast<std::size_t>(result.body->size()), std::string{type.value_or("")},
      [body = result.body](std::size_t offset, std::size_t length, httplib::DataSink& sink) {
        std::array<std::byte, 65536> piece;
        try {
          const auto part = std::span{piece}.first(std::min(length, piece.size()));
          const auto count = body->read_at(offset, part);
          return count == part.size() &&
                 sink.write(reinterpret_cast<const char*>(piece.data()), count);
        } catch (const std::exception&) {
          return false;  // Ends the connection in the middle of the body.
        }
      });
}

}  // namespace

void Adapter::mount_on(httplib::Server& server) const {
  server.set_pre_routing_handler([this](const auto& request, auto& response) {
    static constexpr std::array methods{"POST", "PUT", "PATCH", "DELETE"};
    if (std::count(methods.begin(), methods.end(), request.method) > 0)
      return httplib::Server::HandlerResponse::Unhandled;
    without_body(request, response);
    return httplib::Server::HandlerResponse::Handled;
  });
  const httplib::Server::HandlerWithContentReader handler =
      [this](const auto& request, auto& response, const auto& read) {
        with_body(request, response, read);
      };
  const char* const any = R"([\s\S]*)";
  server.Post(any, handler).Put(any, handler).Patch(any, handler).Delete(any, handler);
  server.set_expect_100_continue_handler(
      [this](const auto& request, auto& response) { return expect(request, response); });
}

void Adapter::without_body(const httplib::Request& request, httplib::Response& response) const {
  write_response(web_.handle({head_of(request), nullptr}), request, response);
}

HttpResponse Adapter::handle(const HttpRequest& request, WorkKind kind) const {
  if (kind == WorkKind::storage) {
    auto attempt = web_.try_handle(request);
    if (!attempt.needs_decode) return std::move(attempt.response);
    kind = WorkKind::decode;
  }
  if (kind != WorkKind::decode) return web_.handle(request);
  const bool is_free = ++decodes_ <= max_decodes_;
  HttpResponse response = is_free ? web_.handle(request)
                                  : problem_response(503, "The server is busy. Try again later.");
  --decodes_;
  return response;
}

void Adapter::with_body(const httplib::Request& request, httplib::Response& response,
                        const httplib::ContentReader& read) const {
  const HttpRequestHead head = head_of(request);
  const bool has_body =
      request.has_header("Content-Length") || request.has_header("Transfer-Encoding");
  const HttpInspection inspection = web_.check_head(head);
  if (!has_body && !inspection.refusal) return without_body(request, response);

  // Prevents cpp-httplib from parsing forms and decompressing bodies.
  auto& raw = const_cast<httplib::Request&>(request);
  raw.headers.erase("Content-Type");
  raw.headers.erase("Content-Encoding");
  gallery_server::BodySpool spool{budget_};
  bool fits = !inspection.refusal;
  // cpp-httplib cannot close a connection from here, so a refused body must still be read.
  const bool complete = !has_body || read([&](const char* data, std::size_t size) {
    fits = fits && spool.size() + size <= inspection.max_body_bytes;
    for (auto rest = imagegallery::as_bytes({data, size}); fits && !rest.empty();) {
      const auto space = spool.space();
      if (space.empty()) {
        spool.flush();
        continue;
      }
      const std::size_t count = std::min(space.size(), rest.size());
      std::copy_n(rest.begin(), count, space.begin());
      spool.commit(count);
      rest = rest.subspan(count);
    }
    return true;
  });
  if (inspection.refusal) return write_response(*inspection.refusal, request, response);
  if (!complete)
    return write_response(problem_response(400, "The request body is incomplete."), request,
                          response);
  if (!fits) {
    const auto limit = std::to_string(inspection.max_body_bytes);
    const auto detail = "The request body exceeds the limit of " + limit + " bytes.";
    return write_response(problem_response(413, detail), request, response);
  }
  write_response(handle({head, spool.finish()}, inspection.kind), request, response);
}

/// 100, or the status of a response that refuses the body.
int Adapter::expect(const httplib::Request& request, httplib::Response& response) const {
  const HttpInspection inspection = web_.check_head(head_of(request));
  if (!inspection.refusal) return 100;
  write_response(*inspection.refusal, request, response);
  return response.status;
}
