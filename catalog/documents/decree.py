"""What Decree 809 (政务数据共享条例) asks of a catalogue entry before it is published."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from catalog.model import Dataset, ShareType

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
    if dataset.update_cycle is None:
        yield _lack("update_cycle")
    if dataset.share_type is None:
        yield _lack("share_type")
    if dataset.share_mode is None and not not_shared:
        yield _lack("share_mode")
    for part in ("resource_class", "grade"):
        if getattr(dataset, part) is None:
            yield _lack(part)
    yield from _conditions(dataset)
    if not_shared and not dataset.legal_basis.strip():
        yield Lack(
            "legal_basis",
            "is not shared but lacks legal_basis: the law, administrative regulation or "
            "State Council decision, and its article (Decree 809 Art. 14 and 15)",
        )


def _conditions(dataset: Dataset) -> Iterator[Lack]:
    if dataset.share_type is not ShareType.CONDITIONAL:
        return
    text = dataset.use_conditions
    if not text.strip():
        yield _lack("use_conditions")
        return
    said = {"the scope (共享范围)": _SCOPE.search(text), "the use (使用用途)": _USE.search(text)}
    unsaid = [part for part, found in said.items() if not found]
    if unsaid:
        yield Lack(
            "use_conditions",
            f"has use_conditions that do not say {' and '.join(unsaid)}, as Decree 809 Art. 15 "
            "asks of conditional sharing; write '共享范围：…；使用用途：…'",
        )


def _lack(field: str, wording: str = "") -> Lack:
    return Lack(field, f"lacks {wording or field}{article_13(field)}")
