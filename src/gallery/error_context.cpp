// SPDX-License-Identifier: Apache-2.0
#include "gallery/error_context.hpp"

#include <imagegallery/error.hpp>

#include <new>
#include <optional>
#include <typeinfo>

#include "gallery/access.hpp"

namespace imagegallery {

void rethrow_with_context(std::string_view operation, std::string_view tenant,
                          std::string_view key) {
  try {
    throw;
  } catch (const Error& error) {
    if (typeid(error) != typeid(Error) || !error.operation().empty()) throw;
    std::optional<Error> with_context;
    try {
      with_context = error.with_context(operation, tenant, key);
    } catch (const std::bad_alloc&) {
      // The error itself matters more than its context.
    }
    if (!with_context) throw;
    throw Error{*with_context};
  }
}

void rethrow_with_context(std::string_view operation, const Principal& who, const ImageRef& ref) {
  rethrow_with_context(operation, owner_of(who, ref.scope), ref.key);
}

}  // namespace imagegallery
