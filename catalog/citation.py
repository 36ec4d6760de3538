"""Whether a text says anything, and whether it cites a law: as a basis has to (Decree 809 Art. 14, 20).

What is cited is not looked up: the form is that of a citation, so that whoever reads it can.
"""

from __future__ import annotations

import re

from catalog.naming import fold

PLACEHOLDERS = (
    *(
        "无",
        "暂无",
        "没有",
        "同上",
        "略",
        "待定",
        "待补",
        "待填",
        "依据",
        "理由",
        "原因",
        "不予共享",
    ),
    *("none", "n/a", "na", "nil", "null", "tbd", "todo", "reason", "unknown", "x", "xx", "xxx"),
)
"""Texts that say nothing."""
_NOTHING = re.compile("|".join(PLACEHOLDERS))
_PENDING = re.compile(r"待[定补填议续]|暂无|todo|tbd|tba|fixme")
"""How a text begins that stands where another is to come; 待遇核定 is none."""
_LEAST = 2
"""Letters of what says something."""

_ARTICLE = re.compile(
    r"第\s*[〇零一二三四五六七八九十百千0-9]+\s*[条款项章节]|(\b(art\.|article|section)|§)\s*[0-9]+",
    re.IGNORECASE,
)
_TITLE = re.compile(r"《([^》]*)》")
_LAW = re.compile(
    r"法|条例|规定|办法|决定|细则|规则|\b(laws?|acts?|codes?|regulations?|measures|rules|decisions?|decrees?)\b",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"[〔\[](19|20)[0-9]{2}[〕\]]\s*第?\s*[0-9]+\s*号")
"""The number of an official document (GB/T 9704-2012), as in 国办发〔2022〕15号."""


def is_blank(text: str) -> bool:
    """Whether a text says nothing, or only that nothing is said yet."""
    plain = fold(text).strip("。.…-—_/*()（）【】[]")
    return not any(map(str.isalnum, plain)) or _NOTHING.fullmatch(plain) is not None


def is_placeholder(text: str) -> bool:
    """Whether a text is blank, or stands where another is to come."""
    letters = "".join(filter(str.isalpha, fold(text)))
    return is_blank(text) or len(letters) < _LEAST or _PENDING.match(letters) is not None


def cites_law(text: str) -> bool:
    """Whether this names a law with its article, or an official document by its number."""
    article = _ARTICLE.search(text)
    if article is None:
        return _NUMBER.search(text) is not None
    names = _TITLE.findall(text)
    if names:
        return not any(map(is_placeholder, names))
    named = f"{text[: article.start()]} {text[article.end() :]}"
    return _LAW.search(named) is not None and not is_placeholder(named)
