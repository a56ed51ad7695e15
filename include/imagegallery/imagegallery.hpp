// SPDX-License-Identifier: Apache-2.0
#pragma once

// Includes every header of the core library.

#include <imagegallery/bytes.hpp>
#include <imagegallery/error.hpp>
#include <imagegallery/error_report.hpp>
#include <imagegallery/etag_cache.hpp>
#include <imagegallery/event.hpp>
#include <imagegallery/export_document.hpp>
#include <imagegallery/gallery.hpp>
#include <imagegallery/http.hpp>
#include <imagegallery/image.hpp>
#include <imagegallery/image_format.hpp>
#include <imagegallery/image_record.hpp>
#include <imagegallery/options.hpp>
#include <imagegallery/preview.hpp>
#include <imagegallery/principal.hpp>
#include <imagegallery/random_id.hpp>
#include <imagegallery/results.hpp>
#include <imagegallery/storage/forwarding.hpp>
#include <imagegallery/storage/memory.hpp>
#include <imagegallery/storage/sqlite.hpp>
#include <imagegallery/storage_backend.hpp>
#include <imagegallery/storage_change.hpp>
