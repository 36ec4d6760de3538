"""Columns of printed tables: as wide as what stands in them, and no word in pieces."""

from itertools import pairwise

import pytest

from reports.columns import FLIPPED, PADDING, SOFT_BREAK, UPRIGHT, breakable, fitted
from reports.words import folded, width

NAMES = ["Administration for Market Regulation of Shenzhen Municipality (market)", "深圳市水务局"]


def table(figures):
    headings = ["Department", *(f"catalogue updates on time {n}" for n in range(figures))]
    rows = [[name, *["100.00\u00a0%\n12\u00a0/\u00a012"] * figures] for name in NAMES]
    return headings, rows, [False, *[True] * figures]


def room(found, column):
    return (found.widths[column] - PADDING) / found.size


@pytest.mark.parametrize("figures", [1, 5, 9, 14, 18])
def test_no_word_and_no_number_is_wider_than_its_column(figures):
    headings, rows, rights = table(figures)
    found = fitted(headings, rows, rights)
    assert room(found, 0) >= max(width(word) for word in NAMES[0].split()) - 0.1
    assert all(room(found, one) >= width("100.00\u00a0%") - 0.1 for one in range(1, figures + 1))
    assert sum(found.widths) <= (FLIPPED if found.flipped else UPRIGHT) + 1


def test_a_wide_table_lies_on_its_side_and_a_wider_one_is_smaller():
    upright, flipped, small = (fitted(*table(n)) for n in (4, 10, 18))
    assert (upright.flipped, upright.size) == (False, 8.0)
    assert (flipped.flipped, flipped.size) == (True, 8.0)
    assert small.flipped
    assert small.size < flipped.size


def test_columns_of_numbers_are_narrow_and_texts_share_the_rest():
    long = "a basis that is told in so many words that it stands on more than one line " * 3
    found = fitted(["Rate", "Name", "n", "Basis"], [["COL-1", NAMES[0], "1", long]], [0, 0, 1, 0])
    assert found.widths[2] < found.widths[0] < found.widths[1] < found.widths[3]


def test_a_small_table_is_not_drawn_out_over_the_page():
    found = fitted(["Day", "n"], [["2026-06-30", "1"]], [False, True])
    assert sum(found.widths) < UPRIGHT / 3


def test_a_table_of_nothing_has_its_headings():
    assert fitted([], [], []).widths == ()
    assert len(fitted(["Day", "n"], [], [False, True]).widths) == 2


def test_a_long_code_may_go_on_on_the_next_line():
    code = "https://example.org/a-rather-long/path.of.many/parts?and=more"
    assert breakable(code).replace(SOFT_BREAK, "") == code
    assert max(map(len, breakable("ab" * 32).split(SOFT_BREAK))) <= 20
    assert breakable("short-code") == "short-code"


def test_columns_are_as_wide_as_needed_in_chinese():
    found = fitted(["部门", "情形"], [["深圳市人力资源和社会保障局", "超出使用范围" * 40]], [0, 0])
    assert all(room(found, column) >= 4 for column in (0, 1))
    assert all(one < other for one, other in pairwise(found.widths))


def test_a_label_stands_on_one_line_or_two_and_is_cut_only_then():
    assert folded("short", 10) == ("short",)
    two = folded("Human Resources and Social Security Bureau", 12)
    assert two[0] == "Human Resources and"
    assert two[1].startswith("Social Security")
    assert folded("深圳市第四人力资源和社会保障局", 12) == ("深圳市第四人力资源和社会", "保障局")
    assert all(width(line) <= 12 for line in folded("x" * 60, 12))
