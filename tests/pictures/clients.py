# SPDX-License-Identifier: MIT
"""Draws which features the clients of tests/interop check, from clients.tsv."""
import sys

import picture

FEATURES = ["101", "sub-protocol", "deflate", "early-bytes", "refusal", "close"]
LEFT, PITCH, ROW = 176, 36, 24
TOP = 140
NAMES = {"ws": "npm ws", "undici": "npm undici", "websocket": "npm websocket",
         "chromium": "Chromium", "curl-http2": "curl, h2c",
         "nghttp-u": "nghttp, h2c", "nginx": "nginx, a proxy",
         "haproxy": "HAProxy, a proxy", "apache": "Apache, a proxy",
         "proxy": "upshake-proxy"}


def read_rows():
    for line in picture.read("tests/interop/clients.tsv").splitlines():
        if not line.startswith("#"):
            name, features = line.split("\t")
            features = features.split()
            assert set(features) <= set(FEATURES), features
            yield NAMES.get(name, name), features


def draw(rows):
    one = picture.Picture(
        "Clients and proxies, and what they check of this tree",
        "  ".join(f"{name}: {', '.join(has)}." for name, has in rows))
    one.text(picture.MARGIN, 28, "Who checks what", "title")
    one.dot(picture.MARGIN + 5, 50)
    one.text(picture.MARGIN + 18, 55, "checked in CI", "faint")
    for place, feature in enumerate(FEATURES):
        one.upright(LEFT + place * PITCH + 5, TOP - 12,
                    feature.replace("-bytes", " bytes"))
    y = TOP
    for name, has in rows:
        one.line((picture.MARGIN, y - 4), (picture.WIDTH - picture.MARGIN,
                                           y - 4), kind="thin")
        one.text(picture.MARGIN, y + 13, name)
        for place, feature in enumerate(FEATURES):
            if feature in has:
                one.dot(LEFT + place * PITCH, y + 8)
        y += ROW
    return one.svg(y + 8)


sys.exit(picture.main(
    {"tests/interop/clients.svg": draw(list(read_rows()))}))
