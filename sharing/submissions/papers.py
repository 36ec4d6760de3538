"""What must come before a submission to the catalogue, and whether it says anything (Art. 13)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date

from catalog.citation import is_blank
from catalog.naming import check_title, fold, visible
from catalog.secrecy import OUT_OF_SCOPE, is_secret
from core.errors import InvalidInput
from sharing.submissions.model import Papers
from sharing.words import words

MAX_REFERENCE = 200
LEAST_STATEMENT = 8
"""Letters of a statement: 经评估不涉及国家秘密 has ten, and 不涉密 leaves open who looked at what."""
_LEAST_DIFFERENT = 4

_PAPERS = {
    "secrecy": "the assessment of secrecy risks (保密风险评估)",
    "personal": "the assessment of the impact on personal information (个人信息保护影响评估)",
    "head": "the sign-off of the department's head (负责人审签)",
}
_OPTIONS = {"secrecy": "--secrecy REF", "personal": "--personal REF", "head": "--head PERSON"}
_NUMBER = re.compile(r"\d|[〇零一二三四五六七八九十百千]+号")
_PENDING = re.compile(
    r"待|暂无|暂未|尚未|还未|todo|tbd|tba|fixme|pending|notyet|tobe|notapplicable|notavailable"
)
"""How words begin that stand where a paper is to come."""
_ADVERSE = re.compile(
    r"(?<![无未非没有])不[宜得予应能]编目|(?:^|[,;:。、])[^,;:。、不未无没否]*存在失?泄密风险"
)
"""A finding that speaks against the submission itself; 不存在泄密风险 and 未发现存在泄密风险 do not."""
_BLANK_FORM = re.compile(r"[x×_?*]+号|〔[^〕]*[x×_?*][^〕]*〕|〔〕")
"""The number of a document that nobody filled in: 密评〔20XX〕X号."""


def require_papers(
    *, secrecy: str, personal: str, head: str, signed_on: date, today: date
) -> Papers:
    """What must come before a submission; raises InvalidInput that names all that is missing.

    An assessment is the number of its document or a statement of what it found.
    """
    given = {"secrecy": words(secrecy), "personal": words(personal), "head": words(head)}
    if missing := [name for name, text in given.items() if not text]:
        named = "; ".join(f"{_PAPERS[name]}: {_OPTIONS[name]}" for name in missing)
        raise InvalidInput(
            f"a submission lacks {named}",
            hint="Decree 809 Art. 13 asks for both assessments and the sign-off before a submission",
        )
    given = {name: check_title(text, f"--{name}", MAX_REFERENCE) for name, text in given.items()}
    if empty := [name for name in ("secrecy", "personal") if not says_something(given[name])]:
        named = "; ".join(f"{_PAPERS[name]}: --{name} '{visible(given[name])}'" for name in empty)
        raise InvalidInput(
            f"this says nothing of {named}; it is neither the number of a document nor a statement"
            " of what was found (Decree 809 Art. 13)",
            hint="write the number, as 密评〔2026〕3号, or what was found in at least"
            f" {LEAST_STATEMENT} characters, as 经评估不涉及国家秘密",
        )
    if is_secret(given["secrecy"]):
        raise InvalidInput(
            f"--secrecy says that this is a secret, or is one itself; {OUT_OF_SCOPE}",
            hint="leave the entry out, or name the assessment without the mark",
        )
    if adverse := [name for name in ("secrecy", "personal") if _ADVERSE.search(fold(given[name]))]:
        named = "; ".join(f"{_PAPERS[name]}: --{name} '{visible(given[name])}'" for name in adverse)
        raise InvalidInput(
            f"this finding says that the entry must not be catalogued (Decree 809 Art. 13): {named}",
            hint="leave the entry out, or mend what was found and name the assessment made after that",
        )
    if signed_on > today:
        raise InvalidInput(
            f"the sign-off is of {signed_on}, which is not yet: today is {today}",
            hint="name the day it was signed: --signed-on DATE",
        )
    return Papers(**given, signed_on=signed_on)


def refuse_earlier(papers: Papers, drafts: Mapping[str, date]) -> None:
    """Refuse a sign-off from before what it signs was there; `drafts` has the day of each draft."""
    early = {code: day for code, day in drafts.items() if papers.signed_on < day}
    if early:
        told = ", ".join(f"{code} of {day}" for code, day in sorted(early.items()))
        raise InvalidInput(
            f"the sign-off of {papers.signed_on} is older than the draft that it signs: {told}",
            hint="name the day on which the head signed this draft: --signed-on DATE",
        )


def says_something(text: str) -> bool:
    """Whether this can be the number of a document, or states something."""
    plain = fold(text)
    letters = "".join(filter(str.isalpha, plain))
    if is_blank(letters) or _PENDING.match(letters) or _BLANK_FORM.search(plain):
        return False
    stated = len(letters) >= LEAST_STATEMENT and len(set(letters)) >= _LEAST_DIFFERENT
    return stated or bool(letters and _NUMBER.search(plain))
