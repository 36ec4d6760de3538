"""Each format: the same bytes each time, the data inside, and nothing of the data obeyed."""

import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from io import BytesIO
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from catalog.naming import FORMULA_STARTS
from core.errors import InvalidInput
from reports import html, markdown, sheets, whole, xlsx
from reports.compose import ranks
from reports.data import sealed
from reports.files import FORMATS, format_of
from reports.model import Figure, League, Series, Standing, Text, figures
from reports.words import NOTHING, Language, say
from tests.reports.sample import HOSTILE, sample

SUFFIXES = sorted(FORMATS)
LANGUAGES = [language.value for language in Language]


@pytest.fixture(scope="module", params=[(s, lang) for s in SUFFIXES for lang in LANGUAGES])
def made(request):
    suffix, language = request.param
    sealed = sample(language)
    form = format_of(Path(f"report{suffix}"))
    return form, sealed, form.render(sealed)


def test_the_same_report_gives_the_same_bytes_and_carries_its_data(made):
    form, sealed, content = made
    assert form.render(sealed) == content
    carried = form.embedded(content)
    assert carried["report"] == json.loads(json.dumps(sealed.data))
    assert carried["language"] == sealed.language


def test_a_file_shows_its_id_and_the_counts_of_its_headlines(made):
    form, sealed, content = made
    if form is whole:
        return  # it shows its data, and nothing beside them
    told = " ".join(text for _, text in form.told(content))
    headline = sealed.report.blocks[0].cards[0].figure
    assert str(headline.n) in told
    assert sealed.id in told


def told_by(suffix, sealed):
    form = format_of(Path(f"report{suffix}"))
    return " ".join(" ".join(text for _, text in form.told(form.render(sealed))).split())


@pytest.mark.parametrize("suffix", [".html", ".pdf", ".md", ".xlsx"])
def test_a_file_shows_the_sentences_and_the_targets_of_its_headlines(suffix):
    sealed = sample("en")
    cards = sealed.report.blocks[0].cards
    aimed = replace(sealed.report.blocks[0], cards=(replace(cards[0], target="61.50"), *cards[1:]))
    report = replace(sealed.report, blocks=(aimed, *sealed.report.blocks[1:]))
    told = told_by(suffix, replace(sealed, report=report)).replace("\u00a0", " ")
    assert "61.50 %" in told
    assert all(card.reading.en in told for card in cards)


@pytest.mark.parametrize("suffix", [".html", ".pdf", ".md", ".xlsx"])
def test_a_list_says_how_many_rows_it_leaves_out_and_whose_each_is(suffix):
    text = told_by(suffix, sample("en", 2, 21)).replace("\u00a0", " ")
    assert "42 rows, 6 of them left out, 2 of those unknown" in text
    assert "6 left out (2 unknown)" in text
    rows = 2 if suffix == ".html" else 2 * 21  # a page has the name above the rows
    assert text.count("(dept-001)") >= rows


@pytest.mark.parametrize("suffix", [".html", ".pdf", ".md", ".xlsx"])
def test_equal_percentages_share_a_rank(suffix):
    shares = (("a", 3, 4), ("b", 6, 8), ("c", 1, 2), ("d", 0, 0))
    rows = tuple(
        Series(label=Text.same(name), figures=(Figure(n=n, base=base), Figure(n=0, base=0)))
        for name, n, base in shares
    )
    assert ranks(rows) == [1, 1, 3, None]
    league = next(one for one in sample("en").report.blocks if isinstance(one, League))
    report = replace(sample("en").report, blocks=(replace(league, rows=rows),), members=())
    form = format_of(Path(f"report{suffix}"))
    told = [text for _, text in form.told(form.render(sealed(report, language="en")))]
    assert "Rank" in " ".join(told)
    assert re.search(r"a\W+1\W.*b\W+1\W.*c\W+3\W.*d\W+–|1 a .*1 b .*3 c .*– d ", " ".join(told))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_report_of_nothing_is_whole_and_says_so(suffix, language):
    nothing = sample(language, departments=0)
    form = format_of(Path(f"report{suffix}"))
    content = form.render(nothing)
    assert form.embedded(content)["report"]["id"] == nothing.id
    if suffix in {".html", ".pdf", ".md"}:
        assert say(NOTHING, Language(language)) in told_by(suffix, nothing)


def test_a_suffix_that_is_none_is_refused_with_those_that_there_are():
    with pytest.raises(InvalidInput, match="does not say") as caught:
        format_of(Path("report.docx"))
    assert ".html" in caught.value.hint


class Page(HTMLParser):
    def __init__(self, content: bytes) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.tags: list[str] = []
        self.outside: list[str] = []
        self.feed(content.decode())

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        for name, value in attrs:
            if name == "id":
                self.ids.append(value)
            if name == "href":
                self.links.append(value)
            if name in {"src", "srcset", "action", "data"} or name.startswith("on"):
                self.outside.append(f"{name}={value}")


@pytest.fixture(scope="module", params=LANGUAGES)
def page(request):
    sealed = sample(request.param)
    content = html.render(sealed)
    return sealed, content, Page(content)


def test_a_page_needs_nothing_from_outside(page):
    _, content, read = page
    assert read.outside == []
    assert [link for link in read.links if not link.startswith("#")] == []
    assert read.tags.count("script") == 1  # the data, which is no program
    assert "link" not in read.tags
    style = content.decode().split("<style>")[1].split("</style>")[0]
    assert "url(" not in style
    assert "@import" not in style


def test_every_link_of_a_page_leads_somewhere_and_no_id_is_there_twice(page):
    _, _, read = page
    assert len(read.ids) == len(set(read.ids))
    assert {link[1:] for link in read.links} <= set(read.ids)


def test_every_number_leads_to_its_rows(page):
    sealed, _, read = page
    wanted = {
        f"#rows-{f.rows}-{f.department}" if f.department else f"#rows-{f.rows}"
        for f in figures(sealed.report.blocks)
        if f.rows
    }
    assert wanted <= set(read.links)


def test_a_page_has_a_language_a_way_past_its_head_and_names_for_its_charts(page):
    sealed, content, read = page
    text = content.decode()
    assert f'<html lang="{"en" if sealed.language == "en" else "zh-CN"}">' in text
    assert read.links[0] == "#report"
    charts = re.findall(r'<svg class="chart"[^>]*>', text)
    assert charts
    assert all('role="group"' in chart and "aria-labelledby" in chart for chart in charts)


def test_a_page_in_one_language_has_no_word_of_the_other():
    english, chinese = (html.render(sample(lang)).decode() for lang in ("en", "zh"))
    body = re.sub(r"<script.*?</script>|<style>.*?</style>", "", english, flags=re.DOTALL)
    outside_marks = re.sub(r'<span lang="zh-CN">[^<]*</span>', "", body)
    assert re.findall(r">[^<]*[㐀-鿿][^<]*<", outside_marks.split("<body>")[1]) == []
    assert "Headlines" not in chinese.split('<script type="application/json"')[0]


def test_a_table_of_a_page_is_cut_and_says_so(monkeypatch):
    monkeypatch.setattr(html, "MOST_ROWS", 10)
    page = html.render(sample("en")).decode()
    assert "The first 10 of 54 rows" in page
    read = Page(page.encode())
    assert {link[1:] for link in read.links} <= set(read.ids)


def test_a_workbook_counts_by_formulas_over_its_rows():
    cells = dict(sheets.cells(xlsx.render(sample("en"))))
    card = cells["Summary!B4"]
    assert card.startswith("=COUNTIFS(Numerator!$A$2:$A$")
    sealed = sample("en")
    figure = sealed.report.blocks[0].cards[0].figure
    assert card.endswith(f"→ {figure.n}")
    assert cells["Summary!C4"].endswith(f"→ {figure.base}")
    assert float(cells["Summary!D4"].split("→ ")[1]) == float(figure.percent)
    assert "/100" in cells["Summary!D4"]


def test_no_cell_from_the_data_is_taken_for_a_formula():
    cells = xlsx.told(xlsx.render(sample("en")))
    texts = [text for place, text in cells if re.match(r"(Numerator|Denominator|Excluded)!", place)]
    held = {text.removeprefix("'") for text in texts}
    assert {text for text in HOSTILE if text.startswith(FORMULA_STARTS)} <= held
    assert not [text for text in texts if text.startswith(FORMULA_STARTS)]


def test_a_workbook_has_the_sheets_that_an_auditor_looks_for():
    places = [place for place, _ in sheets.cells(xlsx.render(sample("zh")))]
    assert list(dict.fromkeys(place.split("!")[0] for place in places)) == [
        "Summary",
        "Numerator",
        "Denominator",
        "Excluded",
        "Method",
        "Provenance",
        "Data",
    ]


def test_a_workbook_keeps_every_letter_of_its_rows():
    """Another program reads in its rows what stands in ours."""
    strange = "a<b>&\x07\x1f _x0041_ \ufffe \t\n end "
    base = sample("en").report
    rates = [
        replace(one, rows=[replace(row, title=f"{strange}{row.id}") for row in one.rows])
        for one in base.members
    ]
    content = xlsx.render(sealed(replace(base, members=tuple(rates)), language="en"))
    sheet = CalamineWorkbook.from_filelike(BytesIO(content)).get_sheet_by_name("Numerator")
    held = {str(row[3]) for row in sheet.to_python()[1:]}
    wanted = {row.title for one in rates for row in one.rows if row.standing is Standing.IN}
    assert held == {title.replace("\ufffe", "_xFFFE_") for title in wanted}
    assert sheet.height == 1 + sum(row.standing is Standing.IN for m in rates for row in m.rows)
    assert (
        b'<dimension ref="A1:J%d"/>' % sheet.height
        in sheets.parts(content)["xl/worksheets/sheet2.xml"]
    )


def test_a_workbook_that_is_none_is_refused():
    with pytest.raises(InvalidInput, match="no workbook"):
        sheets.cells(b"PK nothing")


def test_markup_in_the_data_stays_text_in_markdown():
    text = markdown.render(sample("en")).decode()
    body = text.split("<!-- data ")[0]
    assert "<script>" not in body
    assert r"\[link\](http://x)" in body
    lines = [line for line in body.splitlines() if "dept-000) | col-1-000" in line]
    assert lines
    assert {len(re.findall(r"(?<!\\)\|", line)) for line in lines} == {6}


def test_json_has_every_row():
    sealed = sample("en")
    rows = json.loads(whole.render(sealed))["rows"]
    assert {name: len(listed["rows"]) for name, listed in rows.items()} == {
        members.id: len(members.rows) for members in sealed.report.members
    }


def test_a_number_without_a_base_has_no_percentage():
    assert Figure(n=5).percent is None
