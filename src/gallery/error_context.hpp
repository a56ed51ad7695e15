// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <imagegallery/image.hpp>
#include <imagegallery/principal.hpp>

#include <string_view>

namespace imagegallery {

/// Rethrows the exception that is being handled. If it is an `Error` without context, adds the
/// operation, tenant and key. A class derived from `Error` is rethrown as it is, with its type.
///
/// For the function-try-blocks of the gallery's methods:
///   ImageInfo ImageGallery::rename(...) try { ... } catch (const Error&) {
///     rethrow_with_context("rename", who, ref);
///   }
[[noreturn]] void rethrow_with_context(std::string_view operation, std::string_view tenant = {},
                                       std::string_view key = {});
[[noreturn]] void rethrow_with_context(std::string_view operation, const Principal& who,
                                       const ImageRef& ref);

}  // namespace imagegallery
