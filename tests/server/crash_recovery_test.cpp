// SPDX-License-Identifier: Apache-2.0
// An acknowledged upload survives even a crash immediately afterwards.
#include "api_client.hpp"
#include "catch.hpp"
#include "server_process.hpp"
#include "support/test_image.hpp"

#include <atomic>
#include <csignal>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace {

constexpr int uploads = 100;
constexpr int clients = 8;

std::string image(int number) {
  // Sizes from a few kilobytes to more than one storage chunk.
  const auto side = static_cast<std::uint32_t>(30 + number % 10 * 30);
  return text_of(make_test_png(side, side, static_cast<std::uint32_t>(number + 1), true));
}

}  // namespace

TEST_CASE("kill -9 during a hundred uploads loses no acknowledged upload", "[server]") {
  // Each run crashes at a different point.
  const int kill_after = GENERATE(3, 25, 50, 75, 97);
  CAPTURE(kill_after);
  const ScratchDirectory directory;
  const std::vector<std::string> arguments{"--database", (directory.path() / "g.db").string(),
                                           "--listen",   "127.0.0.1:0",
                                           "--token",    "acme=tenant-admin:acme"};
  std::vector<std::string> images;
  for (int i = 0; i < uploads; ++i) images.push_back(image(i));

  std::mutex mutex;
  std::map<std::string, int> acknowledged;  // Image number by key.
  std::atomic<int> next{0};
  std::atomic<int> rejected{0};
  {
    ServerProcess server{GALLERY_SERVER, arguments};
    std::vector<std::thread> threads;
    for (int c = 0; c < clients; ++c) {
      threads.emplace_back([&] {
        try {
          ApiClient client{server.port(), "acme"};
          for (int i = next++; i < uploads; i = next++) {
            const auto response = client.upload("image.png", images[static_cast<std::size_t>(i)]);
            if (response.status != 200) {
              ++rejected;
              continue;
            }
            const std::lock_guard lock{mutex};
            acknowledged.emplace(json_at(response, {"resourceKey"}), i);
            if (static_cast<int>(acknowledged.size()) == kill_after) server.signal(SIGKILL);
          }
        } catch (const ClientError&) {
          // Expected: the server was killed.
        }
      });
    }
    for (auto& thread : threads) thread.join();
    CHECK(server.wait() == 128 + SIGKILL);
  }
  CHECK(rejected == 0);
  REQUIRE(static_cast<int>(acknowledged.size()) >= kill_after);

  const ServerProcess server{GALLERY_SERVER, arguments};
  ApiClient client{server.port(), "acme"};
  int intact = 0;
  for (const auto& [key, number] : acknowledged) {
    const std::string link = "/api/images/tenant/" + key;
    const auto original = client.get(link);
    const auto preview = client.get(link + "/preview");
    if (original.status == 200 && preview.status == 200 &&
        original.body == images[static_cast<std::size_t>(number)])
      ++intact;
  }
  CHECK(intact == static_cast<int>(acknowledged.size()));

  // An unacknowledged upload is stored completely or not at all.
  const auto listed = client.get("/api/images?pageSize=1000&page=0");
  const auto total = std::stoul(json_at(listed, {"totalElements"}));
  CHECK(total >= acknowledged.size());
  CHECK(total <= acknowledged.size() + clients);
  std::uint64_t bytes = 0;
  for (std::size_t i = 0; i < total; ++i) {
    const std::string at = std::to_string(i);
    const auto read = client.get(json_at(listed, {"data", at, "link"}));
    CHECK(read.status == 200);
    CHECK(read.field("ETag") == '"' + json_at(listed, {"data", at, "etag"}) + '"');
    bytes += read.body.size();
  }
  CHECK(bytes > 0);
  CHECK(client.upload("after.png", images.front()).status == 200);
}
