"""Reports: built from the facts of a day, and built again to hold a file against the facts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from importlib.metadata import PackageNotFoundError, version

from bureau.report_material import Content, Kind, Material
from bureau.reports import find_kind
from bureau.workspace import Workspace
from core.clock import FixedClock, end_of_day
from core.errors import InvalidInput
from rates.model import RateQuery
from reports.model import Identity, Report, Text

FIRST_DAY = date(1971, 1, 1)
"""Moments are counted from the year before it, which the months of a trend reach back into."""
_MOMENT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportOrder:
    """Which report to build; `until` is for one of a day as it stood at a moment of it."""

    kind: str
    query: RateQuery
    until: datetime | None = None

    @classmethod
    def of(cls, identity: Identity) -> ReportOrder:
        """The order that gives the report with this identity again."""
        query = RateQuery(
            as_of=identity.as_of,
            window_days=identity.window_days,
            period=identity.period,
            department=identity.department,
            division=identity.division,
            theme=identity.theme,
        )
        return cls(kind=identity.kind, query=query, until=identity.until)


def build(workspace: Workspace, order: ReportOrder) -> Report:
    """The report; the same order over the same facts gives the same report.

    Raises NotFound for a kind, a department, a division or a theme that there is not, InvalidInput
    for a day that has not begun.
    """
    kind = find_kind(order.kind)
    if kind.needs_department and not order.query.department:
        raise InvalidInput(
            f"the report '{kind.name}' is of one department", hint="name it: --department CODE"
        )
    until = _until(workspace, order)
    then = replace(workspace, clock=FixedClock(until - _MOMENT))
    with then.reading() as unit:
        material = Material(then, unit, order.query, until)
        unit.rates.require_named(order.query)
        rule_set = unit.rates.rule_set_hash(order.query)
        content = kind.build(material)
        return Report(
            identity=_identity(kind, material, content, rule_set),
            blocks=content.blocks,
            members=content.members,
            names=_names(material, content),
        )


def _names(material: Material, content: Content) -> dict[str, Text]:
    """What the departments are called that have a row."""
    codes = {code for one in content.members for code in one.tally().departments()}
    return {code: material.names[code] for code in sorted(codes) if code in material.names}


def _until(workspace: Workspace, order: ReportOrder) -> datetime:
    day = workspace.past_day(order.query.as_of)
    if day < FIRST_DAY:
        raise InvalidInput(f"there are no facts as old as {day}", hint=f"name one from {FIRST_DAY}")
    latest = min(end_of_day(day, workspace.settings.zone), workspace.clock.now() + _MOMENT)
    if order.until is not None and order.until > latest:
        raise InvalidInput(
            f"a report of {day} cannot rest on facts up to {order.until.isoformat()}",
            hint="build it anew: bureau report build",
        )
    return order.until or latest


def _identity(kind: Kind, material: Material, content: Content, rule_set: str) -> Identity:
    query = material.query
    head = material.unit.ledger.head_at(material.until - _MOMENT)
    return Identity(
        kind=kind.name,
        title=kind.title,
        city=material.workspace.settings.city,
        as_of=query.as_of,
        window_days=query.window_days,
        since=material.begins(),
        until=material.until.astimezone(material.workspace.settings.zone),
        period=query.period,
        department=query.department,
        division=query.division,
        theme=query.theme,
        definitions=tuple(definition.name for definition in content.definitions),
        rule_set=rule_set if any(one.over_duties for one in content.definitions) else "",
        ledger_size=head.size,
        ledger_root=head.root.hex(),
        generator=_generator(),
    )


def _generator() -> str:
    try:
        return f"databureau {version('databureau')}"
    except PackageNotFoundError:
        return "databureau"
