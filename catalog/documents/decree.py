"""What Decree 809 (政务数据共享条例) asks of a catalogue entry before it is published."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, fields

from catalog.citation import is_blank
from catalog.documents.basis import basis_fault
from catalog.model import Dataset, DatasetStatus, ShareType

NINE_FIELDS = {
    "title_zh": "数据目录名称",
    "items": "数据项",
    "provider": "提供单位",
    "format": "数据格式",
    "update_cycle": "数据更新频率",
    "share_type": "共享属性",
    "share_mode": "共享方式",
    "use_conditions": "使用条件",
    "resource_class": "数据分类分级",
    "grade": "数据分类分级",
}
"""The fields that Art. 13 lists, and the name it gives each; class and grade are one of the nine."""

REGULATED = frozenset({*NINE_FIELDS, "legal_basis", "status"})
"""The fields that change with a review alone (Art. 13, 15 to 17)."""

_CLAUSES, _COLON = re.compile(r"[；;。，,\n]"), re.compile(r"[:：]")
_SCOPE = re.compile(r"范围|对象|\bscope\b", re.IGNORECASE)
_USE = re.compile(r"用途|用于|\bpurposes?\b|\buse[ds]?\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Lack:
    """One thing that keeps an entry from being published: the field, and why it is asked."""

    field: str
    message: str


def lacks(dataset: Dataset) -> tuple[Lack, ...]:
    """What `dataset` lacks, whatever its status; () when it may be published.

    Data items may come from the contract. An entry that is not shared has no mode of sharing, and
    conditions of use are asked of conditional entries only.
    """
    return tuple(_lacks(dataset))


def regulated_changes(before: Dataset | None, after: Dataset) -> tuple[str, ...]:
    """The regulated fields in which what is published changes; () where drafts alone do."""
    if after.status is DatasetStatus.DRAFT and (before is None or before.status is after.status):
        return ()
    named = (field.name for field in fields(Dataset) if field.name in REGULATED)
    return tuple(
        name for name in named if before is None or getattr(before, name) != getattr(after, name)
    )


def article_13(field: str) -> str:
    """The end of a sentence that says why `field` is asked; empty for a field that is not."""
    name = NINE_FIELDS.get(field)
    return f" ({name}), which Decree 809 Art. 13 asks of every entry" if name else ""


def _lacks(dataset: Dataset) -> Iterator[Lack]:
    not_shared = dataset.share_type is ShareType.NOT_SHARED
    for field in ("title_zh", "provider", "format"):
        if not getattr(dataset, field).strip():
            yield _lack(field)
    if not dataset.items and not dataset.contract:
        yield _lack("items", "items, and names no contract that has them")
    for field in ("update_cycle", "share_type", "share_mode", "resource_class", "grade"):
        asked = field != "share_mode" or not not_shared
        if asked and getattr(dataset, field) is None:
            yield _lack(field)
    if dataset.share_type is ShareType.CONDITIONAL:
        yield from _conditions(dataset.use_conditions)
    if not_shared:
        yield from _basis(dataset.legal_basis)


def _basis(text: str) -> Iterator[Lack]:
    if is_blank(text):
        yield Lack(
            "legal_basis",
            "is not shared but lacks legal_basis: the law, administrative regulation or "
            "State Council decision, its article, and why (Decree 809 Art. 14 and 15)",
        )
    elif fault := basis_fault(text):
        yield Lack("legal_basis", f"has a legal_basis that {fault}")


def _conditions(text: str) -> Iterator[Lack]:
    if is_blank(text):
        yield _lack("use_conditions")
        return
    asked = {"the scope (共享范围)": _SCOPE, "the use (使用用途)": _USE}
    unsaid = [part for part, word in asked.items() if not _says(text, word)]
    if unsaid:
        yield Lack(
            "use_conditions",
            f"has use_conditions that do not say {' and '.join(unsaid)}, as Decree 809 Art. 15 "
            "asks of conditional sharing; write '共享范围：…；使用用途：…'",
        )


def _says(text: str, word: re.Pattern[str]) -> bool:
    """Whether a clause has the word, and something behind its colon if it has one."""
    clauses = [clause for clause in _CLAUSES.split(text) if word.search(clause)]
    return any(not is_blank(_COLON.split(clause, maxsplit=1)[-1]) for clause in clauses)


def _lack(field: str, wording: str = "") -> Lack:
    return Lack(field, f"lacks {wording or field}{article_13(field)}")
