// SPDX-License-Identifier: Apache-2.0
#include "gallery_operations.hpp"

#include <imagegallery/storage/memory.hpp>

#include <set>
#include <stdexcept>
#include <utility>

#include "support/test_image.hpp"

namespace imagegallery::faults {
namespace {

const Principal& acme() {
  static const auto principal = Principal::tenant_admin("acme", "ann");
  return principal;
}
const Principal& admin() {
  static const auto principal = Principal::system_admin("root");
  return principal;
}

ImageRef own(std::string key) { return {Scope::tenant, std::move(key)}; }

// Large enough for a separate preview.
const Bytes& picture(std::uint32_t seed) {
  static const std::map<std::uint32_t, Bytes> pictures = [] {
    std::map<std::uint32_t, Bytes> created;
    for (std::uint32_t i = 1; i <= 6; ++i) created.emplace(i, make_test_png(260, 40, i));
    return created;
  }();
  return pictures.at(seed);
}

Upload upload_of(std::uint32_t seed, std::string file_name) {
  return Upload::from_bytes(picture(seed), {.file_name = std::move(file_name)});
}

// A document exported by another gallery.
std::string document_of(std::uint32_t seed, const std::string& key) {
  ImageGallery elsewhere{open_memory()};
  const auto info = elsewhere.upload(acme(), upload_of(seed, key));
  return elsewhere.export_json(acme(), info.ref);
}

void require(bool condition, const char* message) {
  if (!condition) throw std::logic_error(message);
}

void read_everything(ImageGallery& gallery) {
  const auto whole = gallery.read(acme(), own("pump.png"));
  require(whole.bytes() == picture(2), "read returned other bytes");
  const auto preview = gallery.read(acme(), own("pump.png"), {.variant = Variant::preview});
  require(preview.bytes().size() == preview.descriptor.size, "read returned a truncated preview");
  const auto known = "\"" + whole.etag + "\"";
  require(gallery.read(acme(), own("pump.png"), {.if_none_match = known}).not_modified,
          "an unchanged image was sent again");
  const auto public_key = whole.info.value().public_key;
  require(gallery.read_public(public_key).bytes() == picture(2),
          "read_public returned other bytes");
}

}  // namespace

const std::vector<GalleryOperation>& gallery_operations() {
  static const auto document = document_of(4, "pump.png");
  static const GalleryOptions small_previews{.presets = {{"preview", 100}, {"icon", 32}}};
  static const std::vector<GalleryOperation> all{
      {"upload", [](ImageGallery& g) { g.upload(acme(), upload_of(4, "pump.png")); }},
      {"upload of stored bytes",
       [](ImageGallery& g) { g.upload(acme(), upload_of(2, "copy.png")); }},
      {"put_system_image, new",
       [](ImageGallery& g) { g.put_system_image(admin(), "new.png", upload_of(4, "")); }},
      {"put_system_image, again",
       [](ImageGallery& g) { g.put_system_image(admin(), "logo.png", upload_of(4, "")); }},
      {"import_json", [](ImageGallery& g) { g.import_json(acme(), document); }},
      {"import_json, replacing",
       [](ImageGallery& g) {
         g.import_json(acme(), document, {.on_conflict = ImportConflict::replace});
       }},
      {"find",
       [](ImageGallery& g) { require(g.find(acme(), own("pump.png")).has_value(), "find"); }},
      {"list",
       [](ImageGallery& g) {
         const auto page = g.list(acme(), {.search = "PUMP", .include_system = true});
         require(page.items.size() == 1 && page.total == 1, "list");
         require(g.list(acme(), {.sort_by = SortBy::title, .page_size = 1}).next != "", "next");
       }},
      {"read and read_public", read_everything},
      {"export_json",
       [](ImageGallery& g) {
         require(g.export_json(acme(), own("pump.png")).size() > picture(2).size(), "export");
       }},
      {"rename", [](ImageGallery& g) { g.rename(acme(), own("pump.png"), "Pump 7"); }},
      {"replace", [](ImageGallery& g) { g.replace(acme(), own("pump.png"), upload_of(4, "")); }},
      {"set_public", [](ImageGallery& g) { g.set_public(acme(), own("pump.png"), false); }},
      {"remove many",
       [](ImageGallery& g) {
         const std::vector refs{own("pump.png"), own("used.png"), own("none.png")};
         const auto result = g.remove(acme(), refs);
         require(result.outcomes.size() == 3, "outcomes");
       }},
      {"remove by force",
       [](ImageGallery& g) { g.remove(acme(), own("used.png"), {.force = true}); }},
      {"attach",
       [](ImageGallery& g) {
         g.attach(acme(), own("pump.png"), {"WIDGET", "9", "Clock"});
       }},
      {"detach",
       [](ImageGallery& g) {
         g.detach(acme(), own("used.png"), {"DASHBOARD", "1"});
       }},
      {"uses",
       [](ImageGallery& g) { require(g.uses(acme(), own("used.png")).size() == 1, "uses"); }},
      {"usage", [](ImageGallery& g) { require(g.usage(acme()).images == 3, "usage"); }},
      {"set_limits",
       [](ImageGallery& g) { g.set_limits(admin(), "acme", {.max_image_bytes = 5 << 20}); }},
      {"verify",
       [](ImageGallery& g) {
         for (const auto& damage : g.verify().damage) require(damage.unreadable, "damage");
       }},
      {"rebuild_previews", [](ImageGallery& g) { g.rebuild_previews(); }, small_previews, true},
      {"sweep",
       [](ImageGallery& g) {
         while (g.sweep()) {
         }
       },
       {.content_grace = std::chrono::minutes{0}, .change_log_age = std::chrono::hours{0}},
       true},
      {"changes_since",
       [](ImageGallery& g) { require(!g.changes_since(0).events.empty(), "changes"); }}};
  return all;
}

void fill(ImageGallery& gallery) {
  gallery.set_limits(admin(), "acme", {.max_total_bytes = 1 << 20});
  gallery.upload(acme(), upload_of(1, "kept.png"));
  gallery.upload(acme(), upload_of(2, "pump.png"));
  gallery.set_public(acme(), own("pump.png"), true);
  gallery.upload(acme(), upload_of(3, "used.png"));
  gallery.attach(acme(), own("used.png"), {"DASHBOARD", "1", "Main"});
  gallery.upload(acme(), upload_of(5, "gone.png"));
  gallery.remove(acme(), own("gone.png"));
  gallery.upload(Principal::tenant_admin("globex"), upload_of(2, "pump.png"));
  gallery.put_system_image(admin(), "logo.png", upload_of(6, ""));
}

GalleryOptions options_of(const GalleryOperation& operation, const Time& now) {
  auto options = operation.options;
  options.now = [&now] { return now; };
  options.single_process = true;  // Then only the gallery itself updates its caches.
  return options;
}

namespace {

// Principals and the scope of the images they see.
const std::vector<std::pair<Principal, Scope>>& owners() {
  static const std::vector<std::pair<Principal, Scope>> all{
      {acme(), Scope::tenant},
      {Principal::tenant_admin("globex"), Scope::tenant},
      {admin(), Scope::system}};
  return all;
}

void for_each_image(const ImageGallery& gallery,
                    const std::function<void(const Principal&, const ImageInfo&)>& visit) {
  for (const auto& [principal, scope] : owners()) {
    const auto page = gallery.list(principal, {.sort_by = SortBy::title, .page_size = 100});
    for (const auto& info : page.items) visit(principal, info);
  }
}

}  // namespace

std::string state_of(const ImageGallery& gallery) {
  std::set<std::string> lines;  // Sorted, because images of equal title are listed by random id.
  for_each_image(gallery, [&](const Principal& principal, const ImageInfo& info) {
    auto line =
        principal.tenant() + "/" + info.ref.key + " \"" + info.title + "\" " + info.file_name;
    for (const auto variant : {Variant::original, Variant::preview}) {
      const auto result = gallery.read(principal, info.ref, {.variant = variant});
      require(result.bytes().size() == result.descriptor.size, "an image is truncated");
      line += " " + result.etag;
    }
    line += info.is_public ? " public" : " private";
    for (const auto& use : gallery.uses(principal, info.ref)) line += " " + use.name;
    lines.insert(std::move(line));
  });
  for (const auto* const tenant : {"acme", "globex", ""}) {
    const auto usage = gallery.usage(admin(), tenant);
    lines.insert("usage of " + std::string{tenant} + ": " + std::to_string(usage.images) +
                 " images, " + std::to_string(usage.bytes) + " bytes, limits " +
                 std::to_string(usage.own_limits.max_image_bytes.value_or(0)) + " " +
                 std::to_string(usage.own_limits.max_total_bytes.value_or(0)));
  }
  std::string state;
  for (const auto& line : lines) state += line + "\n";
  return state;
}

namespace {

std::string link_of(const Principal& principal, const ImageInfo& info, Variant variant) {
  return principal.tenant() + info.link() + (variant == Variant::preview ? "/preview" : "");
}

}  // namespace

KnownEtags learn_etags(const ImageGallery& gallery) {
  KnownEtags known;
  for_each_image(gallery, [&](const Principal& principal, const ImageInfo& info) {
    for (const auto variant : {Variant::original, Variant::preview}) {
      known[link_of(principal, info, variant)] =
          gallery.read(principal, info.ref, {.variant = variant}).etag;
    }
  });
  return known;
}

std::vector<std::string> stale_etags(const ImageGallery& gallery, const KnownEtags& known) {
  std::vector<std::string> stale;
  for_each_image(gallery, [&](const Principal& principal, const ImageInfo& info) {
    for (const auto variant : {Variant::original, Variant::preview}) {
      const auto link = link_of(principal, info, variant);
      const auto before = known.find(link);
      if (before == known.end()) continue;
      const auto& etag =
          variant == Variant::original ? info.descriptor.etag : info.descriptor.preview.etag;
      const auto result = gallery.read(
          principal, info.ref, {.variant = variant, .if_none_match = "\"" + before->second + "\""});
      if (result.not_modified != (before->second == etag)) stale.push_back(link);
    }
  });
  return stale;
}

}  // namespace imagegallery::faults
