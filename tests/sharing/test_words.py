"""Reasons and answers are said, or they are not."""

import pytest

from core.errors import InvalidInput
from sharing.words import MAX_WORDS, require_words, words


@pytest.mark.parametrize(
    "text", ["", " ", "\u3000", "\u200b", "\u200b \u2060\ufeff", "\n\t", "\u00ad"]
)
def test_what_nobody_sees_is_nothing(text):
    assert words(text) == ""
    with pytest.raises(InvalidInput, match="no reason"):
        require_words(text, "there is no reason", "add --reason TEXT")


def test_ends_are_cut_and_the_rest_stays_as_it_is():
    assert words("  因数据  过期 \n") == "因数据  过期"


def test_a_text_has_an_end():
    assert require_words("字" * MAX_WORDS, "", "") == "字" * MAX_WORDS
    with pytest.raises(InvalidInput, match="2001 characters is too long"):
        require_words("字" * (MAX_WORDS + 1), "", "")


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("审核\u202e收入", "U\\+202E RIGHT-TO-LEFT OVERRIDE at position 3"),
        ("审核\u2066收入\u2069", "U\\+2066 LEFT-TO-RIGHT ISOLATE at position 3"),
        ("审核收入\u200f额", "U\\+200F RIGHT-TO-LEFT MARK at position 5"),
        ("审\u200b核", "U\\+200B ZERO WIDTH SPACE at position 2"),
        ("\x1b[31m红", "the control character U\\+001B at position 1"),
        ("审核\r同意", "the control character U\\+000D at position 3"),
        ("审\x00核", "the control character U\\+0000 at position 2"),
        ("审\u2028核", "U\\+2028 LINE SEPARATOR at position 2"),
    ],
)
def test_what_hides_or_reorders_the_rest_is_refused_and_never_echoed(text, named):
    with pytest.raises(InvalidInput, match=named) as caught:
        words(text)
    assert str(caught.value).isprintable()
    assert caught.value.hint == "take the invisible character out"
    with pytest.raises(InvalidInput, match=named):
        require_words(text, "there is no reason", "add --reason TEXT")


def test_lines_and_tabs_and_the_scripts_of_people_stay():
    for text in (
        "第一行\n\t第二行",
        "ئۇيغۇرچە",
        "བོད་ཡིག",
        "𠮷野",
        "é\u0301",
        "\ue000字",
        "甲\u3000乙",
    ):
        assert words(text) == text
