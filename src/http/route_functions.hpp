// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <imagegallery/http.hpp>

#include "http/api_request.hpp"

namespace imagegallery {

// The handlers of the routes (routes.cpp). All throw `HttpProblem`, and the gallery's `Error`.

// read_routes.cpp
[[nodiscard]] HttpResponse read_image(const ApiRequest& request);
[[nodiscard]] HttpResponse read_preview(const ApiRequest& request);
[[nodiscard]] HttpResponse read_public_image(const ApiRequest& request);
[[nodiscard]] HttpResponse read_signed_image(const ApiRequest& request);
[[nodiscard]] HttpResponse read_info(const ApiRequest& request);
[[nodiscard]] HttpResponse export_image(const ApiRequest& request);
[[nodiscard]] HttpResponse list_images(const ApiRequest& request);
[[nodiscard]] HttpResponse list_references(const ApiRequest& request);

// write_routes.cpp
[[nodiscard]] HttpResponse create_image(const ApiRequest& request);
[[nodiscard]] HttpResponse import_image(const ApiRequest& request);
[[nodiscard]] HttpResponse replace_image(const ApiRequest& request);
[[nodiscard]] HttpResponse rename_image(const ApiRequest& request);
[[nodiscard]] HttpResponse publish_image(const ApiRequest& request);
[[nodiscard]] HttpResponse delete_image(const ApiRequest& request);
[[nodiscard]] HttpResponse delete_images(const ApiRequest& request);
[[nodiscard]] HttpResponse attach_use(const ApiRequest& request);
[[nodiscard]] HttpResponse detach_use(const ApiRequest& request);
[[nodiscard]] HttpResponse sign_link(const ApiRequest& request);

// system_routes.cpp
[[nodiscard]] HttpResponse system_params(const ApiRequest& request);
[[nodiscard]] HttpResponse read_limits(const ApiRequest& request);
[[nodiscard]] HttpResponse set_limits(const ApiRequest& request);
[[nodiscard]] HttpResponse describe_api(const ApiRequest& request);
[[nodiscard]] HttpResponse check_health(const ApiRequest& request);
[[nodiscard]] HttpResponse read_metrics(const ApiRequest& request);

}  // namespace imagegallery
