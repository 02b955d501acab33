# SPDX-License-Identifier: MIT
"""Tries one mutant: compiles it, and runs the tests until one notices."""
import os
import shutil

import mutants
from build import OUT, SRC


class Worker:
    """Has its own copy of src/, and room for objects and programs."""

    def __init__(self, number, history):
        self.folder = os.path.join(OUT, "worker-%d" % number)
        self.tree = os.path.join(self.folder, "src")
        self.history = history
        shutil.rmtree(self.folder, ignore_errors=True)
        shutil.copytree(SRC, self.tree)

    def try_mutant(self, mutant, text, builds):
        """(outcome, which test): invalid, same, killed or survived."""
        path = os.path.join(self.tree, mutant.file)
        with open(path, "w", encoding="utf-8") as file:
            file.write(mutants.apply(text, mutant))
        try:
            return self.try_builds(mutant, builds)
        finally:
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)

    def try_builds(self, mutant, builds):
        outcome = "same"
        for name in ("default", "portable", "small"):
            build = builds[name].make()
            changed = self.compile(build, mutant)
            if changed is None:
                return "invalid", ""
            if not changed:
                continue
            outcome = "survived"
            killer = self.run_tests(build, mutant, changed)
            if killer:
                return "killed", name + " " + killer
        if outcome == "survived" and self.is_optimized_away(builds, mutant):
            return "same", "-O3"
        if outcome == "survived":
            build = builds["sanitize"].make()
            changed = self.compile(build, mutant)
            killer = changed and self.run_tests(build, mutant, changed)
            if killer:
                return "killed", "sanitize " + killer
        return outcome, ""

    def compile(self, build, mutant, more=(), originals=None):
        """The objects that differ, by those of the build; None if the mutant
        does not compile."""
        changed = {}
        for i, unit in enumerate(build.units_with(os.path.join(SRC,
                                                               mutant.file))):
            target = os.path.join(self.folder, "%d.o" % i)
            if unit.compile(self.tree, target, more) != 0:
                return None
            if not same_bytes(target, unit.object):
                changed[unit.object] = target
        return changed

    def is_optimized_away(self, builds, mutant):
        """Does a better optimizer see that nothing has changed?"""
        for name in ("default", "portable", "small"):
            for unit in builds[name].units_with(os.path.join(SRC,
                                                             mutant.file)):
                pair = [os.path.join(self.folder, n) for n in ("a.o", "b.o")]
                for tree, target in zip((self.tree, SRC), pair):
                    if unit.compile(tree, target, ["-O3"]) != 0:
                        return False
                if not same_bytes(*pair):
                    return False
        return True

    def run_tests(self, build, mutant, changed):
        """The name of the test that fails, or None."""
        known = self.history[mutant.file]
        slow = sorted(build.slow,
                      key=lambda t: (-known[t.label] / (t.seconds + 0.05),
                                     t.seconds))
        program, linked = os.path.join(self.folder, "test"), None
        for test in build.quick + slow:
            if not test.uses(changed):
                continue
            if linked != test.name:
                test.link(changed, program)
                linked = test.name
            if test.run(program) != 0:
                known[test.label] += 1
                return test.label
        return None


def same_bytes(a, b):
    with open(a, "rb") as one, open(b, "rb") as other:
        return one.read() == other.read()
