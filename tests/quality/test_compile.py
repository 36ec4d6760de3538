from dataclasses import replace

import pytest

from contracts.model import LogicalType, Property, QualityRule, Reference
from contracts.odcs import parse_contract
from quality.compile import compile_contract
from quality.model import CheckKind, Dimension, Severity
from tests.quality.contracts import contract


def compiled(*properties, **fields):
    specs = compile_contract(contract(*properties, **fields))
    assert len({spec.id for spec in specs}) == len(specs)
    return {spec.id: spec for spec in specs}


def column(name="AQI", kind=LogicalType.INTEGER, **fields):
    return Property(name=name, logical_type=kind, **fields)


def sentences(*properties, **fields):
    return {name: spec.description for name, spec in compiled(*properties, **fields).items()}


def test_every_statement_of_a_schema_is_one_check_in_plain_words():
    found = sentences(
        column(options={"minimum": 0, "maximum": 500}),
        column("Date", LogicalType.DATE, primary_key_position=1, options={"format": "yyyyMMdd"}),
        column("Station", LogicalType.STRING, primary_key_position=2, options={"maxLength": 20}),
        column("Level", LogicalType.STRING, enum=("优", "良"), options={"minLength": 1}),
        column(
            "Code", LogicalType.STRING, unique=True, options={"pattern": "^A", "format": "email"}
        ),
        column("CO", LogicalType.NUMBER, required=True, options={"multipleOf": 0.1}),
        references=(Reference(columns=("Station",), dataset="stations", target_columns=("code",)),),
    )
    assert found == {
        "AQI.type": "AQI is a whole number",
        "AQI.bounds": "AQI is between 0 and 500",
        "Date.type": "Date is a date written as yyyyMMdd",
        "Date.required": "Date is never missing",
        "Station.required": "Station is never missing",
        "Station.length": "Station has at most 20 characters",
        "Level.enum": "Level is one of 优 or 良",
        "Level.length": "Level has at least 1 character",
        "Code.unique": "no two rows have the same Code",
        "Code.pattern": "Code matches ^A",
        "Code.format": "Code is a valid e-mail address (email)",
        "CO.type": "CO is a number",
        "CO.required": "CO is never missing",
        "CO.multiple_of": "CO is a multiple of 0.1",
        "Date+Station.unique": "no two rows have the same Date and Station",
        "Station.reference": "Station is found in stations as code",
    }


def test_dimensions():
    specs = compiled(
        column(required=True, unique=True, enum=("1",), options={"minimum": 0}),
        column("code", LogicalType.STRING, options={"format": "cn-uscc", "minLength": 1}),
        column("mail", LogicalType.STRING, options={"format": "email", "pattern": "@"}),
        references=(Reference(columns=("code",), dataset="d", target_columns=("c",)),),
    )
    assert {name: spec.dimension for name, spec in specs.items()} == {
        "AQI.type": Dimension.CONFORMITY,
        "AQI.required": Dimension.COMPLETENESS,
        "AQI.unique": Dimension.UNIQUENESS,
        "AQI.enum": Dimension.CONFORMITY,
        "AQI.bounds": Dimension.CONFORMITY,
        "code.length": Dimension.CONFORMITY,
        "code.format": Dimension.ACCURACY,
        "mail.pattern": Dimension.CONFORMITY,
        "mail.format": Dimension.CONFORMITY,
        "code.reference": Dimension.CONSISTENCY,
    }
    assert {spec.severity for spec in specs.values()} == {Severity.ERROR}


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"minimum": 1}, ["at least 1"]),
        ({"maximum": 1}, ["at most 1"]),
        ({"exclusiveMinimum": 1}, ["more than 1"]),
        ({"exclusiveMaximum": 1}, ["less than 1"]),
        ({"minimum": 0, "exclusiveMaximum": 9}, ["at least 0 and less than 9"]),
        ({"exclusiveMinimum": 0, "exclusiveMaximum": 9}, ["more than 0 and less than 9"]),
        ({"minimum": 0, "exclusiveMinimum": 0}, ["at least 0", "more than 0"]),
        (
            {"minimum": 0, "maximum": 9, "exclusiveMinimum": 1, "exclusiveMaximum": 8},
            ["between 0 and 9", "more than 1 and less than 8"],
        ),
    ],
)
def test_two_ends_are_one_check_unless_one_end_is_stated_twice(options, words):
    specs = compiled(column(kind=LogicalType.NUMBER, options=options))
    bounds = [spec.description for spec in specs.values() if spec.kind is CheckKind.BOUNDS]
    assert bounds == [f"AQI is {one}" for one in words]


def test_lengths_in_words():
    def words(**options):
        return sentences(column("s", LogicalType.STRING, options=options))["s.length"]

    assert words(minLength=2, maxLength=10) == "s has 2 to 10 characters"
    assert words(minLength=2, maxLength=2) == "s has exactly 2 characters"


def test_long_enumerations_are_cut_in_words_and_not_in_the_check():
    values = tuple(f"{n:02}" for n in range(20))
    (spec,) = compiled(column("s", LogicalType.STRING, enum=values)).values()
    assert spec.description == "s is one of 00, 01, 02, 03, 04, 05, 06, 07 or 12 others"
    assert spec.values == values


def test_a_key_of_one_column_is_required_critical_and_unique_once():
    specs = compiled(column(primary_key_position=1, unique=True, required=True))
    assert list(specs) == ["AQI.type", "AQI.required", "AQI.unique"]
    assert specs["AQI.unique"].critical
    assert not specs["AQI.required"].critical


def test_the_parts_of_a_key_come_in_the_order_of_their_positions():
    specs = compiled(column("b", primary_key_position=2), column("a", primary_key_position=1))
    assert specs["a+b.unique"].columns == ("a", "b")


def test_critical_elements_have_critical_checks():
    specs = compiled(
        column(critical=True, options={"minimum": 0}),
        references=(Reference(columns=("AQI",), dataset="d", target_columns=("c",)),),
    )
    assert all(spec.critical for spec in specs.values())


@pytest.mark.parametrize(
    ("kind", "options", "reason"),
    [
        (LogicalType.STRING, {"pattern": "(?=a)"}, "has a look-around at character 3"),
        (LogicalType.STRING, {"format": "cn-plate"}, "no check of this format is known"),
        (LogicalType.STRING, {"format": ["email"]}, "no check of this format is known"),
        (LogicalType.STRING, {"format": "password"}, "every text has this format"),
        (LogicalType.STRING, {"minimum": 3}, "cannot be checked in a column of type string"),
        (LogicalType.INTEGER, {"minimum": [1]}, "cannot be checked in a column of type integer"),
        (LogicalType.INTEGER, {"format": "i7"}, "no check of this format is known"),
        (LogicalType.NUMBER, {"format": "f64"}, "says how numbers are stored"),
        (LogicalType.TIMESTAMP, {"timezone": True}, "not kept when it is read"),
        (LogicalType.ARRAY, {"minItems": 1}, "inside of a value of type array"),
        (None, {"colour": "red"}, "cannot be checked in a column of type string"),
    ],
)
def test_what_cannot_be_executed_is_reported_and_never_dropped(kind, options, reason):
    (option,) = options
    spec = compiled(column("v", kind, options=options))[f"v.{option}"]
    assert spec.kind is CheckKind.UNSUPPORTED
    assert reason in spec.reason


def test_multiples_are_not_decided_in_floating_point():
    floating = column("v", LogicalType.NUMBER, physical_type="DOUBLE", options={"multipleOf": 0.1})
    assert "floating-point" in compiled(floating)["v.multipleOf"].reason
    whole = replace(floating, logical_type=LogicalType.INTEGER)
    assert compiled(whole)["v.multiple_of"].multiple_of == "0.1"


def test_an_integer_format_is_the_range_of_its_width():
    specs = compiled(column(options={"format": "u8", "maximum": 100}))
    assert specs["AQI.format"].kind is CheckKind.BOUNDS
    assert (specs["AQI.format"].minimum, specs["AQI.format"].maximum) == ("0", "255")
    assert specs["AQI.format"].description == "AQI fits in u8"
    assert specs["AQI.bounds"].maximum == "100"


def test_what_is_stated_about_nested_values_is_reported_at_its_place():
    inner = column("year", required=True, options={"minimum": 0})
    item = column("", LogicalType.STRING, enum=("a",))
    outer = column("car", LogicalType.OBJECT, required=True, properties=(inner, item))
    specs = compiled(outer)
    kinds = {name: spec.kind for name, spec in specs.items()}
    assert kinds.pop("car.required") is CheckKind.REQUIRED
    assert set(kinds.values()) == {CheckKind.UNSUPPORTED}
    names = ["car.type", "car.year.type", "car.year.required", "car.year.bounds", "car.items.enum"]
    assert list(kinds) == names
    assert all(specs[name].reason for name in names)


def test_quality_rules_are_carried_with_their_own_words():
    rules = (
        QualityRule(body={"type": "text", "description": "Looks plausible", "severity": "warning"}),
        QualityRule(body={"id": "dq-1", "metric": "nullValues", "mustBe": 0}),
        QualityRule(body={"type": "sql", "query": "SELECT 1", "dimension": "tm"}),
        QualityRule(body={"type": "custom", "engine": "soda", "severity": "blocker"}),
        QualityRule(body={"dimension": "Validity"}),
    )
    specs = compiled(column(quality=rules, critical=True), quality=rules[:1])
    names = [
        "AQI.quality.1",
        "dq-1",
        *[f"AQI.quality.{n}" for n in (3, 4, 5)],
        "stations.quality.1",
    ]
    found = [specs[name] for name in names]
    assert [spec.kind for spec in found] == [
        CheckKind.UNSUPPORTED,
        CheckKind.MISSING,
        CheckKind.SQL,
        *[CheckKind.UNSUPPORTED] * 3,
    ]
    assert found[0].description == "Looks plausible"
    assert [spec.severity for spec in found[:4]] == [Severity.WARNING, *[Severity.ERROR] * 3]
    assert [spec.dimension for spec in found[:5]] == [
        Dimension.CONFORMITY,
        Dimension.COMPLETENESS,
        Dimension.TIMELINESS,
        *[Dimension.CONFORMITY] * 2,
    ]
    assert found[0].critical


def test_equal_ids_are_numbered():
    link = Reference(columns=("AQI",), dataset="a", target_columns=("x",))
    specs = compiled(column(), references=(link, replace(link, dataset="b")))
    assert specs["AQI.reference"].reference_dataset == "a"
    assert specs["AQI.reference.2"].reference_dataset == "b"


def test_a_contract_of_the_standard_compiles_whole(request):
    path = request.config.rootpath / "tests/data/odcs/all-data-types.odcs.yaml"
    text = path.read_bytes().replace(b"apiVersion: v3.0.2", b"apiVersion: v3.1.0")
    parsed = parse_contract(text, path.name)
    specs = {spec.id: spec for spec in compile_contract(parsed)}
    assert specs["account_id.pattern"].pattern == "ACC[0-9]{8}"
    assert specs["txn_ref_date.bounds"].exclusive_minimum
    assert specs["age.bounds"].maximum == "100"
    assert specs["age.format"].kind is CheckKind.BOUNDS
    assert specs["latest_txns.uniqueItems"].kind is CheckKind.UNSUPPORTED
    assert compile_contract(parsed) == compile_contract(parsed)
