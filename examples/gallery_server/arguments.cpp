// SPDX-License-Identifier: Apache-2.0
#include "arguments.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <functional>
#include <limits>
#include <utility>

namespace gallery_server {
namespace {

std::uint64_t parse_number(std::string_view text, std::uint64_t min, std::uint64_t max) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size() || number < min || number > max)
    throw std::invalid_argument{"must be a whole number from " + std::to_string(min) + " to " +
                                std::to_string(max)};
  return number;
}

void parse_listen(std::string_view text, Arguments& into) {
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos) throw std::invalid_argument{"must be ADDRESS:PORT"};
  std::string_view address = text.substr(0, colon);
  if (address.starts_with('[') && address.ends_with(']'))
    address = address.substr(1, address.size() - 2);
  if (address.empty()) throw std::invalid_argument{"must be ADDRESS:PORT"};
  into.address = address;
  into.port = static_cast<std::uint16_t>(parse_number(text.substr(colon + 1), 0, 65'535));
}

struct Flag {
  std::string_view name;
  bool Arguments::*field;
};

constexpr std::array flags{
    Flag{"--help", &Arguments::help},
    Flag{"--public-uploads", &Arguments::public_uploads},
    Flag{"--demo", &Arguments::demo},
    Flag{"--public-metrics", &Arguments::public_metrics},
    Flag{"--secure-cookie", &Arguments::secure_cookie},
};

constexpr auto any_size = std::numeric_limits<std::int64_t>::max();
constexpr std::uint64_t max_milliseconds = 86'400'000;
constexpr std::uint64_t max_minutes = 525'600;

struct Option {
  std::string_view name;
  void (*take)(std::string_view value, Arguments& into);
};

template <auto Field, std::uint64_t Min, std::uint64_t Max>
void take_number(std::string_view value, Arguments& into) {
  using Number = std::remove_reference_t<decltype(into.*Field)>;
  into.*Field = static_cast<Number>(parse_number(value, Min, Max));
}

template <auto Field>
void take_text(std::string_view value, Arguments& into) {
  if (value.empty()) throw std::invalid_argument{"must not be empty"};
  into.*Field = value;
}

constexpr std::array options{
    Option{"--database", take_text<&Arguments::database>},
    Option{"--listen", parse_listen},
    Option{"--token", [](std::string_view value, Arguments& into) { into.tokens.add(value); }},
    Option{"--max-image-bytes", take_number<&Arguments::max_image_bytes, 1, any_size>},
    Option{"--max-total-bytes", take_number<&Arguments::max_total_bytes, 0, any_size>},
    Option{"--reserve", take_number<&Arguments::reserve, 0, any_size>},
    Option{"--content-grace", take_number<&Arguments::content_grace, 1, max_minutes>},
    Option{"--link-key",
           [](std::string_view value, Arguments& into) { into.link_keys.emplace_back(value); }},
    Option{"--access-log", take_text<&Arguments::access_log>},
    Option{"--demo-images", take_text<&Arguments::demo_images>},
    Option{"--prefix", take_text<&Arguments::prefix>},
    Option{"--io-threads", take_number<&Arguments::io_threads, 1, 256>},
    Option{"--storage-threads", take_number<&Arguments::storage_threads, 1, 1024>},
    Option{"--decode-threads", take_number<&Arguments::decode_threads, 1, 1024>},
    Option{"--bulk-threads", take_number<&Arguments::bulk_threads, 1, 1024>},
    Option{"--max-queued-storage", take_number<&Arguments::max_queued_storage, 1, 1'000'000>},
    Option{"--max-queued-decodes", take_number<&Arguments::max_queued_decodes, 1, 1'000'000>},
    Option{"--max-queued-bulk", take_number<&Arguments::max_queued_bulk, 1, 1'000'000>},
    Option{"--max-storage-wait", take_number<&Arguments::max_storage_wait, 1, max_milliseconds>},
    Option{"--max-decode-wait", take_number<&Arguments::max_decode_wait, 1, max_milliseconds>},
    Option{"--max-bulk-wait", take_number<&Arguments::max_bulk_wait, 1, max_milliseconds>},
    Option{"--decode-niceness", take_number<&Arguments::decode_niceness, 0, 19>},
    Option{"--max-total-decode-memory",
           take_number<&Arguments::max_total_decode_memory, 1, any_size>},
    Option{"--max-connections", take_number<&Arguments::max_connections, 1, 1'000'000>},
    Option{"--header-timeout", take_number<&Arguments::header_timeout, 1, max_milliseconds>},
    Option{"--progress-timeout", take_number<&Arguments::progress_timeout, 1, max_milliseconds>},
    Option{"--idle-timeout", take_number<&Arguments::idle_timeout, 1, max_milliseconds>},
    Option{"--stop-timeout", take_number<&Arguments::stop_timeout, 1, max_milliseconds>},
};

}  // namespace

Arguments parse_arguments(std::span<const std::string_view> arguments) {
  Arguments result;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const std::string_view argument = arguments[i];
    if (const auto flag = std::find_if(flags.begin(), flags.end(),
                                       [&](const Flag& known) { return known.name == argument; });
        flag != flags.end()) {
      result.*(flag->field) = true;
      continue;
    }
    const auto equals = argument.find('=');
    const std::string_view name = argument.substr(0, equals);
    const auto option = std::find_if(options.begin(), options.end(),
                                     [&](const Option& known) { return known.name == name; });
    if (option == options.end())
      throw ArgumentError{"unknown argument: " + std::string{name} + " (see --help)"};
    std::string_view value;
    if (equals != std::string_view::npos) {
      value = argument.substr(equals + 1);
    } else if (++i < arguments.size()) {
      value = arguments[i];
    } else {
      throw ArgumentError{std::string{name} + ": missing value"};
    }
    try {
      option->take(value, result);
    } catch (const std::invalid_argument& error) {
      throw ArgumentError{std::string{name} + ": " + error.what()};
    }
  }
  if (result.help) return result;
  if (result.database.empty() && !result.demo) throw ArgumentError{"--database: required"};
  if (!result.demo_images.empty() && !result.demo)
    throw ArgumentError{"--demo-images: requires --demo"};
  return result;
}

std::string_view help_text() noexcept {
  return R"(gallery_server: an image gallery over HTTP, from one SQLite file

  --database FILE            the gallery; created if it does not exist
  --listen ADDRESS:PORT      where to listen; port 0 picks a free one (127.0.0.1:8080)
  --token SECRET=ROLE        accepts SECRET as a bearer token and for signing in on the page; may be
                             repeated. ROLE is system-admin, tenant-admin:TENANT or
                             tenant-user:TENANT
  --max-image-bytes N        maximum size of one image (52428800)
  --max-total-bytes N        maximum size of all images of a tenant; 0 for no limit (0)
  --public-uploads           makes uploads public by default
  --content-grace MINUTES    how long replaced and deleted images stay readable for requests that
                             are running; then their space is freed (60). Must be longer than
                             an upload takes
  --reserve BYTES            space to leave free on the disk: with less, uploads are refused, and
                             deleting still works (128 MiB or 1 % of the disk, if that is smaller)
  --link-key SECRET          signs expiring links; at least 32 bytes. May be repeated: the first
                             key signs, every key verifies
  --access-log FILE          writes one line per request: common log format plus duration
  --demo                     signs visitors in as administrator of the tenant "acme", adds a second
                             tenant "globex" and system images, and prints tokens for the others.
                             Without --database, the gallery is deleted when the server stops
  --demo-images DIRECTORY    images for an empty demo, from its folders acme, globex and system
  --help                     prints this text

Behind a proxy:
  --prefix PATH              path prefix of all routes, such as /gallery
  --secure-cookie            sends the session cookie over https only
  --public-metrics           serves /metrics without a token

Limits (times in milliseconds):
  --io-threads N             threads for socket I/O (one per processor)
  --max-connections N        connection limit; further ones get a 503 (20000)
  --header-timeout MS        to receive a request head (10000)
  --progress-timeout MS      to transfer each 4096 bytes of a request or response body (20000)
  --idle-timeout MS          for a connection without a request (75000)
  --stop-timeout MS          for running requests to finish after SIGTERM, SIGINT or SIGHUP (10000)

Workers: reads, lists and small changes use storage workers; uploads use decode workers; exports and
bulk deletes use bulk workers. Tenants take turns. A request that finds its queue full, or waits in
it for too long, gets a 503 with Retry-After.
  --storage-threads N        (4 per processor)
  --decode-threads N         (one fewer than the processors, at least 1)
  --bulk-threads N           (2)
  --max-queued-storage N     (256)
  --max-queued-decodes N     (256)
  --max-queued-bulk N        (256)
  --max-storage-wait MS      (10000)
  --max-decode-wait MS       (60000)
  --max-bulk-wait MS         (60000)
  --decode-niceness N        lowers the priority of decode workers by 0 to 19 (5)
  --max-total-decode-memory BYTES  of all concurrent decodes together (268435456)

Environment:
  CACHE_SPECS_IMAGE_ETAGS_TTL           minutes until an unused ETag expires (44640)
  CACHE_SPECS_IMAGE_ETAGS_MAX_SIZE      bytes of the ETag cache; 0 disables it (16777216)
  CACHE_SPECS_IMAGE_SYSTEM_BROWSER_TTL  minutes that browsers cache system images (0: revalidate)
  CACHE_SPECS_IMAGE_TENANT_BROWSER_TTL  minutes that browsers cache tenants' images (0: revalidate)
  TMPDIR                                directory for large uploads (/var/tmp, else /tmp)

Exit status: 2 for an invalid argument or variable, 1 for any other failure to start.
)";
}

}  // namespace gallery_server
