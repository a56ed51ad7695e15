// SPDX-License-Identifier: Apache-2.0
// The gallery of ../gallery_server on another HTTP library. Each thread serves one connection at a
// time, so slow clients can block all threads: for trusted networks only.
//
// usage: httplib_adapter --database FILE [--listen ADDRESS:PORT] [--token SECRET=ROLE]...

#include "adapter.hpp"
#include "arguments.hpp"

#include <imagegallery/imagegallery.hpp>

#include <algorithm>
#include <csignal>
#include <iostream>
#include <stdexcept>
#include <string_view>
#include <thread>
#include <vector>

using namespace imagegallery;

namespace {

int serve(const gallery_server::Arguments& arguments) {
  GalleryOptions options;
  options.limits = {.max_image_bytes = arguments.max_image_bytes,
                    .max_total_bytes = arguments.max_total_bytes};
  options.system_limits.max_image_bytes = arguments.max_image_bytes;
  options.public_uploads = arguments.public_uploads;
  ImageGallery gallery{open_sqlite(arguments.database), options};
  WebOptions web_options;
  web_options.authenticate = [&](std::string_view token) { return arguments.tokens.find(token); };
  web_options.http.link_keys = arguments.link_keys;
  const WebHandler web{gallery, web_options};
  // cpp-httplib has at least eight threads; half of them stay free for reads.
  const Adapter adapter{web,
                        std::max(8, static_cast<int>(std::thread::hardware_concurrency())) / 2};

  httplib::Server server;
  server.set_keep_alive_max_count(1000);
  server.set_tcp_nodelay(true);
  adapter.mount_on(server);

  int port = arguments.port;
  if (port == 0)
    port = server.bind_to_any_port(arguments.address.c_str());
  else if (!server.bind_to_port(arguments.address.c_str(), port))
    port = -1;
  if (port < 0) {
    std::cerr << "httplib_adapter: cannot listen on " << arguments.address << '\n';
    return 1;
  }
  sigset_t ends;
  sigemptyset(&ends);
  sigaddset(&ends, SIGTERM);
  sigaddset(&ends, SIGINT);
  pthread_sigmask(SIG_BLOCK, &ends, nullptr);
  std::thread waiter{[&] {
    int number = 0;
    sigwait(&ends, &number);
    server.stop();
  }};
  std::cout << "listening on http://" << arguments.address << ':' << port << std::endl;
  server.listen_after_bind();
  waiter.join();
  return 0;
}

}  // namespace

int main(int argc, char* argv[]) {
  std::signal(SIGPIPE, SIG_IGN);
  try {
    const std::vector<std::string_view> words{argv + 1, argv + argc};
    return serve(gallery_server::parse_arguments(words));
  } catch (const std::exception& error) {
    std::cerr << "httplib_adapter: " << error.what() << '\n';
    return 2;
  }
}
