"""Names in the protocol: a share is a provider, a schema a theme, a table a dataset.

Readers write `share.schema.table` and put names into paths as they are, so that a name has no dot,
slash, blank or sign; a reader may write it in another case.
"""

from __future__ import annotations

import re
import unicodedata
import uuid
from dataclasses import dataclass

from catalog.model import Dataset

_NO_THEME = "default"
_OTHER = re.compile(r"[^\w-]+")
_TABLES = uuid.UUID("6f2d8f3e-6d0c-5a55-9f0e-0d1f4b8f2c11")
"""The namespace of the ids of tables, which stay the same for as long as the dataset has its code."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedTable:
    """The one table that a token sees."""

    share: str
    schema: str
    name: str
    id: str

    def is_named(self, share: str, schema: str | None = None, name: str | None = None) -> bool:
        given = (share, schema, name)
        mine = (self.share, self.schema, self.name)
        return all(
            one is None or _folded(one) == _folded(own)
            for one, own in zip(given, mine, strict=True)
        )


def shared_table(dataset: Dataset) -> SharedTable:
    return SharedTable(
        share=_name(dataset.provider),
        schema=_name(dataset.theme) or _NO_THEME,
        name=_name(dataset.code),
        id=str(uuid.uuid5(_TABLES, dataset.code)),
    )


def _name(text: str) -> str:
    return _OTHER.sub("_", unicodedata.normalize("NFC", text))


def _folded(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()
