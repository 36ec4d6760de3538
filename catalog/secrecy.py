"""What is marked as a state or work secret stays out of the catalogue (Decree 809 Art. 3).

A mark is refused. A word that may be one, such as 秘密 within other words, is pointed out to whoever
reviews the entry, who says why it is none: refusing it would keep out 秘密通道 and 涉密资质单位名录 too.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from catalog.naming import collision_key

OUT_OF_SCOPE = "state secrets (国家秘密) and work secrets (工作秘密) stay out of the catalogue, Decree 809 Art. 3"

_SECRET = "(?:[国國]家(?:秘密|[机機]密)|工作秘密)"  # noqa: S105 (words of the law)
_HARMLESS = re.compile(
    "保守国家秘密法"
    rf"|(?:不|未|没有|无|是否)(?:涉及|涉|含有|含|包含|属于|属|是|为)?任?何?{_SECRET}(?:(?:、|和|或|及|以及|与){_SECRET})*"
    "|(?:不|未|非|无|是否)涉密"
    "|(?:商业|技术|通信|通讯)(?:秘密|机密)|秘密(?:投票|写票|表决)|[机機]密性"
)
"""The law's own name, saying or asking whether something is a secret, and secrets of other laws."""
_MARKS = re.compile(rf"[绝絕]密|(?:[机機]密|秘密)(?:[★☆*]|[级級](?!别|別))|{_SECRET}")
"""A level with the star or the word of a mark (国家秘密标志), and secrets by their name."""
_ALONE = re.compile(r"(?<!\w)(?:[机機]\s*密|秘\s*密|涉\s*密)(?!\w)")
"""A level that stands by itself, in brackets or at the end of a title."""
_DOUBTFUL = re.compile("[机機]密|秘密|涉密")
_ENGLISH = re.compile(r"\b(?:state|work|top)[ _-]?secrets?\b")


def is_secret(text: str) -> bool:
    """Whether `text` marks a secret, in whatever width, case and spacing.

    Business and technical secrets (商业秘密, 技术秘密) are none of Art. 3.
    """
    plain, rest = _rest(text)
    if _ENGLISH.search(plain) or _MARKS.search(rest):
        return True
    return bool(_DOUBTFUL.search(rest) and _ALONE.search(plain))


def may_be_secret(text: str) -> bool:
    """Whether `text` has a word that marks secrets, and is no mark by its form."""
    return not is_secret(text) and bool(_DOUBTFUL.search(_rest(text)[1]))


def secret_fields(fields: Mapping[Any, object]) -> Iterator[str]:
    """The names of the fields with a text that marks a secret, however deep it stands.

    A name that marks one itself is not given: empty instead.
    """
    for name, value in fields.items():
        if isinstance(name, str) and is_secret(name):
            yield ""
        elif _any(value, is_secret):
            yield str(name)


def doubtful_fields(fields: Mapping[str, object]) -> Iterator[str]:
    """The names of the fields with a word that may mark a secret, however deep it stands."""
    return (name for name, value in fields.items() if _any(value, may_be_secret))


def _rest(text: str) -> tuple[str, str]:
    """A text as it is compared, and without spaces and harmless words."""
    plain = collision_key(text)
    return plain, _HARMLESS.sub("", "".join(plain.split()))


def _any(value: object, marks: Callable[[str], bool]) -> bool:
    return any(map(marks, _texts(value)))


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for key, part in value.items():
            yield from _texts(key)
            yield from _texts(part)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from _texts(part)
