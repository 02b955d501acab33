# SPDX-License-Identifier: MIT
"""Tries one mutant: compiles it, and runs the tests until one notices."""
import os
import shutil
import subprocess

import mutants
from build import OUT, SRC, same_bytes

SHALLOW = "shallow"  # why a mutant survived that may be killed yet
PLAIN = ("default", "portable", "small")  # builds without sanitizers


class Worker:
    """Has its own copy of src/, and room for objects and programs."""

    def __init__(self, number, history, shallow):
        self.shallow = shallow
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
        except subprocess.CalledProcessError:
            return "invalid", ""  # it calls a function that is not there
        finally:
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)

    def try_sketch(self, build, mutant):
        """Which test notices the mutant, compiled by tcc; "" if all ran and
        none does; None if tcc sees no change."""
        objects, changed = build.sketch.objects_of(
            os.path.join(SRC, mutant.file), self.tree, self.folder)
        if not changed:
            return None
        return self.run_tests("tcc", mutant, changed,
                              self.ordered(build.sketch.tests, mutant),
                              objects)[1]

    def try_builds(self, mutant, builds):
        outcome, done = "same", []
        sketch = builds["default"].make().sketch
        if sketch:
            killer = self.try_sketch(builds["default"], mutant)
            if killer:
                return "killed", killer
            if killer is not None and self.shallow:
                done = [t.label for t in sketch.tests]
        for name in PLAIN:
            outcome, killer = self.try_build(builds[name].make(), mutant, done)
            if outcome in ("invalid", "killed"):
                return outcome, killer
            if outcome == "survived":
                break
        if outcome == "same":
            return "same", ""
        if self.shallow:
            return "survived", SHALLOW
        if self.is_optimized_away(builds, mutant):
            return "same", "-O3"
        others = [n for n in ("sanitize",) + PLAIN if n != name]
        for other in others:
            outcome, killer = self.try_build(builds[other].make(), mutant)
            if outcome == "killed":
                return outcome, killer
        return self.try_long(builds["default"], mutant)

    def try_build(self, build, mutant, done=()):
        """Runs the tests but those that are done by another way."""
        units = build.units_with(os.path.join(SRC, mutant.file))
        changed = self.compile([u for u in units if u.is_src])
        if changed is None:
            return "invalid", ""
        # Most do not need the tests that include the file themselves.
        outcome, killer = self.run_tests(build.name, mutant, changed,
                                         build.quick)
        if outcome == "killed":
            return outcome, killer
        more = self.compile([u for u in units if not u.is_src])
        if more is None:
            return "invalid", ""
        changed.update(more)
        if not changed:
            return "same", ""
        # tcc saw only src/: a test that includes the file itself is not done.
        left = [t for t in build.slow if t.label not in done or t.uses(more)]
        return self.run_tests(build.name, mutant, changed,
                              self.ordered(left, mutant))

    def try_long(self, build, mutant):
        units = build.units_with(os.path.join(SRC, mutant.file))
        changed = self.compile([u for u in units if u.is_src])
        return self.run_tests(build.name, mutant, changed, build.long)

    def compile(self, units):
        """The objects that differ, by those of the build; None if the mutant
        does not compile."""
        changed = {}
        for i, unit in enumerate(units):
            target = os.path.join(self.folder, "%s-%d.o" %
                                  ("src" if unit.is_src else "test", i))
            if unit.compile(self.tree, target) != 0:
                return None
            if not same_bytes(target, unit.object):
                changed[unit.object] = target
        return changed

    def is_optimized_away(self, builds, mutant):
        """Does a better optimizer see that nothing has changed?"""
        for name in PLAIN:
            for unit in builds[name].make().units_with(
                    os.path.join(SRC, mutant.file)):
                pair = [os.path.join(self.folder, n) for n in ("a.o", "b.o")]
                for tree, target in zip((self.tree, SRC), pair):
                    if unit.compile(tree, target, ["-O3"]) != 0:
                        return False
                if not same_bytes(*pair):
                    return False
        return True

    def ordered(self, tests, mutant):
        """Those first that kill most in this file in the least time."""
        known = self.history[mutant.file]
        return sorted(tests, key=lambda t: (
            -known[t.label] / (t.seconds + 0.05), t.seconds))

    def run_tests(self, build, mutant, changed, tests, objects=None):
        """("killed", the build and the test that fails) or ("survived", "").
        Runs the tests that use an object that has changed, linked with those
        or with other objects."""
        program, linked = os.path.join(self.folder, "test"), None
        for test in tests:
            if not test.uses(changed):
                continue
            if linked != test.name:
                test.link(objects or changed, program)
                linked = test.name
            if test.run(program) != 0:
                self.history[mutant.file][test.label] += 1
                return "killed", build + " " + test.label
        return "survived", ""
