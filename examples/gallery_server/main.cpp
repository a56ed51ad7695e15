// SPDX-License-Identifier: Apache-2.0
// An image gallery over HTTP: the page, sign-in and the REST API, from one SQLite file.

#include "arguments.hpp"
#include "demo.hpp"
#include "error_log.hpp"
#include "http_server.hpp"
#include "upkeep.hpp"

#include <imagegallery/imagegallery.hpp>
#include <imagegallery/web.hpp>

#include <csignal>
#include <exception>
#include <iostream>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

using namespace gallery_server;
using imagegallery::Error;
using imagegallery::ErrorCode;
using imagegallery::ImageGallery;
using imagegallery::Principal;
using imagegallery::WebHandler;

imagegallery::GalleryOptions gallery_options(const Arguments& arguments, ErrorLog& errors) {
  imagegallery::GalleryOptions options;
  // For the page's cards on high-density and large screens.
  if (arguments.demo) options.presets.push_back({"large", 640});
  options.limits = {.max_image_bytes = arguments.max_image_bytes,
                    .max_total_bytes = arguments.max_total_bytes};
  options.system_limits.max_image_bytes = arguments.max_image_bytes;
  options.public_uploads = arguments.public_uploads;
  options.max_total_decode_memory = arguments.max_total_decode_memory;
  // Each decode worker has a decoder, so that it waits only for memory.
  options.max_concurrent_decodes =
      arguments.decode_threads != 0 ? arguments.decode_threads : default_decode_threads();
  options.content_grace = arguments.content_grace;
  options.on_error = [&errors](const imagegallery::ErrorReport& report) { errors.report(report); };
  try {
    options.cache = imagegallery::CacheOptions::from_environment();
  } catch (const Error& error) {
    throw ArgumentError{error.what()};
  }
  return options;
}

imagegallery::WebOptions web_options(const Arguments& arguments, const AccessTokens& tokens) {
  imagegallery::WebOptions options;
  options.authenticate = [&tokens](std::string_view token) { return tokens.find(token); };
  if (arguments.demo) options.visitor = demo_visitor();
  options.secure_cookie = arguments.secure_cookie;
  options.http.prefix = arguments.prefix;
  options.http.link_keys = arguments.link_keys;
  options.http.public_metrics = arguments.public_metrics;
  return options;
}

/// Adds a random token and prints it.
void add_demo_token(AccessTokens& tokens, Principal principal, std::string_view owner) {
  struct Tag;
  std::string secret = imagegallery::RandomId<Tag>::make().to_string();
  std::cout << "token of " << owner << ": " << secret << '\n';
  tokens.add(std::move(secret), std::move(principal));
}

HttpServerOptions server_options(const Arguments& arguments) {
  HttpServerOptions options;
  options.address = arguments.address;
  options.port = arguments.port;
  options.io_threads = arguments.io_threads;
  options.storage = {arguments.storage_threads, arguments.max_queued_storage,
                     arguments.max_storage_wait};
  options.decode = {arguments.decode_threads, arguments.max_queued_decodes,
                    arguments.max_decode_wait};
  options.bulk = {arguments.bulk_threads, arguments.max_queued_bulk, arguments.max_bulk_wait};
  options.decode_niceness = static_cast<int>(arguments.decode_niceness);
  options.max_connections = arguments.max_connections;
  options.header_timeout = arguments.header_timeout;
  options.progress_timeout = arguments.progress_timeout;
  options.idle_timeout = arguments.idle_timeout;
  options.stop_timeout = arguments.stop_timeout;
  options.access_log = arguments.access_log;
  options.upkeep_period = Upkeep::call_period;
  return options;
}

/// Reports the library's `invalid_argument` errors as `ArgumentError`.
template <typename Make>
auto from_arguments(Make make) {
  try {
    return make();
  } catch (const Error& error) {
    if (error.code() != ErrorCode::invalid_argument) throw;
    throw ArgumentError{error.what()};
  }
}

int serve(Arguments arguments) {
  std::optional<TemporaryDirectory> directory;
  if (arguments.database.empty()) arguments.database = directory.emplace().path() / "gallery.db";
  ErrorLog errors{write_to_stderr};
  const auto options = gallery_options(arguments, errors);
  ImageGallery gallery{
      imagegallery::open_sqlite(arguments.database, {.reserve_bytes = arguments.reserve}), options};

  AccessTokens tokens = arguments.tokens;
  if (arguments.demo) {
    if (!arguments.demo_images.empty()) fill_demo(gallery, arguments.demo_images);
    add_demo_token(tokens, Principal::system_admin("demo"), "the system administrator");
    add_demo_token(tokens, Principal::tenant_admin("globex", "demo"), "globex's administrator");
    add_demo_token(tokens, Principal::tenant_user("acme", "demo"), "a user of acme");
  }
  const auto handler = from_arguments(
      [&] { return std::make_unique<WebHandler>(gallery, web_options(arguments, tokens)); });

  Upkeep upkeep{gallery, errors};
  HttpServer server{
      server_options(arguments),
      {.check_head =
           [&](const imagegallery::HttpRequestHead& head,
               const imagegallery::HeadOptions& head_options) {
             return handler->check_head(head, head_options);
           },
       .handle = [&](const imagegallery::HttpRequest& request) { return handler->handle(request); },
       .try_handle =
           [&](const imagegallery::HttpRequest& request) { return handler->try_handle(request); },
       .upkeep = [&] { upkeep.run(); },
       .on_error = gallery.error_sink()}};
  std::cout << "listening on http://" << server.address() << arguments.prefix << std::endl;
  server.run();
  upkeep.stop();  // The server's destructor waits for its workers.
  return 0;
}

}  // namespace

int main(int argc, char* argv[]) {
  // Writing to a closed connection must not kill the process.
  std::signal(SIGPIPE, SIG_IGN);
  try {
    const std::vector<std::string_view> words{argv + 1, argv + argc};
    Arguments arguments = parse_arguments(words);
    if (arguments.help) {
      std::cout << help_text();
      return 0;
    }
    return serve(std::move(arguments));
  } catch (const ArgumentError& error) {
    std::cerr << "gallery_server: " << error.what() << '\n';
    return 2;
  } catch (const std::exception& error) {
    std::cerr << "gallery_server: " << error.what() << '\n';
    return 1;
  }
}
