"""Every kind of check, on hostile tables: the engine and the arbiter name the same rows."""

import tempfile
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.plan import ColumnType
from quality.model import CheckKind, Repeats, Severity
from quality.thresholds import Limit, Operator, Threshold, Unit
from tests.quality.oracle import allows, evaluate
from tests.quality.tables import Table, run, spec

TEXTS = (
    *(
        "",
        " ",
        "\u3000",
        "\u00a0",
        "\ufeff",
        "A1",
        "A１",
        "A1\n",
        "A1\r\n",
        "A1\u2028",
        "a1",
        "Ａ1",
    ),
    *(
        "王芳",
        "𠮷",
        "𠮷野",
        "e\u0301",
        "é",
        "👨‍👩‍👧‍👦",
        "a\0b",
        "NaN",
        "null",
        "'; --",
        '"',
        "\\",
        "a\\d",
    ),
    *("%", "_", "A%", "İ", "ß", "ſ", "K", "12", "１２", "a b", "a\tb", "x" * 60, "-1.5", "A1 A1"),
    *("440305", "91110000600037341L", "91110000600037341M", "360426199101010071"),
    *("36042619910101007X", "360426199102300070", "a@b.cn", "::1", "127.0.0.1", "QUJD", "http://x"),
)
LARGEST = "99999999999999999999999999999.999999999"
DECIMALS = ("0", "0.1", "-0.1", "0.3", "1e-9", "12345678901234567890123456789.3", LARGEST)
VALUES = {
    ColumnType.STRING: st.sampled_from(TEXTS) | st.text(max_size=4),
    ColumnType.INTEGER: st.sampled_from([0, 1, -1, 2, 10, 2**63 - 1, -(2**63)])
    | st.integers(-30, 30),
    ColumnType.NUMBER: st.sampled_from([Decimal(text) for text in DECIMALS])
    | st.decimals(-5, 5, places=2),
    ColumnType.DOUBLE: st.sampled_from(
        [float("nan"), float("inf"), float("-inf"), -0.0, 0.0, 0.1, 0.1 + 0.2, 1e308, 5e-324, 1.0]
    ),
    ColumnType.BOOLEAN: st.booleans(),
    ColumnType.DATE: st.sampled_from([date.min, date.max, date(2020, 2, 29), date(1970, 1, 1)]),
    ColumnType.TIME: st.sampled_from([time.min, time.max, time(8, 30), time(8, 30, 0, 1)]),
    ColumnType.TIMESTAMP: st.sampled_from(
        [
            datetime(1, 1, 1),  # noqa: DTZ001  stored without a zone
            datetime(9999, 12, 31, 23, 59, 59, 999_999),  # noqa: DTZ001
            datetime(2020, 2, 29, 16),  # noqa: DTZ001
            datetime(2020, 2, 29, 16, 0, 0, 1),  # noqa: DTZ001
        ]
    ),
}
BOUNDS = {
    ColumnType.INTEGER: (
        "0",
        "1",
        "0.5",
        "-0.5",
        "2.0",
        "9223372036854775807",
        "-9223372036854775808",
        "1e30",
        "-1e30",
    ),
    ColumnType.NUMBER: (
        "0",
        "0.1",
        "0.30",
        "1e-9",
        "0.0000000001",
        "-0.0000000001",
        "1e30",
        "-1e40",
        "12345678901234567890123456789.3",
    ),
    ColumnType.DOUBLE: ("0", "-0.0", "0.1", "0.3", "1e308", "inf", "-inf", "5e-324"),
    ColumnType.DATE: ("0001-01-01", "9999-12-31", "2020-02-29", "2020-03-01"),
    ColumnType.TIME: ("00:00", "08:30:00", "08:30:00.000001", "23:59:59.999999"),
    ColumnType.TIMESTAMP: ("2020-02-29", "2020-03-01T00:00:00+08:00", "2020-02-29 16:00:00.000001"),
}
PATTERNS = (
    *(
        r"^A\d$",
        r"^\w+$",
        r"\s",
        r"^\s*$",
        r"^.$",
        r"^.{2}$",
        r"^[^\d]+$",
        r"^(?:A1|王芳)$",
        r"^A1",
    ),
    *(
        r"1$",
        r"[一-龥]",
        r"\bA1\b",
        r"A%",
        r"a\\d",
        r"^[\s\S]*$",
        r"^[\u4e00-\u9fff]{2}$",
        r"\.",
        r"[]",
    ),
    *(
        r"[^]",
        r"^(?<a>\w)+?\D*$",
        r"x{60}",
        r"^a.b$",
        r"\0",
        r"'",
        r"^$",
        r"",
        r"A",
        r"\W$",
        r"^[\w.-]+$",
    ),
)
FORMATS = ("cn-uscc", "cn-resident-id", "cn-division-code", "email", "uuid", "uri", "hostname")
FORMATS += ("ipv4", "ipv6", "byte")
STEPS = ("1", "2", "5", "0.1", "0.3", "0.01", "1e-9", "7")
ENUMS = {
    ColumnType.STRING: TEXTS,
    ColumnType.BOOLEAN: ("true", "false"),
    **BOUNDS,
    ColumnType.DOUBLE: (*BOUNDS[ColumnType.DOUBLE], "nan"),
}
NUMERIC = (ColumnType.INTEGER, ColumnType.NUMBER)


@st.composite
def thresholds(draw):
    low, high = sorted(draw(st.tuples(*[st.integers(0, 12)] * 2)))
    operator = draw(st.sampled_from(Operator))
    values = (str(low), str(high)) if "Between" in operator else (str(low),)
    return Threshold((Limit(operator, values),), draw(st.sampled_from(Unit)))


@st.composite
def statements(draw, kind):
    """One check of a single column `v` of type `kind`."""
    choices = [CheckKind.REQUIRED, CheckKind.UNIQUE, CheckKind.ENUM, CheckKind.TYPE]
    choices += [CheckKind.BOUNDS] * (kind in BOUNDS) + [CheckKind.MULTIPLE_OF] * (kind in NUMERIC)
    choices += [CheckKind.MISSING, CheckKind.INVALID, CheckKind.REPEATED]
    if kind is ColumnType.STRING:
        choices += [CheckKind.LENGTH, CheckKind.PATTERN, CheckKind.FORMAT]
    chosen = draw(st.sampled_from(choices))
    fields = {"severity": draw(st.sampled_from(Severity))}
    match chosen:
        case CheckKind.ENUM:
            values = draw(st.lists(st.sampled_from(ENUMS[kind]), min_size=1, max_size=4))
            fields["values"] = tuple(values)
        case CheckKind.BOUNDS:
            low, high = draw(
                st.tuples(*[st.none() | st.sampled_from(BOUNDS[kind])] * 2).filter(any)
            )
            exclusive = draw(st.tuples(st.booleans(), st.booleans()))
            fields |= {"minimum": low, "maximum": high}
            fields |= dict(zip(("exclusive_minimum", "exclusive_maximum"), exclusive, strict=True))
        case CheckKind.LENGTH:
            low, high = draw(
                st.tuples(*[st.none() | st.integers(0, 3)] * 2).filter(lambda p: p != (None, None))
            )
            fields |= {"min_length": low, "max_length": high}
        case CheckKind.PATTERN:
            fields["pattern"] = draw(st.sampled_from(PATTERNS))
        case CheckKind.FORMAT:
            fields["format"] = draw(st.sampled_from(FORMATS))
        case CheckKind.MULTIPLE_OF:
            fields["multiple_of"] = draw(st.sampled_from(STEPS))
        case _:
            fields |= draw(rule_fields(chosen, kind))
    return spec(chosen, "v", **fields)


@st.composite
def rule_fields(draw, chosen, kind):
    """What a rule of `quality[]` states, if `chosen` is one."""
    fields = {}
    match chosen:
        case CheckKind.MISSING:
            fields["values"] = tuple(
                draw(st.lists(st.sampled_from((*ENUMS[kind], "?")), max_size=3))
            )
            fields["empty_is_missing"] = draw(st.booleans())
        case CheckKind.INVALID:
            values = draw(st.lists(st.sampled_from(ENUMS[kind]), max_size=4))
            patterned = kind is ColumnType.STRING and (not values or draw(st.booleans()))
            fields["values"] = tuple(values or ([] if patterned else ENUMS[kind][:1]))
            fields["pattern"] = draw(st.sampled_from(PATTERNS)) if patterned else ""
        case CheckKind.REPEATED:
            fields["repeats"] = draw(st.sampled_from((Repeats.ROWS, Repeats.SURPLUS)))
    if chosen in (CheckKind.MISSING, CheckKind.INVALID, CheckKind.REPEATED):
        fields["threshold"] = draw(thresholds())
    return fields


@st.composite
def columns(draw, kind, size):
    """Cells with nulls among them, and the numbers of the null rows that were not readable."""
    cells = draw(st.lists(st.none() | VALUES[kind], min_size=size, max_size=size))
    nulls = [row for row, cell in enumerate(cells, 1) if cell is None]
    unread = (
        draw(st.sets(st.sampled_from(nulls))) if nulls and kind is not ColumnType.STRING else ()
    )
    return cells, unread


INEXPRESSIBLE = {
    "duckdb": (),
    "pandera": (CheckKind.REFERENCE,),
    "gx": (
        *(CheckKind.REFERENCE, CheckKind.MULTIPLE_OF, CheckKind.ENUM, CheckKind.BOUNDS),
        *(CheckKind.MISSING, CheckKind.INVALID, CheckKind.FORMAT, CheckKind.LENGTH),
    ),
}
"""Of GX: exact numbers, times, NaN among values, and check characters."""


def renamed(specs):
    return [type(one)(**{**fields(one), "id": f"check-{n}"}) for n, one in enumerate(specs)]


def fields(one):
    return {name: getattr(one, name) for name in one.__dataclass_fields__}


def same_verdicts(table, specs, *, cuts=(), references=None, files=None, by="duckdb"):
    """Every check names the rows of the arbiter; only what `INEXPRESSIBLE` has may be skipped."""
    with tempfile.TemporaryDirectory() as folder:
        scan = table.scan(Path(folder), cuts=cuts)
        counts, failing, in_error = run(specs, scan, Path(folder), files, by=by)
    errors = set()
    for one in specs:
        scope, wrong = evaluate(one, table, references)
        assert not counts[one.id].broken
        if counts[one.id].skipped:
            assert one.kind in INEXPRESSIBLE[by], counts[one.id].skipped
            continue
        assert counts[one.id].n_evaluated == len(scope), one
        assert counts[one.id].n_failed == len(wrong)
        if one.threshold and not (wrong and allows(one.threshold, len(wrong), len(scope))[1]):
            wrong = set()
        assert failing.get(one.id, []) == sorted(wrong), one
        errors |= wrong if one.severity is Severity.ERROR else set()
    assert in_error == len(errors)


@pytest.mark.parametrize("by", list(INEXPRESSIBLE))
@pytest.mark.parametrize("kind", list(ColumnType))
@settings(max_examples=30, deadline=None)
@given(data=st.data())
def test_single_columns(kind, by, data):
    cells, unread = data.draw(columns(kind, data.draw(st.integers(0, 9))))
    table = Table({"v": kind}, {"v": cells}, {("v", row): "?" for row in unread})
    specs = renamed(data.draw(st.lists(statements(kind), min_size=1, max_size=6)))
    cuts = sorted(data.draw(st.sets(st.integers(0, table.rows), max_size=2)))
    same_verdicts(table, specs, cuts=cuts, by=by)


@pytest.mark.parametrize("by", list(INEXPRESSIBLE))
def test_every_text_with_every_pattern_and_format(by):
    table = Table({"v": ColumnType.STRING}, {"v": [*TEXTS, None]})
    specs = [spec(CheckKind.PATTERN, "v", pattern=pattern) for pattern in PATTERNS]
    specs += [spec(CheckKind.FORMAT, "v", format=name) for name in FORMATS]
    same_verdicts(table, renamed(specs), by=by)


KEYS = st.sampled_from([ColumnType.STRING, ColumnType.DOUBLE, ColumnType.NUMBER, ColumnType.DATE])


@pytest.mark.parametrize("by", list(INEXPRESSIBLE))
@settings(max_examples=30, deadline=None)
@given(data=st.data())
def test_keys_of_two_columns(by, data):
    size = data.draw(st.integers(0, 12))
    kinds = {"a": data.draw(KEYS), "b": ColumnType.INTEGER}
    few = {
        name: data.draw(st.lists(VALUES[kind], min_size=1, max_size=3))
        for name, kind in kinds.items()
    }
    cell = {name: st.none() | st.sampled_from(values) for name, values in few.items()}
    rows = {n: data.draw(st.lists(c, min_size=size, max_size=size)) for n, c in cell.items()}
    known = data.draw(st.lists(st.tuples(cell["a"], cell["b"]), max_size=4))
    other = Table(
        {"x": kinds["a"], "y": kinds["b"]},
        dict(zip("xy", map(list, zip(*known, strict=True)), strict=False)) or {"x": [], "y": []},
    )
    table = Table(kinds, rows)
    target = {"reference_dataset": "other", "reference_columns": ("x", "y")}
    specs = [spec(CheckKind.UNIQUE, "a", "b"), spec(CheckKind.REFERENCE, "a", "b", **target)]
    with tempfile.TemporaryDirectory() as folder:
        files = []
        if known or data.draw(st.booleans()):
            files = [str(Path(folder) / "other.parquet")]
            pq.write_table(other.part(0, other.rows), files[0])
        same_verdicts(
            table, specs, references={"other": known}, files={"other": tuple(files)}, by=by
        )
