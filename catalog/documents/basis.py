"""On what not sharing data rests: a law, and not what an office wrote (Decree 809 Art. 14, 15)."""

from __future__ import annotations

import re

from catalog.citation import is_blank

_KINDS = {
    "法律": re.compile(
        r"((?<!办)法|法典|法律|决定|解释)(（[^）]*）)?$|\b(law|act|code)\b", re.IGNORECASE
    ),
    "行政法规": re.compile(r"条例|规定|办法|细则|\b(regulations?|measures|rules)\b", re.IGNORECASE),
    "国务院决定": re.compile(r"国务院|\bstate council\b", re.IGNORECASE),
}
"""The three that Art. 14 allows, and what the titles of each are like."""
_IN_ENGLISH = {
    "law": "法律",
    "administrative regulation": "行政法规",
    "state council decision": "国务院决定",
}
_FORM = re.compile(
    rf"(?P<kind>{'|'.join([*_KINDS, *_IN_ENGLISH])})\s*"
    r"[《\"“](?P<citation>[^》\"”]+)[》\"”]\s*[,，]?\s*"
    r"(第\s*[〇零一二三四五六七八九十百千0-9]+\s*[条款项章节部]\S*?|(Art\.|Article|Section)\s*[0-9][^:：]*)"
    r"\s*[:：](?P<reason>.*)",
    re.IGNORECASE | re.DOTALL,
)
_OF_AN_OFFICE = re.compile(
    r"规章|规范性文件|地方性法规|经济特区|内部|[部局委厅]令|[本我](部门|单位|市|局|委|部|厅)"
    r"|\bour\b|\b(department(al)?|ministry|internal|local) (rule|regulation)s?\b",
    re.IGNORECASE,
)


def basis_fault(text: str) -> str:
    """What keeps `text` from being the basis of not sharing; empty for a good one."""
    found = _FORM.fullmatch(text.strip())
    if _OF_AN_OFFICE.search(found["citation"] if found else text):
        return (
            "rests on a rule of an office or a place; Decree 809 Art. 14 allows a law (法律), an"
            " administrative regulation (行政法规) or a State Council decision (国务院决定) alone"
        )
    if found is None:
        return (
            "does not name a law, administrative regulation or State Council decision with its"
            " article and the reason (Decree 809 Art. 14 and 15); write"
            " '行政法规《全国人口普查条例》第三十三条：理由'"
        )
    kind = found["kind"].casefold()
    kind = _IN_ENGLISH.get(kind, kind)
    if not _KINDS[kind].search(found["citation"]):
        return f"calls {found['citation']!r} a {kind}, which its title says it is not (Decree 809 Art. 14)"
    if is_blank(found["reason"]):
        return (
            "does not say why, which Decree 809 Art. 15 asks beside the basis; write it after '：'"
        )
    return ""
