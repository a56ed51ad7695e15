// SPDX-License-Identifier: Apache-2.0
#include <imagegallery/error.hpp>
#include <imagegallery/image.hpp>

#include <utility>

#include "percent_encoding.hpp"

namespace imagegallery {

std::string_view to_string(Scope scope) noexcept {
  return scope == Scope::system ? "system" : "tenant";
}

std::string ImageInfo::link() const {
  return "/api/images/" + std::string{to_string(ref.scope)} + "/" + percent_encode(ref.key);
}

std::optional<std::string> ImageInfo::public_link() const {
  if (!is_public) return std::nullopt;
  return "/api/images/public/" + public_key;
}

Upload::Upload(std::shared_ptr<const ByteSource> source, UploadOptions options)
    : source_(std::move(source)), options_(std::move(options)) {}

Upload Upload::from_file(const std::filesystem::path& path, UploadOptions options) {
  if (options.file_name.empty()) options.file_name = path.filename().string();
  return {open_file(path), std::move(options)};
}

Upload Upload::from_bytes(ByteView bytes, UploadOptions options) {
  return {make_view_source(bytes), std::move(options)};
}

Upload Upload::from_bytes(Bytes&& bytes, UploadOptions options) {
  return {make_source(std::move(bytes)), std::move(options)};
}

Upload Upload::from_source(std::shared_ptr<const ByteSource> source, UploadOptions options) {
  if (!source) throw Error(ErrorCode::invalid_argument, "source: must not be null");
  return {std::move(source), std::move(options)};
}

}  // namespace imagegallery
