// SPDX-License-Identifier: Apache-2.0
// Uses each operation of the gallery once. Run it in a directory that contains the photographs
// pump.jpg and pump-new.jpg; it creates gallery.db and pump-copy.jpg there.
#include <imagegallery/imagegallery.hpp>

#include <iostream>

namespace ig = imagegallery;

int main() try {
  ig::ImageGallery gallery{ig::open_sqlite("gallery.db"),  // or ig::open_memory()
                           {.limits = {.max_image_bytes = 10 << 20, .max_total_bytes = 1 << 30}}};
  const auto acme = ig::Principal::tenant_admin("acme");

  ig::ImageInfo pump = gallery.upload(acme, ig::Upload::from_file("pump.jpg", {.title = "Pump 7"}));
  std::cout << pump.link() << ": " << pump.descriptor.width << "x" << pump.descriptor.height << ", "
            << pump.descriptor.size << " bytes\n";

  ig::Page page = gallery.list(acme, {.search = "pump", .include_system = true, .page_size = 20});
  std::cout << page.items.size() << " of " << page.total.value() << " images\n";

  ig::ReadResult thumb = gallery.read(acme, pump.ref, {.variant = ig::Variant::preview});
  ig::ReadResult again = gallery.read(
      acme, pump.ref, {.variant = ig::Variant::preview, .if_none_match = "\"" + thumb.etag + "\""});
  std::cout << "preview " << thumb.descriptor.width << "x" << thumb.descriptor.height
            << (again.not_modified ? ", not modified since" : "") << "\n";

  ig::write_file("pump-copy.jpg", gallery.read(acme, pump.ref));  // the file, byte for byte
  std::string json = gallery.export_json(acme, pump.ref);         // a JSON document
  ig::ImageInfo copy = gallery.import_json(acme, json);           // same content: the same image
  std::cout << "imported as " << copy.ref.key << "\n";

  gallery.rename(acme, pump.ref, "Pump 7, north hall");
  pump = gallery.replace(acme, pump.ref, ig::Upload::from_file("pump-new.jpg"));
  std::cout << pump.title << ", revision " << pump.revision << "\n";

  gallery.set_limits(ig::Principal::system_admin(), "acme", {.max_image_bytes = 20 << 20});
  gallery.attach(acme, pump.ref, {"DASHBOARD", "42", "North hall"});

  ig::RemoveResult gone = gallery.remove(acme, std::vector{pump.ref});
  for (const auto& outcome : gone.outcomes) {
    for (const auto& user : outcome.uses) {
      std::cout << outcome.ref.key << " is in use by " << user.name << "\n";
    }
  }
  gone = gallery.remove(acme, pump.ref, {.force = true});
  std::cout << (gone.all_removed() ? "removed\n" : "still there\n");
  return 0;
} catch (const ig::Error& error) {
  std::cerr << ig::to_string(error.code()) << ": " << error.what() << "\n";
  return 1;
}
