# SPDX-License-Identifier: MIT
# What an installed 0.2.3 answers to each version that a project may ask for.
#
#   cmake -DDIR=build/... -P tests/packaging/versions.cmake
cmake_minimum_required(VERSION 3.19) # ranges

set(taken "0.2" "0.2.0" "0.2.3" "0.2.3 EXACT" "0.1...0.2" "0.1...0.2.3"
    "0.1...<0.3" "0.2...<1" "0...0" "0.2.3...0.2.3" "0.2...1")
set(refused "0" "0.1" "0.2.4" "0.2.2 EXACT" "0.3" "0.99" "1.2" "1"
    "0.1...0.1.9" "0.1...<0.2" "0.1...0.2.2" "0.1...<0.2.3" "0.2.4...0.3"
    "0.3...0.4" "1...2")

set(PROJECT_VERSION 0.2.3)
set(PROJECT_VERSION_MAJOR 0)
set(PROJECT_VERSION_MINOR 2)
set(src "${CMAKE_CURRENT_LIST_DIR}/../../src")
configure_file("${src}/upshake-config-version.cmake.in"
               "${DIR}/upshake-config-version.cmake" @ONLY)
file(WRITE "${DIR}/upshake-config.cmake" "")
set(upshake_DIR "${DIR}")

function(ask wanted expected)
  find_package(upshake ${wanted} QUIET CONFIG)
  if(NOT upshake_FOUND EQUAL expected)
    message(SEND_ERROR "${wanted}: found is ${upshake_FOUND}, not ${expected}")
  endif()
endfunction()

foreach(kind IN ITEMS taken refused)
  string(COMPARE EQUAL "${kind}" taken expected)
  foreach(wanted IN LISTS ${kind})
    string(REPLACE " " ";" wanted "${wanted}")
    ask("${wanted}" ${expected})
  endforeach()
endforeach()
