# shellcheck shell=bash disable=SC2154
# SPDX-License-Identifier: MIT
# What examples/packaging/assemble.sh makes: consumed by Meson, which Debian
# has; for the tools that it does not have, held against what they document, and
# built with stand-ins for their functions.  Sourced by packaging.sh.

modules=/usr/lib/python3/dist-packages
need meson:meson ninja:ninja-build $modules/yaml/__init__.py:python3-yaml \
  $modules/kconfiglib.py:python3-kconfiglib

assemble() {
  sh examples/packaging/assemble.sh "$out/packages" &&
    sh examples/packaging/assemble.sh "$out/again" &&
    diff -r "$out/packages" "$out/again"
}

refuses_with_a_line() { # ARGUMENTS...
  local said
  refuses sh examples/packaging/assemble.sh "$@" 2>"$out/said" || return 1
  said=$(<"$out/said")
  [[ $said == "assemble.sh: "* ]] && [ ! -e "$out/wrong" ]
}
refuses_wrong_arguments() {
  refuses_with_a_line --what && refuses_with_a_line "$out/wrong" --url &&
    refuses_with_a_line "$out/wrong" --url "x|y" &&
    refuses_with_a_line "$out/wrong" --url 'https://a"b'
}

are_manifests_right() {
  /usr/bin/python3 tests/packaging/manifests.py "$out/packages" "$version"
}

frameworks() {
  cmake -S "$project/frameworks" -B "$out/frameworks" \
    -DPACKAGES="$out/packages" &&
    cmake --build "$out/frameworks" --parallel "$(nproc)" || return 1
  local program
  for program in "$out"/frameworks/use-*; do
    "$program" >"$program.said" || return 1
  done
  grep -F 's3pPLMBiTxaQ9kYGzzhZRbK+xOo=' "$out/frameworks/use-arduino.said"
}

port() {
  cmake -DPORT_FOLDER="$out/packages/vcpkg/upshake" -DVERSION="$version" \
    -DWORK="$out/port" -P tests/packaging/port.cmake &&
    [ -s "$out/port/package/share/upshake/copyright" ] &&
    find_package "$out/port/package" static
}

# ---- Meson ----

prepare_meson() {
  local to=$out/meson
  mkdir -p "$to/subprojects" &&
    cp "$project"/meson/* "$project"/*.c "$project"/*.cpp "$to" &&
    cp -R "$out/packages/meson"/* "$to/subprojects" &&
    cp -R "$out/packages/two-files" "$to/upshake"
}

by_meson() { # FOLDER ARGUMENTS...
  local build=$out/meson-$1
  shift
  meson setup "$build" "$out/meson" "$@" && meson compile -C "$build" &&
    meson test -C "$build"
}
wrap_static() {
  by_meson static -Ddefault_library=static &&
    exports "$out/meson-static/libplugin.so" host_answer
}
wrap_shared() {
  by_meson shared -Ddefault_library=shared -Dupshake:small=true &&
    soname_is "$out"/meson-shared/subprojects/*/libupshake.so \
      "libupshake.so.$short" &&
    exports "$out"/meson-shared/subprojects/*/libupshake.so "${public[@]}"
}
wrap_two_files() {
  by_meson two-files -Dfrom=two-files &&
    exports "$out/meson-two-files/libplugin.so" host_answer
}

check_managers() {
  check "packages are assembled, the same each time" assemble
  check "wrong arguments of assemble.sh" refuses_wrong_arguments
  check "manifests are as their tools document" are_manifests_right
  check "ESP-IDF, Zephyr, PlatformIO, Arduino, two files" frameworks
  check "vcpkg's port" port
  check "Meson's project" prepare_meson
  check "Meson, a wrap, static" wrap_static
  check "Meson, a wrap, shared" wrap_shared
  check "Meson, two files" wrap_two_files
}
