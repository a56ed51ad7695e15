// SPDX-License-Identifier: Apache-2.0
#include "arguments.hpp"

#include "catch.hpp"

#include <initializer_list>
#include <string>
#include <vector>

using namespace gallery_server;
using namespace std::chrono_literals;

namespace {

Arguments parse(std::initializer_list<std::string_view> words) {
  return parse_arguments(std::vector<std::string_view>{words});
}

}  // namespace

TEST_CASE("All documented arguments are parsed", "[arguments]") {
  const auto arguments = parse({"--database",
                                "g.db",
                                "--listen",
                                "127.0.0.1:0",
                                "--token",
                                "a=system-admin",
                                "--token",
                                "b=tenant-admin:acme",
                                "--token",
                                "c=tenant-user:acme",
                                "--max-image-bytes",
                                "1000",
                                "--max-total-bytes",
                                "5000",
                                "--public-uploads",
                                "--content-grace",
                                "5",
                                "--reserve",
                                "1000000",
                                "--link-key",
                                "k1",
                                "--link-key",
                                "k2",
                                "--access-log",
                                "log",
                                "--demo"});
  CHECK(arguments.database == "g.db");
  CHECK(arguments.address == "127.0.0.1");
  CHECK(arguments.port == 0);
  CHECK(arguments.tokens.find("b") == imagegallery::Principal::tenant_admin("acme"));
  CHECK(arguments.max_image_bytes == 1000);
  CHECK(arguments.max_total_bytes == 5000);
  CHECK(arguments.public_uploads);
  CHECK(arguments.content_grace == 5min);
  CHECK(arguments.reserve == 1'000'000u);
  CHECK(arguments.link_keys == std::vector<std::string>{"k1", "k2"});
  CHECK(arguments.access_log == "log");
  CHECK(arguments.demo);
  CHECK_FALSE(arguments.help);
}

TEST_CASE("Omitted arguments have their defaults", "[arguments]") {
  const auto arguments = parse({"--database", "g.db"});
  CHECK(arguments.address == "127.0.0.1");
  CHECK(arguments.port == 8080);
  CHECK(arguments.max_image_bytes == 50u << 20);
  CHECK(arguments.max_total_bytes == 0);
  CHECK_FALSE(arguments.public_uploads);
  CHECK(arguments.content_grace == 60min);
  CHECK_FALSE(arguments.reserve);
  CHECK_FALSE(arguments.demo);
}

TEST_CASE("A value may follow an equals sign", "[arguments]") {
  const auto arguments = parse(
      {"--database=a=b.db", "--listen=[::1]:80", "--token=s=system-admin", "--idle-timeout=5"});
  CHECK(arguments.database == "a=b.db");
  CHECK(arguments.address == "::1");
  CHECK(arguments.port == 80);
  CHECK(arguments.tokens.find("s"));
  CHECK(arguments.idle_timeout == 5ms);
}

TEST_CASE("Each kind of workers has its own options", "[arguments]") {
  const auto arguments =
      parse({"--demo", "--storage-threads=1", "--decode-threads=2", "--bulk-threads=3",
             "--max-queued-storage=4", "--max-queued-decodes=5", "--max-queued-bulk=6",
             "--max-storage-wait=7", "--max-decode-wait=8", "--max-bulk-wait=9",
             "--decode-niceness=0", "--max-total-decode-memory=10"});
  CHECK(arguments.storage_threads == 1);
  CHECK(arguments.decode_threads == 2);
  CHECK(arguments.bulk_threads == 3);
  CHECK(arguments.max_queued_storage == 4);
  CHECK(arguments.max_queued_decodes == 5);
  CHECK(arguments.max_queued_bulk == 6);
  CHECK(arguments.max_storage_wait == 7ms);
  CHECK(arguments.max_decode_wait == 8ms);
  CHECK(arguments.max_bulk_wait == 9ms);
  CHECK(arguments.decode_niceness == 0);
  CHECK(arguments.max_total_decode_memory == 10);
}

TEST_CASE("A demo needs no database, everything else does", "[arguments]") {
  CHECK(parse({"--demo"}).database.empty());
  CHECK_THROWS_WITH(parse({}), ContainsSubstring("--database"));
  CHECK_THROWS_WITH(parse({"--demo-images", "x", "--database", "y"}),
                    ContainsSubstring("--demo-images"));
}

TEST_CASE("The --help option needs no other argument and lists them all", "[arguments]") {
  CHECK(parse({"--help"}).help);
  for (const auto* name : {"--database",
                           "--listen",
                           "--token",
                           "--max-image-bytes",
                           "--max-total-bytes",
                           "--public-uploads",
                           "--content-grace",
                           "--reserve",
                           "--link-key",
                           "--access-log",
                           "--demo",
                           "--demo-images",
                           "--help",
                           "--prefix",
                           "--secure-cookie",
                           "--public-metrics",
                           "--io-threads",
                           "--storage-threads",
                           "--decode-threads",
                           "--bulk-threads",
                           "--max-queued-storage",
                           "--max-queued-decodes",
                           "--max-queued-bulk",
                           "--max-storage-wait",
                           "--max-decode-wait",
                           "--max-bulk-wait",
                           "--decode-niceness",
                           "--max-total-decode-memory",
                           "--max-connections",
                           "--header-timeout",
                           "--progress-timeout",
                           "--idle-timeout",
                           "--stop-timeout",
                           "CACHE_SPECS_IMAGE_ETAGS_TTL",
                           "CACHE_SPECS_IMAGE_ETAGS_MAX_SIZE",
                           "CACHE_SPECS_IMAGE_SYSTEM_BROWSER_TTL",
                           "CACHE_SPECS_IMAGE_TENANT_BROWSER_TTL"})
    CHECK_THAT(std::string{help_text()}, ContainsSubstring(name));
}

TEST_CASE("An error message names the invalid argument", "[arguments]") {
  struct Case {
    std::vector<std::string_view> words;
    const char* named;
  };
  const Case cases[] = {
      {{"--datebase", "x"}, "--datebase"},
      {{"g.db"}, "g.db"},
      {{"--database"}, "--database"},
      {{"--database", ""}, "--database"},
      {{"--listen", "8080"}, "--listen"},
      {{"--listen", ":8080"}, "--listen"},
      {{"--listen", "127.0.0.1:65536"}, "--listen"},
      {{"--listen", "127.0.0.1:"}, "--listen"},
      {{"--token", "secret=nobody"}, "--token"},
      {{"--max-image-bytes", "0"}, "--max-image-bytes"},
      {{"--max-image-bytes", "1e6"}, "--max-image-bytes"},
      {{"--max-image-bytes", "-1"}, "--max-image-bytes"},
      {{"--max-total-bytes", "99999999999999999999"}, "--max-total-bytes"},
      {{"--storage-threads", "0"}, "--storage-threads"},
      {{"--decode-threads", "0"}, "--decode-threads"},
      {{"--bulk-threads", "0"}, "--bulk-threads"},
      {{"--max-queued-decodes", "0"}, "--max-queued-decodes"},
      {{"--max-decode-wait", "0"}, "--max-decode-wait"},
      {{"--decode-niceness", "20"}, "--decode-niceness"},
      {{"--max-total-decode-memory", "0"}, "--max-total-decode-memory"},
      {{"--content-grace", "0"}, "--content-grace"},
      {{"--reserve", "1%"}, "--reserve"},
      {{"--content-grace", "525601"}, "--content-grace"},
      {{"--idle-timeout", "1s"}, "--idle-timeout"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.named);
    CHECK_THROWS_AS(parse_arguments(c.words), ArgumentError);
    CHECK_THROWS_WITH(parse_arguments(c.words), ContainsSubstring(c.named));
  }
}

TEST_CASE("An error message about a token does not contain its secret", "[arguments]") {
  CHECK_THROWS_WITH(parse({"--token", "hidden=nobody"}), !ContainsSubstring("hidden"));
}
