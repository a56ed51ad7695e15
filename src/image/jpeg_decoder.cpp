// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <cstdio>
#include <imagegallery/error.hpp>
#include <limits>
#include <new>
#include <string>
#include <vector>

// libjpeg's headers need <cstdio> before them.
#include <jerror.h>
#include <jpeglib.h>

#include "image/decoder_input.hpp"
#include "image/jpeg_segments.hpp"
#include "image/longjmp_guard.hpp"
#include "image/row_reader.hpp"

namespace imagegallery {
namespace {

/// Minimum ratio of decoded to requested size, if the image is that large. Slightly below 2, so
/// that 375 pixels (of 3000) still count as twice 188.
constexpr double min_oversize = 1.98;

/// Some encoders write a few extra bytes after a scan. More of them mean that the decoder lost
/// synchronization, because of damage that went undetected.
constexpr int max_stray_bytes_in_scan = 32;

bool is_restart(int marker) noexcept { return marker >= JPEG_RST0 && marker <= JPEG_RST0 + 7; }

/// Whether a libjpeg warning does not mean damaged pixels: stray bytes between segments, unknown
/// versions of JFIF or of Adobe's marker, and colour profiles, which are not used.
bool is_harmless(const jpeg_error_mgr& errors, bool in_scans) noexcept {
  switch (errors.msg_code) {
    case JWRN_ADOBE_XFORM:
    case JWRN_JFIF_MAJOR:
    case JWRN_BOGUS_ICC:
    case JWRN_NOT_SEQUENTIAL:
      return true;
    case JWRN_EXTRANEOUS_DATA: {
      const int count = errors.msg_parm.i[0];
      const int next_marker = errors.msg_parm.i[1];
      return !in_scans || (count <= max_stray_bytes_in_scan && !is_restart(next_marker));
    }
    default:
      return false;
  }
}

/// Whether libjpeg rejects the file because it lacks support for it, not because of damage. Its
/// limit of 65,500 pixels is 35 below the format's.
bool is_unsupported(int error) noexcept {
  return error == JERR_BAD_PRECISION || error == JERR_SOF_UNSUPPORTED ||
         error == JERR_ARITH_NOTIMPL || error == JERR_CONVERSION_NOTIMPL ||
         error == JERR_NOT_COMPILED || error == JERR_IMAGE_TOO_BIG;
}

/// libjpeg's object and the state of its callbacks. Every call into libjpeg goes through `call`.
struct Session {
  Session(const ByteSource& source, DecodeMeter& meter) : bytes(source, meter) {}

  jpeg_decompress_struct jpeg{};
  jpeg_error_mgr errors{};
  jpeg_source_mgr input{};
  LongjmpGuard exit;
  DecoderInput bytes;
  bool in_scans = false;
  int error = 0;
  std::array<char, JMSG_LENGTH_MAX> message{};

  template <typename Function>
  void call(Function function) {
    if (!exit.try_call(function)) throw_error();
  }

  [[noreturn]] void throw_error() {
    bytes.throw_failure();
    if (error == JERR_OUT_OF_MEMORY) throw std::bad_alloc();
    if (error == JERR_NO_BACKING_STORE) {
      throw Error(ErrorCode::limit_exceeded,
                  "JPEG: decoding needs more memory than DecodeBudget::max_memory_bytes allows");
    }
    throw Error(ErrorCode::broken_image, "JPEG: " + std::string(message.data()));
  }
};

Session& session_of(j_common_ptr jpeg) { return *static_cast<Session*>(jpeg->client_data); }
Session& session_of(j_decompress_ptr jpeg) { return *static_cast<Session*>(jpeg->client_data); }

extern "C" {

[[noreturn]] static void on_error(j_common_ptr jpeg) {
  Session& session = session_of(jpeg);
  session.error = jpeg->err->msg_code;
  jpeg->err->format_message(jpeg, session.message.data());
  session.exit.leave();
}

static void on_message(j_common_ptr jpeg, int level) {
  if (level < 0 && !is_harmless(*jpeg->err, session_of(jpeg).in_scans)) on_error(jpeg);
}

static void on_output(j_common_ptr) {}

static void on_start(j_decompress_ptr) {}

static boolean on_fill_buffer(j_decompress_ptr jpeg) {
  // A missing end marker is accepted if the image is otherwise whole: some cameras omit it.
  static constexpr std::array<JOCTET, 2> end_marker{0xFF, JPEG_EOI};
  DecoderInput& bytes = session_of(jpeg).bytes;
  const ByteView block = bytes.next_block();
  if (bytes.failed()) ERREXIT(jpeg, JERR_FILE_READ);
  if (block.empty()) {
    jpeg->src->next_input_byte = end_marker.data();
    jpeg->src->bytes_in_buffer = end_marker.size();
  } else {
    jpeg->src->next_input_byte = reinterpret_cast<const JOCTET*>(block.data());
    jpeg->src->bytes_in_buffer = block.size();
  }
  return TRUE;
}

static void on_skip(j_decompress_ptr jpeg, long count) {
  if (count <= 0) return;
  const auto skipped = static_cast<std::size_t>(count);
  if (skipped <= jpeg->src->bytes_in_buffer) {
    jpeg->src->next_input_byte += skipped;
    jpeg->src->bytes_in_buffer -= skipped;
  } else {
    session_of(jpeg).bytes.skip(skipped - jpeg->src->bytes_in_buffer);
    jpeg->src->bytes_in_buffer = 0;
  }
}

static void on_end(j_decompress_ptr) {}

}  // extern "C"

/// Zigzag order of a block's coefficients, lowest frequencies first (T.81 figure A.6): row times 8
/// plus column of each.
constexpr std::array<std::uint8_t, 64> zigzag{
    0,  1,  8,  16, 9,  2,  3,  10, 17, 24, 32, 25, 18, 11, 4,  5,  12, 19, 26, 33, 40, 48,
    41, 34, 27, 20, 13, 6,  7,  14, 21, 28, 35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23,
    30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63};

class JpegRows final : public RowReader {
 public:
  JpegRows(const ByteSource& source, DecodeMeter& meter) : meter_(meter), session_(source, meter) {
    session_.jpeg.err = jpeg_std_error(&session_.errors);
    session_.jpeg.client_data = &session_;
    session_.errors.error_exit = on_error;
    session_.errors.emit_message = on_message;
    session_.errors.output_message = on_output;
    session_.input.init_source = on_start;
    session_.input.fill_input_buffer = on_fill_buffer;
    session_.input.skip_input_data = on_skip;
    session_.input.resync_to_restart = jpeg_resync_to_restart;
    session_.input.term_source = on_end;
  }
  ~JpegRows() override { jpeg_destroy_decompress(&session_.jpeg); }

  /// False if libjpeg lacks support for this coding process.
  bool open(std::uint32_t width, std::uint32_t height) {
    if (!read_header() || !choose_color_space()) return false;
    jpeg_decompress_struct& jpeg = session_.jpeg;
    meter_.check_size(jpeg.image_width, jpeg.image_height);
    choose_scale(width, height);
    session_.in_scans = true;
    has_scans_ = jpeg_has_multiple_scans(&jpeg) != 0;
    if (has_scans_) check_scans();
    session_.call([&] { jpeg_calc_output_dimensions(&jpeg); });
    layout_.width = jpeg.output_width;
    layout_.height = jpeg.output_height;
    layout_.image_width = jpeg.image_width;
    layout_.image_height = jpeg.image_height;
    layout_.picture_width = jpeg.image_width * scale_ / 8.0;
    layout_.picture_height = jpeg.image_height * scale_ / 8.0;
    claim_memory();
    // Block smoothing estimates missing coefficients; here all that matter are read.
    jpeg.do_block_smoothing = FALSE;
    jpeg.buffered_image = has_scans_ ? TRUE : FALSE;
    session_.call([&] { jpeg_start_decompress(&jpeg); });
    if (has_scans_) {
      read_scans();
      session_.call([&] { jpeg_start_output(&jpeg, jpeg.input_scan_number); });
    }
    return true;
  }

  const RowLayout& layout() const noexcept override { return layout_; }

  void read_row(std::span<std::uint8_t> row) override {
    JSAMPROW target = cmyk_row_.empty() ? row.data() : cmyk_row_.data();
    session_.call([&] { (void)jpeg_read_scanlines(&session_.jpeg, &target, 1); });
    if (!cmyk_row_.empty()) convert_cmyk(row);
    meter_.spend(std::uint64_t{session_.jpeg.image_width} * 8 / scale_ * layout_.channels);
  }

  void finish() override {
    // The rest of a single scan shows whether its pixels were decoded correctly.
    if (!has_scans_) session_.call([&] { (void)jpeg_finish_decompress(&session_.jpeg); });
    // The arithmetic decoder reads missing data as zeros, without a warning.
    if (session_.bytes.ended() && session_.jpeg.arith_code != FALSE) {
      throw Error(ErrorCode::broken_image, "JPEG: unexpected end of file");
    }
  }

 private:
  bool read_header() {
    jpeg_decompress_struct& jpeg = session_.jpeg;
    auto steps = [&] {
      jpeg_create_decompress(&jpeg);
      jpeg.mem->max_memory_to_use = static_cast<long>(std::min<std::uint64_t>(
          meter_.budget().max_memory_bytes, std::numeric_limits<long>::max()));
      jpeg.src = &session_.input;
      (void)jpeg_read_header(&jpeg, TRUE);
    };
    if (session_.exit.try_call(steps)) return true;
    if (!session_.bytes.failed() && is_unsupported(session_.error)) return false;
    session_.throw_error();
  }

  bool choose_color_space() {
    switch (session_.jpeg.jpeg_color_space) {
      case JCS_GRAYSCALE:
        session_.jpeg.out_color_space = JCS_GRAYSCALE;
        layout_.channels = 1;
        return true;
      case JCS_RGB:
      case JCS_YCbCr:
        session_.jpeg.out_color_space = JCS_RGB;
        layout_.channels = 3;
        return true;
      case JCS_CMYK:
      case JCS_YCCK:
        session_.jpeg.out_color_space = JCS_CMYK;
        layout_.channels = 3;
        return true;
      default:
        return false;
    }
  }

  /// Only powers of two: libjpeg-turbo has fast code for them.
  void choose_scale(std::uint32_t width, std::uint32_t height) {
    jpeg_decompress_struct& jpeg = session_.jpeg;
    const auto suffices = [&](unsigned scale) {
      return jpeg.image_width * scale / 8.0 >= min_oversize * width &&
             jpeg.image_height * scale / 8.0 >= min_oversize * height;
    };
    scale_ = 1;
    while (scale_ < 8 && !suffices(scale_)) scale_ *= 2;
    jpeg.scale_num = scale_;
    jpeg.scale_denom = 8;
  }

  /// Counts the scans before decoding the first: thousands of them fit into a small file, and each
  /// costs a pass over the whole image. Decoding may stop before the last scan, so this also
  /// detects truncated files.
  void check_scans() {
    const JpegScans scans = count_jpeg_scans(session_.bytes.source());
    meter_.check_scans(scans.count);
    if (!scans.has_end) {
      throw Error(ErrorCode::broken_image, "JPEG: unexpected end of file, without an end marker");
    }
  }

  void claim_memory() {
    const jpeg_decompress_struct& jpeg = session_.jpeg;
    // libjpeg's own rows: for each component, a row of blocks before and one after upsampling.
    std::uint64_t bytes =
        std::uint64_t{jpeg.output_width} * static_cast<unsigned>(jpeg.num_components) * 40;
    if (has_scans_) {
      for (int i = 0; i < jpeg.num_components; ++i) {
        const jpeg_component_info& component = jpeg.comp_info[i];
        bytes += round_up(component.width_in_blocks, component.h_samp_factor) *
                 round_up(component.height_in_blocks, component.v_samp_factor) * sizeof(JBLOCK);
      }
    }
    if (session_.jpeg.out_color_space == JCS_CMYK) {
      bytes += std::uint64_t{jpeg.output_width} * 4;
    }
    meter_.claim_memory(bytes);
    if (session_.jpeg.out_color_space == JCS_CMYK) {
      cmyk_row_.resize(std::size_t{jpeg.output_width} * 4);
    }
  }

  static std::uint64_t round_up(std::uint64_t value, int multiple) noexcept {
    const auto step = static_cast<std::uint64_t>(multiple);
    return (value + step - 1) / step * step;
  }

  void read_scans() {
    jpeg_decompress_struct& jpeg = session_.jpeg;
    const std::uint64_t row_samples =
        std::uint64_t{jpeg.image_width} * 8 * static_cast<unsigned>(jpeg.max_v_samp_factor);
    record_scan();
    while (true) {
      int status = 0;
      session_.call([&] { status = jpeg_consume_input(&jpeg); });
      if (status == JPEG_REACHED_EOI) break;
      if (status == JPEG_REACHED_SOS) record_scan();
      if (status == JPEG_ROW_COMPLETED) meter_.spend(row_samples);
      if (status == JPEG_SCAN_COMPLETED && has_used_coefficients()) return;
    }
    if (components_seen_ != all_components()) {
      throw Error(ErrorCode::broken_image, "JPEG: a colour component has no scan");
    }
  }

  unsigned all_components() const noexcept { return (1u << session_.jpeg.num_components) - 1; }

  void record_scan() {
    const jpeg_decompress_struct& jpeg = session_.jpeg;
    if (jpeg.progressive_mode != FALSE && jpeg.Ss != 0) return;
    for (int i = 0; i < jpeg.comps_in_scan; ++i) {
      components_seen_ |= 1u << jpeg.cur_comp_info[i]->component_index;
    }
  }

  /// Whether the scans so far completed every coefficient that this scale uses.
  bool has_used_coefficients() const {
    const jpeg_decompress_struct& jpeg = session_.jpeg;
    if (components_seen_ != all_components()) return false;
    if (jpeg.coef_bits == nullptr) return true;
    for (int i = 0; i < jpeg.num_components; ++i) {
      const jpeg_component_info& component = jpeg.comp_info[i];
      // A subsampled component is scaled down less.
      const int ratio = std::max(jpeg.max_h_samp_factor / component.h_samp_factor,
                                 jpeg.max_v_samp_factor / component.v_samp_factor);
      const int side = std::min(8, static_cast<int>(scale_) * ratio);
      for (std::size_t k = 0; k < zigzag.size(); ++k) {
        const bool is_used = zigzag[k] / 8 < side && zigzag[k] % 8 < side;
        if (is_used && jpeg.coef_bits[i][k] != 0) return false;
      }
    }
    return true;
  }

  /// Converts CMYK to RGB without a colour profile. Adobe's programs store CMYK inverted.
  void convert_cmyk(std::span<std::uint8_t> row) const noexcept {
    const unsigned flip = session_.jpeg.saw_Adobe_marker != FALSE ? 0 : 255;
    for (std::size_t x = 0; x < layout_.width; ++x) {
      const std::uint8_t* const cmyk = cmyk_row_.data() + 4 * x;
      const unsigned light = cmyk[3] ^ flip;
      for (std::size_t c = 0; c < 3; ++c) {
        row[3 * x + c] = static_cast<std::uint8_t>(((cmyk[c] ^ flip) * light + 127) / 255);
      }
    }
  }

  DecodeMeter& meter_;
  Session session_;
  RowLayout layout_;
  bool has_scans_ = false;
  unsigned scale_ = 8;  // Eighths.
  unsigned components_seen_ = 0;
  std::vector<std::uint8_t> cmyk_row_;
};

}  // namespace

std::unique_ptr<RowReader> read_jpeg_rows(const ByteSource& source, DecodeMeter& meter,
                                          std::uint32_t width, std::uint32_t height) {
  auto rows = std::make_unique<JpegRows>(source, meter);
  if (!rows->open(width, height)) return nullptr;
  return rows;
}

}  // namespace imagegallery
