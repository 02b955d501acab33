# SPDX-License-Identifier: MIT
# The targets of the top-level project that handle the installation as a whole:
# `uninstall`, `package` (an archive, on Debian a .deb too), `package_source`.

add_custom_target(
  uninstall
  COMMAND "${CMAKE_COMMAND}" "-DBUILD=${PROJECT_BINARY_DIR}" -P
          "${PROJECT_SOURCE_DIR}/src/uninstall.cmake"
  VERBATIM)

set(CPACK_PACKAGE_VENDOR "the upshake authors")
set(CPACK_PACKAGE_CONTACT
    "the upshake authors <maintainers@example.invalid>"
    CACHE STRING "Name and address of the one who makes the packages")
mark_as_advanced(CPACK_PACKAGE_CONTACT)
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "${PROJECT_DESCRIPTION}")
set(CPACK_RESOURCE_FILE_LICENSE "${PROJECT_SOURCE_DIR}/LICENSE")
set(CPACK_RESOURCE_FILE_README "${PROJECT_SOURCE_DIR}/README.md")
set(CPACK_PACKAGE_CHECKSUM SHA256)
set(CPACK_STRIP_FILES ON)
set(CPACK_VERBATIM_VARIABLES ON)

set(CPACK_GENERATOR TGZ)
find_program(UPSHAKE_DPKG_SHLIBDEPS dpkg-shlibdeps)
mark_as_advanced(UPSHAKE_DPKG_SHLIBDEPS)
if(UPSHAKE_DPKG_SHLIBDEPS)
  list(APPEND CPACK_GENERATOR DEB)
endif()
set(CPACK_DEBIAN_PACKAGE_NAME libupshake-dev)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION libdevel)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_GENERATE_SHLIBS ON)

configure_file(LICENSE debian/copyright COPYONLY)

# What lies in the folder of the sources and is none of them.
string(REGEX REPLACE "([][+.*()^$?|\\])" "\\\\\\1" upshake_folders
                     "${PROJECT_SOURCE_DIR};${PROJECT_BINARY_DIR}")
list(GET upshake_folders 0 upshake_source)
list(GET upshake_folders 1 upshake_binary)
set(CPACK_SOURCE_GENERATOR TGZ)
set(CPACK_SOURCE_PACKAGE_FILE_NAME "upshake-${PROJECT_VERSION}")
set(CPACK_SOURCE_IGNORE_FILES
    "/\\.git/" "^${upshake_source}/build/" "^${upshake_binary}/"
    "^${upshake_source}/minimal$" "/CMakeUserPresets\\.json$" "/__pycache__/")

configure_file(src/package-kind.cmake.in package-kind.cmake @ONLY)
set(CPACK_PROJECT_CONFIG_FILE "${PROJECT_BINARY_DIR}/package-kind.cmake")
include(CPack)
