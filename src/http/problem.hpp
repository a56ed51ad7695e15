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

/// A refusal on its way to the client. What it says, the client reads.
class HttpProblem : public std::runtime_error {
 public:
  HttpProblem(int status, const std::string& message, std::vector<HttpField> fields = {});
  HttpProblem(const HttpProblem&) = default;
  HttpProblem& operator=(const HttpProblem&) = default;
  ~HttpProblem() override;

  [[nodiscard]] int status() const noexcept { return status_; }

  /// Beside the usual ones, such as Allow.
  [[nodiscard]] const std::vector<HttpField>& fields() const noexcept { return fields_; }

 private:
  int status_;
  std::vector<HttpField> fields_;
};

/// The status that tells a code of ours.
[[nodiscard]] int status_of(ErrorCode code) noexcept;

/// The number that existing clients know for a status: ThingsBoard's error code.
[[nodiscard]] int error_code_of(int status) noexcept;

/// What a client may read of an error: our own words where the error's would tell of the inside.
[[nodiscard]] HttpProblem to_problem(const Error& error);

/// As the public function of this name, dated `now`.
[[nodiscard]] HttpResponse problem_response(int status, std::string_view detail, Time now);
[[nodiscard]] HttpResponse problem_response(const HttpProblem& problem, Time now);

}  // namespace imagegallery
