"""What stands at the head of a report in every format: what it is of, and what it rests on."""

from __future__ import annotations

from reports import words
from reports.data import Sealed
from reports.model import Identity, Text
from reports.words import Language, say


def stated(sealed: Sealed) -> list[tuple[Text, str, bool]]:
    """Title and value of each fact, and whether the value is a code."""
    identity, language = sealed.report.identity, Language(sealed.language)
    entries = say(words.ENTRIES, language)
    facts = [
        (words.REPORT, sealed.id, True),
        (words.PERIOD, _period(identity, language), False),
        (words.FILTERS, _filters(identity, language), False),
        (words.KNOWN, identity.until.isoformat(), False),
        (words.DEFINITIONS, ", ".join(identity.definitions), False),
        (words.RULES, identity.rule_set, True),
        (words.LEDGER, f"{identity.ledger_size} {entries}", False),
        (words.ROOT, identity.ledger_root, True),
        (words.GENERATOR, ", ".join(filter(None, (identity.generator, sealed.renderer))), False),
    ]
    return [fact for fact in facts if fact[1]]


def _period(identity: Identity, language: Language) -> str:
    days = say(Text(f"{identity.window_days} 天", f"{identity.window_days} days"), language)
    named = f"{identity.period}: " if identity.period else ""
    return f"{named}{identity.since} – {identity.as_of} ({days})"


def _filters(identity: Identity, language: Language) -> str:
    named = [
        f"{say(title, language)} {value}"
        for title, value in (
            (words.DEPARTMENT, identity.department),
            (Text("区划", "division"), identity.division),
            (Text("主题", "theme"), identity.theme),
        )
        if value
    ]
    return ", ".join(named) or say(words.WHOLE, language)
