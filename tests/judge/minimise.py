# SPDX-License-Identifier: MIT
"""Making a case that differs as small as it can be made."""
import compare
import harness
import mutate


def distinct(found):
    """One case for each kind of difference, the shortest."""
    kinds = {}
    for case, names in sorted(found, key=lambda one: one[0].size):
        kinds.setdefault((case.kind, tuple(names), kind_of(case)), case)
    return [(case, key[1]) for key, case in kinds.items()]


def kind_of(case):
    """What the judge says of a case, to tell differences apart."""
    expectation, _ = compare.judge_case(case)
    return (tuple(sorted(map(str, expectation.get("outcome", ())))),
            tuple(sorted(expectation.get("error", ()))))


def differs(program, case):
    answer = harness.run(program, [case])[0]
    return compare.judge(case, answer)[1]


def _smaller(case):
    """Cases with less in them: settings, lines, pieces, bytes."""
    if case.piece:
        yield case.but(piece=0)
    for at in range(len(case.settings)):
        yield case.but(settings=case.settings[:at] + case.settings[at + 1:])
    for at in range(len(case.asks)):
        yield case.but(asks=case.asks[:at] + case.asks[at + 1:])
    yield from _smaller_pairs(case)
    message = mutate.Message(case.data)
    for at in range(len(message.lines)):
        shorter = mutate.Message(case.data)
        del shorter.lines[at]
        yield case.but(data=shorter.join())
    size = len(case.data) // 2
    while size:
        for at in range(0, len(case.data), size):
            yield case.but(data=case.data[:at] + case.data[at + size:])
        size //= 2


def _smaller_pairs(case):
    for at, (name, value) in enumerate(case.pairs):
        before, after = case.pairs[:at], case.pairs[at + 1:]
        yield case.but(pairs=before + after)
        size = len(value) // 2
        while size:
            for pos in range(0, len(value), size):
                shorter = value[:pos] + value[pos + size:]
                yield case.but(pairs=before + [(name, shorter)] + after)
            size //= 2
    for name in case.parts:
        if name in ("found-transport", "interims"):
            rest = {other: value for other, value in case.parts.items()
                    if other != name}
            yield case.but(parts=rest)


def shrink(program, case, names, tries=400):
    """The smallest case found that still differs in the same names."""
    kind = kind_of(case)
    done = False
    while not done:
        done = True
        for smaller in _smaller(case):
            tries -= 1
            if tries < 0:
                return case
            try:
                wrong = differs(program, smaller)
            except (SystemExit, KeyError, ValueError):
                continue
            if sorted(wrong) == sorted(names) and kind_of(smaller) == kind:
                case, done = smaller, False
                break
    return case


def show(program, case, names):
    case = shrink(program, case, names)
    print("a %s that is judged otherwise" % case.kind)
    for name, value in case.settings:
        print("  config   %s %s" % (name, repr(value)[2:-1]))
    for name, value in case.asks:
        print("  ask      %s %s" % (name, repr(value)[2:-1]))
    if case.asked:
        print("  asked    %s" % repr(case.asked)[2:-1])
    if case.piece:
        print("  piece    %d" % case.piece)
    for name, value in case.parts.items():
        print("  %-20s %r" % (name, value))
    for name, value in case.pairs:
        print("  field    %s: %s" % (repr(name)[2:-1], repr(value)[2:-1]))
    if not case.parts and not case.asks:
        print("  bytes    %s" % repr(case.data)[2:-1])
    compare.show(differs(program, case))
