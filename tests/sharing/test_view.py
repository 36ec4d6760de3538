"""A scope that no row could ever fit is refused before anybody decides on it."""

from datetime import UTC, datetime

import pytest

from catalog.model import ShareMode
from catalog.plan import Column, ColumnType
from catalog.predicate import Comparison, Operator
from core.errors import InvalidInput
from sharing.model import Terms
from sharing.view import check_scope

COLUMNS = [Column("name", kind, ("name",)) for kind in ColumnType]


def scope(op, *values):
    return Terms(
        dataset="meters",
        contract_version="1.0.0",
        application="lawns",
        legal_basis="law",
        scenario="plan",
        columns=("name",),
        rows=Comparison("name", op, values),
        mode=ShareMode.FILE,
        not_before=datetime(2026, 1, 1, tzinfo=UTC),
        not_after=datetime(2026, 2, 1, tzinfo=UTC),
    )


@pytest.mark.parametrize("column", COLUMNS, ids=lambda column: column.type)
def test_a_test_for_nothing_fits_every_column(column):
    check_scope(scope(Operator.IS_NULL), [column])


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (ColumnType.STRING, "5"),
        (ColumnType.INTEGER, 5),
        (ColumnType.NUMBER, "1.5"),
        (ColumnType.DOUBLE, "1.5e3"),
        (ColumnType.BOOLEAN, True),
        (ColumnType.DATE, "2026-01-31"),
        (ColumnType.TIME, "08:30"),
        (ColumnType.TIMESTAMP, "2026-01-31T08:30:00+08:00"),
    ],
)
def test_a_value_of_the_columns_type_fits(kind, value):
    check_scope(scope(Operator.EQ, value), [Column("name", kind, ("name",))])


@pytest.mark.parametrize("kind", [ColumnType.STRING, ColumnType.INTEGER])
def test_a_beginning_is_one_of_text_or_digits(kind):
    check_scope(scope(Operator.STARTS_WITH, "4403"), [Column("name", kind, ("name",))])


@pytest.mark.parametrize(
    "kind", [t for t in ColumnType if t not in {ColumnType.STRING, ColumnType.INTEGER}]
)
def test_nothing_else_has_a_beginning(kind):
    with pytest.raises(InvalidInput, match=f"looks at text, and column 'name' is {kind}"):
        check_scope(scope(Operator.STARTS_WITH, "4"), [Column("name", kind, ("name",))])


@pytest.mark.parametrize("op", [Operator.LT, Operator.LE, Operator.GT, Operator.GE])
def test_truth_values_have_no_order(op):
    with pytest.raises(InvalidInput, match="column 'name' is boolean") as caught:
        check_scope(scope(op, "true"), [Column("name", ColumnType.BOOLEAN, ("name",))])
    assert caught.value.hint == "use eq or ne"
