from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.documents import read_registry, to_document
from catalog.importers.cycles import read_cycle
from catalog.importers.dcat_us import read_dcat_us
from catalog.importers.records import ImportDefaults, RecordStatus
from catalog.model import (
    Dataset,
    DatasetStatus,
    Distribution,
    ShareType,
    UpdateCycle,
)
from core.errors import InvalidInput

DEFAULTS = ImportDefaults(provider="doitt", prefix="nyc-", share_type=ShareType.UNCONDITIONAL)

SOCRATA = {
    "accessLevel": "Public",
    "accessURL": "https://data.example.org/api/views/8kiv-2ukd/rows.csv",
    "created": "2013-01-30",
    "description": "Shelters.\r\n*Counted once a year.",
    "feed": "https://data.example.org/api/views/8kiv-2ukd/rows.rss",
    "format": "text/csv",
    "frequency": "hourly",
    "identifier": "8kiv-2ukd",
    "keyword": "shelters,homeless, ratio",
    "keywords": ["shelters", "homeless", "ratio"],
    "license": "Public Domain\nCity of Example(http://www.example.org)",
    "modified": "2013-01-31",
    "releaseDate": "2013-01-30",
    "title": "Directory of shelters",
    "webService": "https://data.example.org/resource/8kiv-2ukd",
    "distribution": [
        {
            "accessURL": f"https://data.example.org/api/views/8kiv-2ukd/rows.{label}",
            "formats": [{"label": label, "value": value}],
        }
        for label, value in (("csv", "text/csv"), ("json", "application/json"))
    ],
}
"""A record as Socrata portals wrote data.json 1.0 in 2013."""

FEDERAL = {
    "@type": "dcat:Dataset",
    "accessLevel": "public",
    "accrualPeriodicity": "R/P3M",
    "bureauCode": ["023:00"],
    "contactPoint": {
        "@type": "vcard:Contact",
        "fn": "A Person",
        "hasEmail": "mailto:a@example.org",
    },
    "dataQuality": True,
    "description": "Purchases made with the purchase card.",
    "distribution": [
        {
            "@type": "dcat:Distribution",
            "description": "First quarter.",
            "downloadURL": "https://example.org/q1.xlsx",
            "accessURL": "https://example.org/q1",
            "mediaType": "application/vnd.ms-excel",
            "format": "Excel",
            "title": "Q1",
        }
    ],
    "identifier": "GSA-2020-02-04-02",
    "keyword": ["purchase card", "transactions"],
    "landingPage": "https://example.org/cards",
    "language": ["en-us"],
    "modified": "2020-02-04",
    "publisher": {"@type": "org:Organization", "name": "General Services Administration"},
    "rights": "For all departments.",
    "spatial": "",
    "temporal": None,
    "theme": ["Card Services", "Finance"],
    "title": "Purchase Card Transactions",
}
"""A record with the fields of DCAT-US 1.1."""


def imported(*records, defaults=DEFAULTS):
    return read_dcat_us(json.dumps(list(records)).encode(), defaults)


def notes(result) -> list[str]:
    return [str(note) for entry in result.report for note in entry.notes]


def test_a_record_of_1_0():
    result = imported(SOCRATA)
    address = "https://data.example.org/api/views/8kiv-2ukd/rows"
    assert result.datasets == (
        Dataset(
            code="nyc-8kiv-2ukd",
            title_zh="Directory of shelters",
            title_en="Directory of shelters",
            summary="Shelters.\n*Counted once a year.",
            provider="doitt",
            format="text/csv",
            update_cycle=UpdateCycle.HOURLY,
            share_type=ShareType.UNCONDITIONAL,
            status=DatasetStatus.DRAFT,
            keywords=("shelters", "homeless", "ratio"),
            facets={
                "access_level": ("Public",),
                "licence": ("Public Domain City of Example(http://www.example.org)",),
                "modified": ("2013-01-31",),
                "created": ("2013-01-30",),
                "release_date": ("2013-01-30",),
            },
            distributions=(
                Distribution(access_url=f"{address}.csv", media_type="text/csv"),
                Distribution(access_url=f"{address}.json", media_type="application/json"),
                Distribution(
                    title="web service", access_url="https://data.example.org/resource/8kiv-2ukd"
                ),
                Distribution(title="feed", access_url=f"{address}.rss"),
            ),
        ),
    )
    assert result.report[0].status is RecordStatus.TAKEN
    assert notes(result) == []


def test_a_catalogue_of_1_1():
    catalogue = {"@type": "dcat:Catalog", "conformsTo": "v1.1", "dataset": [FEDERAL]}
    result = read_dcat_us(b"\xef\xbb\xbf" + json.dumps(catalogue).encode(), DEFAULTS)
    (draft,) = result.datasets
    assert draft.code == "nyc-gsa-2020-02-04-02"
    assert draft.update_cycle is UpdateCycle.QUARTERLY
    assert draft.theme == "Card Services"
    assert draft.keywords == ("purchase card", "transactions", "Finance")
    assert draft.format == "Excel"
    assert draft.use_conditions == "For all departments."
    assert [(d.title, d.access_url) for d in draft.distributions] == [
        ("Q1", "https://example.org/q1.xlsx"),
        ("Q1", "https://example.org/q1"),
        ("landing page", "https://example.org/cards"),
    ]
    assert notes(result) == [
        "distribution[0].description: a distribution has no such field",
        "bureauCode: '['023:00']': a catalogue entry has no such field",
        "contactPoint: people are registered with a role, not from a listing",
        "dataQuality: 'True': a catalogue entry has no such field",
        "language: '['en-us']': a catalogue entry has no such field",
    ]
    assert draft.facets["publisher"] == ("General Services Administration",)
    assert draft.facets["modified"] == ("2020-02-04",)


def test_a_record_of_which_everything_has_a_place_is_taken():
    result = imported({"title": "a", "identifier": 7, "description": "b", "accessLevel": "public"})
    assert result.report[0].status is RecordStatus.TAKEN
    assert result.report[0].notes == ()
    assert result.datasets[0].code == "nyc-7"


def test_what_is_not_public_is_not_made_unconditional():
    result = imported(SOCRATA | {"accessLevel": "restricted public"})
    assert result.datasets[0].share_type is None
    assert "accessLevel: 'restricted public' is not public; share_type left open" in notes(result)


def test_repeated_titles_keep_their_own_codes_and_repeated_identifiers_do_not():
    result = imported(
        SOCRATA,
        SOCRATA | {"identifier": "aaaa-bbbb"},
        SOCRATA | {"identifier": "8KIV-2ukd", "title": "Another"},
        SOCRATA | {"identifier": "cccc-dddd", "title": "DIRECTORY of shelters"},
    )
    assert [(entry.status.value, entry.code) for entry in result.report] == [
        ("taken", "nyc-8kiv-2ukd"),
        ("repeated", "nyc-aaaa-bbbb"),
        ("repeated", ""),
        ("taken_with_loss", "nyc-cccc-dddd"),
    ]
    assert [str(entry.notes[-1]) for entry in result.report[1:]] == [
        "title: stands in record 1 already, with another identifier; both kept",
        "identifier: stands in record 1 already; this record was left out",
        "title: looks like that of record 1, in other characters; both kept",
    ]


def test_a_record_that_cannot_be_an_entry_is_refused_and_the_others_are_taken():
    result = imported("nonsense", None, {}, {"title": {"en": "x"}}, SOCRATA)
    assert [entry.status.value for entry in result.report] == [*["refused"] * 4, "taken"]
    assert notes(result)[:5] == [
        "record: the record is not a JSON object",
        "record: the record is not a JSON object",
        "record: a catalogue entry needs a title",
        "title: is not text",
        "record: a catalogue entry needs a title",
    ]
    assert [dataset.code for dataset in result.datasets] == ["nyc-8kiv-2ukd"]


@pytest.mark.parametrize(
    ("field", "value", "note"),
    [
        ("frequency", "now and then", "frequency: 'now and then' is none of the update cycles"),
        ("frequency", "R/P4M", "frequency: 'R/P4M' is none of the update cycles"),
        ("keyword", {"a": 1}, "keyword: is neither text nor a list"),
        ("keyword", [["a"]], "keyword: is not text"),
        ("distribution", ["x"], "distribution[0]: is not a JSON object"),
        (
            "distribution",
            {"accessURL": "http://a", "formats": ["a", "b"]},
            "distribution[0].formats: kept the first, not 'b'",
        ),
        ("accessURL", "http://a/" + "x" * 2000, "accessURL: cut from 2009 to 2000 characters"),
        ("description", "x\u202ey", "description: characters that cannot be seen were left out"),
        ("strange\u202e", 1.5, "strange\\u{202e}: '1.5': a catalogue entry has no such field"),
    ],
)
def test_what_cannot_be_taken_is_named_with_its_field(field, value, note):
    assert note in notes(imported(SOCRATA | {field: value}))


@pytest.mark.parametrize(
    ("said", "cycle"),
    [
        ("R/P1D", "daily"), ("R/P1W", "weekly"), ("R/P1M", "monthly"), ("R/P6M", "semiannual"),
        ("R/P1Y", "annual"), ("r/pt1h", "hourly"), ("R/PT1S", "realtime"), ("irregular", "irregular"),
        ("Annually", "annual"), ("每季度", "quarterly"), ("on_demand", "on_demand"), ("R/P10Y", None),
        ("", None),
    ],
)  # fmt: skip
def test_update_cycles_are_read_exactly(said, cycle):
    assert read_cycle(said) == cycle


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"{", "the catalogue is not JSON in line 1, column 2"),
        (b'["a"\n"b"]', "the catalogue is not JSON in line 2, column 1"),
        (b"\xff\xfe", "the catalogue is not UTF-8 at byte 1"),
        (b"[" * 100_000, "the catalogue cannot be read as JSON"),
        (b"{}", "the catalogue has no list of datasets"),
        (b'{"dataset": 5}', "the catalogue has no list of datasets"),
        (b"7", "the catalogue has no list of datasets"),
    ],
)
def test_a_file_that_is_no_catalogue_is_refused(data, message):
    with pytest.raises(InvalidInput, match=message):
        read_dcat_us(data, DEFAULTS)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3)
    ),
    max_leaves=6,
)
RECORDS = st.dictionaries(
    st.sampled_from(sorted({*SOCRATA, *FEDERAL, "unheard-of"})), JSON | st.text(min_size=1)
)


@given(st.lists(JSON | RECORDS, max_size=6))
def test_whatever_stands_in_a_record_no_field_is_lost_in_silence(records):
    result = imported(*records)
    assert [entry.position for entry in result.report] == list(range(1, len(records) + 1))
    for record, entry in zip(records, result.report, strict=True):
        if isinstance(record, dict) and record.get("unheard-of") not in (None, "", [], {}):
            assert "unheard-of" in {note.field for note in entry.notes}
        assert bool(entry.notes) == (entry.status is not RecordStatus.TAKEN)


@given(st.lists(RECORDS, max_size=4))
def test_what_an_import_gives_can_stand_in_a_registry_folder(records):
    result = imported(*records, SOCRATA, FEDERAL)
    items = [to_document(dataset) for dataset in result.datasets]
    data = json.dumps({"kind": "Dataset", "items": items}, ensure_ascii=False).encode()
    registry = read_registry([("drafts.yaml", data)])
    assert tuple(placed.item for placed in registry.datasets) == result.datasets
    assert imported(*records, SOCRATA, FEDERAL) == result
