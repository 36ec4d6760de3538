from __future__ import annotations

from dataclasses import replace

import pytest

from catalog.plan import Column, ColumnType, Mask, MaskKind, Secrecy
from catalog.predicate import All, Comparison, Not, Operator
from catalog.predicate import Any as AnyOf
from core.errors import Conflict, InvalidInput
from sharing.reviews.remaining import remaining
from sharing.safeguards import NONE, Safeguards, check_safeguards, read_safeguards, spoken
from sharing.stored import read_terms
from sharing.view import knows_enough, plan_read, unsearchable
from tests.sharing.test_odrl import GRANT
from tests.sharing.test_odrl import START as NOW

COLUMNS = tuple(
    Column(name, kind, (name,))
    for name, kind in (
        ("id", ColumnType.STRING),
        ("name", ColumnType.STRING),
        ("phone", ColumnType.INTEGER),
        ("born", ColumnType.DATE),
        ("secret", ColumnType.BOOLEAN),
    )
)
GIVEN = ("id", "name", "phone", "born")


def mask(column, kind="redact", head=0, tail=0):
    return Mask(column=column, kind=MaskKind(kind), head=head, tail=tail)


def secrecy(flag="secret", *columns):
    return Secrecy(flag=flag, columns=columns or ("phone",))


FULL = Safeguards(
    masks=(mask("born"), mask("phone", "partial", 3, 4)),
    needs=(("id", "name"), ("id",)),
    no_search=("phone",),
    secrecy=(secrecy(),),
)


def test_what_is_kept_is_what_was_said():
    check_safeguards(FULL, GIVEN, (), COLUMNS)
    assert read_safeguards(FULL.to_json()) == FULL
    assert read_safeguards(None) == NONE
    assert list(spoken(FULL)) == [
        "born is left empty",
        "phone shows 3 characters at its start, 4 at its end",
        "only rows of which the reader states id and name or id",
        "rows cannot be searched by phone",
        "phone empty where secret is true",
    ]


def test_terms_without_safeguards_have_the_hash_that_they_always_had():
    terms = GRANT.terms
    assert "safeguards" not in terms.to_json()
    guarded = replace(terms, safeguards=Safeguards(masks=(mask("id"),)))
    assert guarded.hash != terms.hash
    assert read_terms(guarded.to_json()) == guarded
    assert read_terms(terms.to_json()) == terms


def test_safeguards_add_up_and_lose_only_what_is_not_given():
    assert FULL + NONE == FULL == FULL + FULL
    left = FULL.of(("id", "name"))
    assert left == Safeguards(needs=FULL.needs)
    assert not NONE
    assert FULL


@pytest.mark.parametrize(
    ("safeguards", "words"),
    [
        (Safeguards(masks=(mask("secret"),)), "secret is not given, and cannot be masked"),
        (Safeguards(masks=(mask("none"),)), "none is not given"),
        (Safeguards(needs=(("none",),)), "cannot be stated by the reader"),
        (Safeguards(no_search=("none",)), "cannot be kept from being searched by"),
        (Safeguards(secrecy=(secrecy("secret", "none"),)), "cannot be kept secret"),
        (Safeguards(masks=(mask("id"), mask("id", "pseudonym"))), "masked in two ways"),
        (Safeguards(masks=(mask("born", "pseudonym"),)), "is date"),
        (Safeguards(masks=(mask("id", "partial", 11, 10),)), "more than 20"),
        (Safeguards(masks=(mask("id", "partial", -1, 1),)), "more than 20"),
        (Safeguards(needs=((),)), "is empty"),
        (Safeguards(needs=(("id", "id"),)), "names one twice"),
        (Safeguards(needs=(("id",),), masks=(mask("id"),)), "cannot state id"),
        (Safeguards(needs=(("id",),), no_search=("id",)), "cannot state id"),
        (Safeguards(needs=(("phone",),), secrecy=(secrecy(),)), "cannot state phone"),
        (Safeguards(no_search=("id",)), "whoever reads the whole file can search it"),
        (Safeguards(secrecy=(secrecy("born"),)), "the flag 'born' is date"),
        (Safeguards(secrecy=(secrecy("none"),)), "no column of the dataset"),
    ],
)
def test_safeguards_that_cannot_be_kept_are_refused(safeguards, words):
    with pytest.raises(InvalidInput, match=words) as refused:
        check_safeguards(safeguards, GIVEN, (), COLUMNS)
    assert refused.value.hint


def test_a_flag_cannot_hide_itself():
    safeguards = Safeguards(secrecy=(secrecy("secret", "secret"),))
    with pytest.raises(InvalidInput, match="cannot hide itself"):
        check_safeguards(safeguards, (*GIVEN, "secret"), (), COLUMNS)


@pytest.mark.parametrize(
    "safeguards", [Safeguards(masks=(mask("id"),)), Safeguards(secrecy=(secrecy("secret", "id"),))]
)
def test_rows_are_not_chosen_by_what_is_hidden(safeguards):
    with pytest.raises(InvalidInput, match="the choice tells it"):
        check_safeguards(safeguards, GIVEN, ("id",), COLUMNS)


def equal(column, value="x"):
    return Comparison(column, Operator.EQ, (value,))


GUARDED = replace(
    GRANT.terms,
    columns=GIVEN,
    safeguards=Safeguards(needs=(("id", "name"), ("born",)), no_search=("phone",)),
)


@pytest.mark.parametrize(
    ("where", "enough"),
    [
        (None, False),
        (equal("id"), False),
        (All((equal("id"), equal("name"))), True),
        (All((equal("id"), All((equal("phone"), equal("name"))))), True),
        (AnyOf((equal("id"), equal("name"))), False),
        (AnyOf((equal("born"),)), False),
        (All((equal("id"), Not(equal("name")))), False),
        (All((equal("id"), Comparison("name", Operator.NOT_NULL))), False),
        (All((equal("id"), Comparison("name", Operator.IN, ("a", "b")))), False),
        (All((equal("id"), Comparison("name", Operator.STARTS_WITH, ("a",)))), False),
        (equal("born"), True),
    ],
)
def test_a_reader_states_one_value_for_each_column_of_a_set(where, enough):
    assert knows_enough(GUARDED, where) is enough
    assert knows_enough(GRANT.terms, where)


def test_hidden_columns_and_those_that_are_not_searched_by_are_alike():
    where = All((equal("id"), Not(equal("phone")), equal("secret"), equal("nothing")))
    assert unsearchable(GUARDED, where) == ["phone", "secret", "nothing"]


def test_a_version_whose_flag_is_not_boolean_says_nothing_of_what_is_secret():
    terms = replace(
        GRANT.terms, columns=GIVEN, rows=None, safeguards=Safeguards(secrecy=(secrecy(),))
    )
    assert plan_read(terms, COLUMNS).secrecy
    older = [replace(c, type=ColumnType.STRING) if c.name == "secret" else c for c in COLUMNS]
    with pytest.raises(Conflict, match="secret is not boolean"):
        plan_read(terms, older)


def test_another_grant_gives_as_much_only_where_it_hides_no_more():
    def left(safeguards):
        terms = replace(GRANT.terms, safeguards=safeguards)
        other = replace(GRANT, ref="GRT-0099", terms=terms)
        return [one.columns for one in remaining(GRANT, [other], NOW)]

    whole = GRANT.terms.columns
    assert left(NONE) == [whole]
    assert left(Safeguards(masks=(mask(whole[0]),))) == ([whole[1:]] if whole[1:] else [])
    assert left(Safeguards(needs=((whole[0],),))) == []
