// SPDX-License-Identifier: Apache-2.0
#include "http/upload_body.hpp"

#include <string>
#include <utility>
#include <vector>

#include "http/content_disposition.hpp"
#include "http/http_fields.hpp"
#include "http/multipart_form.hpp"
#include "http/problem.hpp"
#include "json/sub_type_name.hpp"

namespace imagegallery {
namespace {

std::string content_type(const HttpRequestHead& head) {
  const auto field = head.find("Content-Type");
  return field ? std::string{*field} : std::string{};
}

bool is_image_type(std::string_view content_type) {
  return equals_ignoring_case(trim_blanks(content_type).substr(0, 6), "image/");
}

ImageSubType sub_type_of(std::string_view text) {
  if (const auto sub_type = parse_sub_type(text)) return *sub_type;
  throw HttpProblem(400, "imageSubType: must be IMAGE or SCADA_SYMBOL.");
}

bool parse_public(std::string_view text) {
  if (const auto is_public = parse_bool(text)) return *is_public;
  throw HttpProblem(400, "public: must be true or false.");
}

// Form fields and query parameters have the same names.
void set_option(UploadOptions& options, std::string_view name, std::string value) {
  if (name == "title") {
    options.title = std::move(value);
  } else if (name == "imageSubType") {
    options.sub_type = sub_type_of(value);
  } else if (name == "public") {
    options.is_public = parse_public(value);
  }
}

Upload upload_of_form(const ApiRequest& request, UploadOptions options) {
  const auto parts = parse_multipart_form(request.body, form_boundary(content_type(request.head)));
  const FormPart* file = nullptr;
  for (const auto& part : parts) {
    if (part.name != "file") {
      set_option(options, part.name, text_of(part));
      continue;
    }
    if (file != nullptr) throw HttpProblem(400, "file: must be given only once.");
    file = &part;
  }
  if (file == nullptr) throw HttpProblem(400, "file: must be given.");
  if (file->content->size() == 0) throw HttpProblem(400, "file: must not be empty.");
  options.file_name = file->file_name.value_or("");
  return Upload::from_source(file->content, std::move(options));
}

}  // namespace

void check_upload_type(const HttpRequestHead& head) {
  const auto type = content_type(head);
  if (is_image_type(type)) return;
  const auto parsed_type = to_lower_ascii(trim_blanks(type.substr(0, type.find(';'))));
  if (parsed_type != "multipart/form-data") {
    throw HttpProblem(415, "Content-Type: must be multipart/form-data or image/*.");
  }
  (void)form_boundary(type);
}

Upload upload_of(const ApiRequest& request) {
  check_upload_type(request.head);
  UploadOptions options;
  for (const auto& [name, value] : request.target.query) set_option(options, name, value);
  if (const auto id = request.head.find("Idempotency-Key")) options.operation_id = *id;
  if (!is_image_type(content_type(request.head))) {
    return upload_of_form(request, std::move(options));
  }
  if (request.body->size() == 0) throw HttpProblem(400, "The body must not be empty.");
  if (const auto name = request.text("fileName"); !name.empty()) {
    options.file_name = client_file_name(name);
  }
  return Upload::from_source(request.body, std::move(options));
}

}  // namespace imagegallery
