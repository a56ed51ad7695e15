// SPDX-License-Identifier: Apache-2.0
#include "demo.hpp"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <iostream>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

namespace gallery_server {
namespace {

namespace fs = std::filesystem;
using imagegallery::Error;
using imagegallery::ImageGallery;
using imagegallery::ImageInfo;
using imagegallery::Principal;
using imagegallery::Upload;

/// The files of a directory, sorted by name; empty if the directory does not exist.
std::vector<fs::path> files_in(const fs::path& directory) {
  std::vector<fs::path> files;
  if (!fs::is_directory(directory)) return files;
  for (const auto& entry : fs::directory_iterator{directory})
    if (entry.is_regular_file() && !entry.path().filename().string().starts_with('.'))
      files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  return files;
}

/// "north-hall_pump.jpg" becomes "North hall pump".
std::string title_of(const fs::path& file) {
  std::string title = file.stem().string();
  std::replace_if(
      title.begin(), title.end(), [](char c) { return c == '-' || c == '_'; }, ' ');
  if (!title.empty() && title.front() >= 'a' && title.front() <= 'z')
    title.front() = static_cast<char>(title.front() - 32);
  return title;
}

std::vector<ImageInfo> upload_all(ImageGallery& gallery, const Principal& who,
                                  const fs::path& directory) {
  std::vector<ImageInfo> uploaded;
  for (const fs::path& file : files_in(directory)) {
    try {
      uploaded.push_back(gallery.upload(who, Upload::from_file(file, {.title = title_of(file)})));
    } catch (const Error& error) {
      // A stray file among the samples is reported, but does not prevent the demo.
      std::cerr << file.string() << ": " << error.what() << '\n';
    }
  }
  return uploaded;
}

}  // namespace

Principal demo_visitor() { return Principal::tenant_admin("acme", "demo"); }

void fill_demo(ImageGallery& gallery, const fs::path& images) {
  const Principal system = Principal::system_admin("demo");
  for (const std::string tenant : {"acme", "globex", ""})
    if (gallery.usage(system, tenant).images > 0) return;

  for (const fs::path& file : files_in(images / "system")) {
    try {
      gallery.put_system_image(system, file.filename().string(),
                               Upload::from_file(file, {.title = title_of(file)}));
    } catch (const Error& error) {
      std::cerr << file.string() << ": " << error.what() << '\n';
    }
  }
  upload_all(gallery, Principal::tenant_admin("globex", "demo"), images / "globex");
  const auto acme = upload_all(gallery, demo_visitor(), images / "acme");
  if (acme.empty()) return;
  gallery.attach(demo_visitor(), acme.front().ref,
                 {.entity_type = "DASHBOARD",
                  .entity_id = "7c1f4f0e-5a52-4a3c-9c0a-6a1d0f1f2b10",
                  .name = "North hall overview",
                  .tenant = {}});
  gallery.attach(demo_visitor(), acme.front().ref,
                 {.entity_type = "DEVICE_PROFILE",
                  .entity_id = "1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed",
                  .name = "Centrifugal pump",
                  .tenant = {}});
}

TemporaryDirectory::TemporaryDirectory() {
  std::string name = (fs::temp_directory_path() / "gallery-demo-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr)
    throw std::system_error{errno, std::generic_category(), name};
  path_ = name;
}

TemporaryDirectory::~TemporaryDirectory() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

}  // namespace gallery_server
