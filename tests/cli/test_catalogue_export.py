"""`bureau catalog export` and `bureau catalog score` on the command line."""

import csv
import io
import json
import re

import pytest

from tests.dcat import schema_faults, shacl_faults
from tests.town import FILES

EXTRA = """
kind: Dataset
items:
  - {code: draft, title_zh: 草稿, provider: parks, status: draft}
  - {code: gone, title_zh: 撤回, provider: parks, status: withdrawn}
  - code: lawns
    title_zh: 草坪
    provider: parks
    items: [面积]
    format: CSV
    update_cycle: annual
    share_type: unconditional
    share_mode: file
    resource_class: thematic
    grade: general
    distributions: [{access_url: "https://example.cn/草坪.csv"}, {access_url: 窗口}]
"""


@pytest.fixture
def registered(delivered, tmp_path):
    (tmp_path / "extra.yaml").write_text(EXTRA, "utf-8")
    delivered.ok("apply", tmp_path / "extra.yaml", person="operator.data")
    return delivered


def exported(bureau, form, *more):
    return bureau.ok("catalog", "export", "--format", form, *more).stdout


def set_up(bureau, base, contact):
    path = bureau.home / "bureau.toml"
    text = path.read_text("utf-8")
    text = re.sub(r'^base = ""$', f'base = "{base}"', text, flags=re.MULTILINE)
    text = re.sub(r'^contact = ""$', f'contact = "{contact}"', text, flags=re.MULTILINE)
    path.write_text(text, "utf-8")


def test_only_what_is_published_is_exported(registered):
    made = json.loads(exported(registered, "dcat-ap"))
    found = [one for one in made["@graph"] if one["@type"] == "dcat:Dataset"]
    assert [one["dct:identifier"] for one in found] == ["lawns", "meters"]
    (part,) = found[1]["dcat:distribution"]
    assert int(part["dcat:byteSize"]["@value"]) > 0
    assert shacl_faults(made) == []
    made = json.loads(exported(registered, "dcat-us"))
    assert [one["identifier"] for one in made["dataset"]] == [["lawns"], ["meters"]]
    assert schema_faults(made) == []
    rows = list(csv.DictReader(io.StringIO(exported(registered, "csv"), newline="")))
    assert [(row["code"], row["rows"]) for row in rows] == [("lawns", ""), ("meters", "4")]


def test_no_person_and_no_contract_is_told(registered):
    for form in ("dcat-ap", "dcat-us", "csv"):
        text = exported(registered, form)
        assert "steward" not in text
        assert "keeper" not in text


def test_the_same_catalogue_gives_the_same_bytes(registered, tmp_path):
    for form in ("dcat-ap", "dcat-us", "csv"):
        registered.ok("catalog", "export", "--format", form, "-o", tmp_path / form)
        assert (tmp_path / form).read_text("utf-8") == exported(registered, form)


def test_addresses_that_lead_nowhere_are_told_and_left_out(registered):
    result = registered.ok("catalog", "export", "--format", "dcat-ap")
    assert "窗口" not in result.stdout
    assert "warning: left out of lawns: 窗口" in result.stderr
    assert "exported 2 datasets" in result.stderr


def test_one_department_and_a_past_day(registered):
    of_parks = json.loads(exported(registered, "dcat-us", "--department", "parks"))
    assert [one["identifier"] for one in of_parks["dataset"]] == [["lawns"]]
    before = json.loads(exported(registered, "dcat-us", "--as-of", "2025-01-01"))
    assert before["dataset"] == []
    assert schema_faults(before) == []


def test_the_settings_give_addresses_and_somebody_to_ask(registered):
    set_up(registered, "https://data.example.cn", "data@example.cn")
    made = json.loads(exported(registered, "dcat-ap"))
    assert made["@graph"][0]["@id"] == "https://data.example.cn/catalogue"
    assert shacl_faults(made) == []
    made = json.loads(exported(registered, "dcat-us"))
    assert made["service"][0]["endpointURL"] == ["https://data.example.cn/delta-sharing"]
    assert schema_faults(made) == []


def test_the_score_is_told_both_ways(registered):
    found = registered.json("catalog", "score")
    assert (found["full"], found["assessable"], found["not_assessable"]) == (405, 325, 80)
    assert (found["datasets"], found["without_distribution"]) == (2, 0)
    assert sum(float(one["points"]) for one in found["indicators"] if one["points"] != "n/a") == (
        pytest.approx(float(found["points"]), abs=0.1)
    )
    spatial = next(one for one in found["indicators"] if one["indicator"] == "spatial")
    assert (spatial["count"], spatial["missing"]) == (0, ["lawns", "meters"])
    told = registered.ok("catalog", "score").stdout
    assert f"at least {found['points']} of 405 points: {found['rating']}" in told
    assert "not assessed: the program reaches no network" in told


def test_the_datasets_that_miss_an_indicator_are_listed(registered):
    found = registered.json("catalog", "score", "--missing", "theme")
    assert found == [{"dataset": "lawns", "mend": "theme"}]
    of_water = registered.json("catalog", "score", "--missing", "theme", "--department", "water")
    assert of_water == []
    result = registered.ok("catalog", "score", "--missing", "publisher")
    assert "no dataset misses publisher" in result.stderr


def test_an_empty_catalogue_is_exported_and_has_no_score(new):
    made = json.loads(exported(new, "dcat-ap"))
    assert shacl_faults(made) == []
    assert schema_faults(json.loads(exported(new, "dcat-us"))) == []
    assert len(exported(new, "csv").splitlines()) == 1
    found = new.json("catalog", "score")
    assert (found["assessable"], found["share_of_assessable"]) == (0, "n/a")


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("export",), 2),
        (("export", "--format", "rdf"), 2),
        (("export", "--format", "csv", "--department", "nobody"), 3),
        (("export", "--format", "csv", "--as-of", "2999-01-01"), 2),
        (("score", "--department", "nobody"), 3),
        (("score", "--missing", "beauty"), 3),
    ],
)
def test_bad_input(bureau, arguments, code):
    result = bureau("catalog", *arguments)
    assert result.exit_code == code
    assert "nobody" not in arguments or "fix" in result.stderr


@pytest.mark.parametrize(
    ("base", "contact"),
    [
        ("data.example.cn", ""),
        ("https://data.example.cn/?a=b", ""),
        ("https://数据.cn", ""),
        ("", "张三"),
        ("", "a@b"),
    ],
)
def test_settings_that_are_no_address_are_refused(bureau, base, contact):
    set_up(bureau, base, contact)
    result = bureau("catalog", "export", "--format", "csv")
    assert result.exit_code == 2
    assert "catalogue.contact" in result.stderr if contact else "catalogue.base" in result.stderr


def test_a_file_of_the_workspace_is_not_written_over(bureau):
    result = bureau("catalog", "export", "--format", "csv", "-o", bureau.home / "bureau.db")
    assert result.exit_code == 2


def test_what_a_spreadsheet_would_run_is_defused(bureau, tmp_path):
    text = FILES["datasets.yaml"].replace("title_en: Public water", 'title_en: "=1+1 water')
    text = text.replace("=1+1 water meters", '=1+1 water"')
    (tmp_path / "formula.yaml").write_text(text, "utf-8")
    bureau.ok("apply", tmp_path / "formula.yaml", person="operator.data")
    (row,) = csv.DictReader(io.StringIO(exported(bureau, "csv"), newline=""))
    assert row["title_en"] == "'=1+1 water"


def test_a_catalogue_without_an_entry_is_not_rated(registered):
    nothing = registered.json("catalog", "score", "--department", "data")
    assert (nothing["datasets"], nothing["rating"]) == (0, None)
    told = registered.ok("catalog", "score", "--department", "data").stdout
    assert "n/a: no published dataset is there to be rated" in told
