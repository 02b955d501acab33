#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Holds the assembled manifests against what each tool documents about them:
which keys there are, which are required, and what a value may be.

    manifests.py FOLDER VERSION
"""

import json
import pathlib
import re
import sys

import kconfiglib
import yaml

SPDX = r"MIT"
SEMVER = r"\d+\.\d+\.\d+"
URL = r"https?://[^\s/]+(/\S*)?"
# Whose int has 16 bits, in the names of Arduino and PlatformIO.
SIXTEEN_BITS = {"*", "avr", "megaavr", "atmelavr", "atmelmegaavr", "timsp430"}
CATEGORIES = ("Display|Communication|Signal Input/Output|Sensors|"
              "Device Control|Timing|Data Storage|Data Processing|Other")

# Key: (is required, what a text, or each text of a list, must be).
ARDUINO = {
    "name": (True, r"[A-Za-z][A-Za-z0-9_.-]{0,15}"),
    "version": (True, SEMVER),
    "author": (True, r".+"),
    "maintainer": (True, r"(?!.*[Aa]rduino).+"),
    "sentence": (True, r".+"),
    "paragraph": (True, r".*"),
    "category": (True, CATEGORIES),
    "url": (True, URL),
    "architectures": (True, r"[A-Za-z0-9_]+(,[A-Za-z0-9_]+)*"),
    "includes": (False, r"\S+\.h"),
    "license": (False, SPDX),
}
PLATFORMIO = {
    "$comment": (False, r".*"),
    "name": (True, r"[a-z0-9]+(-[a-z0-9]+)*"),
    "version": (True, r"(?=.{1,20}$)" + SEMVER),
    "description": (True, r".{1,255}"),
    "keywords": (True, r"[a-z0-9]+(-[a-z0-9]+)*"),
    "homepage": (False, r"(?=.{1,255}$)" + URL),
    "authors": (False, None),
    "license": (False, SPDX),
    "frameworks": (False, r"\*|[a-z0-9-]+"),
    "platforms": (False, r"[a-z0-9-]+"),
    "headers": (False, r"\S+\.h"),
    "build": (False, None),
}
PLATFORMIO_AUTHOR = {
    "name": (True, r".+"), "email": (False, r"\S+@\S+"),
    "url": (False, URL), "maintainer": (False, None)}
PLATFORMIO_BUILD = {
    "flags": (False, r"-\S+"), "unflags": (False, r"-\S+"),
    "includeDir": (False, r".+"), "srcDir": (False, r".+"),
    "libCompatMode": (False, r"off|soft|strict")}
ESP_IDF = {
    "version": (True, SEMVER),
    "description": (True, r".+"),
    "url": (True, URL),
    "license": (True, SPDX),
    "tags": (False, r"[A-Za-z0-9_-]{3,32}"),
    "dependencies": (False, None),
}
VCPKG = {
    "$comment": (False, r".*"),
    "name": (True, r"[a-z0-9]+(-[a-z0-9]+)*"),
    "version": (True, r"(0|[1-9]\d*)(\.(0|[1-9]\d*))*"),
    "description": (True, r".+"),
    "homepage": (False, URL),
    "license": (False, SPDX),
    "dependencies": (False, None),
}
VCPKG_DEPENDENCY = {
    "name": (True, r"[a-z0-9]+(-[a-z0-9]+)*"), "host": (False, None)}
ZEPHYR = {"name": (False, r"[A-Za-z0-9_-]+"), "build": (False, None)}
ZEPHYR_BUILD = {"cmake": (False, r".+"), "kconfig": (False, r".+")}

faults = []


def expect(is_right, sentence):
    if not is_right:
        faults.append(sentence)


def check_object(where, values, schema):
    for key in values:
        expect(key in schema, f"{where}: there is no key {key}")
    for key, (is_required, pattern) in schema.items():
        expect(not is_required or key in values, f"{where}: no {key}")
        if pattern is None or key not in values:
            continue
        value = values[key]
        for text in value if isinstance(value, list) else [value]:
            expect(isinstance(text, str) and re.fullmatch(pattern, text),
                   f"{where}: {key} is {text!r}")


def check_machines(where, names):
    wrong = SIXTEEN_BITS & set(names)
    expect(not wrong, f"{where}: an int of 16 bits on {sorted(wrong)}")


def check_version(where, values, version):
    expect(values.get("version") == version,
           f"{where}: version {values.get('version')}, the header: {version}")


def expect_file(folder, name):
    expect((folder / name).is_file(), f"{folder.name}: no file {name}")


def check_arduino(folder, version):
    text = (folder / "library.properties").read_text("utf-8")
    lines = [line.partition("=") for line in text.splitlines()
             if not line.startswith("#")]
    values = {name: value for name, _, value in lines}
    expect(len(values) == len(lines), "Arduino: a name twice")
    check_object("Arduino", values, ARDUINO)
    check_version("Arduino", values, version)
    check_machines("Arduino", values["architectures"].split(","))
    expect_file(folder / "src", values["includes"])
    for sketch in folder.glob("examples/*"):
        expect_file(sketch, sketch.name + ".ino")


def check_platformio(folder, version):
    values = json.loads((folder / "library.json").read_text("utf-8"))
    check_object("PlatformIO", values, PLATFORMIO)
    check_version("PlatformIO", values, version)
    check_machines("PlatformIO", values["platforms"])
    check_object("PlatformIO, build", values["build"], PLATFORMIO_BUILD)
    for author in values["authors"]:
        check_object("PlatformIO, authors", author, PLATFORMIO_AUTHOR)


def check_esp_idf(folder, version):
    text = (folder / "idf_component.yml").read_text("utf-8")
    values = yaml.safe_load(text)
    check_object("ESP-IDF", values, ESP_IDF)
    check_version("ESP-IDF", values, version)
    for name, wanted in values["dependencies"].items():
        expect(re.fullmatch(r"[a-z0-9_/-]+", name), f"ESP-IDF: {name}")
        expect(re.fullmatch(r"(>=|~=|\^|~)?\d+(\.\d+)*", wanted),
               f"ESP-IDF: {name} {wanted}")


def check_vcpkg(folder, version):
    values = json.loads((folder / "vcpkg.json").read_text("utf-8"))
    check_object("vcpkg", values, VCPKG)
    check_version("vcpkg", values, version)
    expect(values["name"] == folder.name, "vcpkg: the folder has another name")
    needed = {"vcpkg_cmake_configure": "vcpkg-cmake",
              "vcpkg_cmake_config_fixup": "vcpkg-cmake-config"}
    named = [dependency["name"] for dependency in values["dependencies"]]
    for dependency in values["dependencies"]:
        check_object("vcpkg, dependencies", dependency, VCPKG_DEPENDENCY)
        expect(dependency["host"] is True, "vcpkg: a tool is of the host")
    port = (folder / "portfile.cmake").read_text("utf-8")
    for function, package in needed.items():
        expect((function in port) == (package in named), f"vcpkg: {package}")


def check_zephyr(folder, _version):
    values = yaml.safe_load((folder / "zephyr/module.yml").read_text("utf-8"))
    check_object("Zephyr", values, ZEPHYR)
    check_object("Zephyr, build", values["build"], ZEPHYR_BUILD)
    expect_file(folder, values["build"]["cmake"] + "/CMakeLists.txt")
    expect_file(folder, values["build"]["kconfig"])
    # The parser is the one of Zephyr.
    kconfig = kconfiglib.Kconfig(str(folder / values["build"]["kconfig"]))
    small = kconfig.syms["UPSHAKE_SMALL"]
    expect(small.str_value == "n", "Zephyr: SMALL without UPSHAKE")
    kconfig.syms["UPSHAKE"].set_value("y")
    expect(small.str_value == "y", "Zephyr: SMALL is no default")
    cmake = (folder / "zephyr/CMakeLists.txt").read_text("utf-8")
    for name in set(re.findall(r"CONFIG_(\w+)", cmake)):
        expect(name in kconfig.syms, f"Zephyr: CONFIG_{name} is not in Kconfig")


def main(folder, version):
    check_arduino(folder / "arduino", version)
    check_platformio(folder / "platformio", version)
    check_esp_idf(folder / "esp-idf", version)
    check_vcpkg(folder / "vcpkg/upshake", version)
    check_zephyr(folder / "zephyr", version)
    for file in folder.rglob("*"):
        if file.suffix != ".gz" and file.is_file():
            left = re.findall(r"@(?:version|url)@", file.read_text("utf-8"))
            expect(not left, f"{file}: not filled in: {left}")
    for fault in faults:
        print(fault)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(pathlib.Path(sys.argv[1]), sys.argv[2]))
