// SPDX-License-Identifier: Apache-2.0
#include "http/multipart_form.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include "http/content_disposition.hpp"
#include "http/http_fields.hpp"
#include "http/problem.hpp"
#include "utf8.hpp"

namespace imagegallery {
namespace {

constexpr std::size_t window_bytes = 64u << 10;
constexpr std::size_t max_text_bytes = 64u << 10;

[[noreturn]] void refuse(const std::string& what) {
  throw HttpProblem(400, "The form is malformed: " + what);
}

// Searches a body through a window that slides forward.
class BodyScanner {
 public:
  explicit BodyScanner(const ByteSource& body) : body_(body), size_(body.size()) {}

  [[nodiscard]] std::uint64_t position() const { return begin_ + at_; }
  void skip(std::size_t count) { at_ += count; }

  /// The next bytes, at least `count` unless the body ends. `count` must fit the window.
  std::string_view peek(std::size_t count) {
    if (end_ - at_ < count) fill();
    return {window_.data() + at_, end_ - at_};
  }

  /// Moves past the next `text`; if absent, moves to the end and returns false. `text` is short.
  bool skip_past(std::string_view text) {
    for (;;) {
      const auto ahead = peek(text.size());
      const auto found = ahead.find(text);
      if (found != std::string_view::npos) {
        at_ += found + text.size();
        return true;
      }
      if (ahead.size() < text.size()) {
        at_ = end_;
        return false;
      }
      at_ += ahead.size() - text.size() + 1;
    }
  }

 private:
  void fill() {
    std::memmove(window_.data(), window_.data() + at_, end_ - at_);
    begin_ += at_;
    end_ -= at_;
    at_ = 0;
    while (end_ < window_.size() && begin_ + end_ < size_) {
      const auto count =
          body_.read_at(begin_ + end_, std::as_writable_bytes(std::span{window_}).subspan(end_));
      if (count == 0) break;
      end_ += count;
    }
  }

  const ByteSource& body_;
  const std::uint64_t size_;
  std::vector<char> window_ = std::vector<char>(window_bytes);
  std::uint64_t begin_ = 0;  // Offset of the window in the body.
  std::size_t at_ = 0;
  std::size_t end_ = 0;
};

// Called after a delimiter: either its line ends here, or it is the last one.
bool is_last_delimiter(BodyScanner& scan) {
  if (scan.peek(2).substr(0, 2) == "--") return true;
  while (!scan.peek(1).empty() && (scan.peek(1)[0] == ' ' || scan.peek(1)[0] == '\t')) scan.skip(1);
  if (scan.peek(2).substr(0, 2) != "\r\n") refuse("a boundary is not followed by a line end.");
  scan.skip(2);
  return false;
}

// The header section of a part. Stops before the empty line: if the part has no content, its line
// end may start the next delimiter (RFC 2046 §5.1.1, `body-part`).
std::string read_header_section(BodyScanner& scan) {
  if (scan.peek(2).substr(0, 2) == "\r\n") refuse("a part has no header.");
  const auto ahead = scan.peek(max_part_header_bytes + 4);
  const auto end = ahead.substr(0, max_part_header_bytes + 4).find("\r\n\r\n");
  if (end == std::string_view::npos) {
    if (ahead.size() < max_part_header_bytes + 4) refuse("it ends within a part's header.");
    refuse("a part's header is longer than " + std::to_string(max_part_header_bytes) + " bytes.");
  }
  std::string section{ahead.substr(0, end)};
  scan.skip(end + 2);
  return section;
}

HttpField read_header_line(std::string_view line) {
  const auto colon = line.find(':');
  if (colon == std::string_view::npos || !is_token(line.substr(0, colon))) {
    refuse("a part's header has a line that is not a field.");
  }
  const auto value = trim_blanks(line.substr(colon + 1));
  const bool clean = std::none_of(value.begin(), value.end(), [](char c) {
    return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f;
  });
  if (!clean) refuse("a part's header contains control characters.");
  return {std::string{line.substr(0, colon)}, std::string{value}};
}

std::vector<HttpField> read_header_lines(std::string_view section) {
  std::vector<HttpField> lines;
  while (!section.empty()) {
    const auto end = section.find("\r\n");
    lines.push_back(read_header_line(section.substr(0, end)));
    if (end == std::string_view::npos) break;
    section.remove_prefix(end + 2);
  }
  return lines;
}

// Browsers encode a quote in a name as %22 (WHATWG HTML, multipart/form-data encoding).
std::string decode_quotes(std::string_view text) {
  std::string quoted;
  for (auto at = text.find("%22"); at != std::string_view::npos; at = text.find("%22")) {
    quoted.append(text.substr(0, at)).append(1, '"');
    text.remove_prefix(at + 3);
  }
  return quoted.append(text);
}

void read_disposition(std::string_view field, FormPart& part) {
  const auto disposition = parse_parameterized(field);
  if (!disposition || disposition->value != "form-data") {
    refuse("a part's Content-Disposition is not form-data with valid parameters.");
  }
  const auto* const name = disposition->find("name");
  if (name == nullptr) refuse("a part has no name.");
  part.name = decode_quotes(*name);
  if (const auto* const extended = disposition->find("filename*")) {
    part.file_name = client_file_name(decode_extended_value(*extended));
  } else if (const auto* const plain = disposition->find("filename")) {
    part.file_name = plain->empty() ? std::string{} : client_file_name(decode_quotes(*plain));
  }
}

FormPart read_part_header(BodyScanner& scan) {
  FormPart part;
  bool has_disposition = false;
  for (const auto& line : read_header_lines(read_header_section(scan))) {
    if (equals_ignoring_case(line.name, "Content-Disposition")) {
      if (has_disposition) refuse("a part has two Content-Disposition fields.");
      has_disposition = true;
      read_disposition(line.value, part);
    } else if (equals_ignoring_case(line.name, "Content-Transfer-Encoding")) {
      constexpr std::array<std::string_view, 3> as_is{"7bit", "8bit", "binary"};
      if (std::none_of(as_is.begin(), as_is.end(), [&](std::string_view encoding) {
            return equals_ignoring_case(line.value, encoding);
          })) {
        refuse("a part has a Content-Transfer-Encoding.");
      }
    }
  }
  if (!has_disposition) refuse("a part has no Content-Disposition.");
  return part;
}

bool is_boundary_character(char c) {
  if ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z')) return true;
  return c != '\0' && std::string_view{"'()+_,-./:=? "}.find(c) != std::string_view::npos;
}

}  // namespace

std::string form_boundary(std::string_view content_type) {
  const auto parsed = parse_parameterized(content_type);
  if (trim_blanks(to_lower_ascii(content_type.substr(0, content_type.find(';')))) !=
      "multipart/form-data") {
    throw HttpProblem(415, "Content-Type: must be multipart/form-data.");
  }
  const auto* const boundary = parsed ? parsed->find("boundary") : nullptr;
  if (boundary == nullptr || boundary->empty() || boundary->size() > 70 ||
      boundary->back() == ' ' ||
      !std::all_of(boundary->begin(), boundary->end(), is_boundary_character)) {
    throw HttpProblem(400, "Content-Type: must have a valid boundary.");
  }
  return *boundary;
}

std::vector<FormPart> parse_multipart_form(const std::shared_ptr<const ByteSource>& body,
                                           std::string_view boundary) {
  const std::string delimiter = "\r\n--" + std::string{boundary};
  BodyScanner scan{*body};
  const auto first = std::string_view{delimiter}.substr(2);
  if (scan.peek(first.size()).substr(0, first.size()) == first) {
    scan.skip(first.size());
  } else if (!scan.skip_past(delimiter)) {
    refuse("its boundary does not appear.");
  }

  std::vector<FormPart> parts;
  while (!is_last_delimiter(scan)) {
    if (parts.size() == max_form_parts) {
      refuse("it has more than " + std::to_string(max_form_parts) + " parts.");
    }
    auto part = read_part_header(scan);
    const bool empty = scan.peek(delimiter.size()).substr(0, delimiter.size()) == delimiter;
    if (!empty) scan.skip(2);
    const auto begin = scan.position();
    if (!scan.skip_past(delimiter)) refuse("its last boundary is missing.");
    part.content = slice(body, begin, scan.position() - delimiter.size() - begin);
    parts.push_back(std::move(part));
  }
  return parts;
}

std::string text_of(const FormPart& part) {
  if (part.content->size() > max_text_bytes) {
    throw HttpProblem(
        400, part.name + ": must be at most " + std::to_string(max_text_bytes) + " bytes.");
  }
  const auto bytes = read_all(*part.content);
  std::string text(bytes.size(), '\0');
  std::transform(bytes.begin(), bytes.end(), text.begin(),
                 [](std::byte byte) { return static_cast<char>(byte); });
  if (!is_utf8(text)) throw HttpProblem(400, part.name + ": must be UTF-8.");
  return text;
}

}  // namespace imagegallery
