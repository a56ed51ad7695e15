// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <imagegallery/storage/sqlite.hpp>

#include <sqlite3.h>

#include <algorithm>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "gallery/gallery_fixture.hpp"
#include "storage/scratch_directory.hpp"

namespace imagegallery {

/// A gallery in a SQLite file whose content can be damaged.
struct DamagedGallery {
  /// Overwrites the first byte of the content with `etag`, an original or a preview.
  void overwrite_first_byte(const std::string& etag) {
    run("UPDATE chunk SET bytes = CAST(x'00' || substr(bytes, 2) AS BLOB) WHERE id = (SELECT number"
        " FROM (SELECT content.number << 20 AS number FROM image JOIN content"
        " ON content.number = image.content WHERE image.etag = '" +
        etag + "' UNION SELECT stored << 20 FROM preview WHERE etag = '" + etag + "'))");
  }

  /// Replaces the first chunk by another image's, with its checksum. Chunk checksums do not detect
  /// this.
  void copy_first_chunk(const std::string& etag, const std::string& other_etag) {
    run("UPDATE chunk SET (bytes, checksum) = (SELECT bytes, checksum FROM chunk WHERE id ="
        " (SELECT content << 20 FROM image WHERE etag = '" +
        other_etag + "')) WHERE id = (SELECT content << 20 FROM image WHERE etag = '" + etag +
        "')");
  }

  void run(const std::string& sql) {
    sqlite3* handle = nullptr;
    sqlite3_open(path.c_str(), &handle);
    const int code = sqlite3_exec(handle, sql.c_str(), nullptr, nullptr, nullptr);
    const int changed = sqlite3_changes(handle);
    const std::string message = sqlite3_errmsg(handle);
    sqlite3_close(handle);
    if (code != SQLITE_OK || changed != 1)
      throw std::runtime_error("nothing was damaged: " + message);
  }

  /// Marks a content as damaged, although it is sound: as a false alarm would.
  void quarantine(const std::string& etag) {
    run("UPDATE content SET damaged = 1 WHERE number = (SELECT content FROM image WHERE etag = '" +
        etag + "' UNION SELECT stored FROM preview WHERE etag = '" + etag + "')");
  }

  ImageInfo upload(const std::string& name, std::uint32_t seed) {
    return gallery.upload(acme,
                          Upload::from_bytes(make_test_png(400, 300, seed), {.file_name = name}));
  }

  /// The events since the last call, sorted.
  std::vector<std::string> take_events() {
    std::sort(events.begin(), events.end());
    return std::exchange(events, {});
  }

  /// Whether the original and the preview of an image can be read, as they were uploaded.
  bool is_sound(const ImageRef& ref, std::uint32_t seed) {
    const auto& who = ref.scope == Scope::system ? admin : acme;
    try {
      const auto preview = gallery.read(who, ref, {.variant = Variant::preview});
      return gallery.read(who, ref).bytes() == make_test_png(400, 300, seed) &&
             preview.bytes().size() == preview.descriptor.size;
    } catch (const Error&) {
      return false;
    }
  }

  ErrorCode code_of_read(const ImageInfo& info, Variant variant) {
    return code_of([&] { (void)gallery.read(acme, info.ref, {.variant = variant}).bytes(); });
  }

  ScratchDirectory directory;
  std::filesystem::path path = directory.path() / "gallery.db";
  std::vector<std::string> events;  // "kind key" of each event that the host got
  ImageGallery gallery{open_sqlite(path), {.on_event = [this](const Event& event) {
                         events.push_back(std::string{to_string(event.kind)} + " " + event.key);
                       }}};
  Principal acme = Principal::tenant_admin("acme");
  Principal admin = Principal::system_admin("root");
};

}  // namespace imagegallery
