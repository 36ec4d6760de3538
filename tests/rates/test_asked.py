"""Laws of the rates over requests, in random histories of requests, clocks and what follows."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from catalog.model import ShareType
from rates.model import GroupBy, RateQuery
from sharing.clocks.model import Clock, Pause
from sharing.profiles.model import LimitName
from sharing.records.model import RecordKind
from tests.rates.city import FIRST, at, noon
from tests.rates.shared import ONE, SharedCity
from tests.rates.test_history import by, tally

RATES = ("SHA-4", "SHA-5", "SHA-6", "SHA-7A", "SHA-7B", "SHA-8", "USE-2", "USE-5", "USE-6")
DATASETS = {"d1": ("env", "edu"), "d2": ("edu", "env")}
"""Who provides each, and who asks for it."""
STEPS = ("wait", "refuse", "agree", "withdraw", "dispute", "reopen", "pause", "resume", "extend")
LATER = ("deliver", "accept", "use", "record", "revoke", "dispose")


class Asked:
    """One request on its way; an act that has no place does nothing."""

    def __init__(self, city: SharedCity, dataset: str, first: int) -> None:
        self.city = city
        provider, asker = DATASETS[dataset]
        self.day = FIRST + first * ONE
        self.ref = city.ask(dataset, asker, noon(self.day))
        self.clock: Clock | None = city.runs(
            f"request:{self.ref}",
            LimitName.REPLY_CONDITIONAL,
            provider,
            self.day,
            self.day + 4 * ONE,
        )
        self.provider, self.state, self.grant = provider, "submitted", ""
        self.records = 0

    def act(self, step: str) -> None:
        self.day += ONE
        getattr(self, f"_{step}", lambda: None)()

    def _refuse(self) -> None:
        self._close("refused", "submitted")

    def _withdraw(self) -> None:
        self._close("withdrawn", "submitted")

    def _dispute(self) -> None:
        self._move("disputed", "refused")

    def _reopen(self) -> None:
        if self._move("reopened", "disputed", decided_at=None):
            self.state = "submitted"
            self._change(ended_on=None, due_on=self.day + 3 * ONE)

    def _agree(self) -> None:
        if self.state == "submitted":
            self._change(ended_on=self.day)
            self.state, self.grant = "agreed", self.city.agree(self.ref, noon(self.day))
            subject = f"grant:{self.grant}"
            due = self.day + 2 * ONE
            self.clock = self.city.runs(subject, LimitName.DELIVER, self.provider, self.day, due)

    def _pause(self) -> None:
        if self.state == "submitted" and self._running():
            pause = Pause(since=self.day, until=None, left=2)
            self._change(pauses=(pause,))

    def _resume(self) -> None:
        if self.state == "submitted" and self.clock and self.clock.paused:
            pause = replace(self.clock.pauses[-1], until=self.day)
            self._change(pauses=(pause,), due_on=self.day + 2 * ONE)

    def _extend(self) -> None:
        if self.state == "submitted" and self._running():
            assert self.clock
            self._change(due_on=self.clock.due_on + 2 * ONE, extended_by=2)

    def _deliver(self) -> None:
        if self.grant and self.clock and self.clock.ended_on is None:
            self._change(ended_on=self.day)
            self.city.change(self.grant, delivered_at=noon(self.day))

    def _accept(self) -> None:
        self._once("accepted_at")

    def _use(self) -> None:
        if self.grant and not self._revoked():
            self._once("first_used_at")
            self.city.use(self.grant, noon(self.day))

    def _record(self) -> None:
        if self.grant and self.records < len(RecordKind):
            kind = list(RecordKind)[self.records]
            self.records += 1
            self.city.record(self.grant, self.records, kind, noon(self.day))

    def _revoke(self) -> None:
        if self.grant and not self._revoked():
            self.city.revoke(self.grant, noon(self.day))

    def _dispose(self) -> None:
        if self.grant and self._revoked():
            self._once("disposed_at")

    def _once(self, moment: str) -> None:
        if self.grant and getattr(self._granted(), moment) is None:
            self.city.change(self.grant, **{moment: noon(self.day)})

    def _granted(self) -> Any:
        return self.city.grant_of(self.grant)

    def _revoked(self) -> bool:
        return self._granted().revoked_at is not None

    def _running(self) -> bool:
        return bool(self.clock and not self.clock.paused and self.day <= self.clock.due_on)

    def _close(self, kind: str, before: str) -> None:
        if self._move(kind, before):
            self._change(ended_on=self.day)

    def _move(self, kind: str, before: str, **fields: Any) -> bool:
        if self.state != before:
            return False
        self.city.close(self.ref, kind, noon(self.day), **fields)
        self.state = kind
        return True

    def _change(self, **fields: Any) -> None:
        assert self.clock
        self.clock = self.city.clock(replace(self.clock, **fields), noon(self.day))


def questions() -> st.SearchStrategy[RateQuery]:
    days = st.integers(0, 12).map(lambda day: FIRST + day * ONE)
    return st.builds(RateQuery, as_of=days, window_days=st.sampled_from([1, 3, 20]))


def city_in(session: Session) -> SharedCity:
    city = SharedCity(session)
    city.division("4403", at(FIRST))
    for department in ("env", "edu"):
        city.department(department, at(FIRST))
    for dataset, (provider, _) in DATASETS.items():
        city.dataset(dataset, at(FIRST), provider, share_type=ShareType.CONDITIONAL)
    return city


@settings(max_examples=10, deadline=None)
@given(
    asked=st.lists(
        st.tuples(
            st.sampled_from(sorted(DATASETS)),
            st.integers(0, 2),
            st.lists(st.sampled_from(STEPS), max_size=5),
            st.lists(st.sampled_from(LATER), max_size=5),
        ),
        min_size=1,
        max_size=3,
    ),
    query=questions(),
)
def test_numbers_are_rows_and_the_past_stays(
    engine: Engine, asked: list[tuple[str, int, list[str], list[str]]], query: RateQuery
) -> None:
    with Session(engine) as session:
        city = city_in(session)
        waiting = [(Asked(city, name, first), [*one, *two]) for name, first, one, two in asked]
        before: Any = None
        while True:
            due = [(each, steps) for each, steps in waiting if steps]
            if before is None and all(each.day >= query.as_of for each, _ in due):
                before = everything(city, query)
            if not due:
                break
            each, steps = min(due, key=lambda one: one[0].day)
            each.act(steps.pop(0))
        assert everything(city, query) == before
        for rate in RATES:
            members = city.members(rate, query)
            [count] = city.count(rate, query)
            assert count == tally(members)
            assert len({member.id for member in members}) == len(members)
            groups = city.count(rate, query, GroupBy.DEPARTMENT)
            assert groups == by(members, GroupBy.DEPARTMENT, lambda code: {code})
            assert sum(group.base for group in groups) == count.base
        session.rollback()


def everything(city: SharedCity, query: RateQuery) -> list[Any]:
    return [(city.members(rate, query), city.count(rate, query)) for rate in RATES]
