import pytest

from contracts.lint import Severity, lint
from tests.contracts.samples import column, contract, key, text


def findings(body, severity=None):
    found = lint(body if isinstance(body, bytes) else text(body), "c.yaml")
    return [f for f in found if severity in (None, f.severity)]


def only(body, severity):
    (finding,) = findings(body, severity)
    assert finding.line
    return finding


def with_options(logical, options, **keys):
    return contract(key(), column("c", logical, logicalTypeOptions=options, **keys))


def test_a_good_contract_has_no_findings():
    assert findings(contract(key(), column())) == []


def test_a_document_that_cannot_be_read_is_one_finding():
    (finding,) = lint(b"a: 1\na: 2\n", "c.yaml")
    assert (finding.severity, finding.line) == (Severity.ERROR, 2)
    assert "twice" in finding.message
    assert finding.hint


def test_findings_say_where_in_words_and_lines():
    raw = b"""apiVersion: v3.2.0
kind: DataContract
id: x
version: 1.0.0
description: {purpose: x}
schema:
  - name: stations
    properties:
      - name: id
        description: x
        logicalType: integer
        primaryKey: true
        required: true
      - name: city
        description: x
        logicalTypo: string
"""
    (finding,) = lint(raw, "c.yaml")
    assert finding.line == 16
    assert finding.path == "schema.stations.properties.city.logicalTypo"
    assert finding.hint == "did you mean 'logicalType'?"


@pytest.mark.parametrize(
    ("keys", "words", "advice"),
    [
        ({"version": 1.1}, "is not text", '"1.1"'),
        ({"kind": "Contract"}, "not one of the words", "did you mean 'DataContract'?"),
        ({"uuid": "x"}, "not an ODCS v3.2.0 key", "write id"),
        ({"tags": "x"}, "is not a list", "- "),
        ({"price": {"priceAmount": "x"}}, "is not a number", "without quotes"),
        ({"team": {"members": [{"name": "x"}]}}, "'username' is missing", ""),
        ({"name": None}, "is empty", "delete the key"),
        ({"description": "text"}, "is not a group of keys", "key: value"),
        ({"support": [{"url": "x"}]}, "'channel' is missing", "add `channel: ...`"),
        ({"context": {"x": 1}}, "'x' is not an ODCS key", ""),
    ],
)
def test_faults_of_form_say_what_to_write(keys, words, advice):
    finding = only(contract(key()) | keys, Severity.ERROR)
    assert words in finding.message
    assert advice in finding.hint


@pytest.mark.parametrize(
    ("body", "words", "advice"),
    [
        (column("c", "string", isNullable=False), "not an ODCS", "required"),
        (column("c", "string", required="yes"), "'yes' is not true or false", "without quotes"),
        (column("c", "varchar"), "not one of the words", "string"),
        (column("c", logicalTypeOptions={"minimum": 3}), "'minimum' is not an ODCS", ""),
        (column("c", logicalTypeOptions={"minLength": -1}), "-1 is too small", "at least 0"),
        (column("c", "integer", logicalTypeOptions={"multipleOf": 0}), "too small", "more than 0"),
        (column("c", enum=[]), "fewer items than 1", "add"),
        (column("c", enum=["a"]), "is not a group of keys", "- value: ..."),
        (column("c", items={}), "'items' does not go with", "logicalType: array"),
        (column("c", "map"), "'map' is missing", "map"),
        (column("c", "vector", logicalTypeOptions={}), "'dimensions' is missing", "dimensions"),
        ({"name": "c", "logicalTypeOptions": {"minLength": 1}}, "without a 'logicalType'", "add"),
        (column("c", id="a b"), "is not a name that ODCS allows", "letters"),
        (column("c", quality=[{"metric": "rowCont", "mustBe": 1}]), "not one of", "rowCount"),
        (column("c", quality=[{"type": "sql", "mustBe": 0}]), "'query' is missing", "query"),
        (column("c", quality=[{"type": "text", "query": "x"}]), "'query' does not go", "type"),
        (
            column("c", quality=[{"metric": "rowCount", "mustBeLessThan": "x"}]),
            "'mustBeLessThan' needs a number",
            "mustBeLessThan",
        ),
    ],
)
def test_faults_of_a_column_say_what_to_write(body, words, advice):
    finding = only(contract(key(), body), Severity.ERROR)
    assert words in finding.message
    assert advice in finding.hint


@pytest.mark.parametrize(
    ("version", "body", "advice"),
    [
        ("v3.1.0", column("c", enum=[{"value": "a"}]), "v3.2.0"),
        ("v3.0.0", column("c", enum=[{"value": "a"}]), "v3.2.0"),
        ("v3.0.2", column("c", "timestamp"), "v3.1.0"),
        ("v3.0.1", column("c", physicalName="x"), "v3.0.2"),
        ("v3.1.0", column("c", deprecated=True), "v3.2.0"),
    ],
)
def test_features_of_a_newer_version_name_it(version, body, advice):
    finding = only(contract(key(), body, version=version), Severity.ERROR)
    assert finding.hint == f"ODCS {advice} allows it: write `apiVersion: {advice}`"


@pytest.mark.parametrize("rule", [{}, {"mustBeGreaterThan": 1, "mustBeLessThan": 9}])
def test_no_or_several_thresholds_are_doubts(rule):
    body = contract(key(), column("c", quality=[{"metric": "nullValues", **rule}]))
    assert "threshold" in (found := only(body, Severity.WARNING)).message or "all" in found.message


@pytest.mark.parametrize(
    ("logical", "options"),
    [
        ("integer", {"minimum": 5, "maximum": 4}),
        ("integer", {"minimum": 5, "exclusiveMaximum": 5}),
        ("number", {"exclusiveMinimum": 0.5, "maximum": 0.5}),
        ("number", {"exclusiveMinimum": 2, "exclusiveMaximum": 1}),
        ("date", {"minimum": "2026-01-02", "maximum": "2026-01-01"}),
        ("date", {"format": "yyyyMMdd", "minimum": "2026/02/01", "maximum": "2026-01-01"}),
        ("timestamp", {"minimum": "2026-01-01 10:00:00", "maximum": "2026-01-01 09:00:00"}),
        ("timestamp", {"minimum": "2026-01-01 10:00:00", "maximum": "2027-01-01T09:00:00+08:00"}),
        ("time", {"minimum": "10:00:00", "maximum": "09:00:00"}),
        ("date", {"minimum": "next week"}),
        ("date", {"maximum": "2026-02-30"}),
        ("string", {"minLength": 5, "maxLength": 4}),
        ("array", {"minItems": 5, "maxItems": 4}),
        ("object", {"minProperties": 5, "maxProperties": 4}),
        ("date", {"format": "YYYY-mm-dd", "minimum": "2026-01-01"}),
        ("date", {"format": "dd/MM/yyyy GG"}),
    ],
)
def test_bounds_that_nothing_can_keep(logical, options):
    assert only(with_options(logical, options), Severity.ERROR).hint


@pytest.mark.parametrize(
    ("logical", "options"),
    [
        ("integer", {"minimum": 5, "maximum": 5}),
        ("date", {"minimum": "2026-01-01", "maximum": "2026-01-01"}),
        ("date", {"format": "dd/MM/yyyy", "minimum": "01/02/2026", "maximum": "2026-03-01"}),
        ("time", {"format": "HH:mm", "minimum": "09:00", "maximum": "10:00:00"}),
        ("timestamp", {"minimum": "2026-01-01"}),
        ("string", {"minLength": 4, "maxLength": 4}),
    ],
)
def test_bounds_that_can_be_kept(logical, options):
    assert findings(with_options(logical, options)) == []


@pytest.mark.parametrize("flag", ["exclusiveMinimum", "exclusiveMaximum"])
def test_flags_of_version_3_0_make_bounds_exclusive(flag):
    body = with_options("integer", {"minimum": 5, "maximum": 5, flag: True})
    body["apiVersion"] = "v3.0.2"
    assert "no value lies between" in only(body, Severity.ERROR).message
    body = with_options("integer", {"minimum": 5, "maximum": 5, flag: False})
    body["apiVersion"] = "v3.0.2"
    assert findings(body) == []


@pytest.mark.parametrize(
    ("logical", "value"),
    [
        ("integer", "1"),
        ("integer", 1.5),
        ("integer", True),
        ("number", "x"),
        ("string", 1),
        ("string", None),
        ("boolean", "true"),
        ("date", 20260101),
    ],
)
def test_an_enum_value_of_another_type(logical, value):
    body = contract(key(), column("c", logical, enum=[{"value": value}]))
    assert f"is not of type {logical}" in only(body, Severity.ERROR).message


def test_an_enum_value_twice():
    values = [{"value": "a"}, {"value": "a", "label": "again"}]
    body = contract(key(), column("c", enum=values))
    assert "listed twice" in only(body, Severity.WARNING).message


@pytest.mark.parametrize(
    "pattern",
    [
        r"(?=a)b", r"(?!a)b", r"(?<=a)b", r"(?<!a)b", r"(a)\1", r"(?<x>a)\k<x>", r"(?P<x>a)",
        r"(?i)a", r"(?>a)b", r"a++", r"a*+", r"\p{Han}", r"[\p{Han}]", r"[[:alpha:]]", r"\Aa\z",
        r"(", r"[a", r"a{2000}", r"a{1,5000}", r"*a", r"\u{4e00}", "a" * 2001, "(" * 900, "[^]",
    ],
)  # fmt: skip
def test_patterns_that_are_not_portable(pattern):
    found = findings(with_options("string", {"pattern": pattern}), Severity.ERROR)
    assert found
    assert all("not portable" in finding.message for finding in found)


@pytest.mark.parametrize(
    "pattern",
    [
        r"^[0-9]{6}$", r"^\d+(?:\.\d+)?$", r"^粤[A-Z]·?[A-Z0-9]{5}$", r"[(?=]", r"\(\?=", r"a|b",
        r"^[^\]]*$", r"^\\1$", r"[\u4e00-\u9fa5]+", r"a+?", r"^$", r"\0?", r"a{1,1000}",
    ],
)  # fmt: skip
def test_portable_patterns(pattern):
    assert findings(with_options("string", {"pattern": pattern})) == []


def test_an_unknown_format():
    finding = only(with_options("string", {"format": "cn-usc"}), Severity.WARNING)
    assert finding.hint == "did you mean 'cn-uscc'?"


@pytest.mark.parametrize("version", ["1", "1.0", "v1.0.0", "1.0.0.0", "01.0.0", "1.0.x", "1.0.0-"])
def test_a_version_that_is_not_semantic(version):
    finding = only(contract(key(), version="v3.2.0") | {"version": version}, Severity.ERROR)
    assert "semantic version" in finding.message


@pytest.mark.parametrize("version", ["0.1.0", "1.10.0", "2.0.0-rc.1", "1.0.0+build.5"])
def test_a_version_that_is_semantic(version):
    assert findings(contract(key()) | {"version": version}) == []


@pytest.mark.parametrize("keys", [{"physicalType": "double"}, {"physicalType": "FLOAT8"}])
def test_multiples_of_floating_point(keys):
    body = with_options("number", {"multipleOf": 0.1}, **keys)
    assert "floating point" in only(body, Severity.WARNING).message
    assert findings(with_options("number", {"multipleOf": 0.1}, physicalType="decimal")) == []


def test_no_primary_key():
    assert "no primary key" in only(contract(column()), Severity.WARNING).message


def test_a_key_that_may_be_empty():
    body = contract(column("c", primaryKey=True))
    assert "may be empty" in only(body, Severity.WARNING).message


def test_no_description():
    body = contract(key(), {"name": "c", "logicalType": "string"})
    assert "1 of 2 columns have no description: c" in only(body, Severity.INFO).message
    body = contract(key())
    del body["description"]
    assert "what it is for" in only(body, Severity.WARNING).message


def test_no_type():
    body = contract(key(), {"name": "c", "description": "x"})
    assert "read as text" in only(body, Severity.WARNING).message


@pytest.mark.parametrize(
    ("logical", "keys"),
    [
        ("object", {"properties": [column("x")]}),
        ("array", {"items": {"logicalType": "string"}}),
        ("vector", {"logicalTypeOptions": {"dimensions": 3}}),
    ],
)
def test_nested_columns_are_reported_as_not_checkable(logical, keys):
    finding = only(contract(key(), column("c", logical, **keys)), Severity.INFO)
    assert "not checked in tabular files" in finding.message


def test_faults_inside_nested_columns_are_found():
    inner = column("x", logicalTypeOptions={"minLength": 2, "maxLength": 1})
    body = contract(key(), column("c", "array", items=column("y", "object", properties=[inner])))
    assert only(body, Severity.ERROR).path.endswith("properties.x.logicalTypeOptions.minLength")


@pytest.mark.parametrize("keys", [{"dataProduct": "x"}, {"slaDefaultElement": "t.c"},
                                  {"team": [{"username": "x"}]}])  # fmt: skip
def test_retired_keys(keys):
    assert "retired since v3.1.0" in only(contract(key(), **keys), Severity.WARNING).message
    assert findings(contract(key(), **keys, version="v3.0.2")) == []


def test_a_retired_key_of_a_rule():
    rule = {"metric": "nullValues", "rule": "nullCheck", "mustBe": 0}
    body = contract(key(), column("c", quality=[rule]))
    assert "'rule' is retired" in only(body, Severity.WARNING).message


@pytest.mark.parametrize("word", ["mustBeBetween", "mustNotBeBetween"])
def test_reversed_thresholds_of_a_rule(word):
    body = contract(key(), column("c", quality=[{"metric": "nullValues", word: [9, 5]}]))
    assert "wrong order" in only(body, Severity.ERROR).message


def test_a_heading_of_two_columns():
    body = contract(key(), column("a", physicalName="名称"), column("b", physicalName="名称"))
    assert "also belongs to 'a'" in only(body, Severity.ERROR).message
    body = contract(key(), column("a", businessName="id"))
    assert "also belongs to 'id'" in only(body, Severity.WARNING).message


def test_what_is_well_formed_is_judged_beside_what_is_not():
    body = b"""
apiVersion: v3.1.0
kind: DataContract
id: meters
version: one
status: active
stattus: x
schema:
  - name: meters
    properties:
      - {name: meter, logicalType: strng}
      - {name: litres, logicalType: integer, logicalTypeOptions: {minimum: 10, maximum: 5}}
      - {name: Litres, logicalType: 7, required: true}
  - name: valves
    properties:
      - {name: valve, logicalType: string, logicalTypeOptions: {pattern: "(?<=a)b"}}
"""
    found = {finding.path: finding.message for finding in findings(body, Severity.ERROR)}
    assert found.keys() == {
        "version",
        "stattus",
        "schema.meters.properties.meter.logicalType",
        "schema.meters.properties.litres.logicalTypeOptions.minimum",
        "schema.meters.properties.Litres.logicalType",
        "schema.meters.properties.Litres.name",
        "schema.valves.properties.valve.logicalTypeOptions.pattern",
    }


@pytest.mark.parametrize(
    "schema", ["7", "[]", "[7]", "[{name: 7}]", "[{name: a, properties: [7, {name: [b]}]}]"]
)
def test_tables_without_any_form_are_told_of(schema):
    head = "apiVersion: v3.1.0\nkind: DataContract\nid: a\nversion: 1.0.0\nstatus: active\n"
    assert findings(f"{head}schema: {schema}\n".encode(), Severity.ERROR)


def test_a_second_table():
    body = contract(key())
    body["schema"].append({"name": "u", "properties": [key()]})
    assert "checked against 't' only" in only(body, Severity.INFO).message


def test_a_reference_into_another_file():
    body = contract(key(), column("c", relationships=[{"to": "o.yaml#/schema/a/properties/b"}]))
    assert "is not checked" in only(body, Severity.WARNING).message
