from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.naming import (
    check_code,
    check_text,
    check_title,
    collision_key,
    describe,
    visible,
)
from core.errors import InvalidInput


@pytest.mark.parametrize(
    "code", ["a", "0", "sz-mee", "air.quality_2020", "440300", "x" * 100, "console", "com", "a..b"]
)
def test_a_plain_code_is_returned(code):
    assert check_code(code, "dataset") == code


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("", "the dataset code is empty"),
        ("../etc", "the dataset code has '/' (SOLIDUS) at position 3"),
        ("a/b", "the dataset code has '/' (SOLIDUS) at position 2"),
        ("a\0b", "the dataset code has the control character U+0000 at position 2"),
        ("a\u202eb", "the dataset code has U+202E RIGHT-TO-LEFT OVERRIDE at position 2"),
        ("a\u200fb", "the dataset code has U+200F RIGHT-TO-LEFT MARK at position 2"),
        ("a\u200bb", "the dataset code has U+200B ZERO WIDTH SPACE at position 2"),
        ("a b", "the dataset code has U+0020 SPACE at position 2"),
        ("e\u0301", "the dataset code has U+0301 COMBINING ACUTE ACCENT at position 2"),
        ("空气", "the dataset code has '空' (CJK UNIFIED IDEOGRAPH-7A7A) at position 1"),
        ("a\ud800", "the dataset code has U+D800 at position 2"),
        (".hidden", "the dataset code begins with '.' (FULL STOP)"),
        ("-rf", "the dataset code begins with '-' (HYPHEN-MINUS)"),
        ("abc.", "the dataset code 'abc.' ends with '.', which Windows drops"),
        ("nul", "the dataset code 'nul' is the name of a device on Windows"),
        ("com1.csv", "the dataset code 'com1.csv' is the name of a device on Windows"),
        ("x" * 101, "the dataset code has 101 characters and may have 100"),
    ],
)
def test_a_bad_code_is_refused_with_the_character_and_its_place(code, message):
    with pytest.raises(InvalidInput) as caught:
        check_code(code, "dataset")
    assert str(caught.value) == message
    assert "a-z" in caught.value.hint


@pytest.mark.parametrize("code", ["Air-Quality", "ＡＩＲ-quality", "AIR-QUALITY"])
def test_a_code_in_other_letters_gets_the_plain_spelling_as_hint(code):
    with pytest.raises(InvalidInput, match="at position") as caught:
        check_code(code, "department")
    assert caught.value.hint == "write 'air-quality'"


@pytest.mark.parametrize("code", ["44", "440300", "440304009000", "qianhai", "440305.nanshan-1"])
def test_divisions_are_digits_of_gb_2260_or_a_citys_own_code(code):
    assert check_code(code, "division") == code


@pytest.mark.parametrize("code", ["4", "4403040090001"])
def test_a_division_of_too_few_or_many_digits_is_refused(code):
    with pytest.raises(InvalidInput, match="GB/T 2260 codes have 2 to 12"):
        check_code(code, "division")


@given(st.text())
def test_whatever_comes_a_code_is_plain_ascii_or_refused_without_echo(text):
    try:
        code = check_code(text, "dataset")
    except InvalidInput as error:
        shown = f"{error} {error.hint}"
        assert not any(unicodedata.category(c) in ("Cc", "Cf", "Cs") for c in shown)
    else:
        assert code == text == collision_key(text)
        assert code.isascii()


def test_a_title_is_stripped_and_composed():
    assert check_title("  cafe\u0301 空气质量 ") == "café 空气质量"


@pytest.mark.parametrize(
    ("title", "message"),
    [
        ("", "the title is empty"),
        (" \u3000", "the title is empty"),
        ("长" * 201, "the title has 201 characters and may have 200"),
        ("一\n二", "the title has the control character U+000A at position 2"),
        ("a\u202etxt", "the title has U+202E RIGHT-TO-LEFT OVERRIDE at position 2"),
        ("a\u2028b", "the title has U+2028 LINE SEPARATOR at position 2"),
        ("a\0", "the title has the control character U+0000 at position 2"),
    ],
)
def test_a_title_that_hides_something_is_refused(title, message):
    with pytest.raises(InvalidInput) as caught:
        check_title(title)
    assert str(caught.value) == message


def test_running_text_may_have_lines_and_may_be_empty():
    assert check_text("一\n\t二\n", "summary") == "一\n\t二"
    assert not check_text("", "summary")
    with pytest.raises(InvalidInput, match="the summary has the control character U\\+000D"):
        check_text("a\rb", "summary")
    with pytest.raises(InvalidInput, match="10001 characters"):
        check_text("x" * 10_001, "summary")


@given(st.text(min_size=1, max_size=200))
def test_checking_a_title_twice_changes_nothing_more(text):
    try:
        title = check_title(text)
    except InvalidInput:
        return
    assert check_title(title) == title


def test_names_that_look_alike_collide():
    assert collision_key("Ａbc") == collision_key("aBC") == "abc"
    assert collision_key("abc") != collision_key("abd")


def test_text_in_messages_is_escaped_and_cut():
    assert visible("a\u202eb\n") == "a\\u{202e}b\\u{a}"
    assert visible("长" * 61) == "长" * 60 + "…"
    assert describe("é") == "'é' (LATIN SMALL LETTER E WITH ACUTE)"
