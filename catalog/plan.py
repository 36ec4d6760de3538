"""Plans that upper layers make and the scanning modules carry out: plain values, no engine."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from enum import StrEnum

from catalog.predicate import Predicate


class ColumnType(StrEnum):
    """What a cell of text is read as. ODCS logical types map onto these."""

    STRING = "string"
    INTEGER = "integer"
    NUMBER = "number"
    """Exact decimal(38, 9) unless the contract names a floating physical type."""
    DOUBLE = "double"
    BOOLEAN = "boolean"
    DATE = "date"
    TIME = "time"
    """In the lake text such as 08:30:00 or 08:30:00.5, which sorts as time does: Delta has no type for it."""
    TIMESTAMP = "timestamp"


@dataclass(frozen=True, slots=True)
class Column:
    """One column to take from a source.

    `names` are the headings it may carry, best first (physical name, contract name, business name);
    `format` is a strptime pattern for dates and times, empty for ISO 8601.
    """

    name: str
    type: ColumnType
    names: tuple[str, ...]
    format: str = ""


class MaskKind(StrEnum):
    REDACT = "redact"
    """Nothing: every cell is null."""
    PARTIAL = "partial"
    """A few characters at either end, and as many stars whatever was between them."""
    PSEUDONYM = "pseudonym"
    """A name that stands for the value, the same one wherever the value is under one grant."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mask:
    """How the cells of a column are given. `head` and `tail` are characters that `partial` shows."""

    column: str
    kind: MaskKind
    head: int = 0
    tail: int = 0

    def given(self, column: Column) -> Column:
        """The column as a reader gets it: what is masked, but not away, is text."""
        if self.kind is MaskKind.REDACT:
            return column
        return replace(column, type=ColumnType.STRING, format="")


@dataclass(frozen=True, slots=True, kw_only=True)
class Secrecy:
    """`columns` are null in each row of which the boolean `flag` is true, or is not known."""

    flag: str
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Anonymity:
    """At least `k` rows share each combination of `quasi_identifiers` (k-anonymity).

    Rows in smaller groups are left out where `suppress`; else nothing is given at all.
    """

    quasi_identifiers: tuple[str, ...]
    k: int
    suppress: bool = False


@dataclass(frozen=True, slots=True)
class ReadPlan:
    """What a reader may have: these columns in this order, of the rows that satisfy `rows`.

    `where` and `only` are the reader's own choice among what is given. It looks at cells as they are
    given, so that nothing which is masked or left out can be searched by.
    """

    columns: tuple[str, ...]
    rows: Predicate | None = None
    masks: tuple[Mask, ...] = ()
    secrecy: tuple[Secrecy, ...] = ()
    anonymity: Anonymity | None = None
    where: Predicate | None = None
    only: tuple[str, ...] = ()
    """Just these of the columns; all if none is named."""
    key: bytes = field(default=b"", repr=False)
    """What pseudonyms are made with."""

    def mask_of(self, column: str) -> Mask | None:
        return next((mask for mask in self.masks if mask.column == column), None)

    @property
    def chosen(self) -> tuple[str, ...]:
        return tuple(name for name in self.columns if not self.only or name in self.only)

    def given(self, columns: Iterable[Column]) -> tuple[Column, ...]:
        """The columns of the plan, of those that the data has, with the types that a reader gets."""
        known = {column.name: column for column in columns}
        masks = {mask.column: mask for mask in self.masks}
        return tuple(
            masks[name].given(known[name]) if name in masks else known[name]
            for name in self.columns
        )


@dataclass(frozen=True, slots=True)
class Scan:
    """A snapshot ready for checking: typed Parquet files whose rows keep the order of the source.

    Row n of the concatenated files (counting from 1) is data row n of the delivery. `unread` is a
    Parquet file of (column VARCHAR, row BIGINT, text VARCHAR), one row for each cell whose text
    could not be read as its column's type and is therefore null in `files`; empty when there is none.
    """

    files: tuple[str, ...]
    rows: int
    columns: tuple[Column, ...]
    unread: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnProfile:
    """What one column of a file holds. Counts are over all rows; texts are as in the source."""

    name: str
    rows: int
    nulls: int
    distinct: int
    """Exact number of distinct non-null texts."""
    values: tuple[tuple[str, int], ...]
    """Texts with their counts, most frequent first; all of them when `distinct` <= 50, else ()."""
    readable: dict[ColumnType, int]
    """How many non-null cells can be read as each type."""
    narrowest: ColumnType
    """The type under which the column says most: it reads every non-null cell. STRING if none does."""
    date_format: str
    """The strptime pattern under which the dates or timestamps were read; empty for ISO 8601."""
    minimum: str
    maximum: str
    """Smallest and largest value of the narrowest type; empty where one is NaN or infinite."""
    min_length: int
    max_length: int
    identifiers: dict[str, int]
    """How many cells are valid under each named identifier format (cn-uscc, cn-resident-id ...)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TableProfile:
    rows: int
    columns: tuple[ColumnProfile, ...]
    keys: tuple[tuple[str, ...], ...]
    """Column sets (one, two or three columns) that are never null and never repeat, smallest first."""
    headed: bool = True
    """Whether the names are the file's own; otherwise it has no heading, and they are made up."""
    second_heading: tuple[str, ...] = ()
    """The first record, if it reads as a second line of headings."""
