"""Liability events out of ledger entries alone: the same entries give the same list."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from core.canonical import Json
from core.clock import local_day
from sharing.clocks.model import Clock
from sharing.ledger.clocks import clocks_in
from sharing.ledger.entry import EntryBody
from sharing.liability.model import Code, LiabilityEvent
from sharing.profiles.model import LimitName

OF_LIMITS: Mapping[LimitName, Code] = {
    LimitName.CATALOGUE_UPDATE: Code.P1,
    LimitName.CATALOGUE_REVIEW: Code.A3,
    LimitName.RECEIPT: Code.P4,
    LimitName.REPLY_UNCONDITIONAL: Code.P4,
    LimitName.REPLY_CONDITIONAL: Code.P4,
    LimitName.DELIVER: Code.P4,
    LimitName.CORRECTION: Code.P6,
    LimitName.DISPUTE: Code.A2,
    LimitName.RECTIFICATION: Code.R7,
    LimitName.DISPOSAL: Code.R4,
    LimitName.RETURN_FLOW: Code.P5,
    LimitName.UNCATALOGUED_NEED: Code.P9,
    LimitName.EMERGENCY_REVIEW: Code.P9,
}
"""Which lateness is which event. Papers that a requester does not bring harm nobody but itself."""

BEYOND = frozenset({"application", "purpose", "columns", "ended", "revoked"})
"""The rules of a denied read that mean use beyond a grant (Art. 25).

Without any grant it is none, nor while a grant is suspended or has not begun: that is denied, and
says nothing about what the data was wanted for.
"""

DESTRUCTION = "destruction"
"""The record that the proof of disposal makes, which has a time of its own (R4)."""

_DAY = timedelta(days=1)


@dataclass
class _Grant:
    department: str
    not_after: datetime | None
    ended_at: datetime | None = None
    used: bool = False
    kinds: set[str] = field(default_factory=set)
    entry: int = 0


@dataclass
class Derivation:
    """Takes the entries in, one by one and in their order; `events` says what follows from them.

    `authorities` are the departments of the data authority, `records` the kinds of records of use
    that are to be kept (Art. 29).
    """

    zone: ZoneInfo
    authorities: Collection[str]
    records: Collection[str]
    _clocks: dict[tuple[str, str], tuple[Clock, int]] = field(default_factory=dict)
    _grants: dict[str, _Grant] = field(default_factory=dict)
    _contests: dict[str, LiabilityEvent] = field(default_factory=dict)
    _found: list[LiabilityEvent] = field(default_factory=list)

    def take(self, entry: EntryBody) -> None:
        for place, told in clocks_in(entry.facts).items():
            self._clocks[place] = (Clock.from_json(told), entry.index)
        match entry.kind:
            case "request.refused" if entry.facts.get("unconditional") is True:
                self._add(
                    entry, Code.P2, entry.department, "what is shared unconditionally was refused"
                )
            case "return.checked" if entry.facts.get("complete") is False:
                because = "a return was found to be incomplete"
                self._add(entry, Code.P5, _text(entry, "provider"), because)
            case "read.denied" if beyond := BEYOND & set(_words(entry.facts.get("rules"))):
                because = f"a read was denied: {', '.join(sorted(beyond))}"
                self._add(entry, Code.R2, _text(entry, "department"), because)
            case "transfer.denied":
                because = "data was to be passed on without consent"
                self._add(entry, Code.R3, _text(entry, "department"), because)
            case "source.contested":
                because = f"{_text(entry, 'item')} is claimed by {_departments(entry)}"
                self._contests[entry.subject] = self._event(entry, Code.A1, "", because, still=True)
            case "source.named":
                self._contests.pop(entry.subject, None)
            case _:
                self._follow_grant(entry)

    def entry_of(self, grant: str) -> int:
        """The entry that issued or ended a grant last."""
        return self._grants[grant].entry if grant in self._grants else 0

    def events(self, today: date) -> list[LiabilityEvent]:
        """Everything that was so up to `today`, by day and entry."""
        late = [
            self._of_clock(clock, index, today)
            for clock, index in self._clocks.values()
            if clock.limit in OF_LIMITS and clock.late_on(today)
        ]
        unrecorded = [
            event
            for ref, grant in self._grants.items()
            for event in self._unkept(ref, grant, today)
        ]
        every = [*self._found, *self._contests.values(), *late, *unrecorded]
        return sorted(every, key=lambda event: (event.day, event.entry, event.code))

    def _of_clock(self, clock: Clock, index: int, today: date) -> LiabilityEvent:
        code = OF_LIMITS[clock.limit]
        if code is Code.P9 and clock.debtor in self.authorities:
            code = Code.A3
        if code is Code.A2 and clock.debtor not in self.authorities:
            code = Code.P9
        ended = f"ended on {clock.ended_on}" if clock.ended_on else f"is open on {today}"
        return LiabilityEvent(
            code=code,
            department=clock.debtor,
            day=clock.due_on + _DAY,
            subject=clock.subject,
            entry=index,
            because=f"{clock.limit} was due on {clock.due_on} and {ended}",
            open=clock.ended_on is None,
        )

    def _follow_grant(self, entry: EntryBody) -> None:
        about, _, ref = entry.subject.partition(":")
        if about != "grant":
            return
        if entry.kind == "grant.issued":
            terms = entry.facts.get("terms")
            until = terms.get("not_after") if isinstance(terms, Mapping) else None
            not_after = datetime.fromisoformat(until) if isinstance(until, str) else None
            self._grants[ref] = _Grant(_text(entry, "department"), not_after, entry=entry.index)
        grant = self._grants.get(ref)
        if grant is None:
            return
        if entry.kind == "read.completed" and entry.facts.get("rows"):
            grant.used = True
        elif entry.kind == "record.added":
            grant.kinds.add(_text(entry, "kind"))
        elif entry.kind in ("grant.revoked", "grant.finished"):
            grant.ended_at, grant.entry = entry.recorded_at, entry.index

    def _unkept(self, ref: str, grant: _Grant, today: date) -> Iterable[LiabilityEvent]:
        ends = [moment for moment in (grant.ended_at, grant.not_after) if moment is not None]
        asked = [kind for kind in self.records if kind != DESTRUCTION]
        missing = [kind for kind in asked if kind not in grant.kinds]
        if not ends or not grant.used or not missing:
            return
        day = local_day(min(ends), self.zone)
        if day <= today:
            yield LiabilityEvent(
                code=Code.R5,
                department=grant.department,
                day=day,
                subject=f"grant:{ref}",
                entry=grant.entry,
                because=f"the use ended without records of {', '.join(missing)}",
                open=True,
            )

    def _add(self, entry: EntryBody, code: Code, department: str, because: str) -> None:
        self._found.append(self._event(entry, code, department, because))

    def _event(
        self, entry: EntryBody, code: Code, department: str, because: str, *, still: bool = False
    ) -> LiabilityEvent:
        return LiabilityEvent(
            code=code,
            department=department,
            day=local_day(entry.recorded_at, self.zone),
            subject=entry.subject,
            entry=entry.index,
            because=because,
            open=still,
        )


def _text(entry: EntryBody, name: str) -> str:
    value = entry.facts.get(name)
    return value if isinstance(value, str) else ""


def _words(value: Json) -> list[str]:
    return [word for word in value if isinstance(word, str)] if isinstance(value, list) else []


def _departments(entry: EntryBody) -> str:
    return " and ".join(_words(entry.facts.get("departments")))
