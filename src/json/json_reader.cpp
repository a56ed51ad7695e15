// SPDX-License-Identifier: Apache-2.0
#include "json/json_reader.hpp"

#include <imagegallery/error.hpp>

#include <charconv>
#include <set>

#include "utf8.hpp"

namespace imagegallery {
namespace {

bool is_space(unsigned char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
bool is_digit(unsigned char c) { return c >= '0' && c <= '9'; }

// Whether a one-byte character needs no escape in a string.
bool is_plain(unsigned char c) { return c >= 0x20 && c < 0x80 && c != '"' && c != '\\'; }

}  // namespace

void JsonReader::fail(const std::string& reason) const {
  throw Error(ErrorCode::invalid_argument, "JSON, byte " + std::to_string(at_) + ": " + reason);
}

bool JsonReader::at_end() { return at_ >= size_; }

unsigned char JsonReader::byte() {
  if (at_ < window_begin_ || at_ >= window_begin_ + window_size_) {
    window_begin_ = at_;
    window_size_ = source_.read_at(at_, window_);
    if (window_size_ == 0) fail("unexpected end of the text");
  }
  return std::to_integer<unsigned char>(window_[static_cast<std::size_t>(at_ - window_begin_)]);
}

void JsonReader::skip_space() {
  while (!at_end() && is_space(byte())) ++at_;
}

char JsonReader::peek() {
  skip_space();
  return at_end() ? '\0' : static_cast<char>(byte());
}

void JsonReader::expect(char expected) {
  if (!accept(expected)) fail(std::string{"expected '"} + expected + "'");
}

bool JsonReader::accept(char expected) {
  skip_space();
  if (at_end() || byte() != static_cast<unsigned char>(expected)) return false;
  ++at_;
  return true;
}

unsigned JsonReader::read_hex4() {
  unsigned value = 0;
  for (int i = 0; i < 4; ++i) {
    const auto c = byte();
    unsigned digit = 0;
    if (is_digit(c)) {
      digit = c - '0';
    } else if (c >= 'a' && c <= 'f') {
      digit = c - 'a' + 10u;
    } else if (c >= 'A' && c <= 'F') {
      digit = c - 'A' + 10u;
    } else {
      fail("expected a hexadecimal digit");
    }
    value = value << 4 | digit;
    ++at_;
  }
  return value;
}

// Reads an escape after its backslash. If `text` is null, the escape is only validated.
void JsonReader::read_escape(std::string* text) {
  const auto put = [&](char32_t character) {
    if (text) append_utf8(*text, character);
  };
  const auto c = byte();
  ++at_;
  switch (c) {
    case '"':
      return put('"');
    case '\\':
      return put('\\');
    case '/':
      return put('/');
    case 'b':
      return put('\b');
    case 'f':
      return put('\f');
    case 'n':
      return put('\n');
    case 'r':
      return put('\r');
    case 't':
      return put('\t');
    case 'u':
      break;
    default:
      --at_;
      fail("unknown escape");
  }
  char32_t character = read_hex4();
  if (character >= 0xd800 && character < 0xdc00) {
    if (byte() != '\\') fail("expected the second half of a surrogate pair");
    ++at_;
    if (byte() != 'u') fail("expected the second half of a surrogate pair");
    ++at_;
    const char32_t low = read_hex4();
    if (low < 0xdc00 || low > 0xdfff) fail("expected the second half of a surrogate pair");
    character = 0x10000 + ((character - 0xd800) << 10) + (low - 0xdc00);
  } else if (character >= 0xdc00 && character <= 0xdfff) {
    fail("unpaired surrogate");
  }
  put(character);
}

// A UTF-8 character of two to four bytes.
void JsonReader::read_character(std::string* text) {
  const auto lead = byte();
  if (lead < 0x20) fail("control character in a string");
  const std::size_t length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc0 ? 2 : 1;
  std::string character;
  const auto start = at_;
  for (std::size_t i = 0; i < length && !at_end(); ++i, ++at_) {
    character += static_cast<char>(byte());
  }
  std::size_t decoded = 0;
  if (!next_character(character, decoded)) {
    at_ = start;
    fail("invalid UTF-8");
  }
  if (text) text->append(character);
}

std::string JsonReader::read_string(std::size_t max_bytes) {
  expect('"');
  std::string text;
  for (;;) {
    const auto c = byte();
    if (is_plain(c)) {
      text += static_cast<char>(c);
      ++at_;
    } else if (c == '"') {
      ++at_;
      return text;
    } else if (c == '\\') {
      ++at_;
      read_escape(&text);
    } else {
      read_character(&text);
    }
    if (text.size() > max_bytes) {
      fail("string longer than " + std::to_string(max_bytes) + " bytes");
    }
  }
}

RawJsonString JsonReader::skip_string() {
  expect('"');
  RawJsonString raw{at_, at_, false};
  for (;;) {
    const auto c = byte();
    if (is_plain(c)) {
      // Fast path for image data: scan the current window without refilling it.
      const auto last = window_begin_ + window_size_;
      do {
        ++at_;
      } while (at_ < last && is_plain(std::to_integer<unsigned char>(
                                 window_[static_cast<std::size_t>(at_ - window_begin_)])));
    } else if (c == '"') {
      raw.end = at_++;
      return raw;
    } else if (c == '\\') {
      raw.has_escapes = true;
      ++at_;
      read_escape(nullptr);
    } else {
      read_character(nullptr);
    }
  }
}

double JsonReader::read_number() {
  skip_space();
  std::string text;
  const auto next_is = [&](auto matches) { return !at_end() && matches(byte()); };
  const auto take = [&] {
    if (text.size() >= 1024) fail("number longer than 1024 characters");
    text += static_cast<char>(byte());
    ++at_;
  };
  const auto take_digits = [&] {
    if (!next_is(is_digit)) fail("expected a digit");
    while (next_is(is_digit)) take();
  };
  if (next_is([](unsigned char c) { return c == '-'; })) take();
  if (next_is([](unsigned char c) { return c == '0'; })) {
    take();
  } else {
    take_digits();
  }
  if (next_is([](unsigned char c) { return c == '.'; })) {
    take();
    take_digits();
  }
  if (next_is([](unsigned char c) { return c == 'e' || c == 'E'; })) {
    take();
    if (next_is([](unsigned char c) { return c == '+' || c == '-'; })) take();
    take_digits();
  }
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error == std::errc::result_out_of_range) fail("number out of range");
  return value;
}

void JsonReader::read_literal(std::string_view literal) {
  skip_space();
  for (const char c : literal) {
    if (at_end() || byte() != static_cast<unsigned char>(c)) fail("unknown value");
    ++at_;
  }
}

void JsonReader::skip_value(unsigned depth) {
  if (depth > max_depth) fail("nested more than " + std::to_string(max_depth) + " deep");
  switch (peek()) {
    case '"':
      skip_string();
      return;
    case 't':
      return read_literal("true");
    case 'f':
      return read_literal("false");
    case 'n':
      return read_literal("null");
    case '[':
      expect('[');
      if (accept(']')) return;
      do {
        skip_value(depth + 1);
      } while (accept(','));
      return expect(']');
    case '{': {
      expect('{');
      if (accept('}')) return;
      std::set<std::string> names;
      do {
        auto name = read_string(max_name_bytes);
        if (names.size() >= max_members) fail("too many members in an object");
        if (!names.insert(name).second) fail("duplicate name \"" + name + "\"");
        expect(':');
        skip_value(depth + 1);
      } while (accept(','));
      return expect('}');
    }
    case '\0':
      if (at_end()) fail("expected a value");
      [[fallthrough]];
    default:
      (void)read_number();
  }
}

void JsonReader::expect_end() {
  skip_space();
  if (!at_end()) fail("expected the end of the text");
}

}  // namespace imagegallery
