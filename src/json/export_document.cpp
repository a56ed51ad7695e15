// SPDX-License-Identifier: Apache-2.0
#include <imagegallery/error.hpp>
#include <imagegallery/export_document.hpp>

#include <algorithm>
#include <set>
#include <utility>
#include <vector>

#include "json/base64.hpp"
#include "json/base64_source.hpp"
#include "json/json_reader.hpp"
#include "json/json_writer.hpp"
#include "json/sub_type_name.hpp"

namespace imagegallery {
namespace {

constexpr std::size_t max_text_bytes = 4096;  // of a field; the gallery's own limits are lower

class JsonDocumentSource final : public ByteSource {
 public:
  JsonDocumentSource(std::string head, std::shared_ptr<const ByteSource> data)
      : head_(std::move(head)), data_(std::move(data)), text_size_(base64_length(data_->size())) {}

  std::uint64_t size() const override { return head_.size() + text_size_ + tail.size(); }

  std::size_t read_at(std::uint64_t offset, std::span<std::byte> into) const override {
    std::size_t done = 0;
    while (done < into.size() && offset + done < size()) {
      const auto at = offset + done;
      const auto rest = into.subspan(done);
      if (at < head_.size()) {
        done += copy(head_, at, rest);
      } else if (at - head_.size() < text_size_) {
        done += encode(at - head_.size(), rest);
      } else {
        done += copy(tail, at - head_.size() - text_size_, rest);
      }
    }
    return done;
  }

 private:
  static constexpr std::string_view tail = "\"}";
  static constexpr std::size_t group_count = 4096;

  static std::size_t copy(std::string_view text, std::uint64_t offset, std::span<std::byte> into) {
    const auto part = as_bytes(text).subspan(static_cast<std::size_t>(offset));
    const auto count = std::min(part.size(), into.size());
    std::copy_n(part.begin(), count, into.begin());
    return count;
  }

  // Base64 from character `at` on: encodes whole groups and copies the requested characters.
  std::size_t encode(std::uint64_t at, std::span<std::byte> into) const {
    const auto first_group = at / 4;
    std::vector<std::byte> bytes(group_count * 3);
    bytes.resize(data_->read_at(first_group * 3, bytes));
    std::vector<char> text(static_cast<std::size_t>(base64_length(bytes.size())));
    encode_base64(bytes, text);
    const auto skip = static_cast<std::size_t>(at % 4);
    if (text.size() <= skip) {
      throw Error(ErrorCode::storage_failure, "the image was truncated during export");
    }
    return copy({text.data() + skip, text.size() - skip}, 0, into);
  }

  const std::string head_;
  const std::shared_ptr<const ByteSource> data_;
  const std::uint64_t text_size_;
};

// Parses the fields of a document.
class DocumentParser {
 public:
  explicit DocumentParser(std::shared_ptr<const ByteSource> json)
      : json_(std::move(json)), reader_(*json_) {}

  ExportDocument parse() {
    if (reader_.peek() != '{') reader_.fail("expected an object");
    reader_.expect('{');
    if (!reader_.accept('}')) {
      do {
        read_member();
      } while (reader_.accept(','));
      reader_.expect('}');
    }
    reader_.expect_end();
    if (!document_.data) missing("data");
    if (document_.resource_key.empty() && document_.file_name.empty()) missing("resourceKey");
    return std::move(document_);
  }

 private:
  [[noreturn]] static void missing(const char* field) {
    throw Error(ErrorCode::invalid_argument, std::string{field} + ": must be given");
  }

  void read_member() {
    const auto name = reader_.read_string(JsonReader::max_name_bytes);
    if (names_.size() >= JsonReader::max_members) reader_.fail("too many members in an object");
    if (!names_.insert(name).second) reader_.fail("duplicate name \"" + name + "\"");
    reader_.expect(':');
    if (reader_.peek() == 'n') return reader_.read_literal("null");  // treated as absent
    if (name == "link") return read_text(name, document_.link);
    if (name == "title") return read_text(name, document_.title);
    if (name == "resourceKey") return read_text(name, document_.resource_key);
    if (name == "fileName") return read_text(name, document_.file_name);
    if (name == "publicResourceKey") return read_text(name, document_.public_resource_key);
    if (name == "mediaType") return read_text(name, document_.media_type);
    if (name == "type") return read_type(name);
    if (name == "subType") return read_sub_type(name);
    if (name == "public") return read_public(name);
    if (name == "data") return read_data(name);
    reader_.skip_value(1);
  }

  void require(const std::string& name, bool valid, const char* expected) {
    if (!valid) reader_.fail(name + ": " + expected);
  }

  void read_text(const std::string& name, std::string& text) {
    require(name, reader_.peek() == '"', "must be a string");
    text = reader_.read_string(max_text_bytes);
  }

  void read_type(const std::string& name) {
    std::string type;
    read_text(name, type);
    require(name, type == "IMAGE", "must be \"IMAGE\"");
  }

  void read_sub_type(const std::string& name) {
    std::string text;
    read_text(name, text);
    const auto sub_type = parse_sub_type(text);
    require(name, sub_type.has_value(), "must be \"IMAGE\" or \"SCADA_SYMBOL\"");
    document_.sub_type = *sub_type;
  }

  void read_public(const std::string& name) {
    const char next = reader_.peek();
    require(name, next == 't' || next == 'f', "must be true or false");
    reader_.read_literal(next == 't' ? "true" : "false");
    document_.is_public = next == 't';
  }

  void read_data(const std::string& name) {
    require(name, reader_.peek() == '"', "must be a string");
    document_.data = make_base64_source(json_, reader_.skip_string());
    require(name, document_.data->size() != 0, "must not be empty");
  }

  const std::shared_ptr<const ByteSource> json_;
  JsonReader reader_;
  ExportDocument document_;
  std::set<std::string> names_;
};

}  // namespace

std::shared_ptr<const ByteSource> to_json(const ExportDocument& document) {
  if (!document.data) throw Error(ErrorCode::invalid_argument, "data: must be given");
  JsonWriter json;
  json.begin_object();
  if (!document.link.empty()) json.member("link", document.link);
  json.member("title", document.title)
      .member("type", "IMAGE")
      .member("subType", sub_type_name(document.sub_type))
      .member("resourceKey", document.resource_key)
      .member("fileName", document.file_name);
  if (!document.public_resource_key.empty()) {
    json.member("publicResourceKey", document.public_resource_key);
  }
  json.member("public", document.is_public).member("mediaType", document.media_type).name("data");
  return std::make_shared<JsonDocumentSource>(json.take() + '"', document.data);
}

ExportDocument parse_export_document(std::shared_ptr<const ByteSource> json) {
  if (!json) throw Error(ErrorCode::invalid_argument, "parse_export_document: no source");
  return DocumentParser(std::move(json)).parse();
}

}  // namespace imagegallery
