// SPDX-License-Identifier: Apache-2.0
//
// Program of ./dev bench decodes:
//   decodes_bench GALLERY_SERVER [UPLOADS]
// Measures how long reads take while 50 connections upload images that are legal but slow to
// decode, compared with reads alone, and prints the ratio.
#include <png.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <map>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "server/raw_client.hpp"
#include "server/server_process.hpp"
#include "support/test_image.hpp"

namespace {

using Clock = std::chrono::steady_clock;
using Milliseconds = std::chrono::duration<double, std::milli>;
using namespace std::chrono_literals;

constexpr int connections = 50;
constexpr int readers = 4;
constexpr auto pause = 10ms;
constexpr auto alone_time = 20s;

/// A PNG of 65535×760 pixels with four samples of 16 bits, all zero: about 390 KB.
std::string slow_png() {
  constexpr std::uint32_t width = 65'535;
  constexpr std::uint32_t height = 760;
  std::string file;
  png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, nullptr, nullptr, nullptr);
  png_infop info = png_create_info_struct(png);
  png_set_write_fn(
      png, &file,
      [](png_structp of, png_bytep bytes, std::size_t count) {
        static_cast<std::string*>(png_get_io_ptr(of))
            ->append(reinterpret_cast<const char*>(bytes), count);
      },
      nullptr);
  png_set_IHDR(png, info, width, height, 16, PNG_COLOR_TYPE_RGB_ALPHA, PNG_INTERLACE_NONE,
               PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
  png_set_filter(png, PNG_FILTER_TYPE_BASE, PNG_FILTER_NONE);
  png_write_info(png, info);
  const std::vector<png_byte> row(std::size_t{width} * 8);
  for (std::uint32_t y = 0; y < height; ++y) png_write_row(png, row.data());
  png_write_end(png, nullptr);
  png_destroy_write_struct(&png, &info);
  return file;
}

/// The image with a text chunk that makes it another file.
std::string variant_of(const std::string& png, int number) {
  constexpr std::size_t after_header = 33;
  const std::string data = std::string{"tEXtComment"} + '\0' + std::to_string(number);
  const auto big_endian = [](std::uint32_t value) {
    std::string text;
    for (int shift = 24; shift >= 0; shift -= 8) text += static_cast<char>(value >> shift & 0xff);
    return text;
  };
  const auto checksum =
      ::crc32(0, reinterpret_cast<const Bytef*>(data.data()), static_cast<uInt>(data.size()));
  std::string variant = png;
  variant.insert(after_header, big_endian(static_cast<std::uint32_t>(data.size() - 4)) + data +
                                   big_endian(static_cast<std::uint32_t>(checksum)));
  return variant;
}

const std::string token = "Authorization: Bearer secret\r\n";

std::string upload_of(const std::string& name, const std::string& image) {
  return with_body("POST", "/api/image?fileName=" + name, image,
                   token + "Content-Type: image/png\r\n");
}

struct Read {
  std::string name;
  std::string request;
  int status = 200;
};

/// The time of each read, by the name of the read.
using Times = std::map<std::string, std::vector<double>>;

Times read_until(const ServerProcess& server, const std::vector<Read>& reads,
                 const std::atomic<bool>& done) {
  Times times;
  std::mutex mutex;
  std::vector<std::thread> threads;
  for (int i = 0; i < readers; ++i) {
    threads.emplace_back([&] {
      auto client = server.connect();
      Times own;
      while (!done) {
        for (const auto& read : reads) {
          const auto begin = Clock::now();
          const auto status = client.request(read.request).status;
          own[read.name].push_back(Milliseconds{Clock::now() - begin}.count());
          if (status != read.status) std::fprintf(stderr, "%s: %d\n", read.name.c_str(), status);
          std::this_thread::sleep_for(pause);
        }
      }
      const std::lock_guard lock{mutex};
      for (auto& [name, values] : own) {
        times[name].insert(times[name].end(), values.begin(), values.end());
        times["all reads"].insert(times["all reads"].end(), values.begin(), values.end());
      }
    });
  }
  for (auto& thread : threads) thread.join();
  for (auto& [name, values] : times) std::sort(values.begin(), values.end());
  return times;
}

/// Uploads from all connections; returns how many responses had each status.
std::map<int, int> upload_all(const ServerProcess& server, const std::string& image, int uploads) {
  std::map<int, int> statuses;
  std::mutex mutex;
  std::atomic<int> next{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < connections; ++i) {
    threads.emplace_back([&] {
      while (true) {
        const int number = next++;
        if (number >= uploads) return;
        int status = 0;
        try {
          auto client = server.connect();
          status = client
                       .request(upload_of("slow" + std::to_string(number) + ".png",
                                          variant_of(image, number)))
                       .status;
        } catch (const ClientError&) {
          // Counted as 0: no response within the client's 60 seconds.
        }
        const std::lock_guard lock{mutex};
        ++statuses[status];
      }
    });
  }
  for (auto& thread : threads) thread.join();
  return statuses;
}

double percentile(const std::vector<double>& sorted, double part) {
  return sorted.at(static_cast<std::size_t>(static_cast<double>(sorted.size() - 1) * part));
}

void print(const Times& alone, const Times& under) {
  std::printf("%-12s %10s %10s %10s %10s %8s\n", "milliseconds", "p50 alone", "p99 alone", "p50",
              "p99", "p99 ratio");
  for (const auto& [name, values] : under) {
    const auto& own = alone.at(name);
    std::printf("%-12s %10.2f %10.2f %10.2f %10.2f %8.2f\n", name.c_str(), percentile(own, 0.5),
                percentile(own, 0.99), percentile(values, 0.5), percentile(values, 0.99),
                percentile(values, 0.99) / percentile(own, 0.99));
  }
}

void run(const std::string& program, int uploads) {
  const ScratchDirectory directory;
  const ServerProcess server{program,
                             {"--database", (directory.path() / "g.db").string(), "--listen",
                              "127.0.0.1:0", "--token", "secret=tenant-admin:acme"}};
  auto client = server.connect();
  const auto bytes = make_test_png(180, 180, 1, true);
  const std::string small{reinterpret_cast<const char*>(bytes.data()), bytes.size()};
  if (client.request(upload_of("small.png", small)).status != 200)
    throw std::runtime_error("the image could not be uploaded");
  const std::string target = "/api/images/tenant/small.png";
  const auto etag = client.request(get(target, token)).field("ETag");
  const std::vector<Read> reads{
      {"image", get(target, token), 200},
      {"304", get(target, token + "If-None-Match: " + etag + "\r\n"), 304},
      {"list", get("/api/images?pageSize=20&page=0", token), 200},
      {"healthz", get("/healthz"), 200}};

  const std::string image = slow_png();
  const auto begin = Clock::now();
  const int first = client.request(upload_of("first.png", image)).status;
  std::printf("one upload of %zu bytes: %.2f s, status %d\n", image.size(),
              Milliseconds{Clock::now() - begin}.count() / 1000, first);

  std::atomic<bool> done{false};
  std::thread timer{[&] {
    std::this_thread::sleep_for(alone_time);
    done = true;
  }};
  const Times alone = read_until(server, reads, done);
  timer.join();

  done = false;
  std::map<int, int> statuses;
  const auto start = Clock::now();
  std::thread uploading{[&] {
    statuses = upload_all(server, image, uploads);
    done = true;
  }};
  const Times under = read_until(server, reads, done);
  uploading.join();
  std::printf("%d uploads from %d connections: %.0f s", uploads, connections,
              Milliseconds{Clock::now() - start}.count() / 1000);
  for (const auto& [status, count] : statuses) std::printf(", %d × %d", count, status);
  std::printf("\n%d readers, %zu reads alone, %zu meanwhile\n", readers,
              alone.at("all reads").size(), under.at("all reads").size());
  print(alone, under);
}

}  // namespace

int main(int argc, char* argv[]) {
  try {
    if (argc < 2) throw std::invalid_argument("usage: decodes_bench GALLERY_SERVER [UPLOADS]");
    run(argv[1], argc > 2 ? std::stoi(argv[2]) : 200);
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "decodes_bench: %s\n", error.what());
    return 1;
  }
}
