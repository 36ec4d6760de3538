import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from open_data_contract_standard.model import OpenDataContractStandard

from catalog.plan import ColumnType
from contracts.columns import columns_of
from contracts.draft import draft_contract
from contracts.findings import errors
from contracts.lint import lint
from contracts.odcs import parse_contract
from core.errors import InvalidInput
from core.strict_yaml import can_hold, load_yaml
from tests.contracts.profiles import profile_of


def draft(
    table, *, name="站点", contract_id="stations", description="为什么", **date_formats
) -> str:
    profile = profile_of(table, **date_formats)
    return draft_contract(profile, name=name, contract_id=contract_id, description=description)


def drafted(table, **options):
    """The model of the draft, and its columns as they are written."""
    text = draft(table, **options).encode()
    assert errors(lint(text, "draft")) == []
    body = load_yaml(text, "draft").value
    return parse_contract(text, "draft"), body["schema"][0]["properties"]


def written(cells, heading="c", **options):
    return drafted({heading: cells}, **options)[1][0]


def test_the_head_of_a_draft():
    text = draft({"a": ["1", "2"]})
    assert text.startswith("# Drafted from a file of 2 rows.")
    contract = parse_contract(text.encode(), "draft")
    assert (contract.id, contract.name, contract.status) == ("stations", "站点", "draft")
    assert contract.table.name == "站点"
    assert "purpose: 为什么" in text
    assert OpenDataContractStandard.from_string(text).description.purpose == "为什么"
    assert "description" not in load_yaml(draft({"a": []}, description="").encode(), "x").value


@pytest.mark.parametrize(
    ("cells", "logical", "options"),
    [
        (["3", "1", "20"], "integer", {"minimum": 1, "maximum": 20}),
        (["-3", "7"], "integer", {"minimum": -3, "maximum": 7}),
        (["1.5", "2"], "number", {"minimum": 1.5, "maximum": 2}),
        (["true", "FALSE"], "boolean", None),
        (["2026-01-31", "2025-02-28"], "date", {"minimum": "2025-02-28", "maximum": "2026-01-31"}),
        (["08:30:00", "09:00:00"], "time", {"minimum": "08:30:00", "maximum": "09:00:00"}),
        (["龙华", "福田区"], "string", {"minLength": 2, "maxLength": 3}),
        (["0755", "0020"], "string", {"minLength": 4, "maxLength": 4}),
        (["007", "123"], "string", {"minLength": 3, "maxLength": 3}),
        (["1", "x"], "string", {"minLength": 1, "maxLength": 1}),
        ([None, None], "string", None),
        ([], "string", None),
    ],
)
def test_types_and_bounds(cells, logical, options):
    column = written(cells)
    assert column["logicalType"] == logical
    assert column.get("logicalTypeOptions") == options


def test_floating_point():
    column = written(["nan", "1e300"])
    assert (column["logicalType"], column["physicalType"]) == ("number", "double")
    contract, _ = drafted({"c": ["nan", "1e300"]})
    assert columns_of(contract.table)[0].type is ColumnType.DOUBLE


def test_a_bound_that_yaml_cannot_hold_exactly_is_left_out():
    cells = ["0.1234567890123456789", "99999999999999999999999999999"]
    assert written(cells)["logicalTypeOptions"] == {"maximum": 99999999999999999999999999999}


def test_dates_in_another_format():
    contract, (column,) = drafted({"c": ["20260131", "20250228"]}, c="%Y%m%d")
    assert column["logicalType"] == "integer"
    contract, (column,) = drafted({"c": ["31/01/2026", "28/02/2025"]}, c="%d/%m/%Y")
    assert column["logicalTypeOptions"] == {
        "format": "dd/MM/yyyy",
        "minimum": "2025-02-28",
        "maximum": "2026-01-31",
    }
    assert columns_of(contract.table)[0].format == "%d/%m/%Y"


@pytest.mark.parametrize(
    ("cells", "named"),
    [
        (["91110000600037341L", None], "cn-uscc"),
        (["360426199101010071"], "cn-resident-id"),
        (["440305", "440303"], "cn-division-code"),
        (["440305007001", "440303"], "cn-division-code"),
    ],
)
def test_identifiers(cells, named):
    column = written(cells)
    assert column["logicalType"] == "string"
    assert column["logicalTypeOptions"] == {"format": named}
    assert column.get("classification") == ("restricted" if named == "cn-resident-id" else None)


@pytest.mark.parametrize(
    "cells", [["91110000600037341L", "91110000600037341M"], ["11", "12", "44"], ["1101", "4403"]]
)
def test_what_only_looks_like_an_identifier(cells):
    assert "format" not in written(cells)["logicalTypeOptions"]


def test_a_closed_list_of_values():
    column = written(["运营"] * 20 + ["停运"] * 20 + [None])
    assert column["enum"] == [{"value": "停运"}, {"value": "运营"}]
    assert "logicalTypeOptions" not in column
    assert "required" not in column


@pytest.mark.parametrize(
    "value", ["no", "1e3", "0o17", "012", "~", ".inf", "- a", "#", "a: b", " x"]
)
def test_values_of_a_list_are_read_back_as_text(value):
    contract, _ = drafted({"c": [value] * 20 + ["z"] * 20})
    assert set(contract.table.properties[0].enum) == {value, "z"}


@pytest.mark.parametrize(
    "cells",
    [["a"] * 20 + ["b"] * 19, [f"v{n}" for n in range(51) for _ in range(20)], ["a\x00"] * 20],
)
def test_what_is_no_closed_list(cells):
    assert "enum" not in written(cells)


def test_the_smallest_key_that_is_no_measurement():
    table = {
        "pm25": ["1.5", "2.5", "3.5", "4.5"],
        "hour": ["0", "1", "0", "1"],
        "station": ["a", "a", "b", "b"],
    }
    contract, _ = drafted(table)
    assert contract.table.primary_key == ()
    table["pm25"][0] = "2.5"
    contract, _ = drafted(table)
    assert contract.table.primary_key == ("hour", "station")
    assert all(prop.required for prop in contract.table.properties)


def test_one_row_shows_no_key():
    assert drafted({"a": ["1"]})[0].table.primary_key == ()


def test_what_was_only_seen_is_marked():
    column = written(["1", "2"])
    assert column["customProperties"] == [
        {"property": "observed", "value": ["primaryKey", "required", "minimum", "maximum"]}
    ]


def test_chinese_headings_stay_as_they_are():
    contract, columns = drafted({"站点名称": ["a"], "线路 (号)": ["b"]})
    assert [prop.name for prop in contract.table.properties] == ["站点名称", "线路 (号)"]
    assert all("physicalName" not in column for column in columns)


def test_headings_that_cannot_be_names_are_kept_as_physical_names():
    headings = ["", " a", "../x", "b\nc", "x" * 300, "\u202ey", "Name", "name", "ＮＡＭＥ"]
    contract, _ = drafted({heading: ["1"] for heading in headings})
    columns = columns_of(contract.table)
    assert [column.name for column in columns] == [
        *(f"column_{number}" for number in range(1, 7)),
        "Name",
        "name_8",
        "ＮＡＭＥ_9",
    ]
    assert [column.names[0] for column in columns[1:]] == headings[1:]


def test_a_heading_with_a_control_character_is_refused():
    with pytest.raises(InvalidInput) as caught:
        draft({"a": ["1"], "b\x00": ["1"]})
    assert "column 2" in str(caught.value)


@pytest.mark.parametrize("bad", ["../x", "x" * 300, "a\u202e", ""])
def test_bad_names_are_refused(bad):
    with pytest.raises(InvalidInput):
        draft({"a": ["1"]}, contract_id=bad)
    with pytest.raises(InvalidInput):
        draft({"a": ["1"]}, name=bad)


TEXTS = st.text(max_size=12).filter(can_hold)
CELLS = st.one_of(
    st.lists(st.none() | TEXTS, min_size=3, max_size=3),
    st.lists(st.none() | st.integers().map(str), min_size=3, max_size=3),
    st.lists(st.decimals(allow_nan=False, allow_infinity=False).map(str), min_size=3, max_size=3),
    st.lists(st.none() | st.dates().map(str), min_size=3, max_size=3),
    st.lists(st.datetimes().map(str), min_size=3, max_size=3),
    st.lists(st.sampled_from(["no", "yes", "0123", "1e3", "~", ""]), min_size=60, max_size=60).map(
        lambda cells: cells[:3]
    ),
)


@settings(deadline=None, max_examples=40)
@given(st.dictionaries(TEXTS, CELLS, min_size=1, max_size=5))
def test_a_draft_is_sound_repeatable_and_true_of_its_table(table):
    contract, _ = drafted(table)
    assert draft(table) == draft(table)
    for prop, heading in zip(contract.table.properties, table, strict=True):
        cells = [cell for cell in table[heading] if cell is not None]
        assert heading in (prop.physical_name, prop.name)
        assert not prop.required or len(cells) == 3
        for cell in cells:
            assert not prop.enum or cell in prop.enum
            assert prop.options.get("minLength", 0) <= len(cell)
            assert prop.options.get("maxLength", 99) >= len(cell)
