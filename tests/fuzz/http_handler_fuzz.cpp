// SPDX-License-Identifier: Apache-2.0
// Whole requests, as text: a line with method and target, fields, an empty line, a body. Every
// request gets a response (`handle` is noexcept) that can be sent.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include <imagegallery/imagegallery.hpp>

namespace {

using namespace imagegallery;

constexpr std::string_view svg =
    "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"9\" height=\"9\"/>";

void check(bool holds) {
  if (!holds) std::abort();
}

std::string_view take_line(std::string_view& text) {
  const auto end = text.find('\n');
  const auto line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return line;
}

HttpRequest read_request(std::string_view text) {
  HttpRequest request;
  const auto first = take_line(text);
  const auto space = first.find(' ');
  request.head.method = first.substr(0, space);
  if (space != std::string_view::npos) request.head.target = first.substr(space + 1);
  for (auto line = take_line(text); !line.empty(); line = take_line(text)) {
    const auto colon = line.find(':');
    request.head.fields.push_back(
        {std::string{line.substr(0, colon)},
         colon == std::string_view::npos ? std::string{} : std::string{line.substr(colon + 1)}});
  }
  request.body = make_source(std::string{text});
  return request;
}

void check_response(const HttpResponse& response, const HttpRequest& request) {
  check(response.status >= 200 && response.status < 600);
  for (const auto& field : response.fields) {
    check(std::all_of(field.value.begin(), field.value.end(),
                      [](char c) { return c >= 0x20 && c < 0x7f; }));
  }
  if (request.head.method == "HEAD") check(response.body == nullptr);
  if (response.body) {
    const auto size = read_all(*response.body).size();
    check(response.find("Content-Length") == std::to_string(size));
  }
}

struct Server {
  Server() {
    HttpOptions options;
    options.link_keys = {std::string(32, 'k')};
    options.authenticate = [](const HttpRequestHead& head) {
      const auto role = head.find("R");
      if (role == "s") return Principal::system_admin();
      if (role == "u") return Principal::tenant_user("acme");
      if (role == "n") return Principal::anonymous();
      return Principal::tenant_admin("acme");
    };
    handler = std::make_unique<HttpHandler>(gallery, options);
    const auto upload = Upload::from_bytes(as_bytes(svg), {.file_name = "a.svg"});
    (void)gallery.upload(Principal::tenant_admin("acme"), upload);
    (void)gallery.upload(Principal::system_admin(), upload);
  }

  ImageGallery gallery{open_memory(),
                       {.limits = {.max_image_bytes = 4096, .max_total_bytes = 1u << 20}}};
  std::unique_ptr<HttpHandler> handler;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  // Recreated now and then, so that the state left by inputs stays small.
  static std::unique_ptr<Server> server;
  static int uses = 0;
  if (uses++ % 1000 == 0) server = std::make_unique<Server>();

  const auto request = read_request({reinterpret_cast<const char*>(data), size});
  const auto inspection = server->handler->check_head(request.head);
  if (inspection.refusal) check_response(*inspection.refusal, request);
  check_response(server->handler->handle(request), request);
  return 0;
}
