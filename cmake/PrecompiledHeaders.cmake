# SPDX-License-Identifier: Apache-2.0
# Headers that nearly every file includes. The release and fuzz presets build without precompiled
# headers, so that missing includes are found.
set(imagegallery_precompiled_headers
  <algorithm> <array> <atomic> <chrono> <condition_variable> <filesystem> <functional> <map> <memory>
  <mutex> <optional> <random> <set> <span> <string> <string_view> <thread> <tuple> <unordered_map>
  <utility> <variant> <vector>)

function(imagegallery_precompile target)
  if(IMAGEGALLERY_PRECOMPILE_HEADERS)
    target_precompile_headers(${target} PRIVATE ${imagegallery_precompiled_headers} ${ARGN})
  endif()
endfunction()

if(IMAGEGALLERY_PRECOMPILE_HEADERS AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  add_compile_options(-fpch-preprocess)  # without it ccache does not cache
  # False positives in std::string (GCC bug 105651): GCC does not treat a precompiled <string> as a
  # system header.
  target_compile_options(imagegallery_warnings INTERFACE
    -Wno-array-bounds -Wno-restrict -Wno-stringop-overflow)
endif()
