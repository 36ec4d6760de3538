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
