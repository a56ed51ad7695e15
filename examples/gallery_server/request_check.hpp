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

/// The HTTP/1.1 rules (RFC 9112) that a parser of single fields does not check: Host, transfer
/// codings, target forms, expectations, the number of fields. Rewrites an absolute-form target to
/// origin form. `version` is 10 or 11.
[[nodiscard]] std::optional<Refusal> check_message_head(imagegallery::HttpRequestHead& head,
                                                        unsigned version);

/// Whether the client waits for "100 Continue" before it sends the body.
[[nodiscard]] bool expects_continue(const imagegallery::HttpRequestHead& head, unsigned version);

}  // namespace gallery_server
