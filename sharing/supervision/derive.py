"""The figures of a period out of ledger entries: the same entries give the same figures."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from catalog.model import DeliveryStatus
from core.clock import local_day
from core.period import Period
from sharing.clocks.model import Clock, ClockState
from sharing.corrections.model import Finding
from sharing.ledger.clocks import clocks_in
from sharing.ledger.entry import EntryBody
from sharing.ledger.grants import GrantFacts, follow
from sharing.ledger.reading import text
from sharing.ledger.titles import DELIVERIES, Said
from sharing.ledger.uses import SEALED, uses_in
from sharing.liability.derive import DESTRUCTION
from sharing.liability.model import Kind, LiabilityEvent
from sharing.profiles.model import LimitName
from sharing.records.model import records_zh
from sharing.supervision.model import (
    DepartmentFacts,
    Happenings,
    Item,
    Items,
    ProviderFacts,
    RequesterFacts,
    Scores,
    Share,
    Timeliness,
)

OF_LIMITS: Mapping[LimitName, str] = {
    LimitName.REPLY_UNCONDITIONAL: "replies",
    LimitName.REPLY_CONDITIONAL: "replies",
    LimitName.DELIVER: "deliveries",
    LimitName.RETURN_FLOW: "returns",
    LimitName.CATALOGUE_UPDATE: "catalogue_updates",
    LimitName.CORRECTION: "corrections",
    LimitName.DISPOSAL: "disposals",
    LimitName.RECTIFICATION: "rectifications",
}
"""Which time belongs to which figure. To sign for a request is a setting of ours, and no duty of Art. 38."""

FALLS_AWAY = frozenset({"grant.revoked", "grant.finished", "request.lapsed"})
"""Acts, beside every withdrawal, after which there is nothing left to be done in time."""

SECURITY: Mapping[str, Said] = {
    "credential.revoked": ("访问凭证被撤销", "a credential was revoked"),
    "grant.suspended": ("授权被暂停", "access was suspended"),
    "usage.reconciled": (
        "部门自有日志与计量不符",
        "the department's own log disagrees with what was measured",
    ),
}
"""What may be a lapse of security. The reasons are known by their hashes, and are not judged."""


@dataclass
class _Timed:
    clock: Clock
    entry: int
    fell_away: bool


@dataclass
class _Arrival:
    item: Item
    status: DeliveryStatus
    score: int | None
    broken: bool


@dataclass
class Observation:
    """Takes the entries in, one by one and in their order; `departments` says what they come to.

    `records` are the kinds of records of use that are to be kept. `broken` are the deliveries, by
    dataset and number, of which a check could not run: that is the platform's fault or the
    contract's, and says nothing of the data.
    """

    zone: ZoneInfo
    period: Period
    records: Collection[str]
    broken: Collection[tuple[str, object]]
    _clocks: dict[tuple[str, str], _Timed] = field(default_factory=dict)
    _grants: dict[str, GrantFacts] = field(default_factory=dict)
    _providers: dict[str, str] = field(default_factory=dict)
    _uses: defaultdict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    _failures: defaultdict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    _arrivals: defaultdict[str, list[_Arrival]] = field(default_factory=lambda: defaultdict(list))
    _findings: defaultdict[str, list[tuple[bool, Item]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    _security: defaultdict[str, list[Item]] = field(default_factory=lambda: defaultdict(list))

    def take(self, entry: EntryBody) -> None:
        ended = entry.kind in FALLS_AWAY or entry.kind.endswith(".withdrawn")
        for place, told in clocks_in(entry.facts).items():
            clock = Clock.from_json(told)
            self._clocks[place] = _Timed(clock, entry.index, ended and clock.ended_on is not None)
        follow(self._grants, entry)
        if entry.kind in ("dataset.registered", "dataset.changed"):
            self._providers[entry.subject] = text(entry, "provider")
        if entry.kind == SEALED:
            self._follow_seal(entry)
        elif self._day(entry.recorded_at) in self.period:
            self._follow(entry)

    def reckon(self, grant: str, clock: Clock | None) -> None:
        """Take the time to dispose of a grant's data as it follows from all grants until now."""
        place = (f"grant:{grant}", LimitName.DISPOSAL.value)
        before = self._clocks.pop(place, None)
        if clock is not None:
            entry = before.entry if before else self._grants[grant].entry
            self._clocks[place] = _Timed(clock, entry, fell_away=False)

    def departments(
        self, codes: Iterable[str], liability: Iterable[LiabilityEvent], today: date
    ) -> list[DepartmentFacts]:
        """The facts of these departments; `liability` are the events of the period."""
        timed = self._timed(today)
        attempts: defaultdict[str, list[Item]] = defaultdict(list)
        for event in liability:
            if event.kind is Kind.ATTEMPT:
                attempts[event.department].append(_tried(event))
        used, records = self._used()
        return [
            DepartmentFacts(
                department=code,
                as_provider=ProviderFacts(
                    replies=timed[code, "replies"],
                    deliveries=timed[code, "deliveries"],
                    returns=timed[code, "returns"],
                    catalogue_updates=timed[code, "catalogue_updates"],
                    corrections=timed[code, "corrections"],
                    **self._quality(code),
                    upheld=_share(self._findings[code]),
                ),
                as_requester=RequesterFacts(
                    disposals=timed[code, "disposals"],
                    rectifications=timed[code, "rectifications"],
                    used=used.get(code, Share()),
                    records=records.get(code, Share()),
                    beyond_scope=Happenings(items=_sorted(attempts[code])),
                    security=Happenings(items=_sorted(self._security[code])),
                ),
            )
            for code in codes
        ]

    def _day(self, moment: datetime) -> date:
        return local_day(moment, self.zone)

    def _item(self, entry: EntryBody, note: Said = ("", "")) -> Item:
        return _of(entry.subject, self._day(entry.recorded_at), [entry.index], note)

    def _follow_seal(self, entry: EntryBody) -> None:
        for ref, day, _ in uses_in(entry.facts):
            if day in self.period:
                self._uses[ref].append(entry.index)

    def _follow(self, entry: EntryBody) -> None:
        ref = entry.subject.partition(":")[2]
        match entry.kind:
            case "read.completed" if entry.facts.get("rows"):
                self._uses[ref].append(entry.index)
            case "read.failed":
                self._failures[ref].append(entry.index)
            case "delivery.published" | "delivery.refused":
                self._arrive(entry)
            case "correction.verified":
                upheld = entry.facts.get("finding") == Finding.CONFIRMED
                note = ("校核成立", "upheld") if upheld else ("校核不成立", "not upheld")
                self._findings[text(entry, "provider")].append((upheld, self._item(entry, note)))
            case "usage.reconciled" if not entry.facts.get("disagrees"):
                pass
            case kind if kind in SECURITY:
                self._security[text(entry, "department")].append(self._item(entry, SECURITY[kind]))

    def _arrive(self, entry: EntryBody) -> None:
        number, score = entry.facts.get("number"), entry.facts.get("score")
        status = DeliveryStatus(text(entry, "status"))
        zh, en = DELIVERIES[status]
        self._arrivals[self._providers.get(entry.subject, entry.department)].append(
            _Arrival(
                item=self._item(entry, (f"第 {number} 次交付：{zh}", f"delivery #{number}: {en}")),
                status=status,
                score=score if isinstance(score, int) else None,
                broken=(entry.subject.partition(":")[2], number) in self.broken,
            )
        )

    def _timed(self, today: date) -> defaultdict[tuple[str, str], Timeliness]:
        parts: defaultdict[tuple[str, str], defaultdict[str, list[Item]]] = defaultdict(
            lambda: defaultdict(list)
        )
        for one in self._clocks.values():
            clock = one.clock
            if clock.limit in OF_LIMITS and clock.due_on in self.period:
                state = _part(one, today)
                item = _of(clock.subject, clock.due_on, [one.entry], _ended(clock))
                parts[clock.debtor, OF_LIMITS[clock.limit]][state].append(item)
        found: defaultdict[tuple[str, str], Timeliness] = defaultdict(Timeliness)
        for place, lists in parts.items():
            found[place] = Timeliness(**{state: _sorted(items) for state, items in lists.items()})
        return found

    def _quality(self, provider: str) -> dict[str, Any]:
        """Deliveries by what became of them; where a check could not run, nobody knows."""
        all_of = self._arrivals[provider]
        seen = [one for one in all_of if one.status.published]
        refused = [one for one in all_of if not one.status.published]
        return {
            "published": Share(
                met=_sorted(one.item for one in seen),
                unmet=_sorted(one.item for one in refused if not one.broken),
                unknown=_sorted(one.item for one in refused if one.broken),
            ),
            "checks": _share(
                [
                    (one.status is DeliveryStatus.ACCEPTED, one.item)
                    for one in seen
                    if not one.broken
                ],
                _sorted(one.item for one in seen if one.broken),
            ),
            "scores": Scores(
                known=tuple((one.item, one.score) for one in all_of if one.score is not None),
                unknown=_sorted(one.item for one in all_of if one.score is None),
            ),
        }

    def _used(self) -> tuple[dict[str, Share], dict[str, Share]]:
        """Which grants of others' data were used, and of which used ones the records are whole."""
        used: defaultdict[str, defaultdict[str, list[Item]]] = defaultdict(
            lambda: defaultdict(list)
        )
        kept: defaultdict[str, list[tuple[bool, Item]]] = defaultdict(list)
        for ref, grant in self._grants.items():
            if grant.department == grant.provider or not self._was_live(grant):
                continue
            uses, failures = self._uses.get(ref), self._failures.get(ref)
            subject, day = f"grant:{ref}", max(self._day(grant.issued_at), self.period.first)
            if uses:
                note = ("已使用", "used")
                used[grant.department]["met"].append(_of(subject, day, uses, note))
                missing = _missing(self.records, grant)
                note = (f"缺少{records_zh(missing)}", f"lacks {', '.join(missing)}")
                note = note if missing else ("记录齐全", "all are kept")
                kept[grant.department].append((not missing, _of(subject, day, uses, note)))
            elif failures:
                note = ("读取因平台原因失败", "reads failed on the platform's side")
                used[grant.department]["unknown"].append(_of(subject, day, failures, note))
            else:
                unused = _of(
                    subject, day, [grant.entry], ("统计期内未使用", "unused in the period")
                )
                used[grant.department]["unmet"].append(unused)
        shares = {
            code: Share(**{part: _sorted(items) for part, items in parts.items()})
            for code, parts in used.items()
        }
        return shares, {code: _share(items) for code, items in kept.items()}

    def _was_live(self, grant: GrantFacts) -> bool:
        """Whether it gave anything on a day of the period."""
        begun = self._day(grant.issued_at) <= self.period.last
        return begun and (grant.end is None or self._day(grant.end) >= self.period.first)


def _part(one: _Timed, today: date) -> str:
    match one.clock.state_on(today):
        case ClockState.OVERDUE | ClockState.ENDED_LATE:
            return "late"
        case ClockState.ENDED:
            if one.fell_away:
                return "fell_away"
            return "early" if one.clock.due_on > today else "on_time"
    return "open"


def _missing(records: Collection[str], grant: GrantFacts) -> list[str]:
    return [kind for kind in records if kind != DESTRUCTION and kind not in grant.kinds]


def _tried(event: LiabilityEvent) -> Item:
    return _of(event.subject, event.day, event.entries, (event.because_zh, event.because))


def _ended(clock: Clock) -> Said:
    if clock.ended_on is None:
        return "未办结", "not done yet"
    return f"{clock.ended_on} 办结", f"done on {clock.ended_on}"


def _of(subject: str, day: date, entries: Iterable[int], note: Said) -> Item:
    zh, en = note
    once = tuple(sorted(set(entries)))
    return Item(subject=subject, day=day, entries=once, note=en, note_zh=zh)


def _share(judged: Iterable[tuple[bool, Item]], unknown: Items = ()) -> Share:
    listed = list(judged)
    return Share(
        met=_sorted(item for held, item in listed if held),
        unmet=_sorted(item for held, item in listed if not held),
        unknown=unknown,
    )


def _sorted(items: Iterable[Item]) -> Items:
    return tuple(sorted(items, key=lambda item: item.order))
