"""What every kind of report is made from: the facts known up to a moment, as lists and figures."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cached_property

from bureau import policies
from bureau.unit_of_work import ReadUnit
from bureau.workspace import Workspace
from catalog.model import Department, Duty
from core.clock import local_day
from rates.definitions import list_rates
from rates.model import FUNNEL_STAGES, GroupBy, Grouping, RateDefinition, RateQuery
from rates.series import Every, last_periods, period_of
from reports.model import Block, Figure, Members, Method, Row, Standing, Text

MONTHS = 12
NOTHING = Text("", "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What one kind puts into a report."""

    blocks: tuple[Block, ...]
    members: tuple[Members, ...] = ()
    definitions: tuple[RateDefinition, ...] = ()


@dataclass(frozen=True, slots=True)
class History:
    """A rate over months that follow each other: by department, and of them all as one."""

    by_department: Sequence[tuple[str, Mapping[str, Figure]]]
    whole: Sequence[tuple[str, Figure]]


@dataclass(frozen=True)
class Material:
    """Facts recorded before `until` count: the end of the day, or earlier where it is not over."""

    workspace: Workspace
    unit: ReadUnit
    query: RateQuery
    until: datetime

    @cached_property
    def names(self) -> Mapping[str, Text]:
        """What the departments of the day are called."""
        departments = self.unit.registry.list_all(Department, at=self.until)
        return {
            one.code: Text.same(one.name_zh)
            if one.name_en == one.name_zh
            else Text(one.name_zh, f"{one.name_en} ({one.code})" if one.name_en else one.code)
            for one in departments
        }

    def name(self, code: str) -> Text:
        """What a department is called; nobody's name where none is named."""
        return self.names.get(code) or Text(code or "未指明", code or "none named")

    def everybody(self) -> list[tuple[str, Text]]:
        """The departments that the report is of, with their names."""
        asked = self.query.department
        return [(asked, self.name(asked))] if asked else [*self.names.items()]

    def rates(self) -> list[RateDefinition]:
        return [rate.definition for rate in list_rates()]

    def members(self, definition: RateDefinition) -> Members:
        """The rows of a rate."""
        found = self.unit.rates.members(definition, self.query)
        whole = all((one.n, one.base) in {(0, 1), (1, 1)} for one in found if not one.excluded)
        spread = None
        if definition.spread is not None:
            [count] = self.unit.rates.count(definition, self.query)
            spread = count.spread
        return Members(
            id=definition.id,
            title=Text(definition.title_zh, definition.title_en),
            method=Method(
                name=definition.name,
                numerator=Text(definition.numerator_zh, definition.numerator),
                denominator=Text(definition.denominator_zh, definition.denominator),
                exclusions=Text(definition.exclusions_zh, definition.exclusions),
                basis=Text(definition.basis_zh, definition.basis),
            ),
            codes={one.code: Text(one.title_zh, one.title_en) for one in definition.reasons},
            unknown=frozenset(one.code for one in definition.reasons if one.unknown),
            rows=[
                Row(
                    member.id,
                    member.title,
                    member.department,
                    _standing(excluded=member.excluded, counted=member.in_numerator),
                    member.excluded,
                    Text(member.evidence_zh, member.evidence),
                    None if whole or member.excluded else (member.n, member.base),
                )
                for member in found
            ],
            spread=f"{spread.median} / {spread.p90} / {spread.maximum}" if spread else "",
        )

    @cached_property
    def targets(self) -> Mapping[str, str]:
        """The percentages that the policy profile wants rates to reach."""
        profile = policies.profile(self.workspace.settings)
        return {rate: f"{target.percent}.00" for rate, target in profile.targets.items()}

    def funnel(self) -> Members:
        """The duties of the funnel, each with the last stage that it reached."""
        titles = {
            duty.code: duty.title_zh for duty in self.unit.registry.list_all(Duty, at=self.until)
        }
        last = FUNNEL_STAGES[-1][0]
        rows = [
            Row(
                code,
                titles.get(code, ""),
                department,
                _standing(counted=stage == last),
                stage,
                NOTHING,
            )
            for code, department, stage in self.unit.rates.funnel_rows(self.query)
        ]
        stages = {name: Text(zh, en) for name, zh, en in FUNNEL_STAGES}
        return Members(
            id="FUNNEL",
            title=Text("归集到利用的漏斗", "Funnel from due to used"),
            method=Method(
                name="FUNNEL v1",
                numerator=Text(
                    "同一数据目录依次通过各环节的责任",
                    "duties of which one dataset passed every stage in turn",
                ),
                denominator=Text(
                    "当日有效且未豁免的归集责任", "duties in force on the day and not exempt"
                ),
                exclusions=Text("无", "none"),
                basis=Text("建议口径", "proposed"),
            ),
            codes=stages,
            rows=sorted(rows, key=lambda row: (row.department, row.id)),
        )

    def history(self, definition: RateDefinition, now: Members) -> History:
        """The rate of the months up to the day, as `bureau rate show --by month` measures each.

        Where the last month is what the report itself is of, its figures are those of `now`.
        """
        months = last_periods(self.query, Every.MONTH, MONTHS)
        found = [(one.period, self.figures_over(definition, one)) for one in months[:-1]]
        whole = [(name, _sum(figures)) for name, figures in found]
        last = months[-1]
        if definition.windowed and last.window_days != self.query.window_days:
            figures = self.figures_over(definition, last)
            total = _sum(figures)
        else:
            tally = now.tally()
            figures = {code: tally.figure(code) for code in tally.departments()}
            total = tally.figure()
        return History([*found, (last.period, figures)], [*whole, (last.period, total)])

    def figures_over(self, definition: RateDefinition, query: RateQuery) -> dict[str, Figure]:
        """The figure of each department over another time; its rows are in a report of that time."""
        counts = self.unit.rates.count(definition, query, Grouping(GroupBy.DEPARTMENT))
        return {
            count.group: Figure(n=count.n, base=count.base, day=query.as_of) for count in counts
        }

    def before(self) -> RateQuery:
        """The month, quarter or year before that of the report.

        Where it is of none of these: as many days, up to the last end of a quarter.
        """
        for every in Every:
            earlier, own = last_periods(self.query, every, 2)
            if own.period == self.query.period:
                return earlier
        first = period_of(self.query.as_of, Every.QUARTER).first
        return replace(self.query, as_of=first - timedelta(days=1), period="")

    def begins(self) -> date:
        """The first day of the window."""
        return self.query.as_of - timedelta(days=self.query.window_days - 1)

    def moment(self, moment: datetime) -> str:
        """A moment as the city's clocks show it."""
        return moment.astimezone(self.workspace.settings.zone).strftime("%Y-%m-%d %H:%M")

    def day(self, moment: datetime) -> date:
        return local_day(moment, self.workspace.settings.zone)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A kind of report: `build` makes its content. `needs_department`: it is of one alone."""

    name: str
    title: Text
    build: Callable[[Material], Content]
    needs_department: bool = False


def _standing(*, counted: bool, excluded: str = "") -> Standing:
    if excluded:
        return Standing.EXCLUDED
    return Standing.IN if counted else Standing.OUT


def _sum(figures: Mapping[str, Figure]) -> Figure:
    """All departments as one."""
    days = {figure.day for figure in figures.values()}
    return Figure(
        n=sum(figure.n for figure in figures.values()),
        base=sum(figure.base or 0 for figure in figures.values()),
        day=max(filter(None, days), default=None),
    )
