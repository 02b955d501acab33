#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Reads the workflows and issue forms in .github/: each step calls a script of
the tree.  Runs the steps for Linux that are no step of .ci/run; a step that is
run nowhere is marked "Not yet run".

usage: workflows.py [--look]      --look runs nothing
"""
import glob
import itertools
import os
import re
import subprocess
import sys

import yaml

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
GITHUB = os.path.join(ROOT, ".github")

ACTIONS = {"actions/checkout@v4"}
RUNNERS = {"ubuntu-latest", "windows-latest", "macos-latest"}
RUNS_ALL = ".ci/debian"  # runs .ci/run, in a container
VALUE = re.compile(r"\$\{\{ *([\w.]+) *\}\}")


def read(*path):
    with open(os.path.join(ROOT, *path), encoding="utf-8") as file:
        return file.read()


def steps_of_ci():
    return {step.split()[0]
            for step in re.findall(r'^  "(.+)"$', read(".ci", "run"), re.M)}


def matrix_of(job):
    """One set of values for each run of the job."""
    matrix = job.get("strategy", {}).get("matrix", {})
    keys = list(matrix)
    for values in itertools.product(*(matrix[key] for key in keys)):
        yield {"matrix." + key: value for key, value in zip(keys, values)}


def script_of(command):
    words = command.split()
    return words[1] if words[0] in ("sh", "bash") else words[0]


def faults_of_command(command):
    script = os.path.join(ROOT, script_of(command))
    if "\n" in command.strip() or re.search(r"[;&|<>`]", command):
        yield "is more than a call of a script"
    if not os.path.isfile(script):
        yield "calls no script of the tree"
    elif command.split()[0] not in ("sh", "bash") and not os.access(
            script, os.X_OK):
        yield "calls a script that cannot be executed"


def faults_of_job(job):
    if job.get("runs-on") not in RUNNERS:
        yield "runs on an unknown system"
    if "timeout-minutes" not in job:
        yield "has no end"
    for step in job["steps"]:
        if "run" in step:
            for fault in faults_of_command(VALUE.sub("x", step["run"])):
                yield "%s: %s" % (step["run"], fault)
        elif step.get("uses") not in ACTIONS:
            yield "neither calls a script nor a known action: %s" % step


def expand(command, values):
    return VALUE.sub(lambda found: values[found.group(1)], command)


def commands_of(job):
    """Of each step that calls something, for each run of the job."""
    for values in matrix_of(job):
        values["github.ref_name"] = ""  # of a tag; none is made here
        for step in job["steps"]:
            if "run" in step:
                yield step["run"], expand(step["run"], values).strip()


def is_marked(text, job, step):
    """A comment above the job or above the step."""
    mark = r"# Not yet run\.\n *(?:%s:|- run: %s)\n" % (
        re.escape(job), re.escape(step))
    return re.search(mark, text) is not None


def look(path):
    """Gives the faults of a workflow, and what of it is to be run here."""
    text = read(path)
    workflow = yaml.safe_load(text)
    faults, here = [], []
    if "permissions" not in workflow:
        faults.append("says nothing of permissions")
    for name, job in workflow["jobs"].items():
        wrong = ["%s: %s" % (name, fault) for fault in faults_of_job(job)]
        faults += wrong
        for step, command in [] if wrong else commands_of(job):
            script = script_of(command)
            marked = is_marked(text, name, step)
            in_ci = script in steps_of_ci() or script == RUNS_ALL
            how = "not yet run" if marked else "by .ci/run" if in_ci else "here"
            print("%-11s %-9s %-12s %s" % (os.path.basename(path)[:-4], name,
                                           how, command))
            if job["runs-on"] != "ubuntu-latest" and not marked:
                faults.append("%s: is not marked as not yet run" % name)
            if how == "here":
                here.append(command)
    return ["%s: %s" % (path, fault) for fault in faults], here


def faults_of_form(path):
    """A form as GitHub documents it: name, description, and a body."""
    form = yaml.safe_load(read(path))
    if os.path.basename(path) == "config.yml":
        if set(form) - {"blank_issues_enabled", "contact_links"}:
            yield "has an unknown member"
        return
    for member in ("name", "description", "body"):
        if not form.get(member):
            yield "has no " + member
    ids = [part["id"] for part in form["body"] if "id" in part]
    if len(ids) != len(set(ids)):
        yield "has an id twice"
    for part in form["body"]:
        kind, attributes = part["type"], part.get("attributes", {})
        if kind not in ("markdown", "input", "textarea", "dropdown",
                        "checkboxes"):
            yield "has an unknown type: " + kind
        if not attributes.get("value" if kind == "markdown" else "label"):
            yield "has a part without text: %s" % part
        if kind == "dropdown" and not attributes.get("options"):
            yield "has a choice of nothing: %s" % part


def tries(command):
    print("== " + command, flush=True)
    return subprocess.run(command.split(), cwd=ROOT,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          check=False, text=True)


def refusals_of_release():
    """What a tag must not do: another version, a version without a date."""
    version = ".".join(re.findall(r"VERSION_(?:MAJOR|MINOR|PATCH) (\d+)",
                                  read("include", "upshake.h")))
    tags = ["v99.0.0"]
    if "## [%s] - unreleased" % version in read("CHANGELOG.md"):
        tags.append("v" + version)
    for tag in tags:
        done = tries(".ci/release " + tag)
        if done.returncode == 0 or "release: " not in done.stdout:
            yield "a release of %s is not refused" % tag


def run(here):
    for command in sorted(set(here)):
        done = tries(command)
        if done.returncode:
            yield "%s\n%s" % (command, done.stdout)
    yield from refusals_of_release()


def main(arguments):
    paths = {kind: sorted(
        os.path.relpath(path, ROOT)
        for path in glob.glob(os.path.join(GITHUB, kind, "*.yml")))
             for kind in ("workflows", "ISSUE_TEMPLATE")}
    faults, here = [], []
    for path in paths["workflows"]:
        wrong, commands = look(path)
        faults += wrong
        here += commands
    for path in paths["ISSUE_TEMPLATE"]:
        faults += ["%s: %s" % (path, fault) for fault in faults_of_form(path)]
    if not faults and arguments != ["--look"]:
        faults += run(here)
    for fault in faults:
        print("FAIL " + fault)
    print("workflows: %d files, %d steps here, %d failed" % (
        sum(map(len, paths.values())), len(set(here)), len(faults)))
    return 1 if faults or not here else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
