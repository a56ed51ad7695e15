// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <imagegallery/bytes.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace imagegallery {

/// One part of a form.
struct FormPart {
  std::string name;
  std::optional<std::string> file_name;  ///< The result of `client_file_name`; "" if sent empty.
  std::shared_ptr<const ByteSource> content;  ///< A slice of the body.
};

/// Limits of a form. Exceeding one: 400.
inline constexpr std::size_t max_form_parts = 100;
inline constexpr std::size_t max_part_header_bytes = 16u << 10;

/// The boundary in a Content-Type of multipart/form-data (RFC 2046 §5.1.1).
/// Throws: `HttpProblem` 415 for another type, 400 if the boundary is missing or malformed.
[[nodiscard]] std::string form_boundary(std::string_view content_type);

/// Parses a form (RFC 7578) without copying its contents: reads the body once, 64 KiB at a time.
/// `filename*` (RFC 8187) takes precedence over `filename`.
/// Throws: `HttpProblem` 400 with the reason; any error of the body.
[[nodiscard]] std::vector<FormPart> parse_multipart_form(
    const std::shared_ptr<const ByteSource>& body, std::string_view boundary);

/// The text of a part, such as a title. Throws: `HttpProblem` 400 naming the part if it is longer
/// than 64 KiB or not UTF-8.
[[nodiscard]] std::string text_of(const FormPart& part);

}  // namespace imagegallery
