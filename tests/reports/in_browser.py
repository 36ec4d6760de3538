"""Reports as a browser shows them: `make browser` runs this with Debian's Chromium.

Pictures of every page are left in build/seen, to be looked at.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import sync_playwright

from reports import html
from tests.reports.sample import sample

SEEN = Path(__file__).parents[2] / "build" / "seen"
CHROMIUM = shutil.which("chromium") or "chromium"
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
LANGUAGES = ("zh", "en", "both")
WIDE, NARROW = 1100, 360
UPRIGHT, FLIPPED = 688, 1031
"""What A4 has between the margins of its print sheet, in pixels."""
SEEN_AS = [
    *[("zh", scheme, width) for scheme in ("light", "dark") for width in (WIDE, NARROW)],
    ("en", "light", WIDE),
    ("en", "dark", NARROW),
    ("both", "light", NARROW),
]


@pytest.fixture(scope="module")
def browser():
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield found
        found.close()


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("reports")
    for language in LANGUAGES:
        (folder / f"{language}.html").write_bytes(html.render(sample(language, 5, 9)))
    return folder


@pytest.fixture
def opened(browser, files):
    """Opens a report; whatever the page asks for beside its own file is noted."""
    contexts = []

    def opened(language, **options):
        context = browser.new_context(**options)
        contexts.append(context)
        page = context.new_page()
        asked = []
        page.on("request", lambda request: asked.append(request.url))
        page.goto((files / f"{language}.html").as_uri())
        return page, asked

    yield opened
    for context in contexts:
        context.close()


@pytest.mark.parametrize(("language", "scheme", "width"), SEEN_AS)
def test_a_report_keeps_the_rules_of_wcag(opened, language, scheme, width):
    page, asked = opened(language, color_scheme=scheme, viewport={"width": width, "height": 900})
    SEEN.mkdir(parents=True, exist_ok=True)
    top = {"x": 0, "y": 0, "width": width, "height": 4_000}
    page.screenshot(path=SEEN / f"{language}-{scheme}-{width}.png", full_page=True, clip=top)
    page.eval_on_selector_all("details", "found => found.forEach(one => one.open = true)")
    found = Axe().run(page, options={"runOnly": RULES})
    assert found.violations_count == 0, found.generate_report()
    assert len(asked) == 1
    assert asked[0].startswith("file:")


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_but_tables_and_charts_is_wider_than_a_narrow_screen(opened, language):
    page, _ = opened(language, viewport={"width": 360, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_wide_table_can_be_scrolled_and_fits_when_it_is_printed(opened, language):
    page, _ = opened(language, viewport={"width": 700, "height": 900})
    region = page.locator("section[aria-labelledby=wide] .scroll")
    assert (region.get_attribute("role"), region.get_attribute("tabindex")) == ("region", "0")
    assert region.get_attribute("aria-label")
    assert region.evaluate("one => one.scrollWidth > one.clientWidth")
    assert "linear-gradient" in region.evaluate("one => getComputedStyle(one).backgroundImage")
    page.emulate_media(media="print")
    for kind, width in (("section:not(.wide)", UPRIGHT), ("section.wide", FLIPPED)):
        page.set_viewport_size({"width": width, "height": 900})
        wide = page.locator(f"{kind} .scroll").evaluate_all(
            "(all, width) => all.filter(e => e.scrollWidth > width).map(e => e.ariaLabel)", width
        )
        assert wide == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_report_needs_no_script_and_its_links_lead_to_rows(opened, language):
    page, _ = opened(language, java_script_enabled=False)
    page.locator("svg.chart a").first.click()
    assert "#rows-FUNNEL" in page.url
    assert page.locator("section[aria-labelledby=rows-FUNNEL]").is_visible()


def test_the_first_stop_of_the_keyboard_leads_past_the_head(opened):
    page, _ = opened("zh")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.url.endswith("#report")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_report_is_printed_with_its_tables_open(opened, language):
    page, _ = opened(language)
    page.emulate_media(media="print")
    assert page.locator("details td").first.is_visible()
    SEEN.mkdir(parents=True, exist_ok=True)
    printed = SEEN / f"{language}-print.pdf"
    page.pdf(path=printed, format="A4", prefer_css_page_size=True)
    assert printed.stat().st_size > 10_000
