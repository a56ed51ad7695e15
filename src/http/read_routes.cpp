// SPDX-License-Identifier: Apache-2.0
#include <imagegallery/export_document.hpp>

#include <algorithm>
#include <functional>
#include <utility>

#include "content_hash.hpp"
#include "http/conditional_request.hpp"
#include "http/content_disposition.hpp"
#include "http/gzip.hpp"
#include "http/http_fields.hpp"
#include "http/image_json.hpp"
#include "http/image_response.hpp"
#include "http/problem.hpp"
#include "http/representation.hpp"
#include "http/responses.hpp"
#include "http/route_functions.hpp"
#include "json/sub_type_name.hpp"

namespace imagegallery {
namespace {

constexpr std::uint32_t default_page_size = 20;

CacheFields data_cache() {
  return {.cache_control = "private, no-cache",
          .vary = "Accept-Encoding, " + std::string{credential_fields},
          .security = SecurityPolicy::data};
}

HttpResponse validated_json(const ApiRequest& request, std::string json, std::string etag,
                            std::optional<std::chrono::sys_seconds> last_modified = {}) {
  const auto content = make_source(std::move(json));
  return respond(request.head,
                 {.cache = data_cache(),
                  .media_type = "application/json",
                  .etag = std::move(etag),
                  .last_modified = last_modified,
                  .content = content,
                  .gzipped = [&] { return gzip(*content); },
                  .fields = {}},
                 request.api.now());
}

SortBy sort_property(const std::string& name) {
  if (name == "createdTime") return SortBy::created_at;
  if (name == "title" || name == "name") return SortBy::title;
  if (name == "size") return SortBy::size;
  // The same for all images of a list, so the ids alone decide the order.
  if (name == "resourceType" || name == "tenantId") return SortBy::id;
  throw HttpProblem(400, "sortProperty: must be createdTime, title or size.");
}

SortOrder sort_order(const std::string& name) {
  if (equals_ignoring_case(name, "ASC")) return SortOrder::ascending;
  if (equals_ignoring_case(name, "DESC")) return SortOrder::descending;
  throw HttpProblem(400, "sortOrder: must be ASC or DESC.");
}

void read_paging(const ApiRequest& request, ListQuery& query) {
  query.cursor = request.text("cursor");
  const bool by_cursor = !query.cursor.empty();
  const auto size = request.number("pageSize");
  if (!size && !by_cursor) throw HttpProblem(400, "pageSize: must be given.");
  const auto max = request.api.options.max_page_size;
  query.page_size = default_page_size;
  if (size) {
    if (*size < 1 || *size > max) {
      throw HttpProblem(400, "pageSize: must be 1 to " + std::to_string(max) + ".");
    }
    query.page_size = static_cast<std::uint32_t>(*size);
  }
  if (by_cursor) return;
  const auto page = request.number("page");
  if (!page) throw HttpProblem(400, "page: must be given.");
  if (*page > UINT32_MAX) {
    throw HttpProblem(400, "page: must be a whole number from 0 to 4294967295.");
  }
  query.page = static_cast<std::uint32_t>(*page);
}

ListQuery list_query(const ApiRequest& request) {
  ListQuery query;
  read_paging(request, query);
  query.search = request.text("textSearch");
  query.include_system = request.flag("includeSystemImages", false);
  if (const auto* const name = request.target.find("imageSubType")) {
    const auto sub_type = parse_sub_type(*name);
    if (!sub_type) throw HttpProblem(400, "imageSubType: must be IMAGE or SCADA_SYMBOL.");
    query.sub_type = *sub_type;
  }
  const auto* const property = request.target.find("sortProperty");
  const auto* const order = request.target.find("sortOrder");
  if (property != nullptr && !property->empty()) {
    query.sort_by = sort_property(*property);
    query.sort_order = SortOrder::ascending;
  }
  if (order != nullptr && !order->empty()) query.sort_order = sort_order(*order);
  return query;
}

std::string page_json(const Page& page, const ListQuery& query, std::string_view prefix) {
  JsonWriter json;
  json.begin_object();
  json.name("data").begin_array();
  for (const auto& info : page.items) write_image(json, info, prefix);
  json.end_array();
  const auto total = page.total.value_or(0);
  json.member("totalPages", (total + query.page_size - 1) / query.page_size);
  json.member("totalElements", total);
  json.member("hasNext", !page.next.empty());
  json.name("nextCursor");
  if (page.next.empty()) {
    json.null();
  } else {
    json.value(page.next);
  }
  json.end_object();
  return json.take();
}

// "pump.tar.jpg" → "pump.json": the name that existing clients use.
std::string document_name(const std::string& file_name) {
  return file_name.substr(0, file_name.find('.')) + ".json";
}

}  // namespace

HttpResponse read_image(const ApiRequest& request) {
  const auto ref = request.ref();
  return respond_with_image(
      request,
      {.audience = Audience::principal,
       .of_system = ref.scope == Scope::system || request.who.tenant().empty()},
      [&](const ReadOptions& options) {
        return request.api.gallery.read(request.who, ref, options);
      });
}

HttpResponse read_preview(const ApiRequest& request) {
  const auto ref = request.ref();
  return respond_with_image(
      request,
      {.audience = Audience::principal,
       .of_system = ref.scope == Scope::system || request.who.tenant().empty(),
       .variant = Variant::preview,
       .preset = request.text("preset")},
      [&](const ReadOptions& options) {
        return request.api.gallery.read(request.who, ref, options);
      });
}

HttpResponse read_public_image(const ApiRequest& request) {
  return respond_with_image(
      request, {.audience = Audience::everybody}, [&](const ReadOptions& options) {
        return request.api.gallery.read_public(request.captures.at(0), options);
      });
}

HttpResponse read_signed_image(const ApiRequest& request) {
  const auto grant = request.api.links.verify(request.captures.at(0));
  const auto now = request.api.now();
  if (!grant || grant->expires <= now) {
    throw HttpProblem(403, "The link is invalid or expired.");
  }
  const bool of_system = grant->tenant.empty();
  const auto owner = of_system ? Principal::system_admin() : Principal::tenant_user(grant->tenant);
  const ImageRef ref{of_system ? Scope::system : Scope::tenant, grant->key};
  return respond_with_image(
      request,
      {.audience = Audience::link_holder,
       .of_system = of_system,
       .variant = grant->variant,
       .preset = grant->preset,
       .max_lifetime = std::chrono::floor<std::chrono::seconds>(grant->expires - now)},
      [&](const ReadOptions& options) {
        auto result = request.api.gallery.read(owner, ref, options);
        if (result.info->id != grant->image) throw Error(ErrorCode::not_found, "");
        return result;
      });
}

HttpResponse read_info(const ApiRequest& request) {
  const auto info = find_image(request, request.ref());
  return validated_json(request, image_json(info, request.api.options.prefix), record_etag(info),
                        last_modified_of(info));
}

HttpResponse export_image(const ApiRequest& request) {
  const auto ref = request.ref();
  const auto info = find_image(request, ref);
  auto document = request.api.gallery.export_document(request.who, ref);
  document.link = request.api.options.prefix + document.link;
  return respond(request.head,
                 {.cache = data_cache(),
                  .media_type = "application/json",
                  .etag = record_etag(info),
                  .last_modified = last_modified_of(info),
                  .content = to_json(document),
                  .gzipped = {},
                  .fields = {{"Content-Disposition",
                              content_disposition("attachment", document_name(info.file_name))}}},
                 request.api.now());
}

HttpResponse list_images(const ApiRequest& request) {
  const auto query = list_query(request);
  auto json =
      page_json(request.api.gallery.list(request.who, query), query, request.api.options.prefix);
  auto etag = content_etag(as_bytes(json));
  return validated_json(request, std::move(json), std::move(etag));
}

HttpResponse list_references(const ApiRequest& request) {
  JsonWriter json;
  json.begin_object();
  json.name("references");
  write_uses(json, request.api.gallery.uses(request.who, request.ref()));
  json.end_object();
  auto etag = content_etag(as_bytes(json.text()));
  return validated_json(request, json.take(), std::move(etag));
}

}  // namespace imagegallery
