// SPDX-License-Identifier: Apache-2.0
// Any method, target, fields and body, sent to the page, its sessions and the API: lines up to an
// empty one, then the body.
#include <imagegallery/storage/memory.hpp>
#include <imagegallery/web.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>

using namespace imagegallery;

namespace {

/// Removes the text up to and including `separator` from the front; returns it without `separator`.
std::string_view take(std::string_view& text, char separator) {
  const auto end = std::min(text.find(separator), text.size());
  const std::string_view taken = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return taken;
}

WebOptions options() {
  WebOptions options;
  options.authenticate = [](std::string_view token) -> std::optional<Principal> {
    if (token == "t") return Principal::tenant_admin("acme");
    return std::nullopt;
  };
  options.max_sessions = 4;
  return options;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static ImageGallery gallery{open_memory()};
  static const WebHandler web{gallery, options()};
  std::string_view text{reinterpret_cast<const char*>(data), size};
  HttpRequest request;
  request.head.method = take(text, ' ');
  request.head.target = take(text, '\n');
  while (!text.empty()) {
    std::string_view line = take(text, '\n');
    if (line.empty()) break;
    const std::string_view name = take(line, ':');
    request.head.fields.push_back({std::string{name}, std::string{line}});
  }
  if (!text.empty()) request.body = make_source(std::string{text});

  const HttpInspection inspection = web.check_head(request.head);
  const HttpResponse response = web.handle(request);
  if (response.status < 200 || response.status > 599) std::abort();
  // A request rejected by its head is also rejected as a whole.
  if (inspection.refusal && response.status < 400) std::abort();
  for (const HttpField& field : response.fields)
    if (field.value.find_first_of("\r\n") != std::string::npos) std::abort();
  return 0;
}
