# SPDX-License-Identifier: MIT
"""Faults of the library that the judge has found and that are not mended yet.

A rule asks whether its fault is in a set of faults.  The set is empty at first.
If judge and library differ, each fault is tried, and then all of them.  A
difference that a fault explains is counted and is no failure.  Who mends a
fault removes its name here and where a rule asks for it.
"""

FAULTS = {}  # name: what is wrong, and the rule


def tries():
    """(name, the set of faults) of each that is tried."""
    for name in FAULTS:
        yield name, {name}
    if len(FAULTS) > 1:
        yield "several", set(FAULTS)
