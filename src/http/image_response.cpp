// SPDX-License-Identifier: Apache-2.0
#include "http/image_response.hpp"

#include <imagegallery/image_format.hpp>

#include <algorithm>
#include <string_view>
#include <utility>

#include "entity_tag.hpp"
#include "http/conditional_request.hpp"
#include "http/content_disposition.hpp"
#include "http/gzip.hpp"
#include "http/http_fields.hpp"
#include "http/image_json.hpp"
#include "http/representation.hpp"
#include "http/responses.hpp"

namespace imagegallery {
namespace {

using std::chrono::seconds;

constexpr seconds immutable_lifetime{31'536'000};  // One year, as in RFC 8246.

std::string cache_control(const ApiRequest& request, const ImageRequest& image_request,
                          bool of_system, std::string_view etag) {
  const auto& options = request.api.gallery.options().cache;
  const auto* const version = request.target.find("v");
  const bool current_version = version != nullptr && *version == etag;
  seconds lifetime = of_system ? options.system_browser_ttl : options.tenant_browser_ttl;
  if (current_version) lifetime = immutable_lifetime;
  const bool shared = image_request.audience == Audience::everybody;
  if (lifetime == seconds{0}) return shared ? "no-cache" : "private, no-cache";
  if (image_request.max_lifetime) lifetime = std::min(lifetime, *image_request.max_lifetime);
  std::string value = shared ? "public, max-age=" : "private, max-age=";
  value += std::to_string(lifetime.count());
  if (current_version) value += ", immutable";
  return value;
}

CacheFields cache_fields(const ApiRequest& request, const ImageRequest& image_request,
                         bool of_system, std::string_view etag) {
  const bool personal = image_request.audience == Audience::principal;
  std::string vary = "Accept-Encoding";
  if (personal) vary.append(", ").append(credential_fields);
  return {.cache_control = cache_control(request, image_request, of_system, etag),
          .vary = std::move(vary),
          .security = personal ? SecurityPolicy::image : SecurityPolicy::linked_image};
}

// Whether the image is the system's; false if that does not matter, nullopt if not known yet.
std::optional<bool> owner_for_cache(const ApiRequest& request, const ImageRequest& image_request) {
  if (image_request.of_system) return image_request.of_system;
  const auto& options = request.api.gallery.options().cache;
  if (options.system_browser_ttl == options.tenant_browser_ttl) return false;
  return std::nullopt;
}

// The tags of If-None-Match if that is the only condition and it is a list.
std::optional<EntityTagList> sole_if_none_match(const HttpRequestHead& head) {
  if (head.find("If-Match") || head.find("If-Unmodified-Since")) return std::nullopt;
  const auto field = combined_field(head, "If-None-Match");
  if (!field) return std::nullopt;
  auto list = parse_entity_tags(*field);
  if (!list || list->any) return std::nullopt;
  return list;
}

bool lists(const EntityTagList& list, const EntityTag& tag) {
  return std::any_of(list.tags.begin(), list.tags.end(),
                     [&](const EntityTag& listed) { return weakly_equal(listed, tag); });
}

// The client's tag for the content with this etag, in a coding that it accepts.
std::optional<EntityTag> client_tag(const HttpRequestHead& head, const EntityTagList& tags,
                                    const std::string& etag) {
  const EntityTag plain{etag, false};
  if (auto gzipped = gzip_tag(etag); lists(tags, gzipped) && wants_gzip(head)) return gzipped;
  if (lists(tags, plain)) return plain;
  return std::nullopt;
}

// The tags without coding suffixes, as the gallery uses them.
std::string plain_list(const EntityTagList& list) {
  std::string field;
  for (const auto& tag : list.tags) {
    if (!field.empty()) field += ", ";
    field += to_string(EntityTag{std::string{plain_etag(tag.opaque).first}, tag.weak});
  }
  return field;
}

// A preview gets the extension of its own format, not of the original's.
std::string file_name_of(const ImageInfo& info, const ContentDescriptor& content) {
  const auto format = format_of_media_type(content.media_type);
  if (!format || content.media_type == info.descriptor.media_type) return info.file_name;
  const auto dot = info.file_name.rfind('.');
  return info.file_name.substr(0, dot) + "." + std::string{file_extension(*format)};
}

Representation representation_of(const ApiRequest& request, const ImageRequest& image_request,
                                 const ReadResult& result) {
  const auto& info = *result.info;
  const auto name = file_name_of(info, result.descriptor);
  const bool personal = image_request.audience == Audience::principal;
  Representation current{
      .cache = cache_fields(request, image_request, info.tenant.empty(), result.etag),
      .media_type = result.descriptor.media_type,
      .etag = result.etag,
      .last_modified = last_modified_of(info),
      .content = result.content,
      .gzipped = {},
      .fields = {
          {"Content-Disposition", content_disposition(personal ? "attachment" : "inline", name)}}};
  if (personal) current.fields.push_back({"x-filename", field_safe_name(name)});
  if (result.descriptor.media_type == media_type(ImageFormat::svg)) {
    // Not the ETag alone: its hash is not cryptographic, so collisions can be forced.
    const auto cache_key = record_etag(info) + result.etag;
    current.gzipped = [&cache = *request.api.gzipped, cache_key, content = result.content] {
      return cache.find_or_gzip(cache_key, [&] { return gzip(*content); });
    };
  }
  return current;
}

}  // namespace

HttpResponse respond_with_image(const ApiRequest& request, const ImageRequest& image_request,
                                const std::function<ReadResult(const ReadOptions&)>& read) {
  ReadOptions options{
      .variant = image_request.variant, .preset = image_request.preset, .if_none_match = {}};
  const auto of_system = owner_for_cache(request, image_request);
  const auto client_tags = image_request.audience == Audience::link_holder || !of_system
                               ? std::nullopt
                               : sole_if_none_match(request.head);
  if (client_tags) options.if_none_match = plain_list(*client_tags);
  auto result = read(options);
  if (result.not_modified) {
    if (const auto tag = client_tag(request.head, *client_tags, result.etag)) {
      return not_modified(cache_fields(request, image_request, *of_system, result.etag), *tag);
    }
    options.if_none_match.clear();
    result = read(options);
  }
  return respond(request.head, representation_of(request, image_request, result),
                 request.api.now());
}

}  // namespace imagegallery
