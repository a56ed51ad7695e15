// SPDX-License-Identifier: Apache-2.0
#include <imagegallery/imagegallery.hpp>
#include <imagegallery/web.hpp>

#ifdef SQLITE_VERSION
#error "the public headers expose a private dependency"
#endif

int main() {
  imagegallery::ImageGallery gallery{imagegallery::open_memory()};
  const imagegallery::WebHandler web{gallery, {}};
  const auto admin = imagegallery::Principal::tenant_admin("acme");
  return gallery.list(admin).total == 0u ? 0 : 1;
}
