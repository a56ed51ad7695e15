// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <imagegallery/error.hpp>
#include <imagegallery/http.hpp>
#include <imagegallery/image.hpp>

#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace imagegallery {

/// The message for an absent or invisible image.
inline constexpr std::string_view not_found_message = "Requested item wasn't found!";

/// An error response. Its message is sent to the client.
class HttpProblem : public std::runtime_error {
 public:
  HttpProblem(int status, const std::string& message, std::vector<HttpField> fields = {});
  HttpProblem(const HttpProblem&) = default;
  HttpProblem& operator=(const HttpProblem&) = default;
  ~HttpProblem() override;

  [[nodiscard]] int status() const noexcept { return status_; }

  /// Additional fields, such as Allow.
  [[nodiscard]] const std::vector<HttpField>& fields() const noexcept { return fields_; }

 private:
  int status_;
  std::vector<HttpField> fields_;
};

/// The HTTP status of an error code.
[[nodiscard]] int status_of(ErrorCode code) noexcept;

/// ThingsBoard's error code for a status, which existing clients read.
[[nodiscard]] int error_code_of(int status) noexcept;

/// The error as a client may see it: a generic message if the error's own would expose internals.
[[nodiscard]] HttpProblem to_problem(const Error& error);

/// Like the public function of this name, with `now` as the timestamp.
[[nodiscard]] HttpResponse problem_response(int status, std::string_view detail, Time now);
[[nodiscard]] HttpResponse problem_response(const HttpProblem& problem, Time now);

}  // namespace imagegallery
