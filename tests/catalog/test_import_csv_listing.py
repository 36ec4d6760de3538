from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.importers.assembling import code_for
from catalog.importers.csv_listing import COLUMNS, read_csv_listing
from catalog.importers.records import ImportDefaults, RecordStatus
from catalog.model import (
    Dataset,
    DatasetStatus,
    Distribution,
    Grade,
    ResourceClass,
    Responsibility,
    ShareMode,
    ShareType,
)
from catalog.naming import MAX_CODE, check_code
from core.errors import InvalidInput

LISTING = Path(__file__).parents[1] / "data/tw-kaohsiung-catalogue/kaohsiung.2018.03.20.OD.csv"
DEFAULTS = ImportDefaults(provider="rdec", prefix="kh-")
LISTED = ("title", "description", "path")


def imported(text: str):
    return read_csv_listing(text.encode(), DEFAULTS, LISTED)


def notes(entry) -> list[str]:
    return [str(note) for note in entry.notes]


def test_a_real_listing_is_taken_whole():
    result = read_csv_listing(LISTING.read_bytes(), DEFAULTS, LISTED)
    assert len(result.report) == len(result.datasets) == 1495
    assert result.counts == {
        RecordStatus.TAKEN: 1489,
        RecordStatus.TAKEN_WITH_LOSS: 1,
        RecordStatus.REPEATED: 5,
        RecordStatus.REFUSED: 0,
    }
    assert len({dataset.code for dataset in result.datasets}) == 1495
    assert result.datasets[0].code == "kh-electric-moto-station"
    assert result.datasets[0].summary == "提供電動機車充電站名稱及充電站地址"
    repeated = [entry for entry in result.report if entry.status is RecordStatus.REPEATED]
    assert [entry.position for entry in repeated] == [170, 171, 172, 205, 1107]
    assert notes(repeated[0]) == [
        "title: stands in record 150 already, with another identifier; both kept"
    ]


def test_a_title_in_lookalike_characters_is_pointed_out():
    (entry,) = [
        entry
        for entry in read_csv_listing(LISTING.read_bytes(), DEFAULTS, LISTED).report
        if entry.status is RecordStatus.TAKEN_WITH_LOSS
    ]
    assert entry.position == 1067
    assert notes(entry) == ["title: looks like that of record 347, in other characters; both kept"]


def test_the_same_listing_gives_the_same_drafts_and_codes_do_not_depend_on_the_order():
    rows = LISTING.read_bytes().splitlines(keepends=True)
    first = read_csv_listing(b"".join(rows), DEFAULTS, LISTED)
    assert read_csv_listing(b"".join(rows), DEFAULTS, LISTED) == first
    turned = read_csv_listing(b"".join(reversed(rows[:-1])), DEFAULTS, LISTED)
    assert {d.code: d.title_zh for d in turned.datasets}.items() <= {
        d.code: d.title_zh for d in first.datasets
    }.items()


def test_a_draft_has_what_the_listing_and_the_defaults_say():
    defaults = ImportDefaults(
        provider="rdec",
        share_type=ShareType.UNCONDITIONAL,
        share_mode=ShareMode.FILE,
        resource_class=ResourceClass.DEPARTMENTAL,
        grade=Grade.GENERAL,
        theme="其他",
        responsibility=Responsibility(source="rdec"),
    )
    (draft,) = read_csv_listing(
        '停车场,"第一行\r\n第二行",/dataset/parking,"交通, 停车",CSV\n'.encode(),
        defaults,
        ("title", "description", "path", "keywords", "format"),
    ).datasets
    assert draft == Dataset(
        code="parking",
        title_zh="停车场",
        summary="第一行\n第二行",
        provider="rdec",
        format="CSV",
        share_type=ShareType.UNCONDITIONAL,
        share_mode=ShareMode.FILE,
        resource_class=ResourceClass.DEPARTMENTAL,
        grade=Grade.GENERAL,
        status=DatasetStatus.DRAFT,
        theme="其他",
        keywords=("交通", "停车"),
        responsibility=Responsibility(source="rdec"),
        distributions=(Distribution(access_url="/dataset/parking"),),
    )


def test_codes_come_from_the_identifier_or_the_title():
    result = imported(
        "甲,x,/dataset/Air_Quality\n乙,x,http://a.cn/b?id=1\n丙,x,目录\n丁,x,\n戊,x,/dataset/nul\n"
    )
    assert [dataset.code for dataset in result.datasets] == [
        "kh-air_quality",
        f"kh-http-a-cn-b-id-1-{digits('http://a.cn/b?id=1')}",
        f"kh-x-{digits('目录')}",
        f"kh-x-{digits('丁')}",
        "kh-nul",
    ]
    assert code_for("nul", "戊", "") == f"nul-{digits('nul')}"
    assert len(code_for("长 " + "a" * 200, "戊", "kh-")) == 100


def digits(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:8]


def test_a_repeated_identifier_or_nameless_title_is_left_out_with_the_first_position():
    result = imported("甲,x,/dataset/a\n乙,x,/dataset/A\n丙,x,\n丙,x,\n")
    assert [dataset.title_zh for dataset in result.datasets] == ["甲", "丙"]
    assert [(entry.status.value, entry.code) for entry in result.report] == [
        ("taken", "kh-a"),
        ("repeated", ""),
        ("taken", result.datasets[1].code),
        ("repeated", ""),
    ]
    assert notes(result.report[1]) == [
        "identifier: stands in record 1 already; this record was left out"
    ]
    assert notes(result.report[3]) == [
        "title: stands in record 3 already; this record was left out"
    ]


def test_ragged_rows_and_hidden_characters_are_told():
    result = imported("甲\n乙,x,/dataset/b,more,\n,x,/dataset/c\n\nd\u202ee,x\0y,/dataset/d\n")
    assert [notes(entry) for entry in result.report] == [
        ["description: the row ends before this column", "path: the row ends before this column"],
        [
            "column 4: stands beyond the columns of the listing",
            "column 5: stands beyond the columns of the listing",
        ],
        ["record: a catalogue entry needs a title"],
        [
            "description: characters that cannot be seen were left out",
            "title: characters that cannot be seen were left out",
        ],
    ]
    assert [entry.status.value for entry in result.report] == [
        "taken_with_loss", "taken_with_loss", "refused", "taken_with_loss",
    ]  # fmt: skip
    assert result.datasets[-1].title_zh == "de"


def test_a_long_title_is_cut_and_told():
    result = imported("长" * 201 + ",x,/dataset/a\n")
    assert result.datasets[0].title_zh == "长" * 200
    assert notes(result.report[0]) == ["title: cut from 201 to 200 characters"]


def test_headings_say_what_the_columns_are_in_either_language():
    result = read_csv_listing(
        "网址,标题,Description,浏览量,title\n/dataset/a,停车场,说明,7,\n/dataset/b,公园,,,Parks\n".encode(),
        DEFAULTS,
    )
    assert [(d.code, d.title_zh, d.summary) for d in result.datasets] == [
        ("kh-a", "停车场", "说明"),
        ("kh-b", "公园", ""),
    ]
    assert [notes(entry) for entry in result.report] == [
        ["浏览量: a catalogue entry has no such field"],
        ["title (column 5): a catalogue entry has no such field"],
    ]


@pytest.mark.parametrize("encoding", ["gb18030", "big5", "utf-8-sig"])
def test_the_encoding_can_be_named(encoding):
    data = "停車場,說明,/dataset/p\n".encode(encoding)
    assert read_csv_listing(data, DEFAULTS, LISTED, encoding).datasets[0].title_zh == "停車場"


@pytest.mark.parametrize(
    ("data", "options", "message"),
    [
        ("甲,乙\n丙".encode("gb18030"), {}, "the listing is not utf-8 in line 1"),
        (b"a", {"encoding": "klingon"}, "there is no encoding 'klingon'"),
        (b'a,b\n"c', {}, "the listing is not CSV in line 2"),
        (b"a," + b"x" * 200_000, {}, "the listing is not CSV in line 1: field larger than"),
        (b'[{"title": "a"}]', {}, "the listing is JSON, not CSV"),
        (b'{"title": "a"}', {"columns": ("title",)}, "the listing is JSON, not CSV"),
        (b"name,count\na,1\n", {}, "none of its headings .'name', 'count'. is one for titles"),
        (b"a", {"columns": ("name",)}, "'name' is not a column of a listing"),
        (b"a", {"columns": ("title", "title")}, "'title' is named twice"),
        (b"a", {"columns": ("path",)}, "needs a column 'title'"),
    ],
)
def test_a_file_that_is_no_listing_is_refused(data, options, message):
    with pytest.raises(InvalidInput, match=message):
        read_csv_listing(data, DEFAULTS, **options)


@pytest.mark.parametrize(
    ("defaults", "message"),
    [
        (ImportDefaults(provider="RDEC"), "the department code has 'R'"),
        (ImportDefaults(provider="a", prefix="../"), "the dataset code has '/'"),
        (ImportDefaults(provider="a", prefix="x" * 41), "longer than 40"),
    ],
)
def test_bad_defaults_are_refused_before_anything_is_read(defaults, message):
    with pytest.raises(InvalidInput, match=message):
        read_csv_listing(b"", defaults)


CELL = st.text(st.characters(codec="utf-8"), max_size=12)


@given(st.lists(st.lists(CELL, min_size=1, max_size=7), max_size=8), st.sampled_from(["", "kh."]))
def test_every_row_is_accounted_for_and_every_draft_has_a_good_name(rows, prefix):
    quoted = [",".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in rows]
    data = "\n".join(quoted).encode()
    result = read_csv_listing(data, ImportDefaults(provider="a", prefix=prefix), COLUMNS)
    assert [entry.position for entry in result.report] == list(range(1, len(rows) + 1))
    taken = [entry.code for entry in result.report if entry.code]
    assert taken == [dataset.code for dataset in result.datasets]
    assert len(set(taken)) == len(taken)
    assert all(check_code(code, "dataset") and len(code) <= MAX_CODE for code in taken)
    assert all(entry.notes for entry in result.report if entry.status is not RecordStatus.TAKEN)
