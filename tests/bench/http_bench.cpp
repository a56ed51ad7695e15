// SPDX-License-Identifier: Apache-2.0
//
// Helper of ./dev bench http, run by http.sh:
//   http_bench image SIDE FILE                    writes a PNG of about 3 × SIDE² bytes
//   http_bench handle DATABASE CALLS TARGET [TAG] prints the CPU time of a GET by
//                                                 HttpHandler::handle, including reading the
//                                                 body, in nanoseconds; TAG is the value of
//                                                 If-None-Match
#include <imagegallery/imagegallery.hpp>

#include <cstdint>
#include <cstdio>
#include <ctime>
#include <exception>
#include <fstream>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "support/test_image.hpp"

using namespace imagegallery;

namespace {

double cpu_nanoseconds() {
  timespec time{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) * 1e9 + static_cast<double>(time.tv_nsec);
}

void write_image(const std::string& side, const std::string& path) {
  const auto length = static_cast<std::uint32_t>(std::stoul(side));
  const Bytes bytes = make_test_png(length, length, 1, true);
  std::ofstream file{path, std::ios::binary};
  file.write(reinterpret_cast<const char*>(bytes.data()),
             static_cast<std::streamsize>(bytes.size()));
  if (!file.flush()) throw std::runtime_error(path + ": cannot be written");
}

// Reads the body like a transport, into an existing buffer.
void respond(const HttpHandler& handler, const HttpRequest& request, Bytes& buffer) {
  const HttpResponse response = handler.handle(request);
  if (response.status != 200 && response.status != 304) {
    throw std::runtime_error("unexpected status " + std::to_string(response.status));
  }
  if (!response.body) return;
  buffer.resize(static_cast<std::size_t>(response.body->size()));
  if (response.body->read_at(0, buffer) != buffer.size()) {
    throw std::runtime_error("the body is shorter than its size");
  }
}

void measure_handle(const std::vector<std::string>& arguments) {
  ImageGallery gallery{open_sqlite(arguments.at(0)), {}};
  HttpOptions options;
  options.authenticate = [](const HttpRequestHead& head) {
    return head.find("Authorization") ? Principal::tenant_admin("acme") : Principal::anonymous();
  };
  const HttpHandler handler{gallery, std::move(options)};
  const auto calls = std::stoul(arguments.at(1));
  HttpRequest request{{"GET", arguments.at(2), {{"Host", "127.0.0.1"}, {"Authorization", "x"}}},
                      {}};
  if (arguments.size() > 3) request.head.fields.push_back({"If-None-Match", arguments.at(3)});

  Bytes buffer;
  for (auto i = 0ul; i < calls / 10 + 1; ++i) respond(handler, request, buffer);
  const double start = cpu_nanoseconds();
  for (auto i = 0ul; i < calls; ++i) respond(handler, request, buffer);
  std::printf("%.0f\n", (cpu_nanoseconds() - start) / static_cast<double>(calls));
}

}  // namespace

int main(int argc, char* argv[]) {
  try {
    const std::vector<std::string> arguments{argv + 1, argv + argc};
    const auto& command = arguments.at(0);
    if (command == "image") {
      write_image(arguments.at(1), arguments.at(2));
    } else if (command == "handle") {
      measure_handle({arguments.begin() + 1, arguments.end()});
    } else {
      throw std::invalid_argument("the command must be image or handle");
    }
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "http_bench: %s\n", error.what());
    return 1;
  }
}
