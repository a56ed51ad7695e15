// SPDX-License-Identifier: Apache-2.0
#include "http/problem.hpp"

#include <utility>

#include "http/responses.hpp"
#include "json/json_writer.hpp"

namespace imagegallery {

HttpProblem::HttpProblem(int status, const std::string& message, std::vector<HttpField> fields)
    : std::runtime_error(message), status_(status), fields_(std::move(fields)) {}

HttpProblem::~HttpProblem() = default;

int status_of(ErrorCode code) noexcept {
  switch (code) {
    case ErrorCode::invalid_argument:
      return 400;
    case ErrorCode::permission_denied:
      return 403;
    case ErrorCode::not_found:
      return 404;
    case ErrorCode::conflict:
      return 409;
    case ErrorCode::limit_exceeded:
      return 413;
    case ErrorCode::unsupported_format:
      return 415;
    case ErrorCode::broken_image:
      return 422;
    case ErrorCode::busy:
    case ErrorCode::read_only:
      return 503;
    case ErrorCode::storage_full:
      return 507;
    case ErrorCode::storage_failure:
    case ErrorCode::corrupt_data:
      return 500;
  }
  return 500;
}

int error_code_of(int status) noexcept {
  switch (status) {
    case 401:
      return 10;
    case 403:
      return 20;
    case 404:
      return 32;
    case 409:
    case 412:
      return 35;
    case 429:
    case 503:
      return 33;
    default:
      return status < 500 ? 31 : 2;
  }
}

HttpProblem to_problem(const Error& error) {
  const int status = error.retryable() ? 503 : status_of(error.code());
  switch (error.code()) {
    case ErrorCode::not_found:
      return {status, std::string{not_found_message}};
    case ErrorCode::storage_failure:
    case ErrorCode::corrupt_data:
      return {status, "The server failed to process the request."};
    case ErrorCode::storage_full:
      return {status, "The server's disk is full. Deleting images makes room."};
    case ErrorCode::read_only:
      return {status, "The gallery is read-only at the moment."};
    case ErrorCode::busy:
      // The storage's message names files of the server.
      if (error.native_code() != 0) return {status, "The gallery is busy. Try again later."};
      return {status, error.what()};
    default:
      return {status, error.what()};
  }
}

HttpResponse problem_response(int status, std::string_view detail, Time now) {
  JsonWriter json;
  json.begin_object();
  json.member("type", "about:blank");
  json.member("title", reason_phrase(status));
  json.member("status", status);
  json.member("detail", detail);
  json.member("message", detail);
  json.member("errorCode", error_code_of(status));
  json.member("timestamp", std::int64_t{now.time_since_epoch().count()});
  json.end_object();

  HttpResponse response = make_response(status, "application/problem+json", json.take());
  set_field(response, "Cache-Control", "no-store");
  if (status == 401) set_field(response, "WWW-Authenticate", "Bearer");
  if (status == 503 || status == 429) set_field(response, "Retry-After", "1");
  return response;
}

HttpResponse problem_response(const HttpProblem& problem, Time now) {
  HttpResponse response = problem_response(problem.status(), problem.what(), now);
  for (const auto& field : problem.fields()) set_field(response, field.name, field.value);
  return response;
}

}  // namespace imagegallery
