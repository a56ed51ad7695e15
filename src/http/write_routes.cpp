// SPDX-License-Identifier: Apache-2.0
#include <imagegallery/error.hpp>
#include <imagegallery/export_document.hpp>

#include <algorithm>
#include <utility>

#include "http/http_fields.hpp"
#include "http/image_json.hpp"
#include "http/problem.hpp"
#include "http/responses.hpp"
#include "http/route_functions.hpp"
#include "http/upload_body.hpp"
#include "json/json_value.hpp"

namespace imagegallery {
namespace {

HttpResponse image_response(const ApiRequest& request, const ImageInfo& info) {
  return json_response(image_json(info, request.api.options.prefix));
}

// Makes a change under the request's preconditions. A concurrent change between their evaluation
// and the commit makes them fail.
template <typename Change>
auto change_conditionally(const ApiRequest& request, const ImageRef& ref, const Change& change) {
  const auto options = change_options(request, ref);
  try {
    return change(options);
  } catch (const Error& error) {
    if (error.code() != ErrorCode::conflict || !options.expected_revision) throw;
    throw HttpProblem(412, "The image has changed: the precondition failed.");
  }
}

ImportConflict import_conflict(const std::string& name) {
  if (name.empty() || name == "keep_both") return ImportConflict::keep_both;
  if (name == "replace") return ImportConflict::replace;
  if (name == "refuse") return ImportConflict::refuse;
  throw HttpProblem(400, "onConflict: must be keep_both, replace or refuse.");
}

HttpResponse removal_response(int status, const RemoveOutcome& outcome) {
  JsonWriter json;
  json.begin_object();
  json.member("success", outcome.status == RemoveStatus::removed);
  json.name("references");
  write_uses(json, outcome.uses);
  json.end_object();
  return json_response(json.take(), status);
}

std::vector<ImageRef> parse_refs(const std::string& text) {
  const auto json = parse_json(text);
  const auto* const items = json.as_array();
  if (items == nullptr) throw HttpProblem(400, "The body must be a list of {scope, key}.");
  std::vector<ImageRef> refs;
  for (const auto& item : *items) {
    const auto* const scope = item.find("scope");
    const auto* const key = item.find("key");
    if (scope == nullptr || key == nullptr || scope->as_string() == nullptr ||
        key->as_string() == nullptr) {
      throw HttpProblem(400, "Each item of the list must have a scope and a key.");
    }
    refs.push_back({parse_scope(*scope->as_string()), *key->as_string()});
  }
  return refs;
}

struct RemovalProblem {
  int status = 200;
  std::string_view message;
};

RemovalProblem problem_of(RemoveStatus status) {
  switch (status) {
    case RemoveStatus::removed:
      return {};
    case RemoveStatus::not_found:
      return {404, not_found_message};
    case RemoveStatus::in_use:
      return {400, "The image is in use."};
    case RemoveStatus::permission_denied:
      return {403, "You may not remove this image."};
    case RemoveStatus::conflict:
      return {409, "The image has changed."};
  }
  return {500, "The server failed to process the request."};
}

void write_outcome(JsonWriter& json, const RemoveOutcome& outcome) {
  json.begin_object();
  json.member("scope", to_string(outcome.ref.scope));
  json.member("key", outcome.ref.key);
  json.member("success", outcome.status == RemoveStatus::removed);
  if (outcome.status == RemoveStatus::in_use) {
    json.name("references");
    write_uses(json, outcome.uses);
  }
  if (const auto problem = problem_of(outcome.status); problem.status != 200) {
    json.member("status", problem.status);
    json.member("error", problem.message);
  }
  json.end_object();
}

ImageUse use_of(const ApiRequest& request) {
  return {.entity_type = request.captures.at(2),
          .entity_id = request.captures.at(3),
          .name = {},
          .tenant = {}};
}

constexpr std::uint64_t max_link_seconds = 604'800;  // 7 days

}  // namespace

HttpResponse create_image(const ApiRequest& request) {
  if (!request.may_decode) throw DecodeRefused{};
  return image_response(request, request.api.gallery.upload(request.who, upload_of(request)));
}

HttpResponse import_image(const ApiRequest& request) {
  ImportOptions options{.on_conflict = import_conflict(request.text("onConflict")),
                        .operation_id = {}};
  if (const auto id = request.head.find("Idempotency-Key")) options.operation_id = *id;
  const auto document = parse_export_document(request.body);
  auto& gallery = request.api.gallery;
  if (request.may_decode) {
    return image_response(request, gallery.import_document(request.who, document, options));
  }
  if (const auto info = gallery.import_without_decoding(request.who, document, options)) {
    return image_response(request, *info);
  }
  throw DecodeRefused{};
}

HttpResponse replace_image(const ApiRequest& request) {
  if (!request.may_decode) throw DecodeRefused{};
  const auto ref = request.ref();
  return image_response(
      request, change_conditionally(request, ref, [&](const ChangeOptions& options) {
        return request.api.gallery.replace(request.who, ref, upload_of(request), options);
      }));
}

HttpResponse rename_image(const ApiRequest& request) {
  const auto ref = request.ref();
  const auto json = parse_json(body_text(request));
  const auto* const title = json.find("title");
  if (title == nullptr || title->as_string() == nullptr) {
    throw HttpProblem(400, "title: must be a text.");
  }
  return image_response(
      request, change_conditionally(request, ref, [&](const ChangeOptions& options) {
        return request.api.gallery.rename(request.who, ref, *title->as_string(), options);
      }));
}

HttpResponse publish_image(const ApiRequest& request) {
  const auto ref = request.ref();
  const auto is_public = parse_bool(request.captures.at(2));
  if (!is_public) throw HttpProblem(400, "isPublic: must be true or false.");
  return image_response(
      request, change_conditionally(request, ref, [&](const ChangeOptions& options) {
        return request.api.gallery.set_public(request.who, ref, *is_public, options);
      }));
}

HttpResponse delete_image(const ApiRequest& request) {
  const auto ref = request.ref();
  const auto revision = change_options(request, ref).expected_revision;
  const RemoveOptions options{.force = request.flag("force", false), .expected_revision = revision};
  const auto result = request.api.gallery.remove(request.who, ref, options);
  const auto& outcome = result.outcomes.at(0);
  if (outcome.status == RemoveStatus::removed) return removal_response(200, outcome);
  if (outcome.status == RemoveStatus::in_use) return removal_response(400, outcome);
  const auto problem = problem_of(outcome.status);
  throw HttpProblem(outcome.status == RemoveStatus::conflict ? 412 : problem.status,
                    std::string{problem.message});
}

HttpResponse delete_images(const ApiRequest& request) {
  const auto refs = parse_refs(body_text(request));
  const RemoveOptions options{.force = request.flag("force", false), .expected_revision = {}};
  const auto result = request.api.gallery.remove(request.who, refs, options);
  JsonWriter json;
  json.begin_object();
  json.name("results").begin_array();
  for (const auto& outcome : result.outcomes) write_outcome(json, outcome);
  json.end_array();
  json.end_object();
  return json_response(json.take());
}

HttpResponse attach_use(const ApiRequest& request) {
  auto use = use_of(request);
  if (const auto text = body_text(request); !text.empty()) {
    const auto json = parse_json(text);
    const auto* const name = json.find("name");
    if (name == nullptr || name->as_string() == nullptr) {
      throw HttpProblem(400, "name: must be a text.");
    }
    use.name = *name->as_string();
  }
  request.api.gallery.attach(request.who, request.ref(), use);
  use.tenant = request.who.tenant();
  JsonWriter json;
  json.begin_object();
  json.name("references");
  write_uses(json, {use});
  json.end_object();
  return json_response(json.take());
}

HttpResponse detach_use(const ApiRequest& request) {
  request.api.gallery.detach(request.who, request.ref(), use_of(request));
  HttpResponse response;
  response.status = 204;
  add_safety_fields(response);
  set_field(response, "Cache-Control", "no-store");
  return response;
}

HttpResponse sign_link(const ApiRequest& request) {
  if (!request.api.links.enabled()) {
    throw HttpProblem(404, "Signed links are disabled: the server has no link key.");
  }
  const auto info = find_image(request, request.ref());
  const auto json = parse_json(body_text(request));
  const auto* const lifetime = json.find("expiresInSeconds");
  const auto seconds = lifetime == nullptr ? std::nullopt : lifetime->as_uint();
  if (!seconds || *seconds < 1 || *seconds > max_link_seconds) {
    throw HttpProblem(400,
                      "expiresInSeconds: must be 1 to " + std::to_string(max_link_seconds) + ".");
  }
  LinkGrant grant{.tenant = info.tenant, .key = info.ref.key, .image = info.id};
  if (const auto* const variant = json.find("variant")) {
    const auto* const name = variant->as_string();
    if (name == nullptr || (*name != "original" && *name != "preview")) {
      throw HttpProblem(400, "variant: must be original or preview.");
    }
    if (*name == "preview") grant.variant = Variant::preview;
  }
  if (const auto* const preset = json.find("preset")) {
    const auto& presets = request.api.gallery.options().presets;
    const auto* const name = preset->as_string();
    const bool known =
        name != nullptr &&
        std::any_of(presets.begin(), presets.end(), [&](const auto& p) { return p.name == *name; });
    if (!known) throw HttpProblem(400, "preset: must be the name of a preset.");
    grant.preset = *name;
  }
  grant.expires = std::chrono::floor<std::chrono::seconds>(request.api.now()) +
                  std::chrono::seconds{static_cast<std::int64_t>(*seconds)};
  JsonWriter body;
  body.begin_object();
  body.member("link",
              request.api.options.prefix + "/api/images/signed/" + request.api.links.sign(grant));
  body.member("expires", std::int64_t{Time{grant.expires}.time_since_epoch().count()});
  body.end_object();
  return json_response(body.take());
}

}  // namespace imagegallery
