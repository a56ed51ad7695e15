# SPDX-License-Identifier: Apache-2.0
# Headers that nearly every file includes anyway. The release and fuzz presets build without this, so
# that no file comes to rely on what it does not include.
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
  # False alarms from inside of std::string (GCC bug 105651), which GCC no longer takes for a system
  # header once it is precompiled.
  target_compile_options(imagegallery_warnings INTERFACE
    -Wno-array-bounds -Wno-restrict -Wno-stringop-overflow)
endif()
