// SPDX-License-Identifier: Apache-2.0
//
// preview_bench <image>...: compares the CPU time of a 250-pixel preview with libvips, alternating
// in one process, and how close both are to a slow, exact resampling of the whole image.
#include <vips/vips.h>

#include <imagegallery/error.hpp>
#include <imagegallery/preview.hpp>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <functional>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

using namespace imagegallery;

namespace {

constexpr int rounds = 15;
constexpr std::uint32_t side = 250;

/// CPU time of all threads of the process, since libvips starts some.
double cpu_milliseconds() {
  timespec time{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_nsec) / 1e6;
}

double cost_of(const std::function<void()>& work) {
  const double start = cpu_milliseconds();
  work();
  return cpu_milliseconds() - start;
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

[[noreturn]] void fail_vips() {
  const std::string message = vips_error_buffer();
  vips_error_clear();
  throw std::runtime_error("libvips: " + message);
}

class Image {
 public:
  explicit Image(VipsImage* image) : image_(image) {
    if (image == nullptr) fail_vips();
  }
  Image(Image&& other) noexcept : image_(std::exchange(other.image_, nullptr)) {}
  Image& operator=(Image&&) = delete;
  ~Image() {
    if (image_ != nullptr) g_object_unref(image_);
  }
  VipsImage* get() const { return image_; }

 private:
  VipsImage* image_;
};

Preview our_preview(const ByteSource& source) {
  const PreviewPreset preset{"preview", side};
  return make_previews(source, read_header(source), std::span(&preset, 1), {}).front();
}

Bytes encoded(const Image& image, const char* suffix) {
  void* data = nullptr;
  std::size_t size = 0;
  if (vips_image_write_to_buffer(image.get(), suffix, &data, &size, nullptr) != 0) fail_vips();
  const auto* begin = static_cast<const std::byte*>(data);
  Bytes bytes(begin, begin + size);
  g_free(data);
  return bytes;
}

Image vips_thumbnail_of(ByteView file) {
  VipsImage* image = nullptr;
  // libvips takes a non-const buffer but does not modify it.
  auto* data = const_cast<std::byte*>(file.data());
  if (vips_thumbnail_buffer(data, file.size(), &image, static_cast<int>(side), "height",
                            static_cast<int>(side), "size", VIPS_SIZE_DOWN, nullptr) != 0) {
    fail_vips();
  }
  return Image(image);
}

Bytes vips_preview(ByteView file) {
  const Image image = vips_thumbnail_of(file);
  return encoded(
      image, vips_image_hasalpha(image.get()) ? ".png[compression=3,strip]" : ".jpg[Q=85,strip]");
}

Image loaded(ByteView file) {
  return Image(vips_image_new_from_buffer(file.data(), file.size(), "", nullptr));
}

/// RGB samples without alpha.
std::vector<double> samples_of(const Image& image) {
  VipsImage* rgb = nullptr;
  if (vips_colourspace(image.get(), &rgb, VIPS_INTERPRETATION_sRGB, nullptr) != 0) fail_vips();
  const Image whole(rgb);
  std::size_t size = 0;
  auto* data = static_cast<std::uint8_t*>(vips_image_write_to_memory(whole.get(), &size));
  if (data == nullptr) fail_vips();
  const auto bands = static_cast<std::size_t>(whole.get()->Bands);
  std::vector<double> samples;
  for (std::size_t i = 0; i < size; ++i) {
    if (i % bands < 3) samples.push_back(data[i]);
  }
  g_free(data);
  return samples;
}

/// Lanczos over every pixel, for comparison: no shrink on load, no box filter.
Image exact(ByteView file, int width, int height) {
  const Image image = loaded(file);
  VipsImage* upright = nullptr;
  if (vips_autorot(image.get(), &upright, nullptr) != 0) fail_vips();
  const Image turned(upright);
  VipsImage* small = nullptr;
  if (vips_resize(turned.get(), &small, static_cast<double>(width) / turned.get()->Xsize, "vscale",
                  static_cast<double>(height) / turned.get()->Ysize, "gap", 0.0, nullptr) != 0) {
    fail_vips();
  }
  return Image(small);
}

/// PSNR of two images in decibels; 0 if they differ in size.
double psnr(const std::vector<double>& a, const std::vector<double>& b) {
  if (a.size() != b.size() || a.empty()) return 0;
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += (a[i] - b[i]) * (a[i] - b[i]);
  return 10 * std::log10(255.0 * 255.0 * static_cast<double>(a.size()) / std::max(sum, 1e-9));
}

void measure(const std::filesystem::path& path) {
  const Bytes file = read_all(*open_file(path));
  const auto source = make_view_source(file);
  std::vector<double> ours;
  std::vector<double> theirs_1;
  std::vector<double> theirs_2;
  Preview preview;
  Bytes their_preview;
  for (int round = 0; round < rounds; ++round) {
    ours.push_back(cost_of([&] { preview = our_preview(*source); }));
    vips_concurrency_set(1);
    theirs_1.push_back(cost_of([&] { their_preview = vips_preview(file); }));
    vips_concurrency_set(2);
    theirs_2.push_back(cost_of([&] { their_preview = vips_preview(file); }));
  }
  const double our_cost = median(ours);
  const double their_cost = std::min(median(theirs_1), median(theirs_2));
  std::printf("%-40s %4ux%-4u ours %7.2f ms  libvips %7.2f ms  ratio %5.2f",
              path.filename().c_str(), preview.width, preview.height, our_cost, their_cost,
              their_cost / our_cost);
  if (preview.bytes) {
    const auto reference =
        samples_of(exact(file, static_cast<int>(preview.width), static_cast<int>(preview.height)));
    std::printf("  bytes %zu / %zu  dB to exact %.2f / %.2f", preview.bytes->size(),
                their_preview.size(), psnr(samples_of(loaded(*preview.bytes)), reference),
                psnr(samples_of(loaded(their_preview)), reference));
  }
  std::printf("\n");
}

}  // namespace

int main(int argc, char* argv[]) {
  if (argc < 2 || VIPS_INIT(argv[0]) != 0) {
    std::fprintf(stderr, "usage: preview_bench <image>...\n");
    return 2;
  }
  vips_cache_set_max(0);
  for (int i = 1; i < argc; ++i) {
    try {
      measure(argv[i]);
    } catch (const std::exception& error) {
      std::printf("%s: %s\n", argv[i], error.what());
    }
  }
  vips_shutdown();
  return 0;
}
