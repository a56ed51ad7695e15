// SPDX-License-Identifier: Apache-2.0
#include "storage/sqlite_changes.hpp"

#include <imagegallery/error.hpp>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "limits.hpp"
#include "storage/key_numbering.hpp"
#include "storage/sqlite_image_rows.hpp"

namespace imagegallery::sqlite {
namespace {

struct TenantRow {
  std::int64_t number = 0;
  TenantLimits limits;
};

struct Content {
  std::int64_t number = 0;
  std::int64_t images = 0;
};

std::optional<std::uint64_t> optional_natural(const Statement& query, int column) {
  if (query.is_null(column)) return std::nullopt;
  return query.natural(column);
}

class Applier {
 public:
  Applier(Connection& connection, const Change& change)
      : connection_(connection), change_(change) {}

  ChangeResult operator()(const CreateImage& create);
  ChangeResult operator()(const UpdateImage& update);
  ChangeResult operator()(const RemoveImage& remove);
  ChangeResult operator()(const AttachUse& attach);
  ChangeResult operator()(const DetachUse& detach);
  ChangeResult operator()(const SetTenantLimits& set);
  ChangeResult operator()(const ReplacePreviews& replace);
  ChangeResult operator()(const QuarantineContent& quarantine) {
    return mark_damaged(quarantine.tenant, quarantine.content, true, ChangeKind::quarantined);
  }
  ChangeResult operator()(const ReleaseContent& release) {
    return mark_damaged(release.tenant, release.content, false, ChangeKind::restored);
  }
  ChangeResult operator()(const RestoreContent& restore);

 private:
  bool exists(std::string_view sql, const auto&... values) {
    auto query = connection_.prepare(sql);
    query.bind(values...);
    return query.step();
  }
  void run(std::string_view sql, const auto&... values) {
    auto statement = connection_.prepare(sql);
    statement.bind(values...).run();
  }

  TenantRow tenant(std::string_view name);
  std::uint64_t used_bytes(std::int64_t tenant);
  void add_to_usage(std::int64_t tenant, ImageSubType sub_type, std::int64_t images,
                    std::int64_t bytes);
  Content content(std::int64_t tenant, const ContentId& id);
  ChangeResult mark_damaged(const std::string& tenant, const ContentId& content, bool damaged,
                            ChangeKind kind);
  std::uint64_t record_change(ChangeKind kind, std::int64_t tenant_number,
                              const std::string& tenant, const std::string& key,
                              const ImageId& image);
  std::uint64_t record_content_change(ChangeKind kind, std::int64_t tenant_number,
                                      const std::string& tenant, std::int64_t content);
  ImageRow require_image(std::string_view tenant, const ImageId& id);
  std::string first_free_key(std::int64_t tenant, const std::string& key);
  void free_number(std::int64_t tenant, const std::string& key);
  void require_unique(std::int64_t tenant, const ImageRecord& record);
  void hold(const Content& content, std::int64_t tenant,
            const std::vector<PreviewRecord>& previews);
  void release(std::int64_t content);
  void store_previews(std::int64_t content, std::int64_t tenant,
                      const std::vector<PreviewRecord>& previews);
  void drop_previews(std::int64_t content);
  ChangeResult applied(std::uint64_t sequence) {
    return {ChangeOutcome::applied, sequence, std::nullopt, {}, std::move(events_)};
  }
  ChangeResult applied(std::uint64_t sequence, const ImageRecord& record) {
    auto result = applied(sequence);
    result.record = std::move(require_image(record.tenant, record.id).record);
    return result;
  }

  Connection& connection_;
  const Change& change_;
  std::vector<Event> events_;
};

void require_revision(const ImageRecord& record, std::uint64_t expected) {
  if (record.revision != expected) {
    throw Error(ErrorCode::conflict, "image \"" + record.key + "\" is at revision " +
                                         std::to_string(record.revision) + ", not " +
                                         std::to_string(expected));
  }
}

ChangeResult Applier::operator()(const CreateImage& create) {
  auto record = create.record;
  const auto owner = tenant(record.tenant);
  if (!record.operation_id.empty()) {
    static const std::string sql = std::string{select_image} +
                                   " WHERE image.tenant = ?1 AND image.operation_id = ?2"
                                   " AND image.operation_id <> ''";
    auto known = connection_.prepare(sql);
    known.bind(owner.number, record.operation_id);
    if (known.step()) {
      return {ChangeOutcome::already_done, 0, read_image_row(connection_, known).record};
    }
  }
  if (exists("SELECT 1 FROM image WHERE id = ?1", record.id)) {
    throw Error(ErrorCode::conflict, "image " + record.id.to_string() + " already exists");
  }
  const auto original = content(owner.number, record.content);
  if (exists("SELECT 1 FROM image WHERE tenant = ?1 AND key = ?2", owner.number, record.key)) {
    if (create.exact_key) {
      throw Error(ErrorCode::conflict, "key \"" + record.key + "\" is already in use");
    }
    record.key = first_free_key(owner.number, record.key);
  }
  check_limits(effective_limits(owner.limits, create.default_limits), record.descriptor.size,
               used_bytes(owner.number));
  if (exists("SELECT 1 FROM image WHERE public_key = ?1 AND public_key <> ''", record.public_key)) {
    record.public_key = create.spare_public_key;
  }
  require_unique(owner.number, record);
  record.revision =
      record_change(ChangeKind::created, owner.number, record.tenant, record.key, record.id);
  run("INSERT INTO image(id, tenant, key, revision, title, folded_title, file_name, sub_type,"
      " is_public, public_key, operation_id, created_at, updated_at, content, media_type, width,"
      " height, size, etag, frames, has_alpha)"
      " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18,"
      " ?19, ?20, ?21)",
      record.id, owner.number, record.key, record.revision, record.title, record.folded_title,
      record.file_name, static_cast<int>(record.sub_type), record.is_public, record.public_key,
      record.operation_id, record.created_at, record.updated_at, original.number,
      record.descriptor.media_type, record.descriptor.width, record.descriptor.height,
      record.descriptor.size, record.descriptor.etag, record.frames, record.has_alpha);
  add_to_usage(owner.number, record.sub_type, 1, static_cast<std::int64_t>(record.descriptor.size));
  hold(original, owner.number, record.previews);
  return applied(record.revision, record);
}

ChangeResult Applier::operator()(const UpdateImage& update) {
  const auto row = require_image(update.record.tenant, update.record.id);
  const auto& before = row.record;
  require_revision(before, update.expected_revision);
  auto record = update.record;
  const auto owner = tenant(record.tenant);
  const auto original = content(owner.number, record.content);
  if (record.descriptor.size > before.descriptor.size) {
    check_limits(effective_limits(owner.limits, update.default_limits), record.descriptor.size,
                 used_bytes(owner.number) - before.descriptor.size);
  }
  require_unique(owner.number, record);
  record.revision = record_change(update.kind, owner.number, record.tenant, record.key, record.id);
  run("UPDATE image SET key = ?2, revision = ?3, title = ?4, folded_title = ?5, file_name = ?6,"
      " sub_type = ?7, is_public = ?8, public_key = ?9, operation_id = ?10, created_at = ?11,"
      " updated_at = ?12, content = ?13, media_type = ?14, width = ?15, height = ?16, size = ?17,"
      " etag = ?18, frames = ?19, has_alpha = ?20 WHERE number = ?1",
      row.number, record.key, record.revision, record.title, record.folded_title, record.file_name,
      static_cast<int>(record.sub_type), record.is_public, record.public_key, record.operation_id,
      record.created_at, record.updated_at, original.number, record.descriptor.media_type,
      record.descriptor.width, record.descriptor.height, record.descriptor.size,
      record.descriptor.etag, record.frames, record.has_alpha);
  if (record.sub_type != before.sub_type || record.descriptor.size != before.descriptor.size) {
    add_to_usage(owner.number, before.sub_type, -1,
                 -static_cast<std::int64_t>(before.descriptor.size));
    add_to_usage(owner.number, record.sub_type, 1,
                 static_cast<std::int64_t>(record.descriptor.size));
  }
  if (original.number != row.content_number) {
    hold(original, owner.number, record.previews);
    release(row.content_number);
  }
  if (record.key != before.key) {
    free_number(owner.number, before.key);
    run("UPDATE image SET next_number = 1 WHERE number = ?1", row.number);
  }
  return applied(record.revision, record);
}

ChangeResult Applier::operator()(const RemoveImage& remove) {
  const auto row = find_image_row(connection_, remove.tenant, remove.id);
  if (!row) return {ChangeOutcome::not_found, 0, std::nullopt};
  const auto& record = row->record;
  if (remove.expected_revision) require_revision(record, *remove.expected_revision);
  if (const auto uses = read_uses(connection_, remove.tenant, remove.id);
      !uses.empty() && !remove.even_if_used) {
    return {ChangeOutcome::in_use, 0, std::nullopt, uses};
  }
  const auto sequence =
      record_change(ChangeKind::removed, row->tenant_number, record.tenant, record.key, record.id);
  run("DELETE FROM reference WHERE image = ?1", row->number);
  run("DELETE FROM image WHERE number = ?1", row->number);
  add_to_usage(row->tenant_number, record.sub_type, -1,
               -static_cast<std::int64_t>(record.descriptor.size));
  release(row->content_number);
  free_number(row->tenant_number, record.key);
  return applied(sequence);
}

ChangeResult Applier::operator()(const AttachUse& attach) {
  const auto row = require_image(attach.tenant, attach.id);
  const auto& use = attach.use;
  run("INSERT INTO reference(image, tenant, type, id, name) VALUES (?1, ?2, ?3, ?4, ?5)"
      " ON CONFLICT DO UPDATE SET name = excluded.name WHERE name <> excluded.name",
      row.number, use.tenant, use.entity_type, use.entity_id, use.name);
  if (connection_.changed_rows() == 0) return {ChangeOutcome::already_done, 0, std::nullopt};
  return applied(record_change(ChangeKind::attached, row.tenant_number, row.record.tenant,
                               row.record.key, row.record.id));
}

ChangeResult Applier::operator()(const DetachUse& detach) {
  const auto row = find_image_row(connection_, detach.tenant, detach.id);
  if (!row) return {ChangeOutcome::already_done, 0, std::nullopt};
  const auto& use = detach.use;
  run("DELETE FROM reference WHERE image = ?1 AND tenant = ?2 AND type = ?3 AND id = ?4",
      row->number, use.tenant, use.entity_type, use.entity_id);
  if (connection_.changed_rows() == 0) return {ChangeOutcome::already_done, 0, std::nullopt};
  return applied(record_change(ChangeKind::detached, row->tenant_number, row->record.tenant,
                               row->record.key, row->record.id));
}

ChangeResult Applier::operator()(const SetTenantLimits& set) {
  const auto row = tenant(set.tenant);
  run("UPDATE tenant SET max_image_bytes = ?2, max_total_bytes = ?3 WHERE number = ?1", row.number,
      set.limits.max_image_bytes, set.limits.max_total_bytes);
  return applied(record_change(ChangeKind::limits_set, row.number, set.tenant, {}, {}));
}

ChangeResult Applier::operator()(const ReplacePreviews& replace) {
  auto query = connection_.prepare(
      "SELECT content.number, content.tenant FROM content"
      " JOIN tenant ON tenant.number = content.tenant"
      " WHERE content.id = ?1 AND tenant.name = ?2 AND content.images > 0");
  if (!query.bind(replace.content, replace.tenant).step()) {
    throw Error(ErrorCode::not_found, "no image has the content " + replace.content.to_string());
  }
  const auto number = query.integer(0);
  const auto owner = query.integer(1);
  drop_previews(number);
  store_previews(number, owner, replace.previews);
  return applied(
      record_content_change(ChangeKind::previews_rebuilt, owner, replace.tenant, number));
}

ChangeResult Applier::mark_damaged(const std::string& tenant, const ContentId& content,
                                   bool damaged, ChangeKind kind) {
  auto query = connection_.prepare(
      "SELECT content.number, content.tenant, content.damaged FROM content"
      " JOIN tenant ON tenant.number = content.tenant"
      " WHERE content.id = ?1 AND tenant.name = ?2 AND (content.images > 0 OR EXISTS"
      " (SELECT 1 FROM preview JOIN content AS original ON original.number = preview.content"
      "  WHERE preview.stored = content.number AND original.images > 0))");
  if (!query.bind(content, tenant).step()) {
    throw Error(ErrorCode::not_found, "no image has the content " + content.to_string());
  }
  const auto number = query.integer(0);
  if ((query.integer(2) != 0) == damaged) return {ChangeOutcome::already_done, 0, std::nullopt};
  run("UPDATE content SET damaged = ?2 WHERE number = ?1", number, damaged);
  return applied(record_content_change(kind, query.integer(1), tenant, number));
}

ChangeResult Applier::operator()(const RestoreContent& restore) {
  static const std::string sql =
      std::string{select_image} + " WHERE content.id = ?1 AND tenant.name = ?2 ORDER BY image.id";
  std::vector<ImageRow> images;
  if (restore.damaged != restore.content) {
    auto query = connection_.prepare(sql);
    query.bind(restore.damaged, restore.tenant);
    while (query.step()) images.push_back(read_image_row(connection_, query));
  }
  if (images.empty()) return {ChangeOutcome::already_done, 0, std::nullopt};
  std::uint64_t sequence = 0;
  for (const auto& row : images) {
    const auto sound = content(row.tenant_number, restore.content);
    sequence = record_change(ChangeKind::restored, row.tenant_number, row.record.tenant,
                             row.record.key, row.record.id);
    run("UPDATE image SET content = ?2, revision = ?3 WHERE number = ?1", row.number, sound.number,
        sequence);
    hold(sound, row.tenant_number, restore.previews);
    release(row.content_number);
  }
  return applied(sequence);
}

TenantRow Applier::tenant(std::string_view name) {
  run("INSERT INTO tenant(name) VALUES (?1) ON CONFLICT DO NOTHING", name);
  auto query = connection_.prepare(
      "SELECT number, max_image_bytes, max_total_bytes FROM tenant WHERE name = ?1");
  (void)query.bind(name).step();
  return {query.integer(0), {optional_natural(query, 1), optional_natural(query, 2)}};
}

std::uint64_t Applier::used_bytes(std::int64_t tenant) {
  auto query = connection_.prepare("SELECT sum(bytes) FROM tally WHERE tenant = ?1");
  return query.bind(tenant).step() ? query.natural(0) : 0;
}

void Applier::add_to_usage(std::int64_t tenant, ImageSubType sub_type, std::int64_t images,
                           std::int64_t bytes) {
  // Not an upsert: its INSERT would fail the CHECK with the negative difference.
  run("INSERT INTO tally(tenant, sub_type, images, bytes) VALUES (?1, ?2, 0, 0)"
      " ON CONFLICT DO NOTHING",
      tenant, static_cast<int>(sub_type));
  run("UPDATE tally SET images = images + ?3, bytes = bytes + ?4"
      " WHERE tenant = ?1 AND sub_type = ?2",
      tenant, static_cast<int>(sub_type), images, bytes);
}

Content Applier::content(std::int64_t tenant, const ContentId& id) {
  auto query = connection_.prepare(
      "SELECT number, images FROM content WHERE id = ?1 AND tenant = ?2 AND complete = 1");
  if (!query.bind(id, tenant).step()) {
    throw Error(ErrorCode::not_found, "content " + id.to_string() + " does not exist");
  }
  return {query.integer(0), query.integer(1)};
}

std::uint64_t Applier::record_change(ChangeKind kind, std::int64_t tenant_number,
                                     const std::string& tenant, const std::string& key,
                                     const ImageId& image) {
  run("INSERT INTO change(kind, at, actor, tenant, key, image) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
      static_cast<int>(kind), change_.at, change_.actor, tenant_number, key, image);
  const auto sequence = static_cast<std::uint64_t>(connection_.last_insert_rowid());
  events_.push_back({sequence, kind, change_.at, change_.actor, tenant, key, image});
  return sequence;
}

// Records a change, with its own number and event, for every image that uses the content. Returns
// the last number.
std::uint64_t Applier::record_content_change(ChangeKind kind, std::int64_t tenant_number,
                                             const std::string& tenant, std::int64_t content) {
  struct Image {
    std::int64_t number = 0;
    ImageId id;
    std::string key;
  };
  std::vector<Image> images;
  {
    auto query = connection_.prepare(
        "SELECT number, id, key FROM image WHERE content = ?1 OR content IN"
        " (SELECT preview.content FROM preview WHERE preview.stored = ?1) ORDER BY id");
    query.bind(content);
    while (query.step()) {
      images.push_back({query.integer(0), query.id<ImageId>(1), query.text(2)});
    }
  }
  std::uint64_t sequence = 0;
  for (const auto& image : images) {
    sequence = record_change(kind, tenant_number, tenant, image.key, image.id);
    run("UPDATE image SET revision = ?2 WHERE number = ?1", image.number, sequence);
  }
  return sequence;
}

ImageRow Applier::require_image(std::string_view tenant, const ImageId& id) {
  auto row = find_image_row(connection_, tenant, id);
  if (!row) throw Error(ErrorCode::not_found, "image " + id.to_string() + " does not exist");
  return std::move(*row);
}

std::string Applier::first_free_key(std::int64_t tenant, const std::string& key) {
  const bool uses_next_number = fits_any_number(key);
  std::uint32_t number = 1;
  if (uses_next_number) {
    auto query =
        connection_.prepare("SELECT next_number FROM image WHERE tenant = ?1 AND key = ?2");
    if (query.bind(tenant, key).step()) {
      number = static_cast<std::uint32_t>(std::max<std::int64_t>(1, query.integer(0)));
    }
  }
  for (;; ++number) {
    auto candidate = numbered_key(key, number);
    if (exists("SELECT 1 FROM image WHERE tenant = ?1 AND key = ?2", tenant, candidate)) continue;
    if (uses_next_number) {
      run("UPDATE image SET next_number = ?3 WHERE tenant = ?1 AND key = ?2", tenant, key,
          std::int64_t{number} + 1);
    }
    return candidate;
  }
}

void Applier::free_number(std::int64_t tenant, const std::string& key) {
  if (const auto numbered = parse_numbered_key(key)) {
    run("UPDATE image SET next_number = min(next_number, ?3) WHERE tenant = ?1 AND key = ?2",
        tenant, numbered->base, numbered->number);
  }
}

void Applier::require_unique(std::int64_t tenant, const ImageRecord& record) {
  const auto throw_conflict = [](std::string_view field, const std::string& value) {
    throw Error(ErrorCode::conflict, std::string{field} + " \"" + value + "\" is already in use");
  };
  if (exists("SELECT 1 FROM image WHERE tenant = ?1 AND key = ?2 AND id <> ?3", tenant, record.key,
             record.id)) {
    throw_conflict("key", record.key);
  }
  if (exists("SELECT 1 FROM image WHERE public_key = ?1 AND public_key <> '' AND id <> ?2",
             record.public_key, record.id)) {
    throw_conflict("public key", record.public_key);
  }
  if (exists("SELECT 1 FROM image WHERE tenant = ?1 AND operation_id = ?2 AND operation_id <> ''"
             " AND id <> ?3",
             tenant, record.operation_id, record.id)) {
    throw_conflict("operation id", record.operation_id);
  }
}

void Applier::hold(const Content& content, std::int64_t tenant,
                   const std::vector<PreviewRecord>& previews) {
  run("UPDATE content SET images = images + 1 WHERE number = ?1", content.number);
  if (!exists("SELECT 1 FROM preview WHERE content = ?1", content.number)) {
    store_previews(content.number, tenant, previews);
  }
}

void Applier::release(std::int64_t content) {
  run("UPDATE content SET images = images - 1, released_at = ?2 WHERE number = ?1", content,
      change_.at);
}

void Applier::store_previews(std::int64_t original, std::int64_t tenant,
                             const std::vector<PreviewRecord>& previews) {
  int position = 0;
  for (const auto& preview : previews) {
    const auto stored = content(tenant, preview.content).number;
    run("INSERT INTO preview(content, position, preset, stored, media_type, width, height, size,"
        " etag, recipe) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
        original, position++, preview.descriptor.preset, stored, preview.descriptor.media_type,
        preview.descriptor.width, preview.descriptor.height, preview.descriptor.size,
        preview.descriptor.etag, preview.recipe);
    // Content that is its own preview would reference itself forever.
    if (stored != original) {
      run("UPDATE content SET previews = previews + 1 WHERE number = ?1", stored);
    }
  }
}

void Applier::drop_previews(std::int64_t original) {
  run("UPDATE content SET previews = previews -"
      " (SELECT count(*) FROM preview WHERE content = ?1 AND stored = content.number),"
      " released_at = ?2"
      " WHERE number IN (SELECT stored FROM preview WHERE content = ?1 AND stored <> ?1)",
      original, change_.at);
  run("DELETE FROM preview WHERE content = ?1", original);
}

}  // namespace

ChangeResult apply_change(Connection& connection, const Change& change) {
  return std::visit(Applier{connection, change}, change.action);
}

std::uint64_t newest_change(Connection& connection) {
  auto query = connection.prepare("SELECT seq FROM sqlite_sequence WHERE name = 'change'");
  return query.step() ? query.natural(0) : 0;
}

ChangeFeed read_changes(Connection& connection, std::uint64_t after, std::uint32_t max_events) {
  ChangeFeed feed;
  // Not stepped to its end before return: number and events come from one snapshot.
  auto newest = connection.prepare("SELECT seq FROM sqlite_sequence WHERE name = 'change'");
  feed.sequence = newest.step() ? newest.natural(0) : 0;
  auto query = connection.prepare(
      "SELECT change.sequence, change.kind, change.at, change.actor, tenant.name, change.key,"
      " change.image FROM change JOIN tenant ON tenant.number = change.tenant"
      " WHERE change.sequence > ?1 ORDER BY change.sequence LIMIT ?2");
  // LIMIT is at least 1: the first event shows whether earlier ones were deleted.
  query.bind(after, std::uint64_t{max_events} + 1);
  std::uint64_t next = 0;
  while (query.step()) {
    if (next == 0) next = query.natural(0);
    if (feed.events.size() == max_events) break;
    feed.events.push_back({query.natural(0), static_cast<ChangeKind>(query.integer(1)),
                           query.time(2), query.text(3), query.text(4), query.text(5),
                           query.id<ImageId>(6)});
  }
  // Numbers have no gaps; only the oldest are deleted.
  feed.complete = after == feed.sequence || (after < feed.sequence && next == after + 1);
  return feed;
}

}  // namespace imagegallery::sqlite
