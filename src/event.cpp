// SPDX-License-Identifier: Apache-2.0
#include <imagegallery/event.hpp>

namespace imagegallery {

std::string_view to_string(ChangeKind kind) noexcept {
  switch (kind) {
    case ChangeKind::created:
      return "created";
    case ChangeKind::replaced:
      return "replaced";
    case ChangeKind::renamed:
      return "renamed";
    case ChangeKind::published:
      return "published";
    case ChangeKind::unpublished:
      return "unpublished";
    case ChangeKind::removed:
      return "removed";
    case ChangeKind::attached:
      return "attached";
    case ChangeKind::detached:
      return "detached";
    case ChangeKind::limits_set:
      return "limits_set";
    case ChangeKind::previews_rebuilt:
      return "previews_rebuilt";
    case ChangeKind::quarantined:
      return "quarantined";
    case ChangeKind::restored:
      return "restored";
  }
  return "unknown";
}

}  // namespace imagegallery
