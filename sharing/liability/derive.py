"""Liability events out of ledger entries alone: the same entries give the same list."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from core.clock import local_day
from sharing.clocks.model import Clock
from sharing.ledger.clocks import clocks_in
from sharing.ledger.entry import EntryBody
from sharing.ledger.grants import GrantFacts, follow
from sharing.ledger.reading import listed, text, words
from sharing.ledger.titles import Said, rule_titles
from sharing.liability.grounds import Grounds, of_article
from sharing.liability.model import Code, Kind, LiabilityEvent
from sharing.liability.services import Services, is_shared
from sharing.profiles.model import LimitName
from sharing.records.model import records_zh

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

Without any grant it is none, nor where a grant would give what is asked for and is suspended or has
not begun: that says nothing about what the data was wanted for.
"""

NOT_NOW = frozenset({"suspended", "scheduled"})

DESTRUCTION = "destruction"
"""The record that the proof of disposal makes, which has a time of its own (R4)."""

REVIEW = "grant_review_months"
"""The setting by which the provider reviews a grant."""

_DAY = timedelta(days=1)
_MOMENT = timedelta(microseconds=1)


@dataclass
class Derivation:
    """Takes the entries in, one by one and in their order; `events` says what follows from them.

    `authorities` are the departments of the data authority, `records` the kinds of records of use
    that are to be kept (Art. 29), `provider_of` says who provides a dataset now.
    """

    zone: ZoneInfo
    grounds: Grounds
    authorities: Collection[str]
    records: Collection[str]
    provider_of: Callable[[str], str | None]
    _clocks: dict[tuple[str, str], tuple[Clock, int]] = field(default_factory=dict)
    _covered: set[str] = field(default_factory=set)
    _grants: dict[str, GrantFacts] = field(default_factory=dict)
    _contests: dict[str, LiabilityEvent] = field(default_factory=dict)
    _attempts: dict[tuple[object, ...], LiabilityEvent] = field(default_factory=dict)
    _acts: dict[str, list[LiabilityEvent]] = field(default_factory=dict)
    _late_reviews: list[LiabilityEvent] = field(default_factory=list)
    _services: Services = field(default_factory=Services)

    def take(self, entry: EntryBody) -> None:
        for place, told in clocks_in(entry.facts).items():
            self._clocks[place] = (Clock.from_json(told), entry.index)
        self._services.take(entry)
        match entry.kind:
            case "request.refused" if entry.facts.get("unconditional") is True:
                because = ("无条件共享的数据被拒绝", "what is shared unconditionally was refused")
                self._stand(self._acted(entry, Code.P2, "21", entry.department, because))
            case "return.checked" if entry.facts.get("complete") is False:
                because = ("回流数据不完整", "a return was found to be incomplete")
                self._stand(self._acted(entry, Code.P5, "24", text(entry, "provider"), because))
            case "dataset.changed":
                self._follow_service(entry)
            case "request.agreed" | "return.checked":
                self._mend(entry.subject)
            case "read.denied" if beyond := _beyond(entry):
                zh, en = rule_titles(sorted({rule for _, rule in beyond}))
                because = (f"读取被拒：{zh}", f"a read was denied: {en}")
                self._attempt(entry, Code.R2, because, beyond)
            case "transfer.denied":
                zh, en = _refused(entry)
                because = (f"转供被拒：{zh}", f"to pass data on was denied: {en}")
                self._attempt(entry, Code.R3, because)
            case "source.contested":
                because = _claimed(text(entry, "item"), words(entry.facts.get("departments")))
                self._contests[entry.subject] = self._acted(entry, Code.A1, "19", "", because)
            case "source.named":
                self._contests.pop(entry.subject, None)
            case _:
                self._follow_grant(entry)

    def reckon(self, grant: str, clock: Clock | None, *, owed: bool) -> None:
        """Take the time to dispose of a grant's data as it follows from all grants until now.

        No entry says that a period ran out, nor that another grant stops the time. None: there is
        no day yet. What is not `owed` is not open, though it was late.
        """
        place = (f"grant:{grant}", LimitName.DISPOSAL.value)
        _, index = self._clocks.pop(place, (None, self._entry_of(grant)))
        if clock is not None:
            self._clocks[place] = (clock, index)
        if not owed:
            self._covered.add(place[0])

    def collected_again(self, service: str, department: str, item: str, dataset: str) -> None:
        """Note that a form asks people for what another department shares, as both stand now."""
        last = [self._services.entry_of(f"serviceitem:{service}")]
        last.append(self._services.entry_of(f"dataset:{dataset}"))
        found = sorted(one for one in last if one is not None)
        if not found:  # a registry without a ledger entry of it is for `bureau ledger verify`
            return
        newest = found[-1][1]
        event = LiabilityEvent(
            code=Code.R1,
            kind=Kind.BREACH,
            basis=of_article("19"),
            department=department,
            day=local_day(newest, self.zone),
            subject=f"service:{service}",
            entries=tuple(index for index, _ in found),
            because=f"its form asks for {item}, which {dataset} shares",
            because_zh=f"表单收集 {item}，而 {dataset} 已共享",
            open=True,
            first_at=newest,
            last_at=newest,
        )
        self._stand(event)

    @property
    def open_disposals(self) -> dict[str, Clock]:
        """The times to dispose of data that run or stand still, by subject."""
        clocks = (clock for clock, _ in self._clocks.values() if clock.ended_on is None)
        return {clock.subject: clock for clock in clocks if clock.limit is LimitName.DISPOSAL}

    @property
    def proved_disposals(self) -> Collection[str]:
        """The grants of which a proof of disposal waits for the provider."""
        return [ref for ref, grant in self._grants.items() if grant.proved]

    def events(self, today: date) -> list[LiabilityEvent]:
        """Everything that was so up to `today`: breaches, then attempts, each by day and entry."""
        late = [
            self._of_clock(clock, index, today)
            for clock, index in self._clocks.values()
            if clock.limit in OF_LIMITS and clock.late_on(today)
        ]
        of_grants = [
            event
            for ref, grant in self._grants.items()
            for event in (*self._unkept(ref, grant, today), *self._unreviewed(ref, grant, today))
        ]
        acts = [event for events in self._acts.values() for event in events]
        apart = [*self._attempts.values(), *self._contests.values(), *self._late_reviews]
        return sorted((*acts, *apart, *late, *of_grants), key=lambda event: event.order)

    def _of_clock(self, clock: Clock, index: int, today: date) -> LiabilityEvent:
        code = OF_LIMITS[clock.limit]
        if code is Code.P9 and clock.debtor in self.authorities:
            code = Code.A3
        if code is Code.A2 and clock.debtor not in self.authorities:
            code = Code.P9
        basis, due_on = self.grounds.of_clock(clock, today)
        covered = clock.limit is LimitName.DISPOSAL and clock.subject in self._covered
        zh, en = f"{today} 仍未办结", f"is open on {today}"
        if clock.ended_on:
            zh, en = f"{clock.ended_on} 办结", f"ended on {clock.ended_on}"
        elif covered:
            zh, en = "因另有授权无须办理", "falls away: another grant gives the data"
        limit = self.grounds.policy.limit(clock.limit)
        return LiabilityEvent(
            code=code,
            kind=Kind.BREACH,
            basis=basis,
            department=clock.debtor,
            day=due_on + _DAY,
            subject=clock.subject,
            entries=(index,),
            because=f"“{limit.title_en}” was due on {due_on} and {en}",
            because_zh=f"“{limit.title_zh}”应于 {due_on} 前办结，{zh}",
            open=clock.ended_on is None and not covered,
        )

    def _follow_service(self, entry: EntryBody) -> None:
        """A service that goes on again mends that it was stopped."""
        if is_shared(entry):
            self._mend(entry.subject)
        elif self._services.stopped(entry) and self._relied_on(entry):
            because = (
                "已停止共享，且没有备案的服务变更",
                "it is shared no more, and no filed change of the service covers that",
            )
            self._stand(self._acted(entry, Code.P7, "27", text(entry, "provider"), because))

    def _relied_on(self, entry: EntryBody) -> bool:
        """Whether another department has a grant on the dataset that has not ended."""
        code, provider = entry.subject.partition(":")[2], text(entry, "provider")
        return any(
            grant.dataset == code
            and grant.department != provider
            and grant.live_at(entry.recorded_at)
            for grant in self._grants.values()
        )

    def _entry_of(self, grant: str) -> int:
        """The entry that issued or ended a grant last."""
        return self._grants[grant].entry if grant in self._grants else 0

    def _stand(self, event: LiabilityEvent) -> None:
        """Note an act that stands until another of the same subject mends it."""
        self._acts.setdefault(event.subject, []).append(event)

    def _mend(self, subject: str) -> None:
        """What was refused is granted after all; or what was incomplete is complete."""
        if subject in self._acts:
            self._acts[subject] = [replace(event, open=False) for event in self._acts[subject]]

    def _attempt(
        self, entry: EntryBody, code: Code, because: Said, asked: Collection[object] = ()
    ) -> None:
        """Note what was refused; the same by the same person on the same day is one attempt."""
        event = self._acted(entry, code, "25", text(entry, "department"), because)
        event = replace(event, kind=Kind.ATTEMPT, open=None)
        place = (code, event.day, entry.actor, event.department, event.subject, frozenset(asked))
        before = self._attempts.get(place)
        if before is not None:
            event = replace(
                before, entries=(*before.entries, entry.index), last_at=entry.recorded_at
            )
        self._attempts[place] = event

    def _acted(
        self, entry: EntryBody, code: Code, article: str, department: str, because: Said
    ) -> LiabilityEvent:
        """An event that an act made, against an article of the Decree, and that still stands."""
        return LiabilityEvent(
            code=code,
            kind=Kind.BREACH,
            basis=of_article(article),
            department=department,
            day=local_day(entry.recorded_at, self.zone),
            subject=entry.subject,
            entries=(entry.index,),
            because=because[1],
            because_zh=because[0],
            open=True,
            first_at=entry.recorded_at,
            last_at=entry.recorded_at,
        )

    def _follow_grant(self, entry: EntryBody) -> None:
        if entry.kind == "grant.reviewed":
            self._review_made(entry)
        follow(self._grants, entry)

    def _review_made(self, entry: EntryBody) -> None:
        ref = entry.subject.partition(":")[2]
        grant = self._grants.get(ref)
        if grant and grant.review_due is not None and grant.review_due <= entry.recorded_at:
            day = local_day(entry.recorded_at, self.zone)
            ended = (f"{day} 才完成", f"was made on {day}")
            self._late_reviews.append(
                self._review(ref, grant.review_due, entry.department, ended, entry.index)
            )

    def _unkept(self, ref: str, grant: GrantFacts, today: date) -> Iterator[LiabilityEvent]:
        asked = [kind for kind in self.records if kind != DESTRUCTION]
        missing = [kind for kind in asked if kind not in grant.kinds]
        if grant.end is None or not grant.used or not missing:
            return
        day = local_day(grant.end, self.zone)
        if day <= today:
            yield LiabilityEvent(
                code=Code.R5,
                kind=Kind.BREACH,
                basis=self.grounds.of_setting("usage_records"),
                department=grant.department,
                day=day,
                subject=f"grant:{ref}",
                entries=(grant.entry,),
                because=f"the use ended without records of {', '.join(missing)}",
                because_zh=f"使用已终止，缺少记录：{records_zh(missing)}",
                open=True,
            )

    def _unreviewed(self, ref: str, grant: GrantFacts, today: date) -> Iterator[LiabilityEvent]:
        """A review that nobody made while the grant was there to be reviewed."""
        due, end = grant.review_due, grant.end
        if due is None or (end is not None and end <= due) or local_day(due, self.zone) > today:
            return
        over = end is not None and local_day(end, self.zone) <= today
        provider = grant.provider if over else self.provider_of(grant.dataset) or grant.provider
        if provider == grant.department:  # nobody reviews the use of their own data
            return
        never, still = ("从未进行", "was never made"), (f"{today} 仍未进行", f"is open on {today}")
        state = never if over else still
        event = self._review(ref, due, provider, state, grant.review_entry)
        yield replace(event, open=None if over else True)

    def _review(
        self, ref: str, due: datetime, provider: str, state: Said, entry: int
    ) -> LiabilityEvent:
        due_on = local_day(due - _MOMENT, self.zone)
        return LiabilityEvent(
            code=Code.P9,
            kind=Kind.BREACH,
            basis=self.grounds.of_setting(REVIEW),
            department=provider,
            day=local_day(due, self.zone),
            subject=f"grant:{ref}",
            entries=(entry,),
            because=f"its review was due on {due_on} and {state[1]}",
            because_zh=f"复核应于 {due_on} 前进行，{state[0]}",
            open=False,
        )


def _beyond(entry: EntryBody) -> set[tuple[str, str]]:
    """Which rules of which grants a denied read went beyond."""
    rules: dict[str, set[str]] = {}
    for told in listed(entry.facts.get("refused")):
        grant, rule = words(told)
        rules.setdefault(grant, set()).add(rule)
    if any(found <= NOT_NOW for found in rules.values()):
        return set()
    if not rules:  # as entries once were
        rules[""] = set(words(entry.facts.get("rules")))
    return {(grant, rule) for grant, found in rules.items() for rule in found & BEYOND}


def _claimed(item: str, departments: list[str]) -> Said:
    claimed = " and ".join(departments)
    return f"{item} 由 {'、'.join(departments)} 同时主张", f"{item} is claimed by {claimed}"


def _refused(entry: EntryBody) -> Said:
    """By which rule: without one, as entries had it at first, there was no consent."""
    rules = entry.facts.get("rules")
    named = [str(rule) for rule in rules] if isinstance(rules, list) else []
    return rule_titles([rule for rule in named if rule != "consent"] or ["consent"])
