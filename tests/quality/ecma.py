"""A slow backtracking matcher of ECMA-262 patterns over code points, to judge the translation by.

It shares nothing with the translator: sets are predicates, and matching is by continuations.
"""

import re

SPACE = "\t\n\v\f\r \u00a0\u1680\u2028\u2029\u202f\u205f\u3000\ufeff" + "".join(
    chr(point) for point in range(0x2000, 0x200B)
)
LINE_ENDS = "\n\r\u2028\u2029"
CONTROLS = {"t": "\t", "n": "\n", "v": "\v", "f": "\f", "r": "\r", "0": "\0"}
CLASSES = {
    "d": lambda c: c in "0123456789",
    "w": lambda c: c.isascii() and (c.isalnum() or c == "_"),
    "s": lambda c: c in SPACE,
}


def is_word(text, at):
    return 0 <= at < len(text) and CLASSES["w"](text[at])


def search(pattern, text):
    match, rest = alternatives(pattern)
    assert not rest
    return any(match(text, at, lambda _: True) for at in range(len(text) + 1))


def alternatives(source):
    branches = []
    while True:
        match, source = sequence(source)
        branches.append(match)
        if source[:1] != "|":
            return (lambda t, i, k: any(branch(t, i, k) for branch in branches)), source
        source = source[1:]


def sequence(source):
    match = lambda t, i, k: k(i)  # noqa: ARG005, E731
    while source and source[0] not in "|)":
        atom, source = term(source)
        match = then(match, atom)
    return match, source


def then(first, second):
    return lambda t, i, k: first(t, i, lambda j: second(t, j, k))


def term(source):
    if source[0] == "^":
        return (lambda t, i, k: i == 0 and k(i)), source[1:]  # noqa: ARG005
    if source[0] == "$":
        return (lambda t, i, k: i == len(t) and k(i)), source[1:]
    if source[:2] in ("\\b", "\\B"):
        wanted = source[1] == "b"
        edge = lambda t, i, k: (is_word(t, i - 1) != is_word(t, i)) == wanted and k(i)  # noqa: E731
        return edge, source[2:]
    atom, source = single(source)
    return quantified(atom, source)


def single(source):
    if source[0] == "(":
        inner = re.sub(r"^\((\?:|\?<\w+>)?", "", source, count=1)
        match, rest = alternatives(inner)
        assert rest[0] == ")"
        return match, rest[1:]
    if source[0] == "[":
        test, rest = bracket(source[1:])
    elif source[0] == ".":
        test, rest = (lambda c: c not in LINE_ENDS), source[1:]
    else:
        test, rest = member(source)
    return (lambda t, i, k: i < len(t) and test(t[i]) and k(i + 1)), rest


def bracket(source):
    negated = source[0] == "^"
    source = source[negated:]
    tests = []
    while source[0] != "]":
        low, source = member(source)
        if source[0] == "-" and source[1] != "]" and hasattr(low, "char"):
            high, source = member(source[1:])
            low = between(low.char, high.char)
        tests.append(low)
    return (lambda c: any(test(c) for test in tests) != negated), source[1:]


def between(low, high):
    return lambda c: low <= c <= high


def exactly(char):
    test = lambda c: c == char  # noqa: E731
    test.char = char
    return test


def member(source):
    if source[0] != "\\":
        return exactly(source[0]), source[1:]
    letter = source[1]
    if letter.lower() in CLASSES:
        test = CLASSES[letter.lower()]
        return (test if letter.islower() else lambda c: not test(c)), source[2:]
    if letter in CONTROLS:
        return exactly(CONTROLS[letter]), source[2:]
    if letter == "u":
        return exactly(chr(int(source[2:6], 16))), source[6:]
    return exactly(letter), source[2:]


def quantified(atom, source):
    found = re.match(r"(\*|\+|\?|\{(\d+)(,(\d*))?\})\??", source)
    if not found:
        return atom, source
    sign, low, comma, high = found.groups()
    least, most = {"*": (0, None), "+": (1, None), "?": (0, 1)}.get(sign, (0, 0))
    if low:
        least = int(low)
        most = least if not comma else int(high) if high else None
    return repeat(atom, least, most), source[found.end() :]


def repeat(atom, least, most):
    def match(t, i, k, count=0):
        if most is None or count < most:
            again = lambda j: (j > i or count < least) and match(t, j, k, count + 1)  # noqa: E731
            if atom(t, i, again):
                return True
        return count >= least and k(i)

    return match
