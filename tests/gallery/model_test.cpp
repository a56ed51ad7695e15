// SPDX-License-Identifier: Apache-2.0
// Random operations by principals of every role on two galleries over one storage, compared with a
// simple model: visibility, limits, current ETags. IMAGEGALLERY_MODEL_STEPS sets the number of
// operations. A failure reports its step; the random sequence is the same in every run.
#include <imagegallery/storage/sqlite.hpp>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <map>
#include <random>
#include <set>

#include "gallery/gallery_fixture.hpp"
#include "storage/scratch_directory.hpp"

using namespace imagegallery;

namespace {

constexpr std::size_t picture_count = 5;
constexpr std::uint64_t default_limit = 2000;  // About ten pictures.

const Bytes& picture(std::size_t number) {
  static const std::array<Bytes, picture_count> pictures = [] {
    std::array<Bytes, picture_count> all;
    for (std::uint32_t i = 0; i < picture_count; ++i) all[i] = make_test_png(4 + 7 * i, 9, i + 1);
    return all;
  }();
  return pictures[number];
}

/// The ETag of a picture, from a separate gallery.
const std::string& etag(std::size_t number) {
  static const std::array<std::string, picture_count> etags = [] {
    std::array<std::string, picture_count> all;
    ImageGallery gallery{open_memory()};
    for (std::size_t i = 0; i < picture_count; ++i) {
      all[i] = gallery
                   .upload(Principal::system_admin(),
                           Upload::from_bytes(picture(i), {.file_name = "a.png"}))
                   .descriptor.etag;
    }
    return all;
  }();
  return etags[number];
}

struct ModelImage {
  std::size_t picture = 0;
  std::string title;
  bool is_public = false;
  std::string public_key{};         // From the gallery.
  std::set<std::string> used_by{};  // "tenant/entity"
};

/// Returns the expected result of each operation of a gallery, as text.
class Model {
 public:
  std::string upload(const Principal& who, const std::string& name, std::size_t number) {
    if (!writes(who, Scope::tenant)) return "permission_denied";
    const auto owner = who.tenant();
    if (is_full(owner, picture(number).size())) return "limit_exceeded";
    std::string key = name;
    for (std::uint32_t i = 1; images_.contains({owner, key}); ++i) key = numbered_key(name, i);
    images_[{owner, key}] = {.picture = number, .title = name};
    return "key " + key;
  }

  std::string replace(const Principal& who, const ImageRef& ref, std::size_t number) {
    if (!writes(who, ref.scope)) return "permission_denied";
    auto* const image = find(who, ref);
    if (image == nullptr) return "not_found";
    const auto before = picture(image->picture).size();
    const auto now = picture(number).size();
    if (now > before && is_full(owner(who, ref), now - before)) return "limit_exceeded";
    image->picture = number;
    return "etag " + etag(number);
  }

  std::string rename(const Principal& who, const ImageRef& ref, const std::string& title) {
    if (!writes(who, ref.scope)) return "permission_denied";
    auto* const image = find(who, ref);
    if (image == nullptr) return "not_found";
    image->title = title;
    return "title " + title;
  }

  std::string set_public(const Principal& who, const ImageRef& ref, bool is_public) {
    if (!writes(who, ref.scope)) return "permission_denied";
    auto* const image = find(who, ref);
    if (image == nullptr) return "not_found";
    image->is_public = is_public;
    return is_public ? "public" : "private";
  }

  std::string remove(const Principal& who, const ImageRef& ref, bool force) {
    if (!writes(who, ref.scope)) return "permission_denied";
    const auto* const image = find(who, ref);
    if (image == nullptr) return "not_found";
    if (!force && !image->used_by.empty()) {
      return "in use by " + std::to_string(image->used_by.size());
    }
    images_.erase({owner(who, ref), ref.key});
    return "removed";
  }

  std::string attach(const Principal& who, const ImageRef& ref, const std::string& entity) {
    if (!reads_records(who)) return "permission_denied";
    auto* const image = find(who, ref);
    if (image == nullptr) return "not_found";
    image->used_by.insert(who.tenant() + "/" + entity);
    return "attached";
  }

  std::string uses(const Principal& who, const ImageRef& ref) {
    if (!reads_records(who)) return "permission_denied";
    const auto* const image = find(who, ref);
    if (image == nullptr) return "not_found";
    std::string text = "used by";
    for (const auto& user : image->used_by) {
      const auto tenant = user.substr(0, user.find('/'));
      if (who.role() == Role::system_admin || tenant == who.tenant()) text += " " + user;
    }
    return text;
  }

  /// `cached`: the picture whose ETag the client sends.
  std::string read(const Principal& who, const ImageRef& ref, std::optional<std::size_t> cached) {
    if (who.role() == Role::anonymous) return "permission_denied";
    return read(find(who, ref), cached);
  }
  std::string read_public(const std::string& public_key, std::optional<std::size_t> cached) {
    for (auto& [name, image] : images_) {
      if (image.is_public && image.public_key == public_key) return read(&image, cached);
    }
    return "not_found";
  }

  std::string list(const Principal& who, const std::string& search, bool include_system) const {
    if (!reads_records(who)) return "permission_denied";
    std::multiset<std::string> found;
    for (const auto& [name, image] : images_) {
      const auto& [tenant, key] = name;
      if (image.title.find(search) == std::string::npos) continue;
      const bool is_own = tenant == who.tenant();
      const bool is_included =
          include_system && tenant.empty() && !images_.contains({who.tenant(), key});
      if (is_own || is_included) found.insert(" " + image.title + "|" + key);
    }
    std::string text = std::to_string(found.size()) + " of";
    for (const auto& line : found) text += line;
    return text;
  }

  std::string usage(const std::string& tenant) const {
    std::size_t count = 0;
    for (const auto& [name, image] : images_)
      count += static_cast<std::size_t>(name.first == tenant);
    return std::to_string(count) + " images, " + std::to_string(bytes_of(tenant)) + " bytes";
  }

  void set_limit(const std::string& tenant, std::uint64_t bytes) { limits_[tenant] = bytes; }

  /// To be called once after each upload.
  void add_public_key(const std::string& tenant, const std::string& key,
                      const std::string& public_key) {
    images_.at({tenant, key}).public_key = public_key;
    public_keys_.push_back(public_key);
  }
  const std::vector<std::string>& public_keys() const { return public_keys_; }

 private:
  static bool writes(const Principal& who, Scope scope) {
    return who.role() == Role::system_admin ||
           (who.role() == Role::tenant_admin && scope == Scope::tenant);
  }
  static bool reads_records(const Principal& who) {
    return who.role() == Role::system_admin || who.role() == Role::tenant_admin;
  }
  static std::string owner(const Principal& who, const ImageRef& ref) {
    return ref.scope == Scope::system ? std::string{} : who.tenant();
  }
  ModelImage* find(const Principal& who, const ImageRef& ref) {
    const auto found = images_.find({owner(who, ref), ref.key});
    return found == images_.end() ? nullptr : &found->second;
  }
  static std::string read(const ModelImage* image, std::optional<std::size_t> cached) {
    if (image == nullptr) return "not_found";
    return cached == image->picture ? "not modified" : "picture " + std::to_string(image->picture);
  }
  std::uint64_t bytes_of(const std::string& tenant) const {
    std::uint64_t bytes = 0;
    for (const auto& [name, image] : images_) {
      if (name.first == tenant) bytes += picture(image.picture).size();
    }
    return bytes;
  }
  bool is_full(const std::string& tenant, std::uint64_t more) const {
    const auto own = limits_.find(tenant);
    const auto limit = own == limits_.end() ? default_limit : own->second;
    return bytes_of(tenant) + more > limit;
  }

  std::map<std::pair<std::string, std::string>, ModelImage> images_;
  std::map<std::string, std::uint64_t> limits_;
  std::vector<std::string> public_keys_;
};

/// The result of an operation on a gallery, in the model's words.
std::string outcome_of(const std::function<std::string()>& operation) {
  try {
    return operation();
  } catch (const Error& error) {
    return std::string{to_string(error.code())};
  }
}

std::string describe(const ReadResult& result) {
  if (result.not_modified) return "not modified";
  for (std::size_t i = 0; i < picture_count; ++i) {
    if (result.etag == etag(i) && result.bytes() == picture(i))
      return "picture " + std::to_string(i);
  }
  return "unknown picture";
}

std::string describe(const Page& page) {
  std::multiset<std::string> found;
  for (const auto& info : page.items) found.insert(" " + info.title + "|" + info.ref.key);
  std::string text = std::to_string(page.total.value()) + " of";
  for (const auto& line : found) text += line;
  return text;
}

std::string describe(const RemoveOutcome& outcome) {
  switch (outcome.status) {
    case RemoveStatus::removed:
      return "removed";
    case RemoveStatus::not_found:
      return "not_found";
    case RemoveStatus::in_use:
      return "in use by " + std::to_string(outcome.uses.size());
    case RemoveStatus::permission_denied:
      return "permission_denied";
    case RemoveStatus::conflict:
      return "conflict";
  }
  return "unknown status";
}

std::string describe(const std::vector<ImageUse>& uses) {
  std::set<std::string> users;
  for (const auto& user : uses) users.insert(user.tenant + "/" + user.entity_id);
  std::string text = "used by";
  for (const auto& user : users) text += " " + user;
  return text;
}

class Dice {
 public:
  std::size_t below(std::size_t bound) {
    return std::uniform_int_distribution<std::size_t>{0, bound - 1}(random_);
  }
  template <typename Value>
  const Value& one_of(const std::vector<Value>& values) {
    return values[below(values.size())];
  }

 private:
  std::mt19937 random_{1};
};

}  // namespace

TEST_CASE("Random operations on two galleries over one storage match the model", "[model]") {
  const bool in_sqlite = GENERATE(false, true);
  const ScratchDirectory directory;
  std::array<std::unique_ptr<ImageGallery>, 2> galleries;
  const std::shared_ptr<StorageBackend> memory = open_memory();
  GalleryOptions options;
  options.limits.max_total_bytes = options.system_limits.max_total_bytes = default_limit;
  for (auto& gallery : galleries) {
    auto storage = in_sqlite ? open_sqlite(directory.path() / "gallery.db")
                             : std::make_unique<ForwardingBackend>(memory);
    gallery = std::make_unique<ImageGallery>(std::move(storage), options);
  }
  const auto* const steps_variable = std::getenv("IMAGEGALLERY_MODEL_STEPS");
  const long steps = steps_variable != nullptr ? std::atol(steps_variable) : 10'000;

  const std::vector<Principal> principals{
      Principal::tenant_admin("acme"),   Principal::tenant_admin("acme"),
      Principal::tenant_admin("globex"), Principal::tenant_admin("globex"),
      Principal::tenant_user("acme"),    Principal::tenant_user("globex"),
      Principal::system_admin(),         Principal::anonymous()};
  const std::vector<std::string> names{"a.png", "b.png", "a_(1).png", "c"};
  const std::vector<std::string> titles{"a.png", "Pump", "Pump 7", "b"};
  const std::vector<std::string> tenants{"acme", "globex"};
  const auto admin = Principal::system_admin();
  Model model;
  Dice dice;

  for (long step = 0; step < steps; ++step) {
    auto& gallery = *galleries[dice.below(2)];
    const auto& who = dice.one_of(principals);
    const ImageRef ref{dice.below(3) == 0 ? Scope::system : Scope::tenant, dice.one_of(names)};
    const auto number = dice.below(picture_count);
    std::optional<std::size_t> cached;
    if (dice.below(2) == 0) cached = dice.below(picture_count);
    const ReadOptions read_options{.if_none_match = cached ? "\"" + etag(*cached) + "\"" : ""};
    CAPTURE(in_sqlite, step, who.tenant(), static_cast<int>(who.role()), ref.key);

    std::string public_key;
    std::string expected;
    std::string actual;
    switch (dice.below(20)) {
      case 0:
      case 1: {
        expected = model.upload(who, ref.key, number);
        ImageInfo info;
        actual = outcome_of([&] {
          info = gallery.upload(who, Upload::from_bytes(picture(number), {.file_name = ref.key}));
          return "key " + info.ref.key;
        });
        if (actual == expected && !info.ref.key.empty()) {
          model.add_public_key(who.tenant(), info.ref.key, info.public_key);
        }
        break;
      }
      case 2:
        expected = model.replace(who, ref, number);
        actual = outcome_of([&] {
          return "etag " +
                 gallery.replace(who, ref, Upload::from_bytes(picture(number))).descriptor.etag;
        });
        break;
      case 3: {
        const auto& title = dice.one_of(titles);
        expected = model.rename(who, ref, title);
        actual = outcome_of([&] { return "title " + gallery.rename(who, ref, title).title; });
        break;
      }
      case 4: {
        const bool is_public = dice.below(2) == 0;
        expected = model.set_public(who, ref, is_public);
        actual = outcome_of([&] {
          return std::string{gallery.set_public(who, ref, is_public).is_public ? "public"
                                                                               : "private"};
        });
        break;
      }
      case 5: {
        const bool force = dice.below(2) == 0;
        expected = model.remove(who, ref, force);
        actual = outcome_of(
            [&] { return describe(gallery.remove(who, ref, {.force = force}).outcomes.at(0)); });
        break;
      }
      case 6: {
        const auto entity = std::to_string(dice.below(3));
        expected = model.attach(who, ref, entity);
        actual = outcome_of([&] {
          gallery.attach(who, ref, {"DASHBOARD", entity});
          return std::string{"attached"};
        });
        break;
      }
      case 7:
        expected = model.uses(who, ref);
        actual = outcome_of([&] { return describe(gallery.uses(who, ref)); });
        break;
      case 8: {
        const auto search = std::string{dice.below(2) == 0 ? "" : "Pump"};
        const bool include_system = dice.below(2) == 0 && who.role() != Role::system_admin;
        expected = model.list(who, search, include_system);
        actual = outcome_of([&] {
          return describe(gallery.list(
              who, {.search = search, .include_system = include_system, .page_size = 1000}));
        });
        break;
      }
      case 9: {
        const auto& tenant = dice.one_of(tenants);
        if (dice.below(4) == 0) {
          const auto limit = 300 + dice.below(2000);
          model.set_limit(tenant, limit);
          gallery.set_limits(admin, tenant, {.max_total_bytes = limit});
        }
        expected = model.usage(tenant);
        const auto usage = gallery.usage(admin, tenant);
        actual =
            std::to_string(usage.images) + " images, " + std::to_string(usage.bytes) + " bytes";
        break;
      }
      case 10:
      case 11:
      case 12:
        if (model.public_keys().empty()) break;
        public_key = dice.one_of(model.public_keys());
        expected = model.read_public(public_key, cached);
        actual =
            outcome_of([&] { return describe(gallery.read_public(public_key, read_options)); });
        break;
      default:
        expected = model.read(who, ref, cached);
        actual = outcome_of([&] { return describe(gallery.read(who, ref, read_options)); });
        break;
    }
    REQUIRE(actual == expected);
  }
}
