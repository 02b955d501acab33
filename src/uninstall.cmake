# SPDX-License-Identifier: MIT
# Removes what the last `cmake --install` of this build tree installed, and the
# folders that become empty by that; run by the target `uninstall`.
#
#   DESTDIR=... cmake -DBUILD=DIR -P uninstall.cmake
cmake_minimum_required(VERSION 3.16)

file(GLOB manifests "${BUILD}/install_manifest*.txt")
if(NOT manifests)
  message(FATAL_ERROR "nothing to remove: ${BUILD} has no install_manifest.txt")
endif()

# Folders of others, empty or not, stay.
function(remove_empty_folder folder)
  if(NOT folder MATCHES "/(upshake|licenses)$")
    return()
  endif()
  file(GLOB left "${folder}/*")
  if(NOT left)
    file(REMOVE_RECURSE "${folder}")
    get_filename_component(above "${folder}" DIRECTORY)
    remove_empty_folder("${above}")
  endif()
endfunction()

foreach(manifest IN LISTS manifests)
  file(STRINGS "${manifest}" files)
  foreach(file IN LISTS files)
    set(file "$ENV{DESTDIR}${file}")
    if(EXISTS "${file}" OR IS_SYMLINK "${file}")
      message(STATUS "Removing: ${file}")
      file(REMOVE "${file}")
    endif()
    if(EXISTS "${file}" OR IS_SYMLINK "${file}")
      message(FATAL_ERROR "cannot remove ${file}")
    endif()
    get_filename_component(folder "${file}" DIRECTORY)
    remove_empty_folder("${folder}")
  endforeach()
  file(REMOVE "${manifest}")
endforeach()
