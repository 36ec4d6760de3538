"""Random histories of a small city, and the rates counted over them without a database.

`Chronicle` keeps every fact as it was given and answers by looking at each of them in turn: slow,
plain, and written without the queries that it checks. All moments lie on a grid of six hours.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from catalog.model import (
    DatasetStatus,
    DeliveryStatus,
    Responsibility,
    ShareType,
    UpdateCycle,
)
from rates.model import RateQuery
from sharing.clocks.model import Clock
from sharing.corrections.model import Finding
from sharing.profiles.model import LimitName
from tests.rates.city import ZONE, City, at

STEP = timedelta(hours=6)
REVIEWED_AGAIN = 5 * STEP
BIRTH = date(2026, 1, 1)
DIVISIONS = ("4403", "440303", "440304", "440304001")
PARENTS = {"440303": "4403", "440304": "4403", "440304001": "440304"}
DEPARTMENTS = ("edu", "env", "yard")
DATASETS = ("d1", "d2", "d3", "d4")
ITEMS = ("i1", "i2")
THEMES = ("", "air", "water")

ORDER = ("merge", "split", "move")
"""What happens to the order of the city; asked for twice as often as other things."""

START = (("d1", "env", "i1"), ("d2", "env", "i2"), ("d3", "edu", "i1"), ("d4", "yard", "i2"))
"""Datasets that exist from the beginning, each for a duty; the last duty is an exempt one."""
COMMON = {
    "share_type": ShareType.CONDITIONAL,
    "update_cycle": UpdateCycle.WEEKLY,
    "status": DatasetStatus.PUBLISHED,
    "theme": "air",
}


def _source(department: str) -> Responsibility:
    return Responsibility(source=department)


Event = tuple[int, str, dict[str, Any]]
Registered = tuple[datetime, str, str, dict[str, Any] | None]
"""When, what kind of thing, its code, and its fields; None where it ends."""


def events() -> st.SearchStrategy[list[Event]]:
    """Steps since the event before, what happens, and with which values."""
    steps = st.integers(0, 6)
    cycles = [
        None,
        UpdateCycle.DAILY,
        UpdateCycle.WEEKLY,
        UpdateCycle.HOURLY,
        UpdateCycle.IRREGULAR,
    ]
    one = st.sampled_from
    kinds = {
        "department": {"code": one(DEPARTMENTS), "division": one(DIVISIONS)},
        "retire": {"code": one(DEPARTMENTS)},
        "merge": {"gone": one(DEPARTMENTS), "into": one(DEPARTMENTS)},
        "split": {"off": one(DEPARTMENTS), "into": one(DEPARTMENTS)},
        "move": {"division": one(DIVISIONS[1:]), "parent": one(DIVISIONS)},
        "duty": {
            "code": one(["rd1", "rd2", "r5"]),
            "department": one(DEPARTMENTS),
            "item": one(ITEMS),
            "exempt": st.booleans(),
            "theme": one(THEMES),
            "start": st.integers(-5, 10),
            "days": one([None, 1, 5]),
        },
        "end_duty": {"code": one(["rd1", "rd2", "r5"])},
        "dataset": {
            "code": one(DATASETS),
            "provider": one(DEPARTMENTS),
            "fulfils": one(("", *ITEMS)),
            "share_type": one([None, *ShareType]),
            "update_cycle": one(cycles),
            "status": one([*DatasetStatus, *[DatasetStatus.PUBLISHED] * 4]),
            "theme": one(THEMES),
            "items": one([(), ("a",), ("a", "b", "c")]),
            "responsibility": one([Responsibility(), *map(_source, DEPARTMENTS)]),
        },
        "deliver": {
            "dataset": one(DATASETS),
            "status": one(list(DeliveryStatus)),
            "declared": one([None, 1, 3]),
        },
        "grant": {
            "dataset": one(DATASETS),
            "department": one(DEPARTMENTS),
            "begins": st.sampled_from([0, 0, 3, 8]),
            "lasts": st.integers(1, 40),
        },
        "revoke": {"grant": st.integers(0, 3)},
        "suspend": {"grant": st.integers(0, 3)},
        "resume": {"grant": st.integers(0, 3)},
        "review": {"grant": st.integers(0, 3)},
        "use": {"grant": st.integers(0, 3)},
        "check": {"dataset": one(DATASETS), "score": one([None, 40, 60, 90])},
        "name_source": {"item": one(ITEMS), "department": one(DEPARTMENTS)},
        "correct": {"dataset": one(DATASETS)},
        "close": {"correction": st.integers(0, 2), "finding": one(list(Finding))},
        "take_back": {"correction": st.integers(0, 2)},
        "rectify": {"grant": st.integers(0, 3)},
    }
    often = [*kinds, *["grant", "use", "suspend", "resume", "review", "deliver"] * 2, *ORDER]
    event = one(often).flatmap(
        lambda kind: st.tuples(steps, st.just(kind), st.fixed_dictionaries(kinds[kind]))
    )
    return st.lists(event, min_size=10, max_size=40)


@dataclass
class Granted:
    ref: str
    dataset: str
    department: str
    granted: datetime
    begins: datetime
    ends: datetime
    revoked: datetime | None = None
    suspensions: list[list[datetime | None]] = field(default_factory=list)
    reviews: list[tuple[datetime, datetime]] = field(default_factory=list)
    """When it was reviewed, and when the next review was due."""
    rectification: Clock | None = None
    """The clock that runs since it was suspended."""

    def live_at(self, moment: datetime) -> bool:
        return (
            max(self.granted, self.begins) <= moment < self.ends
            and not (self.revoked and self.revoked <= moment)
            and not any(
                since <= moment and (until is None or moment < until)
                for since, until in self.suspensions
            )
            and not self._missed(moment)
        )

    def _missed(self, moment: datetime) -> bool:
        known = [due for made, due in self.reviews if made <= moment]
        return bool(known) and known[-1] <= moment


def _clock(subject: str, limit: LimitName, moment: datetime) -> Clock:
    day = moment.astimezone(ZONE).date()
    return Clock(
        subject=subject,
        limit=limit,
        debtor="env",
        days=5,
        article="",
        profile="",
        started_on=day,
        due_on=day + timedelta(days=5),
    )


class Stretch:
    """What a query looks at, worked out a second time."""

    def __init__(self, query: RateQuery) -> None:
        self.until = at(query.as_of + timedelta(days=1))
        self.days = [query.as_of - timedelta(days=n) for n in range(query.window_days)]
        start = at(min(self.days))
        self.moments = [start + n * STEP for n in range((self.until - start) // STEP)]


class Chronicle:
    """Tells a city what happens, and remembers it in its own way."""

    def __init__(self, city: City) -> None:
        self.city = city
        self.now = at(BIRTH)
        self.registered: list[Registered] = []
        self.delivered: list[tuple[datetime, str, DeliveryStatus]] = []
        self.grants: list[Granted] = []
        self.used: list[tuple[date, Granted]] = []
        self.corrections: list[Clock | None] = []
        """The clock of each correction, by its place; None for what is closed or withdrawn."""
        for division in DIVISIONS:
            self.move(division, PARENTS.get(division))
        for department, division in zip(DEPARTMENTS, DIVISIONS, strict=False):
            self.department(department, division)
        for code, provider, item in START:
            self.dataset(code, provider=provider, fulfils=item, **COMMON)
            duty = {"department": provider, "item": item, "exempt": code == "d4", "theme": "air"}
            self.duty(f"r{code}", start=0, days=5 if code == "d3" else None, **duty)
        self.deliver("d1", DeliveryStatus.ACCEPTED)
        self.deliver("d2", DeliveryStatus.REFUSED)
        for code, begins in (("d1", 0), ("d2", 0), ("d3", 6)):
            self.grant(code, "yard", begins, 20)
        self.suspend(self.grants[1])
        self.use(self.grants[0])

    def tell(self, event: Event) -> datetime:
        """Let it happen, and say when."""
        steps, kind, values = event
        self.now += steps * STEP
        if "correction" in values:
            place = values.pop("correction")
            clock = self.corrections[place] if place < len(self.corrections) else None
            if clock is not None:
                getattr(self, kind)(place, clock, **values)
        elif "grant" in values:
            if values["grant"] < len(self.grants):
                getattr(self, kind)(self.grants[values["grant"]])
        else:
            getattr(self, kind)(**values)
        return self.now

    def department(self, code: str, division: str) -> None:
        self.city.department(code, self.now, division)
        self.registered.append((self.now, "department", code, {"division": division}))

    def move(self, division: str, parent: str | None) -> None:
        """The division is below another from now on, be it below itself."""
        self.city.division(division, self.now, parent)
        self.registered.append((self.now, "division", division, {"parent": parent}))

    def retire(self, code: str) -> None:
        """The department is no more; who names it was not told."""
        self.city.retire(code, self.now)
        self.registered.append((self.now, "department", code, None))

    def merge(self, gone: str, into: str) -> None:
        """All that a department had is another's, and it is no more."""
        if gone != into:
            self._hand_over(gone, into, 1)
            self.retire(gone)

    def split(self, off: str, into: str) -> None:
        """Every other thing that a department has is another's."""
        if off != into:
            self._hand_over(off, into, 2)

    def _hand_over(self, before: str, after: str, every: int) -> None:
        for kind, owner in (("dataset", "provider"), ("duty", "department")):
            mine = [
                (code, fields)
                for code, fields in sorted(known(self.registered, kind).items())
                if fields[owner] == before
            ]
            for code, fields in mine[::every]:
                getattr(self, f"_{kind}")(code, fields | {owner: after})

    def duty(self, code: str, start: int, days: int | None, **fields: Any) -> None:
        first = self.now.astimezone(ZONE).date() + timedelta(days=start)
        self._duty(code, fields | {"start": first, "end": days and first + timedelta(days=days)})

    def _duty(self, code: str, fields: dict[str, Any]) -> None:
        self.city.duty(code, self.now, **fields)
        self.registered.append((self.now, "duty", code, fields))

    def end_duty(self, code: str) -> None:
        self.city.end_duty(code, self.now)
        self.registered.append((self.now, "duty", code, None))

    def dataset(self, code: str, **fields: Any) -> None:
        self._dataset(code, fields)

    def _dataset(self, code: str, fields: dict[str, Any]) -> None:
        self.city.dataset(code, self.now, **fields)
        self.registered.append((self.now, "dataset", code, fields))

    def deliver(self, dataset: str, status: DeliveryStatus, declared: int | None = None) -> None:
        self.city.deliver(dataset, self.now, status, declared=declared)
        self.delivered.append((self.now, dataset, status))

    def grant(self, dataset: str, department: str, begins: int, lasts: int) -> None:
        begin = self.now + begins * STEP
        end = begin + lasts * STEP
        ref = self.city.grant(dataset, department, self.now, begins=begin, ends=end)
        self.grants.append(Granted(ref, dataset, department, self.now, begin, end))

    def revoke(self, grant: Granted) -> None:
        if grant.revoked is None:
            self.city.revoke(grant.ref, self.now)
            grant.revoked = self.now

    def suspend(self, grant: Granted) -> None:
        if all(until is not None and since != self.now for since, until in grant.suspensions):
            self.city.suspend(grant.ref, self.now)
            grant.suspensions.append([self.now, None])
            subject = f"grant:{grant.ref}#{len(grant.suspensions)}"
            clock = _clock(subject, LimitName.RECTIFICATION, self.now)
            grant.rectification = self.city.clock(clock, self.now)

    def resume(self, grant: Granted) -> None:
        self.city.resume(grant.ref, self.now)
        for suspension in grant.suspensions:
            suspension[1] = suspension[1] or self.now

    def review(self, grant: Granted) -> None:
        if all(made != self.now for made, _ in grant.reviews):
            again = self.now + REVIEWED_AGAIN
            self.city.review(grant.ref, self.now, again)
            grant.reviews.append((self.now, again))

    def use(self, grant: Granted) -> None:
        self.city.use(grant.ref, self.now)
        self.used.append((self.now.astimezone(ZONE).date(), grant))

    def check(self, dataset: str, score: int | None) -> None:
        units = {} if score is None else {"completeness": (score, 100)}
        self.city.check(dataset, self.now, score, **units)

    def name_source(self, item: str, department: str) -> None:
        self.city.name_source(item, department, self.now)

    def correct(self, dataset: str) -> None:
        """It is asked for and received at once; five days are given for it."""
        ref = self.city.correction(dataset, self.now)
        clock = _clock(f"correction:{ref}", LimitName.CORRECTION, self.now)
        self.corrections.append(self.city.clock(clock, self.now))

    def close(self, place: int, clock: Clock, finding: Finding) -> None:
        self.city.close_correction(clock.subject.partition(":")[2], self.now, finding)
        self._end(clock)
        self.corrections[place] = None

    def take_back(self, place: int, clock: Clock) -> None:
        self.city.withdraw_correction(clock.subject.partition(":")[2], self.now)
        self._end(clock)
        self.corrections[place] = None

    def rectify(self, grant: Granted) -> None:
        """What it is suspended for, once."""
        clock = grant.rectification
        if clock is not None and grant.suspensions[-1][1] is None:
            self.city.rectify(grant.ref, self.now)
            self._end(clock)
            grant.rectification = None

    def _end(self, clock: Clock) -> None:
        self.city.clock(replace(clock, ended_on=self.now.astimezone(ZONE).date()), self.now)

    def members(self, rate: str, query: RateQuery) -> dict[str, tuple[Any, ...]]:
        """Code to department, division, theme, in the numerator or not, and why left out."""
        return dict(Reckoning(self, query).members(rate))

    def funnel(self, query: RateQuery) -> tuple[list[int], int]:
        reckoning = Reckoning(self, query)
        depths = [reckoning.depth(duty) for duty in reckoning.duties_owed()]
        owed = {
            (d["department"], d["item"])
            for d in reckoning.known("duty").values()
            if reckoning.in_force(d) and not d["exempt"]
        }
        outside = [
            d
            for d in reckoning.published()
            if (d["provider"], d["fulfils"]) not in owed
            and reckoning.passes(d["provider"], d["theme"])
        ]
        return [sum(depth >= stage for depth in depths) for stage in range(1, 6)], len(outside)


def known(registered: list[Registered], kind: str) -> dict[str, dict[str, Any]]:
    """What the registry holds of a kind after all these."""
    state: dict[str, dict[str, Any]] = {}
    for _, noun, code, fields in registered:
        if noun == kind:
            state.pop(code, None)
            if fields is not None:
                state[code] = fields
    return state


class Reckoning:
    """A chronicle at one query."""

    def __init__(self, chronicle: Chronicle, query: RateQuery) -> None:
        self.chronicle = chronicle
        self.query = query
        self.stretch = Stretch(query)

    def members(self, rate: str) -> Iterator[tuple[str, tuple[Any, ...]]]:
        items = self.known("duty").values() if rate == "COL-1" else self.published()
        for item in items:
            owner = item["department" if rate == "COL-1" else "provider"]
            if (rate == "COL-1" and not self.in_force(item)) or not self.passes(
                owner, item["theme"]
            ):
                continue
            excluded = self.excluded(rate, item)
            counted = not excluded and self.in_numerator(rate, item)
            yield item["code"], (owner, self.division(owner), item["theme"], counted, excluded)

    def excluded(self, rate: str, item: dict[str, Any]) -> str:
        if rate == "COL-1":
            return "exempt" if item["exempt"] else ""
        if rate == "COL-6":
            cycle = item["update_cycle"]
            return "" if cycle and cycle.allowed_age else "no_cycle"
        if item["share_type"] is ShareType.NOT_SHARED:
            return "not_shared"
        if rate in {"SHA-2", "USE-1"} and item["share_type"] is None:
            return "share_type_unknown"
        return "not_mounted" if rate == "USE-1" and self.delivered(item) is None else ""

    def in_numerator(self, rate: str, item: dict[str, Any]) -> bool:
        match rate:
            case "COL-1":
                return self.depth(item) >= 3
            case "SHA-2":
                return self.granted(item)
            case "USE-1":
                return self.used(item)
            case "CAT-7":
                return self.delivered(item) is not None
            case _:
                newest = self.delivered(item)
                last = self.stretch.until - timedelta(microseconds=1)
                return newest is not None and last - newest <= item["update_cycle"].allowed_age

    def known(self, kind: str) -> dict[str, dict[str, Any]]:
        registered = [one for one in self.chronicle.registered if one[0] < self.stretch.until]
        state = known(registered, kind)
        return {code: fields | {"code": code} for code, fields in state.items()}

    def published(self) -> list[dict[str, Any]]:
        datasets = self.known("dataset").values()
        return [d for d in datasets if d["status"] is DatasetStatus.PUBLISHED]

    def in_force(self, duty: dict[str, Any]) -> bool:
        day = self.query.as_of
        return duty["start"] <= day and (duty["end"] is None or day <= duty["end"])

    def duties_owed(self) -> list[dict[str, Any]]:
        return [
            duty
            for duty in self.known("duty").values()
            if self.in_force(duty)
            and not duty["exempt"]
            and self.passes(duty["department"], duty["theme"])
        ]

    def depth(self, duty: dict[str, Any]) -> int:
        """How far the dataset that came furthest has brought the duty, 1 to 5."""
        depth = 1
        for dataset in self.published():
            if (dataset["provider"], dataset["fulfils"]) == (duty["department"], duty["item"]):
                stages = (
                    self.delivered(dataset) is not None,
                    self.granted(dataset),
                    self.used(dataset),
                )
                depth = max(depth, 2 + (*stages, False).index(False))
        return depth

    def division(self, department: str) -> str:
        return str(self.known("department").get(department, {}).get("division", ""))

    def passes(self, department: str, theme: str) -> bool:
        divisions = self.known("division")
        above: list[str] = []
        step: str | None = self.division(department)
        while step is not None and step not in above:
            above.append(step)
            step = divisions.get(step, {}).get("parent")
        return (
            self.query.department in {"", department}
            and self.query.theme in {"", theme}
            and self.query.division in {"", *above}
        )

    def delivered(self, dataset: dict[str, Any]) -> datetime | None:
        return max(
            (
                moment
                for moment, code, status in self.chronicle.delivered
                if code == dataset["code"]
                and moment < self.stretch.until
                and status is not DeliveryStatus.REFUSED
            ),
            default=None,
        )

    def granted(self, dataset: dict[str, Any]) -> bool:
        return any(
            grant.live_at(moment)
            for grant in self.others(dataset)
            for moment in self.stretch.moments
        )

    def used(self, dataset: dict[str, Any]) -> bool:
        others = self.others(dataset)
        return any(
            grant in others and day in self.stretch.days for day, grant in self.chronicle.used
        )

    def others(self, dataset: dict[str, Any]) -> list[Granted]:
        return [
            grant
            for grant in self.chronicle.grants
            if grant.dataset == dataset["code"] and grant.department != dataset["provider"]
        ]
