# shellcheck shell=bash disable=SC2154
# SPDX-License-Identifier: MIT
# What is packed and taken away again: CPack's archives and .deb, `uninstall`,
# the archive of git, and the answers to find_package with a version.  Sourced
# by packaging.sh.

need dpkg-deb:dpkg dpkg-shlibdeps:dpkg-dev git:git

answers_versions() {
  cmake -DDIR="$out/versions" -P tests/packaging/versions.cmake
}

# From here on in a build of its own, for /usr and the folders of Debian.
pack() {
  cmake --preset package -B "$out/pack" -DCMAKE_C_FLAGS_RELEASE=-O0 &&
    cmake --build "$out/pack" --parallel "$(nproc)" &&
    (cd "$out/pack" && cpack && cpack --config CPackSourceConfig.cmake)
}

are_checksums_right() { (cd "$out/pack" && sha256sum --check -- *.sha256); }

# The binary archive can be unpacked anywhere.
archive_is_found() {
  mkdir -p "$out/unpacked" &&
    tar -xf "$out/pack/upshake-$version-Linux.tar.gz" -C "$out/unpacked" &&
    find_package "$out/unpacked/upshake-$version-Linux" static
}

deb() { printf '%s\n' "$out"/pack/libupshake-dev_"$version"_*.deb; }

deb_is_found() {
  dpkg-deb -x "$(deb)" "$out/deb" &&
    [ -e "$out/deb/usr/share/doc/libupshake-dev/copyright" ] &&
    find_package "$out/deb/usr" shared "$short COMPONENTS shared"
}

# The libraries that the .deb needs, and a cache of the linker that knows it.
deb_says_what_it_needs() {
  dpkg-deb -f "$(deb)" Depends | grep -E '^libc6 ' &&
    dpkg-deb --ctrl-tarfile "$(deb)" | tar -tf - | grep shlibs &&
    dpkg-deb --ctrl-tarfile "$(deb)" | tar -xOf - ./postinst | grep ldconfig
}

# A clone that belongs to another user is one too.
repository() { git -c safe.directory='*' "$@"; }
is_clone() { repository rev-parse --git-dir >/dev/null 2>&1; }
files_of_tree() {
  local file
  repository ls-files --cached --others --exclude-standard |
    while IFS= read -r file; do
      [ ! -e "$file" ] || printf '%s\n' "$file"
    done | LC_ALL=C sort
}

source_archive_is_tree() {
  diff <(tar -tf "$out/pack/upshake-$version.tar.gz" | grep -v '/$' |
    cut -d / -f 2- | LC_ALL=C sort) <(files_of_tree)
}

# git archive leaves out what needs the repository, but no script and no file
# that the README names.
git_archive_is_small() {
  local names file
  names=$(repository archive --worktree-attributes HEAD | tar -tf -) &&
    diff <(cut -d / -f 1 <<<"$names" | LC_ALL=C sort -u |
      grep -v '^\.') - <<END || return 1
CHANGELOG.md
CMakeLists.txt
CMakePresets.json
LICENSE
README.md
examples
include
src
tests
END
  refuses grep -E '^(\.git[a-z]*$|tests/(test_)?compare)' <<<"$names" ||
    return 1
  while IFS= read -r file; do
    grep -qxE "$file/?" <<<"$names" || { echo "no $file" && return 1; }
  done < <(grep -oE '^sh [a-z/]+\.sh|\]\([A-Za-z_./-]+\)' README.md |
    sed 's/^sh //; s/^](//; s/)$//')
}

# Nothing is left but the folders and the files of others.
uninstall() (
  export DESTDIR=$out/full
  other=$DESTDIR/usr/include/other/upshake.h
  mkdir -p "$DESTDIR/usr/include/other"
  cmake --install "$out/pack" &&
    [ -e "$DESTDIR/usr/include/upshake.h" ] &&
    echo mine >"$other" &&
    cmake --build "$out/pack" --target uninstall &&
    [ "$(find "$DESTDIR" ! -type d)" = "$other" ] &&
    [ -z "$(find "$DESTDIR" -name upshake -o -name licenses)" ]
)

check_archives() {
  check "an answer to each version and range" answers_versions
  check "packages are made" pack
  check "checksums" are_checksums_right
  check "the binary archive is found" archive_is_found
  check "the .deb is found" deb_is_found
  check "the .deb says what it needs" deb_says_what_it_needs
  if is_clone; then
    check "the source archive is the tree" source_archive_is_tree
    check "the archive of git is small" git_archive_is_small
  fi
  check "uninstall" uninstall
  check "uninstall, a second time" refuses \
    cmake --build "$out/pack" --target uninstall
}
