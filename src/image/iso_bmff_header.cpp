// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <imagegallery/error.hpp>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "image/header_readers.hpp"

namespace imagegallery {
namespace {

using namespace std::string_view_literals;

/// A box (ISO/IEC 14496-12 §4.2), or a part of one.
struct Box {
  std::uint32_t type = 0;
  std::uint64_t data = 0;  ///< Offset after size and type.
  std::uint64_t end = 0;
};

/// Reads the box at the reader's position, which is before `end`; moves the reader to its data.
Box read_box(ByteReader& reader, std::uint64_t end) {
  const std::uint64_t start = reader.position();
  std::uint64_t size = reader.big_endian<std::uint32_t>();
  Box box;
  box.type = reader.big_endian<std::uint32_t>();
  if (size == 1) size = reader.big_endian<std::uint64_t>();
  if (size == 0) size = end - start;
  box.data = reader.position();
  if (size < box.data - start || size > end - start) {
    reader.fail("the box at byte " + std::to_string(start) + " is larger than what contains it");
  }
  box.end = start + size;
  return box;
}

/// The first child of that type; nullopt if absent.
std::optional<Box> find_box(ByteReader& reader, std::uint64_t begin, std::uint64_t end,
                            std::uint32_t type) {
  std::uint64_t at = begin;
  while (at < end) {
    reader.seek(at);
    const Box box = read_box(reader, end);
    if (box.type == type) return box;
    at = box.end;
  }
  return std::nullopt;
}

/// Reads a number, which must not extend past the box's end.
template <std::unsigned_integral Number>
Number field(ByteReader& reader, const Box& box) {
  if (reader.position() > box.end || box.end - reader.position() < sizeof(Number)) {
    reader.fail("the box at byte " + std::to_string(box.data) + " is too short");
  }
  return reader.big_endian<Number>();
}

/// An item property, as far as it affects the image size (ISO/IEC 23008-12 §6.5).
struct Property {
  enum class Kind { other, extent, clean_aperture, quarter_turn } kind = Kind::other;
  std::uint32_t width = 0;
  std::uint32_t height = 0;
};

struct Properties {
  std::vector<Property> all;
  bool has_alpha = false;
};

/// A width or height of a `clap` box: numerator and denominator.
std::uint32_t read_fraction(ByteReader& reader, const Box& box) {
  const auto numerator = field<std::uint32_t>(reader, box);
  const auto denominator = field<std::uint32_t>(reader, box);
  if (denominator == 0) reader.fail("the clean aperture has a denominator of 0");
  return numerator / denominator;
}

bool is_alpha(ByteReader& reader, const Box& box) {
  static constexpr std::array names{"urn:mpeg:mpegB:cicp:systems:auxiliary:alpha"sv,
                                    "urn:mpeg:hevc:2015:auxid:1"sv};
  std::array<std::byte, 64> start{};
  reader.seek(std::min(box.data + 4, box.end));
  const auto length =
      static_cast<std::size_t>(std::min<std::uint64_t>(start.size(), box.end - reader.position()));
  reader.read(std::span(start).first(length));
  const std::string_view text(reinterpret_cast<const char*>(start.data()), length);
  return std::any_of(names.begin(), names.end(),
                     [&](std::string_view name) { return text.starts_with(name); });
}

Properties read_properties(ByteReader& reader, const Box& container) {
  // Associations refer to properties by indices of 15 bits.
  constexpr std::size_t max_properties = 0x7FFF;
  Properties properties;
  std::uint64_t at = container.data;
  while (at < container.end && properties.all.size() < max_properties) {
    reader.seek(at);
    const Box box = read_box(reader, container.end);
    at = box.end;
    Property property;
    if (box.type == fourcc("ispe")) {
      (void)field<std::uint32_t>(reader, box);  // Version and flags.
      property.kind = Property::Kind::extent;
      property.width = field<std::uint32_t>(reader, box);
      property.height = field<std::uint32_t>(reader, box);
    } else if (box.type == fourcc("clap")) {
      property.kind = Property::Kind::clean_aperture;
      property.width = read_fraction(reader, box);
      property.height = read_fraction(reader, box);
    } else if (box.type == fourcc("irot")) {
      if ((field<std::uint8_t>(reader, box) & 1) != 0) property.kind = Property::Kind::quarter_turn;
    } else if (box.type == fourcc("auxC")) {
      properties.has_alpha = properties.has_alpha || is_alpha(reader, box);
    }
    properties.all.push_back(property);
  }
  return properties;
}

void apply(const Property& property, ImageHeader& header) {
  switch (property.kind) {
    case Property::Kind::other:
      break;
    case Property::Kind::extent:
      header.width = property.width;
      header.height = property.height;
      break;
    case Property::Kind::clean_aperture:
      header.width = std::min(header.width, property.width);
      header.height = std::min(header.height, property.height);
      break;
    case Property::Kind::quarter_turn:
      std::swap(header.width, header.height);
      break;
  }
}

/// Applies the properties associated with `item` to `header`, in order.
void apply_associations(ByteReader& reader, const Box& associations, std::uint32_t item,
                        const Properties& properties, ImageHeader& header) {
  reader.seek(associations.data);
  const auto version_and_flags = field<std::uint32_t>(reader, associations);
  const bool wide_items = version_and_flags >> 24 != 0;
  const bool wide_indices = (version_and_flags & 1) != 0;
  const auto count = field<std::uint32_t>(reader, associations);
  for (std::uint32_t i = 0; i < count; ++i) {
    const std::uint32_t id = wide_items ? field<std::uint32_t>(reader, associations)
                                        : field<std::uint16_t>(reader, associations);
    const unsigned indices = field<std::uint8_t>(reader, associations);
    for (unsigned j = 0; j < indices; ++j) {
      const std::size_t index = wide_indices ? field<std::uint16_t>(reader, associations) & 0x7FFFu
                                             : field<std::uint8_t>(reader, associations) & 0x7Fu;
      if (id == item && index >= 1 && index <= properties.all.size()) {
        apply(properties.all[index - 1], header);
      }
    }
  }
}

std::uint32_t read_primary_item(ByteReader& reader, const Box& box) {
  reader.seek(box.data);
  const bool wide = field<std::uint32_t>(reader, box) >> 24 != 0;
  return wide ? field<std::uint32_t>(reader, box) : field<std::uint16_t>(reader, box);
}

void read_meta(ByteReader& reader, const Box& meta, ImageHeader& header) {
  const std::uint64_t begin = std::min(meta.data + 4, meta.end);  // After version and flags.
  const auto primary = find_box(reader, begin, meta.end, fourcc("pitm"));
  if (!primary) reader.fail("the file has no primary image");
  const std::uint32_t item = read_primary_item(reader, *primary);
  const auto properties = find_box(reader, begin, meta.end, fourcc("iprp"));
  if (!properties) reader.fail("the file has no image properties");
  const auto container = find_box(reader, properties->data, properties->end, fourcc("ipco"));
  if (!container) reader.fail("the file has no image properties");
  const Properties all = read_properties(reader, *container);
  header.has_alpha = all.has_alpha;
  std::uint64_t at = container->end;
  while (const auto associations = find_box(reader, at, properties->end, fourcc("ipma"))) {
    apply_associations(reader, *associations, item, all, header);
    at = associations->end;
  }
}

/// Counts the samples of a sequence's first track, and uses its size if none was found before.
void read_movie(ByteReader& reader, const Box& movie, ImageHeader& header) {
  const auto track = find_box(reader, movie.data, movie.end, fourcc("trak"));
  if (!track) return;
  if (header.width == 0) {
    if (const auto head = find_box(reader, track->data, track->end, fourcc("tkhd"));
        head && head->end - head->data >= 8) {
      // Its last fields are width and height as 16.16 fixed-point numbers.
      reader.seek(head->end - 8);
      header.width = reader.big_endian<std::uint32_t>() >> 16;
      header.height = reader.big_endian<std::uint32_t>() >> 16;
    }
  }
  std::optional<Box> box = track;
  for (const std::uint32_t type :
       {fourcc("mdia"), fourcc("minf"), fourcc("stbl"), fourcc("stsz")}) {
    box = find_box(reader, box->data, box->end, type);
    if (!box) return;
  }
  reader.seek(std::min(box->data + 8, box->end));  // After version, flags and the common size.
  header.frames = std::max<std::uint32_t>(1, field<std::uint32_t>(reader, *box));
}

}  // namespace

ImageHeader read_iso_bmff_header(ByteReader& reader, ImageFormat format) {
  ImageHeader header;
  header.format = format;
  if (const auto meta = find_box(reader, 0, reader.size(), fourcc("meta"))) {
    read_meta(reader, *meta, header);
  }
  try {
    if (const auto movie = find_box(reader, 0, reader.size(), fourcc("moov"))) {
      read_movie(reader, *movie, header);
    }
  } catch (const Error& error) {
    // Truncated after the still image's properties, or not a sequence.
    if (error.code() != ErrorCode::broken_image || header.width == 0) throw;
  }
  if (header.width == 0 || header.height == 0) reader.fail("the file states no image size");
  return header;
}

}  // namespace imagegallery
