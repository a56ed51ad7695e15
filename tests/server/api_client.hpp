// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "json/json_value.hpp"
#include "raw_client.hpp"

#include <imagegallery/bytes.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// A client of the gallery's API with a bearer token, on one connection.
class ApiClient {
 public:
  using Fields = std::vector<std::pair<std::string, std::string>>;

  /// `token` may be empty: anonymous.
  ApiClient(std::uint16_t port, std::string token) : raw_(port), token_(std::move(token)) {}

  RawResponse send(std::string_view method, std::string_view target, const Fields& fields = {},
                   std::string_view body = {});
  RawResponse get(std::string_view target, const Fields& fields = {}) {
    return send("GET", target, fields);
  }

  /// POST /api/image with a form of one file.
  RawResponse upload(std::string_view file_name, std::string_view content);

  /// The head of a request with this client's token, without the empty line at its end.
  [[nodiscard]] std::string head(std::string_view method, std::string_view target,
                                 const Fields& fields = {}) const;

  RawClient& raw() { return raw_; }

 private:
  RawClient raw_;
  std::string token_;
};

/// A form (RFC 7578) of one file; the boundary is "xxBOUNDARYxx".
[[nodiscard]] std::string form_of(std::string_view file_name, std::string_view content);
inline constexpr const char* form_type = "multipart/form-data; boundary=xxBOUNDARYxx";

/// The member of a response's JSON document at a path of names and indices, as text; numbers are
/// whole. Throws: `ClientError` if absent.
[[nodiscard]] std::string json_at(const RawResponse& response,
                                  const std::vector<std::string_view>& path);

[[nodiscard]] std::string text_of(const imagegallery::Bytes& bytes);
