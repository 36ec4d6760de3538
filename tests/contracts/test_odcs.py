import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from open_data_contract_standard.model import OpenDataContractStandard

from contracts.model import LogicalType, Reference
from contracts.odcs import parse_contract
from contracts.standard import VERSIONS, json_schema
from core.errors import DocumentInvalid
from tests.contracts.samples import column, contract, key, text

EXAMPLES = Path(__file__).parents[1] / "data" / "odcs"


def parse(body):
    return parse_contract(text(body), "c.yaml")


def refuse(body) -> list[str]:
    with pytest.raises(DocumentInvalid) as caught:
        parse_contract(body if isinstance(body, bytes) else text(body), "c.yaml")
    assert all(problem.path == "c.yaml" for problem in caught.value.problems)
    return [problem.message for problem in caught.value.problems]


def test_the_full_example_of_the_standard():
    raw = (EXAMPLES / "full-example.odcs.yaml").read_bytes()
    read = parse_contract(raw, "full")
    assert read.text == raw
    assert (read.id, read.version, read.api_version) == (
        "53581432-6c55-4ba2-a65f-72344a91553a",
        "1.1.0",
        "v3.1.0",
    )
    assert [schema.name for schema in read.schemas] == ["tbl", "receivers"]
    date, receiver, country = read.table.properties
    assert (date.physical_name, date.logical_type) == ("txn_ref_dt", LogicalType.DATE)
    assert date.line == 65
    assert receiver.primary_key_position == 1
    assert receiver.personal
    assert not country.personal
    assert country.quality[0].body["metric"] == "nullValues"
    assert read.table.quality[0].body["mustBeGreaterThan"] == 1_000_000
    assert read.table.references == (
        Reference(columns=("rcvr_id",), dataset="receivers", target_columns=("id",)),
        Reference(
            columns=("rcvr_id", "rcvr_cntry_code"),
            dataset="receivers",
            target_columns=("id", "country_code"),
        ),
    )
    assert read.schemas[1].primary_key == ("id", "country_code")


def test_the_partition_example_of_the_standard():
    raw = (EXAMPLES / "table-columns-with-partition.odcs.yaml").read_bytes()
    assert parse_contract(raw, "x").table.primary_key == ("rcvr_cntry_code", "rcvr_id")


@pytest.mark.parametrize(
    ("name", "lines"),
    [("all-data-types", [25, 30, 37, 46, 63]), ("column-completeness", [23])],
)
def test_examples_that_declare_too_old_a_version_say_which_one_to_declare(name, lines):
    raw = (EXAMPLES / f"{name}.odcs.yaml").read_bytes()
    with pytest.raises(DocumentInvalid) as caught:
        parse_contract(raw, name)
    assert [problem.line for problem in caught.value.problems] == lines
    assert all("`apiVersion: v3.1.0`" in problem.message for problem in caught.value.problems)
    newer = raw.replace(b"v3.0.2", b"v3.1.0")
    assert parse_contract(newer, name).text == newer


@pytest.mark.parametrize("version", VERSIONS)
def test_every_supported_version_is_read(version):
    assert parse(contract(key(), version=version)).api_version == version
    assert version in json_schema(version)["properties"]["apiVersion"]["enum"]


@pytest.mark.parametrize("version", VERSIONS)
def test_a_column_may_leave_out_its_type(version):
    read = parse(contract({"name": "a"}, version=version))
    assert read.table.properties[0].logical_type is None


@pytest.mark.parametrize("version", ["v2.2.2", "v4.0.0", "3.1.0", 3.1, ["v3.1.0"], ""])
def test_an_unsupported_version_is_named(version):
    (message,) = refuse(contract(key(), version=version))
    assert str(version) in message or repr(version) in message
    assert "v3.2.0" in message


def test_everything_about_a_column():
    body = column(
        "面积",
        "number",
        physicalName="MJ",
        businessName="建筑面积",
        physicalType="decimal(12,2)",
        required=True,
        unique=True,
        criticalDataElement=True,
        classification="confidential",
        logicalTypeOptions={"minimum": 0, "multipleOf": 0.01},
    )
    (prop,) = parse(contract(body)).table.properties
    assert (prop.name, prop.physical_name, prop.business_name) == ("面积", "MJ", "建筑面积")
    assert prop.required
    assert prop.unique
    assert prop.critical
    assert prop.personal
    assert prop.options == {"minimum": 0, "multipleOf": 0.01}


def test_enum_values_are_kept_as_a_cell_would_hold_them():
    values = [{"value": value} for value in ("01", 1, True, 2.5, None)]
    (prop,) = parse(contract(column("c", "string", enum=values))).table.properties
    assert prop.enum == ("01", "1", "true", "2.5")


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ([("a", None), ("b", None)], ("a", "b")),
        ([("a", 2), ("b", 1)], ("b", "a")),
        ([("a", None), ("b", 1)], ("b", "a")),
        ([("a", -1), ("b", 7), ("c", 3)], ("c", "b", "a")),
    ],
)
def test_positions_in_the_primary_key(keys, expected):
    bodies = [
        column(name, primaryKey=True, **({} if place is None else {"primaryKeyPosition": place}))
        for name, place in keys
    ]
    table = parse(contract(*bodies, column("z"))).table
    assert table.primary_key == expected
    positions = [prop.primary_key_position for prop in table.properties]
    assert sorted(position for position in positions if position) == list(range(1, len(keys) + 1))


def test_exclusive_flags_of_version_3_0_become_bounds():
    options = {
        "minimum": 1,
        "exclusiveMinimum": True,
        "maximum": 9,
        "exclusiveMaximum": False,
    }
    body = contract(column("c", "integer", logicalTypeOptions=options), version="v3.0.2")
    assert parse(body).table.properties[0].options == {"exclusiveMinimum": 1, "maximum": 9}


def test_nested_fields_are_kept():
    inner = column("address", "object", properties=[column("street"), column("no", "integer")])
    listed = column("tags", "array", items={"logicalType": "string"})
    mapped = column(
        "names", "map", map={"key": {"logicalType": "string"}, "value": {"logicalType": "string"}}
    )
    address, tags, names = parse(contract(inner, listed, mapped)).table.properties
    assert [field.name for field in address.properties] == ["street", "no"]
    assert tags.properties[0].logical_type is LogicalType.STRING
    assert len(names.properties) == 2


@pytest.mark.parametrize(
    ("target", "dataset", "name"),
    [
        ("cn-divisions.code", "cn-divisions", "code"),
        ("metro.v2.stations.id", "metro.v2.stations", "id"),
        ("t.id", "t", "id"),
        ("/schema/other_id/properties/pk", "other", "code"),
        ("schema/other_id/properties/pk", "other", "code"),
    ],
)
def test_a_reference_is_split_at_the_last_dot(target, dataset, name):
    body = contract(column("c", relationships=[{"to": target}]))
    other = {"name": "other", "id": "other_id", "properties": [column("code", id="pk")]}
    body["schema"].append(other)
    assert parse(body).table.references == (
        Reference(columns=("c",), dataset=dataset, target_columns=(name,)),
    )


def test_a_reference_into_another_file_is_not_followed():
    body = contract(column("c", relationships=[{"to": "other.yaml#/schema/a/properties/b"}]))
    assert parse(body).table.references == ()


@pytest.mark.parametrize(
    ("links", "words"),
    [
        ([{"from": "x.a", "to": "d.id"}], "names the table 'x'"),
        ([{"from": "t.b", "to": "d.id"}], "no column 'b'"),
        ([{"from": ["t.a", "t.a"], "to": ["d.id"]}], "2 columns cannot refer to 1"),
        ([{"from": ["t.a", "t.a"], "to": ["d.id", "e.id"]}], "several datasets: d, e"),
        ([{"from": "t.a", "to": "/schema/none/properties/x"}], "by their ids"),
        ([{"from": "t.a", "to": "区划.代码"}], "not a relationship"),
        ([{"from": "t.a", "to": ["d.id"]}], "not a relationship"),
        ([{"to": "d.id"}], "not a relationship"),
    ],
)
def test_references_that_cannot_hold(links, words):
    body = contract(column("a"))
    body["schema"][0]["relationships"] = links
    assert words in refuse(body)[0]


def test_a_hyphen_in_a_reference_needs_version_3_2():
    body = contract(column("c", relationships=[{"to": "cn-divisions.code"}]), version="v3.1.0")
    assert "`apiVersion: v3.2.0`" in refuse(body)[0]


@pytest.mark.parametrize("key_name", ["id", "version"])
@pytest.mark.parametrize(
    "bad",
    ["../../etc/passwd", "a/../b", "..\\x", "a\u202eb", "a\u200fb", "x" * 300, "", " a", "a\tb"],
)
def test_names_that_deceive_are_refused(key_name, bad):
    assert refuse(contract(column(), **{key_name: bad}))


@pytest.mark.parametrize("bad", ["../x", "a\u202eb", "x" * 300, "", "a ", "a\nb"])
def test_column_and_table_names_that_deceive_are_refused(bad):
    assert refuse(contract(column(bad)))
    body = contract(column())
    body["schema"][0]["name"] = bad
    assert refuse(body)


def test_a_hidden_character_is_named_and_not_shown():
    (message,) = refuse(contract(column("a\u202eb")))
    assert "U+202E" in message
    assert "\u202e" not in message


@pytest.mark.parametrize(
    "names", [("a", "a"), ("Name", "name"), ("ＰＭ2.5", "PM2.5"), ("straße", "STRASSE")]
)
def test_names_that_people_confuse_are_refused(names):
    (message,) = refuse(contract(*[column(name) for name in names]))
    assert "is taken by" in message


@pytest.mark.parametrize("schema", [None, [], [{"name": "t"}], [{"name": "t", "properties": []}]])
def test_a_contract_without_a_table_is_refused(schema):
    body = contract()
    body["schema"] = schema
    if schema is None:
        del body["schema"]
    assert "no table with columns" in refuse(body)[0]


@pytest.mark.parametrize("document", [b"[]", b"text", b"1"])
def test_a_document_that_is_no_contract_is_refused(document):
    assert "group of keys" in refuse(document)[0]


def test_all_problems_are_reported_at_once_in_reading_order():
    body = contract(column("a", "strnig"), column("b", logicalTypo="x"), kind="Contract")
    with pytest.raises(DocumentInvalid) as caught:
        parse(body)
    lines = [problem.line for problem in caught.value.problems]
    assert len(lines) == 3
    assert lines == sorted(lines)
    assert "3 faults" in str(caught.value)


def test_deep_nesting_of_fields_is_validated_in_linear_time():
    body = column("leaf", logicalTypeOptions={"minLength": "x"})
    for depth in range(11):
        body = column(f"n{depth}", "object", properties=[body])
    (message,) = refuse(contract(body))
    assert "properties.leaf.logicalTypeOptions.minLength" in message


def test_a_long_list_of_values_is_validated_in_linear_time():
    values = [{"value": f"v{number}"} for number in range(3000)]
    body = contract(column("c", enum=values))
    assert len(parse(body).table.properties[0].enum) == 3000
    values.append({"value": "v0"})
    assert "an item twice" in refuse(body)[0]


def test_too_many_columns_are_refused():
    assert "3000" in refuse(contract(*[{"name": f"c{n}"} for n in range(3000)]))[0]


@pytest.mark.parametrize(
    ("document", "words"),
    [
        (b"a: &a [x]\nb: *a\n", "anchor"),
        (b"a: " + b"[" * 5000, "nested deeper"),
        (b"a: 1\na: 2\n", "twice"),
        (b"a:\n\tb: 1\n", "tab"),
        (b"a: " + b"x" * (1 << 20), "bytes"),
        (b"a: \x00", "U+0000"),
        (b"", "empty"),
    ],
)
def test_documents_that_are_no_strict_yaml_are_refused(document, words):
    assert words in refuse(document)[0]


def test_a_long_list_of_rules_is_refused():
    rules = [{"metric": "rowCount", "mustBe": number} for number in range(3000)]
    assert "and rules" in refuse(contract(column("c", quality=rules)))[0]


@pytest.mark.parametrize(
    "keys",
    [
        {f"key{number}": 1 for number in range(20_000)},
        {"servers": [{"server": "a", "type": "postgres"}] * 2000},
        {"tags": [1] * 20_000},
    ],
)
def test_endless_faults_are_counted_to_a_limit(keys):
    messages = refuse(contract(key(), **keys))
    assert len(messages) <= 202


def test_unknown_keys_survive_in_the_text():
    raw = text(contract(key(), customProperties=[{"property": "mine", "value": {"x": None}}]))
    raw = b"# a comment\n" + raw + b"\n\n"
    assert parse_contract(raw, "x").text == raw


NAMES = st.text(
    st.characters(categories=["Lu", "Ll", "Lo", "Nd"], max_codepoint=0x9FFF),
    min_size=1,
    max_size=12,
).filter(lambda name: name.isprintable())
OPTIONS = {
    "string": st.fixed_dictionaries({}, optional={"minLength": st.integers(0, 9)}),
    "integer": st.fixed_dictionaries({}, optional={"minimum": st.integers()}),
    "number": st.fixed_dictionaries({}, optional={"maximum": st.floats(-1e9, 1e9)}),
    "date": st.fixed_dictionaries({}, optional={"minimum": st.dates().map(str)}),
    "boolean": st.just({}),
}


@st.composite
def columns(draw):
    kind = draw(st.sampled_from(sorted(OPTIONS)))
    body = {"name": draw(NAMES), "logicalType": kind, "logicalTypeOptions": draw(OPTIONS[kind])}
    for flag in ("required", "unique", "primaryKey", "criticalDataElement"):
        if draw(st.booleans()):
            body[flag] = draw(st.booleans())
    for word in ("description", "businessName", "classification"):
        if draw(st.booleans()):
            body[word] = draw(NAMES)
    return body


CONTRACTS = st.builds(
    lambda bodies, version: contract(*bodies, version=version),
    st.lists(columns(), min_size=1, max_size=6, unique_by=lambda body: body["name"].casefold()),
    st.sampled_from(VERSIONS),
)


@settings(deadline=None)
@given(CONTRACTS, st.booleans())
def test_valid_contracts_are_read_and_given_back_byte_for_byte(body, pretty):
    raw = json.dumps(body, ensure_ascii=pretty, indent=2 if pretty else None).encode()
    try:
        read = parse_contract(raw, "x")
    except DocumentInvalid as refusal:
        messages = [problem.message for problem in refusal.problems]
        confused = [message for message in messages if "is taken by" in message]
        if confused == messages:  # letters that only normalise to the same ones
            return
        raise
    assert read.text == raw
    assert [prop.name for prop in read.table.properties] == [
        prop["name"] for prop in body["schema"][0]["properties"]
    ]
    model = OpenDataContractStandard.from_string(json.dumps(body))
    assert [prop.required for prop in read.table.properties] == [
        bool(prop.required) for prop in model.schema_[0].properties
    ]


SCALARS = st.none() | st.booleans() | st.integers(0, 9) | st.text(max_size=4)
ANYTHING = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3)
    ),
    max_leaves=6,
)
PLACES = [
    ("schema",), ("description",), ("team",), ("tags",), ("status",), ("servers",), ("version",),
    ("schema", 0), ("schema", 0, "properties"), ("schema", 0, "relationships"),
    ("schema", 0, "quality"), ("schema", 0, "properties", 0),
] + [
    ("schema", 0, "properties", 0, word)
    for word in ("name", "logicalType", "logicalTypeOptions", "enum", "relationships", "quality",
                 "items", "map", "properties", "primaryKeyPosition", "examples", "synonyms")
]  # fmt: skip


@settings(deadline=None)
@given(st.sampled_from(PLACES), ANYTHING)
def test_anything_anywhere_is_read_or_refused(place, junk):
    body = contract(column("c", "integer"), column("d"))
    target = body
    for step in place[:-1]:
        target = target[step]
    target[place[-1]] = junk
    try:
        read = parse(body)
    except DocumentInvalid as refusal:
        assert refusal.problems[0].line is None or refusal.problems[0].line > 0  # noqa: PT017
    else:
        assert read.table.properties
