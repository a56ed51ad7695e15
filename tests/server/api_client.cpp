// SPDX-License-Identifier: Apache-2.0
#include "api_client.hpp"

using imagegallery::JsonValue;

std::string ApiClient::head(std::string_view method, std::string_view target,
                            const Fields& fields) const {
  std::string head{method};
  head.append(" ").append(target).append(" HTTP/1.1\r\nHost: localhost\r\n");
  if (!token_.empty()) head.append("X-Authorization: Bearer ").append(token_).append("\r\n");
  for (const auto& [name, value] : fields)
    head.append(name).append(": ").append(value).append("\r\n");
  return head;
}

RawResponse ApiClient::send(std::string_view method, std::string_view target, const Fields& fields,
                            std::string_view body) {
  std::string request = head(method, target, fields);
  const bool takes_body = method != "GET" && method != "HEAD" && method != "OPTIONS";
  if (takes_body) request += "Content-Length: " + std::to_string(body.size()) + "\r\n";
  request.append("\r\n").append(body);
  raw_.send(request);
  return raw_.read(method == "HEAD");
}

RawResponse ApiClient::upload(std::string_view file_name, std::string_view content) {
  return send("POST", "/api/image", {{"Content-Type", form_type}}, form_of(file_name, content));
}

std::string form_of(std::string_view file_name, std::string_view content) {
  std::string form = "--xxBOUNDARYxx\r\nContent-Disposition: form-data; name=\"file\"; filename=\"";
  form.append(file_name).append("\"\r\nContent-Type: application/octet-stream\r\n\r\n");
  return form.append(content).append("\r\n--xxBOUNDARYxx--\r\n");
}

std::string json_at(const RawResponse& response, const std::vector<std::string_view>& path) {
  const JsonValue document = imagegallery::parse_json(response.body);
  const JsonValue* value = &document;
  for (const std::string_view name : path) {
    if (const auto* array = value->as_array()) {
      value = &array->at(static_cast<std::size_t>(std::stoul(std::string{name})));
    } else {
      value = value->find(name);
    }
    if (value == nullptr)
      throw ClientError{"no " + std::string{name} + " in " + response.body.substr(0, 2000)};
  }
  if (const auto* text = value->as_string()) return *text;
  if (const auto* truth = value->as_bool()) return *truth ? "true" : "false";
  if (const auto number = value->as_uint()) return std::to_string(*number);
  return value->is_null() ? "null" : "?";
}

std::string text_of(const imagegallery::Bytes& bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}
