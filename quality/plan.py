"""Checks grouped into as few queries as they take, as syntax trees over named relations.

An engine provides the relations and runs the queries in its own dialect:

* `delivery`: the columns of the scan as `k0`, `k1` ..., each held as its column type, and `n`, the
  row number from 1;
* `unread`: the cells that could not be read: `col`, the column's position, `n` and `cell`, the text;
* `reference_0` ...: the target columns of a reference check as `t0`, `t1` ...;
* `checks`: the number, id and severity of each check that failed.

Nothing that a user wrote is an identifier here, and every value is a literal of the tree. Counting
takes one wide pass for all that single rows show, and one narrow query for each key and reference.
It is `count(CASE ...)` throughout, because FILTER copies the rows once for each check, and never
COUNT(DISTINCT) beside other counts, because that keeps every key of every check in memory at once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlglot import exp

from catalog.plan import Column
from core.errors import InvalidInput
from quality.model import CheckKind, CheckSpec, Count, Repeats
from quality.semantics import CONDITIONS, failing

_ROW = exp.column("n")


@dataclass(frozen=True, slots=True)
class Step:
    """One check that can be decided. `places` are the positions of its columns in the scan.

    `condition` is true on the rows that fail; None where no single row shows it.
    """

    number: int
    spec: CheckSpec
    places: tuple[int, ...]
    condition: exp.Expr | None

    @property
    def cells(self) -> list[exp.Expr]:
        return [exp.column(f"k{place}") for place in self.places]

    @property
    def relation(self) -> str:
        """What a reference check looks in."""
        return f"reference_{self.number}"

    @property
    def in_scope(self) -> exp.Expr:
        """True on the rows that are evaluated: those that have every part of the key."""
        return exp.and_(*[_present(cell) for cell in self.cells])


@dataclass(frozen=True, slots=True)
class Plan:
    """`broken` says by check id what can never be decided."""

    steps: tuple[Step, ...]
    broken: dict[str, Count]


def make_plan(
    specs: Sequence[CheckSpec], columns: Sequence[Column], unread: Mapping[int, int]
) -> Plan:
    """Plan every check but the UNSUPPORTED. `unread` counts unread cells by column position."""
    steps: list[Step] = []
    broken: dict[str, Count] = {}
    for number, spec in enumerate(specs):
        if spec.kind is CheckKind.UNSUPPORTED:
            continue
        try:
            steps.append(_step(number, spec, columns, unread))
        except InvalidInput as error:
            broken[spec.id] = Count(check=spec.id, n_evaluated=0, n_failed=0, broken=str(error))
    return Plan(tuple(steps), broken)


def _step(
    number: int, spec: CheckSpec, columns: Sequence[Column], unread: Mapping[int, int]
) -> Step:
    """Raises InvalidInput where the check can never be decided."""
    if spec.reason:
        raise InvalidInput(spec.reason)
    places = {column.name: place for place, column in enumerate(columns)}
    at = tuple(_place(name, places) for name in spec.columns)
    condition = _condition(spec, columns[at[0]], at[0], unread) if at else None
    return Step(number, spec, at, condition)


def unread_counts() -> exp.Select:
    """(position, unread cells) of each column that has any."""
    column = exp.column("col")
    return exp.select(column, _count_all()).from_("unread").group_by(column)


def wide_counts(steps: Sequence[Step]) -> exp.Select:
    """One row: for each step the rows in scope, then for each with a condition the rows that fail."""
    counts = [_count_in_scope(step) for step in steps]
    counts += [_count_if(step.condition) for step in steps if step.condition is not None]
    named = [count.as_(f"c{number}") for number, count in enumerate(counts)]
    return exp.select(*named).from_("delivery")


def distinct_keys(step: Step) -> exp.Select:
    """One number: how many different keys there are. Every row beyond that many repeats one."""
    return count_rows(exp.select(*step.cells).distinct().from_("delivery").where(step.in_scope))


def count_rows(rows: exp.Select) -> exp.Select:
    return exp.select(_count_all()).from_(rows.subquery("rows"))


def orphans(step: Step) -> exp.Select:
    """The rows whose key is not in the relation of the step; a key with a part missing refers to nothing."""
    matches = [
        exp.EQ(this=exp.column(f"t{place}", table=step.relation), expression=cell)
        for place, cell in enumerate(step.cells)
    ]
    found = exp.select(exp.convert(1)).from_(step.relation).where(*matches)
    return exp.select(_ROW).from_("delivery").where(step.in_scope, exp.not_(exp.Exists(this=found)))


def repeated_keys(step: Step) -> exp.Select:
    """Two numbers: the keys that several rows have, and those rows."""
    number = exp.column("rows_of_key")
    counted = [_count_all(), exp.Coalesce(this=exp.Sum(this=number), expressions=[_number(0)])]
    return exp.select(*counted).from_(_repeated(step).subquery("keys"))


def sharing_rows(step: Step) -> exp.Select:
    """Every row whose key another row has too."""
    same = _same_key(step, "keys")
    return exp.select(_ROW).from_("delivery").join(_repeated(step).subquery("keys"), on=same)


def _repeated(step: Step) -> exp.Select:
    return (
        exp.select(*step.cells, _count_all().as_("rows_of_key"))
        .from_("delivery")
        .where(step.in_scope)
        .group_by(*step.cells)
        .having(exp.GT(this=_count_all(), expression=_number(1)))
    )


def _same_key(step: Step, relation: str) -> exp.Expr:
    same = [
        exp.EQ(
            this=exp.column(cell.name, table="delivery"),
            expression=exp.column(cell.name, table=relation),
        )
        for cell in step.cells
    ]
    return exp.and_(*same)


def repeats(step: Step) -> exp.Select:
    """The rows beyond the first of each key, in the order of the delivery."""
    firsts = (
        exp.select(*step.cells, exp.Min(this=_ROW).as_("first"))
        .from_("delivery")
        .where(step.in_scope)
        .group_by(*step.cells)
        .having(exp.GT(this=_count_all(), expression=_number(1)))
    )
    later = exp.GT(this=_ROW, expression=exp.column("first", table="firsts"))
    joined = exp.and_(_same_key(step, "firsts"), later)
    return exp.select(_ROW).from_("delivery").join(firsts.subquery("firsts"), on=joined)


def failing_rows(steps: Sequence[Step]) -> exp.Query:
    """(check, row, severity) of all that fails, by check and row.

    `checks` numbers the steps from 0 in this order, which must be that of their ids. One pass finds
    what single rows show; the rest is found check by check.
    """
    nothing = exp.select(exp.cast(exp.null(), "INTEGER").as_("number"), _ROW).from_("delivery")
    parts = [nothing.where(exp.false())]
    conditions = {number: step.condition for number, step in enumerate(steps) if step.condition}
    if conditions:
        parts.append(_failing_in_rows(conditions))
    for number, step in enumerate(steps):
        if step.spec.kind in _APART:
            rows = _APART[step.spec.kind](step).subquery("rows")
            parts.append(exp.select(exp.convert(number).as_("number"), _ROW).from_(rows))
    found = exp.union(*parts, distinct=False) if len(parts) > 1 else nothing.where(exp.false())
    place, row = exp.column("number", table="found"), exp.column("n", table="found")
    return (
        exp.select(
            exp.column("id").as_("check", quoted=True),
            row.as_("row", quoted=True),
            exp.column("severity"),
        )
        .from_(found.subquery("found"))
        .join("checks", on=exp.EQ(this=place, expression=exp.column("number", table="checks")))
        .order_by(place, row)
    )


def _failing_in_rows(conditions: Mapping[int, exp.Expr]) -> exp.Select:
    numbers = exp.array(*[_case(condition, number) for number, condition in conditions.items()])
    each = (
        exp.select(exp.Explode(this=numbers).as_("number"), _ROW)
        .from_("delivery")
        .where(exp.or_(*conditions.values()))
    )
    number = exp.column("number")
    return exp.select(number, _ROW).from_(each.subquery("each")).where(_present(number))


def _place(name: str, places: Mapping[str, int]) -> int:
    if name not in places:
        raise InvalidInput(f"the data has no column '{name}'")
    return places[name]


def _condition(
    spec: CheckSpec, column: Column, place: int, unread: Mapping[int, int]
) -> exp.Expr | None:
    """What fails in a single row. A cell that could not be read is there, so it is not missing."""
    if spec.kind not in CONDITIONS:
        return None
    condition = failing(spec, exp.column(f"k{place}"), column)
    if spec.kind not in _OF_EMPTY_CELLS or not unread.get(place):
        return condition
    read = exp.not_(exp.In(this=_ROW, query=_unread(place).subquery()))
    if spec.kind is CheckKind.REQUIRED or not spec.values:
        return exp.and_(condition, read)
    listed = exp.In(this=exp.column("cell"), expressions=[exp.convert(v) for v in spec.values])
    texts = _unread(place).where(listed).subquery()
    return exp.or_(exp.and_(condition, read), exp.In(this=_ROW, query=texts))


def _unread(place: int) -> exp.Select:
    here = exp.EQ(this=exp.column("col"), expression=exp.convert(place))
    return exp.select(_ROW).from_("unread").where(here)


def _present(cell: exp.Expr) -> exp.Expr:
    return exp.not_(exp.Is(this=cell, expression=exp.null()))


def _count_in_scope(step: Step) -> exp.Expr:
    """Count a single column as it is, which costs nothing beside a CASE."""
    if step.spec.kind in _OF_EMPTY_CELLS or not step.places:
        return _count_all()
    return exp.Count(this=step.cells[0]) if len(step.places) == 1 else _count_if(step.in_scope)


def _number(value: int) -> exp.Expr:
    return exp.convert(value)


def _count_all() -> exp.Expr:
    return exp.Count(this=exp.Star())


def _count_if(condition: exp.Expr) -> exp.Expr:
    return exp.Count(this=_case(condition, 1))


def _case(condition: exp.Expr, number: int) -> exp.Case:
    return exp.Case(ifs=[exp.If(this=condition.copy(), true=exp.convert(number))])


def _repeating(step: Step) -> exp.Select:
    return sharing_rows(step) if step.spec.repeats is not Repeats.SURPLUS else repeats(step)


_OF_EMPTY_CELLS = (CheckKind.REQUIRED, CheckKind.MISSING)
"""They look at all rows, and a cell that could not be read is not empty to them."""

_APART = {
    CheckKind.TYPE: lambda step: _unread(step.places[0]),
    CheckKind.UNIQUE: repeats,
    CheckKind.REPEATED: _repeating,
    CheckKind.REFERENCE: orphans,
}
