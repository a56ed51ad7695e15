# SPDX-License-Identifier: Apache-2.0
# One export set per component, so that distributions can package them separately.
include(CMakePackageConfigHelpers)

set(package_dir "${CMAKE_INSTALL_LIBDIR}/cmake/imagegallery")
set(components core)
install(TARGETS imagegallery EXPORT imagegallery-core FILE_SET HEADERS)
if(TARGET imagegallery_web)
  list(APPEND components web)
  install(TARGETS imagegallery_web EXPORT imagegallery-web FILE_SET HEADERS)
endif()
foreach(component IN LISTS components)
  install(EXPORT imagegallery-${component} NAMESPACE imagegallery::
    FILE imagegallery-${component}-targets.cmake DESTINATION "${package_dir}")
endforeach()

get_target_property(library_type imagegallery TYPE)
set(IMAGEGALLERY_IS_STATIC FALSE)
if(library_type STREQUAL "STATIC_LIBRARY")
  set(IMAGEGALLERY_IS_STATIC TRUE)
endif()
configure_package_config_file(cmake/imagegallery-config.cmake.in
  "${PROJECT_BINARY_DIR}/imagegallery-config.cmake" INSTALL_DESTINATION "${package_dir}")
write_basic_package_version_file("${PROJECT_BINARY_DIR}/imagegallery-config-version.cmake"
  COMPATIBILITY SameMinorVersion)
install(FILES
  "${PROJECT_BINARY_DIR}/imagegallery-config.cmake"
  "${PROJECT_BINARY_DIR}/imagegallery-config-version.cmake"
  cmake/FindxxHash.cmake
  DESTINATION "${package_dir}")

# The prefix, relative to the directory of the .pc file.
file(RELATIVE_PATH IMAGEGALLERY_PC_PREFIX "/${CMAKE_INSTALL_LIBDIR}/pkgconfig" "/")
configure_file(cmake/imagegallery.pc.in "${PROJECT_BINARY_DIR}/imagegallery.pc" @ONLY)
install(FILES "${PROJECT_BINARY_DIR}/imagegallery.pc"
  DESTINATION "${CMAKE_INSTALL_LIBDIR}/pkgconfig")
install(FILES LICENSE README.md CHANGELOG.md DESTINATION "${CMAKE_INSTALL_DOCDIR}")
