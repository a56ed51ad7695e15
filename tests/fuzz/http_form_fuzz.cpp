// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "http/multipart_form.hpp"
#include "http/problem.hpp"
#include "utf8.hpp"

namespace {

using namespace imagegallery;

void check(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  try {
    (void)form_boundary(text);
  } catch (const HttpProblem&) {
  }
  const auto body = make_source(std::string{text});
  std::vector<FormPart> parts;
  try {
    parts = parse_multipart_form(body, "b");
  } catch (const HttpProblem& problem) {
    check(problem.status() == 400);
    return 0;
  }
  check(parts.size() <= max_form_parts);
  std::size_t end = 0;
  for (const auto& part : parts) {
    const auto bytes = read_all(*part.content);
    const std::string content{reinterpret_cast<const char*>(bytes.data()), bytes.size()};
    check(content.find("\r\n--b") == std::string::npos);
    // In the order of the body, without overlap.
    end = text.find(content, end);
    check(end != std::string_view::npos);
    end += content.size();
    if (part.file_name) {
      check(is_printable_utf8(*part.file_name));
      check(part.file_name->find_first_of("/\\") == std::string::npos);
    }
    try {
      (void)text_of(part);
    } catch (const HttpProblem&) {
    }
  }
  return 0;
}
