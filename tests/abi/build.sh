# shellcheck shell=bash
# SPDX-License-Identifier: MIT
# What record.sh and check.sh share: the library as they look at it.  Sourced.

# build_library TREE OUT: writes OUT/libupshake.so with what the debugger knows.
# Paths in it are those of the tree, on whatever machine.
build_library() {
  if ! {
    cmake -S "$1" -B "$2/build" -DCMAKE_BUILD_TYPE=Debug \
      -DBUILD_SHARED_LIBS=ON \
      -DCMAKE_C_FLAGS="-ffile-prefix-map=$(cd "$1" && pwd)/=" \
      -DUPSHAKE_BUILD_TESTS=OFF -DUPSHAKE_BUILD_EXAMPLES=OFF \
      -DUPSHAKE_INSTALL_MAN=OFF &&
      cmake --build "$2/build" --parallel "$(nproc)"
  } >"$2/log" 2>&1; then
    cat "$2/log"
    return 1
  fi
  cp "$(readlink -f "$2/build/libupshake.so")" "$2/libupshake.so"
}

# version_of TREE: that of its header.
version_of() {
  sed -n 's/^#define UPSHAKE_VERSION_[A-Z]* //p' "$1/include/upshake.h" |
    paste -sd.
}
