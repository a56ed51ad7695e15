// SPDX-License-Identifier: Apache-2.0
#include "json/base64_source.hpp"

#include <imagegallery/error.hpp>

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "json/base64.hpp"

namespace imagegallery {
namespace {

constexpr std::size_t block_characters = 16384;  // a multiple of four
constexpr std::size_t block_bytes = block_characters / 4 * 3;

[[noreturn]] void fail() {
  throw Error(ErrorCode::invalid_argument,
              "data: must be base64 (RFC 4648 section 4, with padding)");
}

// Reads the characters of a JSON string from a raw offset on and decodes its escapes. The string is
// known to be well-formed. Throws for non-ASCII escapes, which base64 never has.
class CharacterReader {
 public:
  CharacterReader(const ByteSource& json, std::uint64_t begin, std::uint64_t end)
      : json_(json), at_(begin), end_(end) {}

  [[nodiscard]] std::uint64_t at() const noexcept { return at_; }

  std::size_t read(std::span<char> into) {
    std::size_t count = 0;
    while (count < into.size() && at_ < end_) {
      const char c = next();
      into[count++] = c == '\\' ? escaped() : c;
    }
    return count;
  }

 private:
  char next() {
    if (at_ < window_begin_ || at_ >= window_begin_ + window_size_) {
      window_begin_ = at_;
      window_size_ = json_.read_at(at_, window_);
      if (window_size_ == 0) fail();
    }
    return static_cast<char>(window_[static_cast<std::size_t>(at_++ - window_begin_)]);
  }

  char escaped() {
    const char kind = next();
    if (kind == '/') return '/';
    if (kind != 'u') fail();
    unsigned value = 0;
    for (int i = 0; i < 4; ++i) {
      const auto c = static_cast<unsigned char>(next());
      value = value << 4 | (c <= '9' ? c - '0' : (c | 0x20u) - 'a' + 10u);
    }
    if (value > 0x7f) fail();
    return static_cast<char>(value);
  }

  const ByteSource& json_;
  std::uint64_t at_;
  const std::uint64_t end_;
  std::array<std::byte, 4096> window_{};
  std::uint64_t window_begin_ = 0;
  std::size_t window_size_ = 0;
};

class Base64Source final : public ByteSource {
 public:
  Base64Source(std::shared_ptr<const ByteSource> json, const RawJsonString& text)
      : json_(std::move(json)), text_(text) {
    std::vector<std::byte> bytes(block_bytes);
    std::vector<char> characters(block_characters);
    std::uint64_t raw = text_.begin;
    bool ended = false;
    while (raw < text_.end) {
      if (ended) fail();  // padding before the last group
      if (text_.has_escapes) block_starts_.push_back(raw);
      const auto count = read_block(raw, characters);
      if (count % 4 != 0) fail();
      const auto decoded = decode_base64(std::span{characters}.first(count), bytes);
      if (decoded < 0) fail();
      size_ += static_cast<std::uint64_t>(decoded);
      ended = static_cast<std::size_t>(decoded) != block_bytes;
    }
  }

  std::uint64_t size() const override { return size_; }

  std::size_t read_at(std::uint64_t offset, std::span<std::byte> into) const override {
    if (offset >= size_) return 0;
    into =
        into.first(static_cast<std::size_t>(std::min<std::uint64_t>(into.size(), size_ - offset)));
    std::vector<std::byte> bytes(block_bytes);
    std::vector<char> characters(block_characters);
    std::size_t done = 0;
    while (done < into.size()) {
      const auto block = (offset + done) / block_bytes;
      const auto skip = static_cast<std::size_t>((offset + done) % block_bytes);
      auto raw = text_.has_escapes ? block_starts_[static_cast<std::size_t>(block)]
                                   : text_.begin + block * block_characters;
      const auto decoded =
          decode_base64(std::span{characters}.first(read_block(raw, characters)), bytes);
      if (decoded <= static_cast<std::ptrdiff_t>(skip)) {
        throw Error(ErrorCode::conflict, "the JSON text changed while it was read");
      }
      const auto count = std::min(static_cast<std::size_t>(decoded) - skip, into.size() - done);
      std::copy_n(bytes.begin() + static_cast<std::ptrdiff_t>(skip), count,
                  into.begin() + static_cast<std::ptrdiff_t>(done));
      done += count;
    }
    return done;
  }

 private:
  // Reads a block's characters from `raw` on, and advances `raw` past them.
  std::size_t read_block(std::uint64_t& raw, std::span<char> characters) const {
    if (text_.has_escapes) {
      CharacterReader reader(*json_, raw, text_.end);
      const auto count = reader.read(characters);
      raw = reader.at();
      return count;
    }
    const auto count =
        static_cast<std::size_t>(std::min<std::uint64_t>(characters.size(), text_.end - raw));
    const auto read = json_->read_at(raw, std::as_writable_bytes(characters.first(count)));
    if (read != count) fail();
    raw += count;
    return count;
  }

  const std::shared_ptr<const ByteSource> json_;
  const RawJsonString text_;
  // The raw start of each block; only used if there are escapes, as their raw lengths differ.
  std::vector<std::uint64_t> block_starts_;
  std::uint64_t size_ = 0;
};

}  // namespace

std::shared_ptr<const ByteSource> make_base64_source(std::shared_ptr<const ByteSource> json,
                                                     const RawJsonString& text) {
  return std::make_shared<Base64Source>(std::move(json), text);
}

}  // namespace imagegallery
