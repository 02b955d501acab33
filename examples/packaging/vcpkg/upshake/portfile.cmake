# SPDX-License-Identifier: MIT
# An overlay port, which has its sources beside itself:
#
#   vcpkg install upshake --overlay-ports=build/packages/vcpkg

# The package names both kinds, so both are built for each triplet.
set(VCPKG_POLICY_DLLS_IN_STATIC_LIBRARY enabled)

vcpkg_extract_source_archive(
  SOURCE_PATH ARCHIVE
  "${CMAKE_CURRENT_LIST_DIR}/upshake-${VERSION}-library.tar.gz")

vcpkg_cmake_configure(
  SOURCE_PATH "${SOURCE_PATH}"
  OPTIONS -DUPSHAKE_BUILD_TESTS=OFF -DUPSHAKE_BUILD_EXAMPLES=OFF
          -DUPSHAKE_INSTALL_MAN=OFF)
vcpkg_cmake_install()
vcpkg_cmake_config_fixup(CONFIG_PATH lib/cmake/upshake)
vcpkg_fixup_pkgconfig()
vcpkg_copy_pdbs()

file(REMOVE_RECURSE "${CURRENT_PACKAGES_DIR}/debug/include"
     "${CURRENT_PACKAGES_DIR}/debug/share"
     "${CURRENT_PACKAGES_DIR}/share/licenses")
vcpkg_install_copyright(FILE_LIST "${SOURCE_PATH}/LICENSE")
file(INSTALL "${CMAKE_CURRENT_LIST_DIR}/usage"
     DESTINATION "${CURRENT_PACKAGES_DIR}/share/${PORT}")
