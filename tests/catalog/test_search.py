from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.model import Dataset
from catalog.search import (
    MAX_GRAM,
    SearchTerms,
    grams,
    matches,
    search_terms,
    searchable_text,
    weighted_grams,
)

HAN = st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF), min_size=1, max_size=12)
WORDS = st.text("abz09", min_size=1, max_size=8)


def found(query: str, text: str) -> bool:
    """Answer a query from an index of `text` the way the database does."""
    terms, index = search_terms(query), grams(text)
    return (
        bool(terms.exact or terms.prefixes)
        and all(term in index for term in terms.exact)
        and all(any(gram.startswith(prefix) for gram in index) for prefix in terms.prefixes)
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("不动产登记", {"不动", "动产", "产登", "登记", "记"}),
        ("水", {"水"}),
        ("深圳PM2.5浓度", {"深圳", "圳", "pm2", "5", "浓度", "度"}),
        ("Ａir Quality", {"air", "quality"}),
        ("air_quality-2020", {"air", "quality", "2020"}),
        ("STRASSE Straße", {"strasse"}),
        ("バス停 버스", {"バス", "ス停", "停", "버스", "스"}),
        ("𠮷野家", {"𠮷野", "野家", "家"}),
        ("—、。 \0", set()),
    ],
)
def test_text_is_cut_into_pairs_and_words(text, expected):
    assert grams(text) == expected


def test_a_query_becomes_equalities_and_prefixes():
    assert search_terms("不动产 水 Park") == SearchTerms(("不动", "动产"), ("水", "park"))
    assert search_terms(" _%* ") == SearchTerms((), ())


@pytest.mark.parametrize(
    ("query", "text", "hit"),
    [
        ("登记", "不动产登记信息共享目录", True),
        ("动产", "动物产品", False),
        ("产", "动物产品", True),
        ("品", "动物产品", True),
        ("park", "Car parking lots", True),
        ("arking", "Car parking lots", False),
        ("空气 2020", "2020年空气质量", True),
        ("空气 2021", "2020年空气质量", False),
        ("ＡＩＲ", "air quality", True),
    ],
)
def test_index_and_confirmation_agree_on_plain_cases(query, text, hit):
    assert found(query, text) is hit
    assert matches(query, text) is hit


def test_pairs_of_different_words_are_rejected_by_confirmation():
    query, text = "不动产登记", "不动产、产登、登记"
    assert found(query, text)
    assert not matches(query, text)


def test_nothing_asked_matches_nothing():
    assert not matches("", "不动产")
    assert not matches("、", "、")


@given(HAN, st.data())
def test_any_part_of_a_chinese_title_finds_it(title, data):
    start = data.draw(st.integers(0, len(title) - 1))
    end = data.draw(st.integers(start + 1, len(title)))
    assert found(title[start:end], title)
    assert matches(title[start:end], title)


@given(st.text())
def test_grams_hold_letters_and_digits_only_and_are_never_long(text):
    for gram in grams(text):
        assert gram
        assert len(gram) <= MAX_GRAM
        assert not set(gram) & set("%_\\*?'\" ")


@given(st.lists(HAN | WORDS, max_size=6), HAN | WORDS)
def test_whatever_confirmation_accepts_the_index_offers(parts, query):
    text = " ".join(parts)
    assert found(query, text) or not matches(query, text)


def dataset() -> Dataset:
    return Dataset(
        code="sz.air-hourly",
        title_zh="空气质量",
        title_en="Air quality",
        summary="每小时空气监测",
        items=("站点",),
        provider="sz-mee",
        theme="生态",
        keywords=("大气",),
    )


def test_the_weight_says_where_a_gram_stands():
    weights = weighted_grams(dataset(), ["深圳市生态环境局"], ["浓度"])
    assert weights["质量"] == 8
    assert weights["空气"] == 8 + 1
    assert weights["air"] == 8 + 4
    assert weights["大气"] == 4
    assert weights["生态"] == 4 + 2
    assert weights["站点"] == weights["浓度"] == 3
    assert weights["环境"] == 2
    assert weights["小时"] == 1


def test_the_confirmed_text_is_the_indexed_text():
    names = (["深圳市生态环境局"], ["浓度"])
    assert grams(searchable_text(dataset(), *names)) == set(weighted_grams(dataset(), *names))
