"""What is marked as a state or work secret stays out of the catalogue (Decree 809 Art. 3)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from catalog.naming import collision_key

OUT_OF_SCOPE = "state secrets (国家秘密) and work secrets (工作秘密) stay out of the catalogue, Decree 809 Art. 3"

_MARKS = re.compile(r"绝密|[机機]密(?!性)|(?<!商业)(?<!技术)秘密")
_ENGLISH = re.compile(r"\b(?:state|work|top)[ _-]?secrets?\b")
_HARMLESS = re.compile(
    r"保守国家秘密法"
    r"|(?:不|未|没有|无)(?:涉及|涉|含有|含|包含|属于|属|是)?任?何?"
    r"(?:国家秘密|工作秘密)(?:(?:、|和|或|及|以及|与)(?:国家秘密|工作秘密))*"
)
"""The law's own name, and saying that something is no secret."""


def is_secret(text: str) -> bool:
    """Whether `text` marks a secret, in whatever width, case and spacing.

    Business and technical secrets (商业秘密, 技术秘密) are none of Art. 3.
    """
    plain = collision_key(text)
    unspaced = "".join(plain.split())
    return bool(_ENGLISH.search(plain) or _MARKS.search(_HARMLESS.sub("", unspaced)))


def secret_fields(fields: Mapping[Any, object]) -> Iterator[str]:
    """The names of the fields with a text that marks a secret, however deep it stands.

    A name that marks one itself is not given: empty instead.
    """
    for name, value in fields.items():
        if isinstance(name, str) and is_secret(name):
            yield ""
        elif any(map(is_secret, _texts(value))):
            yield str(name)


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
