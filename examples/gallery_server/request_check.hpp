// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <imagegallery/http.hpp>

#include <optional>
#include <string_view>

namespace gallery_server {

struct Refusal {
  int status = 400;
  std::string_view detail;  ///< A constant, without quotes.
};

/// What a parser of single fields lets through but HTTP/1.1 (RFC 9112) does not: hosts, transfer
/// codings, forms of the target, expectations, too many fields. Brings an absolute target into
/// origin form. `version` is 10 or 11.
[[nodiscard]] std::optional<Refusal> check_message_head(imagegallery::HttpRequestHead& head,
                                                        unsigned version);

/// Whether the client waits for "100 Continue" before it sends the body.
[[nodiscard]] bool expects_continue(const imagegallery::HttpRequestHead& head, unsigned version);

}  // namespace gallery_server
