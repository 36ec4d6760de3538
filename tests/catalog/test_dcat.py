"""What is exported keeps the published rules of DCAT-AP and DCAT-US, whatever the catalogue holds."""

import csv
import io
import json
from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rdflib import URIRef
from rdflib.namespace import DCTERMS, RDF

from catalog.dcat import ap, table, us
from catalog.dcat.model import Known, Listing, Names, iri, iso, left_out
from catalog.dcat.vocabularies import access_right, data_theme, file_type, frequency, licence
from catalog.model import (
    Dataset,
    Delivery,
    DeliveryPolicy,
    DeliveryStatus,
    Department,
    DepartmentKind,
    Distribution,
    Division,
    Grade,
    ResourceClass,
    ShareMode,
    ShareType,
    UpdateCycle,
)
from tests.dcat import graph_of, schema_faults, shacl_faults

MOMENT = datetime(2026, 3, 2, 1, 0, 0, 123456, tzinfo=UTC)
LATER = datetime(2026, 3, 5, 1, 0, tzinfo=UTC)
EU = "http://publications.europa.eu/resource/authority/"
DATA = Department(code="data", name_zh="数据局", kind=DepartmentKind.AUTHORITY, division="4403")
WATER = Department(code="water", name_zh="水务局", name_en="Water", division="4403")
SHENZHEN = Division(code="4403", name_zh="深圳市", name_en="Shenzhen", level="city")
BARE = Dataset(code="bare", title_zh="只有名称", provider="nobody")
METERS = Dataset(
    code="meters",
    title_zh="水表读数",
    title_en='Meter "readings"',
    summary="每户读数，\n每月一次。",
    items=("户号", "读数"),
    provider="water",
    format="CSV",
    update_cycle=UpdateCycle.MONTHLY,
    share_type=ShareType.CONDITIONAL,
    share_mode=ShareMode.EXCHANGE,
    use_conditions="共享范围：各区；使用用途：监管",
    resource_class=ResourceClass.THEMATIC,
    grade=Grade.GENERAL,
    theme="environment",
    keywords=("供水", "AQI"),
    facets={
        "spatial": ("4403", "前海"),
        "temporal": ("2013-01-01/2024-12-31",),
        "licence": ("https://creativecommons.org/licenses/by/4.0/",),
    },
    distributions=(
        Distribution(
            access_url="https://example.cn/数据?q=a b", media_type="text/csv", title="下载"
        ),
        Distribution(access_url="ask at the counter"),
        Distribution(access_url="https://example.cn/数据?q=a%20b"),
    ),
)


def delivered(dataset):
    return Delivery(
        id="1",
        dataset=dataset,
        number=1,
        status=DeliveryStatus.ACCEPTED,
        policy=DeliveryPolicy.REFUSE,
        contract="",
        contract_version="",
        source_sha256="",
        source_bytes=9,
        source_format="csv",
        encoding="utf_8",
        header=True,
        sheet="",
        rows_read=3,
        rows_published=3,
        lake_table="t",
        lake_version=0,
        check_run="",
        delivered_by="",
        delivered_at=LATER,
    )


def listed(*datasets, base="", contact="", deliveries=(), departments=(DATA, WATER)):
    return Listing(
        city="深圳市",
        zone=ZoneInfo("Asia/Shanghai"),
        names=Names(base=base),
        contact=contact,
        entries=[
            Known(
                dataset=one,
                issued=MOMENT,
                delivery=delivered(one.code) if one.code in deliveries else None,
                byte_size=2048 if one.code in deliveries else None,
            )
            for one in datasets
        ],
        departments={one.code: one for one in departments},
        divisions={"4403": SHENZHEN},
    )


FULL = listed(
    METERS, BARE, base="https://data.example.cn/", contact="data@example.cn", deliveries={"meters"}
)


def node(listing, name):
    (found,) = [one for one in ap.document(listing)["@graph"] if one["@id"].endswith(name)]
    return found


@pytest.mark.parametrize(
    "listing",
    [FULL, listed(METERS, BARE, deliveries={"meters"}), listed(), listed(departments=())],
    ids=["full", "bare settings", "empty", "no departments"],
)
def test_the_export_keeps_both_standards(listing):
    assert shacl_faults(ap.document(listing)) == []
    assert schema_faults(us.document(listing)) == []


def test_the_rules_do_find_faults():
    made = ap.document(FULL)
    dataset = next(one for one in made["@graph"] if one["@type"] == "dcat:Dataset")
    del dataset["dct:title"]
    dataset["dcat:theme"] = "environment"
    assert len(shacl_faults(made)) == 3
    made = us.document(FULL)
    del made["dataset"][0]["publisher"]
    made["dataset"][1]["issued"] = "yesterday"
    assert len(schema_faults(made)) == 2


def test_each_field_finds_its_place():
    made = node(FULL, "dataset/meters")
    assert made["dct:title"] == [
        {"@value": "水表读数", "@language": "zh"},
        {"@value": 'Meter "readings"', "@language": "en"},
    ]
    assert made["dcat:keyword"] == [{"@value": "供水", "@language": "zh"}, {"@value": "AQI"}]
    assert made["dct:accessRights"]["@id"] == f"{EU}access-right/RESTRICTED"
    assert made["dct:accrualPeriodicity"]["@id"] == f"{EU}frequency/MONTHLY"
    assert made["dct:issued"]["@value"] == "2026-03-02T09:00:00+08:00"
    assert made["dct:modified"]["@value"] == "2026-03-05T09:00:00+08:00"
    assert [one["@id"] for one in made["dcat:theme"]] == [
        "https://data.example.cn/theme/environment",
        f"{EU}data-theme/ENVI",
    ]
    assert [one.get("dct:identifier") for one in made["dct:spatial"]] == ["4403", None]
    assert made["dct:temporal"]["dcat:endDate"] == {"@value": "2024-12-31", "@type": "xsd:date"}
    assert (made["bureau:share_type"], made["bureau:grade"]) == ("conditional", "general")
    assert made["bureau:items"] == ["户号", "读数"]
    own, declared = made["dcat:distribution"]
    assert own["dcat:accessURL"]["@id"] == "https://data.example.cn/delta-sharing"
    assert own["dcat:accessService"]["@id"] == "https://data.example.cn/service/delta-sharing"
    assert own["dct:format"]["@id"] == f"{EU}file-type/PARQUET"
    assert own["dcat:byteSize"] == {"@value": "2048", "@type": "xsd:nonNegativeInteger"}
    assert declared["dcat:accessURL"]["@id"] == ("https://example.cn/%E6%95%B0%E6%8D%AE?q=a%20b")
    assert declared["dct:license"]["@id"] == f"{EU}licence/CC_BY_4_0"
    assert left_out(FULL.entries[0]) == ("ask at the counter",)


def test_what_is_not_known_is_not_said():
    made = node(listed(BARE), "dataset:bare")
    assert set(made) == {
        *("@id", "@type", "dct:identifier", "dct:title", "dct:description"),
        *("dct:publisher", "dct:issued"),
    }
    assert made["@id"] == "urn:databureau:dataset:bare"


def test_an_interface_is_offered_as_the_service_that_looks_up():
    lookup = replace(METERS, share_mode=ShareMode.INTERFACE, distributions=())
    listing = replace(FULL, entries=listed(lookup, deliveries={"meters"}).entries)
    (part,) = node(listing, "dataset/meters")["dcat:distribution"]
    assert part["dcat:accessURL"]["@id"] == "https://data.example.cn/api/v1/lookup/meters"
    assert part["dct:format"]["@id"] == f"{EU}file-type/JSON"
    service = node(listing, "service/lookup")
    assert service["dcat:endpointURL"]["@id"] == "https://data.example.cn/api/v1"
    assert shacl_faults(ap.document(listing)) == []


@pytest.mark.parametrize("share_type", [None, ShareType.NOT_SHARED])
def test_what_is_not_shared_is_not_offered(share_type):
    kept = replace(METERS, share_type=share_type, share_mode=None, distributions=())
    listing = listed(kept, deliveries={"meters"})
    assert "dcat:distribution" not in node(listing, "dataset:meters")
    assert "distribution" not in us.document(listing)["dataset"][0]


def test_a_graph_has_every_dataset_once():
    many = [replace(METERS, code=f"m{number}", theme=f"主题 {number}") for number in range(300)]
    listing = listed(*many, deliveries={"m7"})
    made = graph_of(ap.document(listing))
    kind = URIRef("http://www.w3.org/ns/dcat#Dataset")
    assert len(set(made.subjects(RDF.type, kind))) == 300
    assert len(set(made.objects(predicate=DCTERMS.identifier))) == 300 + 1
    assert shacl_faults(ap.document(listing)) == []
    assert schema_faults(us.document(listing)) == []


WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=12)
ADDRESSES = st.one_of(
    WORDS,
    st.builds("https://{}/{}?{}#{}".format, st.sampled_from(["a.cn", "数据.cn", ""]), *[WORDS] * 3),
)


def some(kind):
    return st.none() | st.sampled_from(kind)


DATASETS = st.builds(
    Dataset,
    code=st.sampled_from(["a", "b.c", "d_e-f"]),
    title_zh=WORDS.filter(bool),
    title_en=WORDS,
    summary=WORDS,
    items=st.tuples(WORDS),
    provider=st.sampled_from(["water", "data", "gone"]),
    format=st.sampled_from(["", "CSV", "CSV, XLS", "纸质"]),
    update_cycle=some(UpdateCycle),
    share_type=some(ShareType),
    share_mode=some(ShareMode),
    use_conditions=WORDS,
    resource_class=some(ResourceClass),
    grade=some(Grade),
    theme=WORDS | st.sampled_from(["交通运输", "health"]),
    keywords=st.lists(WORDS.filter(bool), max_size=3).map(tuple),
    facets=st.dictionaries(
        st.sampled_from(["licence", "spatial", "temporal", "issued", "modified", "access_level"]),
        st.tuples(
            st.one_of(
                WORDS.filter(bool),
                ADDRESSES.filter(bool),
                st.sampled_from(["public", "2020-02-30", "2020-01-31", "2020-01-31/", "4403"]),
            )
        ),
        max_size=3,
    ),
    distributions=st.lists(
        st.builds(
            Distribution,
            title=WORDS,
            access_url=ADDRESSES,
            media_type=WORDS | st.sampled_from(["text/csv", "x/y z", "application/json"]),
        ),
        max_size=3,
    ).map(tuple),
)


@settings(max_examples=40)
@given(
    datasets=st.lists(DATASETS, max_size=3, unique_by=lambda one: one.code),
    base=st.sampled_from(["", "https://data.example.cn/"]),
    contact=st.sampled_from(["", "data@example.cn"]),
    deliveries=st.sets(st.sampled_from(["a", "b.c", "d_e-f"])),
)
def test_any_catalogue_keeps_both_standards(datasets, base, contact, deliveries):
    listing = listed(*datasets, base=base, contact=contact, deliveries=deliveries)
    made = ap.document(listing)
    assert shacl_faults(made) == []
    assert schema_faults(us.document(listing)) == []
    again = listed(*datasets, base=base, contact=contact, deliveries=deliveries)
    assert json.dumps(made) == json.dumps(ap.document(again))
    rows = list(csv.DictReader(io.StringIO(table.document(listing).decode(), newline="")))
    assert [row["code"] for row in rows] == [one.code for one in datasets]
    assert table.document(listing).count(b"\n") == len(datasets) + 1


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "＝"])
def test_no_cell_is_run_by_a_spreadsheet(start):
    title = f'{start}HYPERLINK("http://x","y")'
    text = table.document(listed(replace(BARE, title_zh=title))).decode()
    (row,) = csv.DictReader(io.StringIO(text, newline=""))
    assert row["title_zh"] == f"'{title}"


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("https://a.cn/x y", "https://a.cn/x%20y"),
        ("https://a.cn/100%", "https://a.cn/100%25"),
        ("http://数据.cn", "http://数据.cn"),
        ("https://a.cn/[1]?<2>#3#4", "https://a.cn/%5B1%5D?%3C2%3E#3%234"),
        ("www.a.cn/x", ""),
        ("javascript:alert(1)", ""),
        ("https://a b.cn/", ""),
        ("http://[::1", ""),
        ("https://", ""),
        ("", ""),
    ],
)
def test_an_address_is_one_or_is_left_out(said, found):
    assert iri(said) == found


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("2020-01-31", "2020-01-31"),
        ("2020-01-31T08:00:00Z", "2020-01-31T08:00:00+00:00"),
        ("2020-01-31T08:00:00", "2020-01-31"),
        ("2020-02-30", ""),
        ("R/P1D", ""),
        ("last year", ""),
    ],
)
def test_a_day_is_one_or_is_not_said(said, found):
    assert iso(said) == found


def test_the_words_of_the_vocabularies():
    assert {frequency(cycle) for cycle in UpdateCycle} >= {f"{EU}frequency/ANNUAL_2"}
    assert access_right("public", ShareType.NOT_SHARED) == f"{EU}access-right/PUBLIC"
    assert access_right("", ShareType.UNCONDITIONAL) == f"{EU}access-right/RESTRICTED"
    assert access_right("", None) == ""
    assert file_type(".GeoJSON") == f"{EU}file-type/GEOJSON"
    assert file_type("CSV, XLS") == ""
    assert data_theme("Transport") == (f"{EU}data-theme/TRAN", "Transport")
    assert data_theme("meters") is None
    assert licence("http://opendatacommons.org/licenses/odbl/1.0/") == f"{EU}licence/ODC_BL"
    assert licence("https://creativecommons.org/licenses/by-nc-sa/3.0/legalcode") == (
        f"{EU}licence/CC_BYNCSA_3_0"
    )
    assert licence("our own") == ""
