# SPDX-License-Identifier: MIT
"""The cases of the vectors, and those that are made of them by changing
them."""
import functools

import harness
from mutate import Mutator
from mutate_ask import AskMutator
from mutate_found import FoundMutator, answer_of, found_of, stream_of
import vectors

LONGEST = 4096  # bytes of a vector that is mutated


def case_of(vector):
    if vector.chapter.startswith("stream-"):
        return stream_case(vector)
    if vector.response is not None:
        return harness.Case("response", vector.settings, vector.response,
                            vector.request)
    if vector.has_ask:
        return harness.Case("write", vector.settings, asks=vector.asks)
    if vector.is_client:
        return harness.Case("response", vector.settings, b"", vector.request)
    return harness.Case("request", vector.settings, vector.request)


def stream_case(vector, version=20):
    """A field in each line; the colon behind the first byte ends its name."""
    pairs = []
    for line in vector.request.split(b"\r\n")[:-1]:
        colon = line.index(b":", 1)
        pairs.append((line[:colon], line[colon + 2:]))
    return harness.Case("stream", vector.settings, pairs=pairs,
                        parts={"found-version": version})


def found_cases(case):
    """What another parser would have found in a case of bytes."""
    if case.kind == "request":
        made = [found_of(case), stream_of(case)]
    elif case.kind == "response":
        made = [answer_of(case), answer_of(case, 20)]
    else:
        made = []
    return [one for one in made if one is not None]


@functools.lru_cache(maxsize=None)
def seeds():
    """(all vectors that are mutated, those of which a handshake comes)"""
    read = [(case_of(vector), vector.outcome[0] == "switched")
            for vector in vectors.read_all()]
    read = [(case, good) for case, good in read
            if case.kind in ("request", "response")
            and len(case.data) <= LONGEST]
    return [case for case, _ in read], [case for case, good in read if good]


@functools.lru_cache(maxsize=None)
def streams():
    return [case_of(vector) for vector in vectors.read_all()
            if vector.chapter.startswith("stream-")]


class Cases:
    """Cases of all kinds, the same for the same seed."""

    def __init__(self, seed):
        self.bytes = Mutator(*seeds(), seed)
        self.random = self.bytes.random
        self.found = FoundMutator(self.random)
        self.asks = AskMutator(self.random)

    def case(self):
        """Three of five are bytes."""
        kind = self.random.random()
        if kind < 0.05:
            return self.bytes.connection()
        if kind < 0.1:
            return self.asks.case()
        if kind < 0.6:
            return self.bytes.case()
        made = None
        while made is None:
            made = self._found()
        return self.found.case(made)

    def _found(self):
        """A case of what was found, not changed yet."""
        pick = self.random.choice
        if self.random.random() < 0.2:
            return pick(streams())
        case = pick(self.bytes.good if self.random.random() < 0.55
                    else self.bytes.seeds)
        if self.random.random() < 0.1:
            case = case.but(settings=pick(self.bytes.seeds).settings)
        if case.kind == "response":
            return answer_of(case, pick((10, 11, 11, 20, 30)))
        if self.random.random() < 0.4:
            return found_of(case)
        made = stream_of(case, keep_key=self.random.random() < 0.2)
        if made is not None:
            made.parts["found-version"] = pick((20, 20, 30))
        return made
