// SPDX-License-Identifier: Apache-2.0
// A gallery over custom storage decorators: every commit is logged, and one fails on purpose.
#include <imagegallery/imagegallery.hpp>

#include <iostream>

#include "audited_storage.hpp"
#include "faulty_storage.hpp"

namespace ig = imagegallery;

int main() try {
  const auto plan = std::make_shared<custom_backend::FaultPlan>();
  auto faulty = std::make_shared<custom_backend::FaultyStorage>(ig::open_memory(), plan);
  ig::ImageGallery gallery{std::make_unique<custom_backend::AuditedStorage>(
      faulty, [](const std::string& line) { std::cout << line << "\n"; })};
  const auto ann = ig::Principal::tenant_admin("acme", "ann");

  const std::string drawing = R"(<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8"/>)";
  const auto upload = ig::Upload::from_bytes(ig::as_bytes(drawing), {.file_name = "pump.svg"});
  const ig::ImageInfo pump = gallery.upload(ann, upload);
  gallery.attach(ann, pump.ref, {"DASHBOARD", "42", "North hall"});
  gallery.remove(ann, pump.ref);

  plan->arm(2);  // `rename` reads the record and then commits.
  try {
    gallery.rename(ann, pump.ref, "Pump 7");
  } catch (const ig::Error& error) {
    std::cout << "error: " << error.what() << "\n";
  }
  plan->disarm();
  gallery.rename(ann, pump.ref, "Pump 7");
  return 0;
} catch (const ig::Error& error) {
  std::cerr << ig::to_string(error.code()) << ": " << error.what() << "\n";
  return 1;
}
