#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The workflows in .github/ are sound, and their steps for Linux run.
set -euo pipefail
cd "$(dirname "$0")/.."
. tests/need.sh
need python3:python3 \
  /usr/lib/python3/dist-packages/yaml/__init__.py:python3-yaml

# Debian's own, whatever other Python stands before it.
exec /usr/bin/python3 tests/workflows.py "$@"
