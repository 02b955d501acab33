# SPDX-License-Identifier: MIT
"""Compiles upshake for Python: one module, by cffi, from the two files.

    sh src/amalgamate.sh build/amalgamated
    python3 examples/bindings/upshake_build.py build/amalgamated build/python

The first folder has upshake.h and upshake.c.  The second one gets the module
_upshake.  It contains the library, and needs no other file; server.py uses it.

Debian: apt-get install gcc python3-cffi python3-dev.
"""
import pathlib
import re
import subprocess
import sys

import cffi

# What Python calls from C: its functions have @ffi.def_extern().
CALLBACKS = 'extern "Python" int decide(upshake *hs, void *user);'


def declarations_of(header):
    """The header as cffi takes it: without directives, and with the values of
    the constants.  cffi knows size_t, uint8_t and so on by itself."""
    alone = re.sub(r"^#include <.*$", "", header, flags=re.M)
    declarations = subprocess.run(
        ["cc", "-E", "-P", "-"], input=alone, text=True, check=True,
        stdout=subprocess.PIPE).stdout
    constants = re.findall(r"^#define (UPSHAKE_\w+) \d+$", header, re.M)
    return declarations + "".join(f"#define {name} ...\n" for name in constants)


def main(two_files, folder):
    two_files = pathlib.Path(two_files).resolve()
    header = (two_files / "upshake.h").read_text(encoding="utf-8")
    ffi = cffi.FFI()
    ffi.cdef(declarations_of(header) + CALLBACKS)
    ffi.set_source("_upshake", '#include "upshake.h"',
                   include_dirs=[str(two_files)],
                   sources=[str(two_files / "upshake.c")])
    ffi.compile(tmpdir=folder)


if len(sys.argv) != 3:
    print("usage: upshake_build.py FOLDER_OF_TWO_FILES FOLDER", file=sys.stderr)
    sys.exit(64)
main(*sys.argv[1:])
