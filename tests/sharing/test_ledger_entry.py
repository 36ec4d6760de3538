"""What an entry's bytes are, and what is kept out of them."""

import hashlib
import json
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.canonical import canonical_bytes
from core.errors import InvalidInput
from sharing.ledger.entry import MAX_BODY_BYTES, Event, commitment, decode, encode

ACTOR = "ab" * 32
AT = datetime(2026, 3, 2, 1, 2, 3, 456789, tzinfo=UTC)

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
facts = st.dictionaries(
    st.text("abc_", min_size=1),
    st.recursive(
        st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | texts,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("xyz"), inner),
        max_leaves=8,
    ),
    max_size=4,
)


def make_body(**changes):
    event = Event(
        changes.pop("kind", "grant.issued"),
        changes.pop("subject", "grant:GRT-0001"),
        changes.pop("facts", {"columns": ["pm25", "站点"], "reason": "空气质量"}),
    )
    given_ = {"index": 7, "recorded_at": AT, "actor": ACTOR, "department": "eco"} | changes
    return encode(event, **given_)


def test_a_body_is_these_bytes():
    assert make_body().decode() == (
        f'{{"actor":"{ACTOR}","at":1772413323456789,"department":"eco",'
        '"facts":{"columns":["pm25","站点"],"reason":"空气质量"},"index":7,'
        '"subject":"grant:GRT-0001","t":"databureau/grant.issued/v1"}'
    )


@given(facts, st.integers(0, 2**40), st.datetimes(timezones=st.just(UTC)))
def test_what_is_read_back_writes_the_same_bytes(given_facts, index, moment):
    # RFC 8785 carries integers up to 2**53 - 1: microseconds until the year 2255.
    moment = moment.replace(year=1700 + moment.year % 550, day=min(moment.day, 28))
    body = make_body(facts=given_facts, index=index, recorded_at=moment)
    read = decode(body)
    assert (read.index, read.recorded_at, read.kind) == (index, moment, "grant.issued")
    assert (read.subject, read.actor, read.department) == ("grant:GRT-0001", ACTOR, "eco")
    assert make_body(facts=read.facts, index=index, recorded_at=moment) == body


def test_equal_facts_give_equal_bytes():
    one = make_body(facts={"a": 1, "b": "caf\u00e9"})
    other = make_body(facts={"b": "cafe\u0301", "a": 1})
    assert one == other


def test_the_zone_of_a_time_does_not_show():
    shanghai = AT.astimezone(timezone(timedelta(hours=8)))
    assert make_body(recorded_at=shanghai) == make_body()


def test_every_part_changes_the_bytes():
    changes = [
        {"kind": "grant.revoked"},
        {"subject": "grant:GRT-0002"},
        {"facts": {}},
        {"index": 8},
        {"recorded_at": AT + timedelta(microseconds=1)},
        {"actor": "cd" * 32},
        {"department": "tax"},
    ]
    assert len({make_body(), *(make_body(**change) for change in changes)}) == len(changes) + 1


def test_control_characters_are_escaped():
    body = make_body(facts={"reason": "one\ntwo\x1b[31mred\x00"})
    assert b"one\\ntwo\\u001b[31mred\\u0000" in body


def test_a_body_fills_64_kib_and_not_a_byte_more():
    room = MAX_BODY_BYTES - len(make_body(facts={"x": ""}))
    assert len(make_body(facts={"x": "a" * room})) == MAX_BODY_BYTES
    with pytest.raises(InvalidInput, match="takes 65537 bytes") as caught:
        make_body(facts={"x": "a" * (room + 1)})
    assert "SHA-256" in caught.value.hint


@pytest.mark.parametrize(
    "changes",
    [
        {"facts": {"share": 0.5}},
        {"facts": {"deep": [{"share": float("nan")}]}},
        {"facts": {"big": 2**53}},
        {"facts": {"lone": "\ud800"}},
        {"facts": {"caf\u00e9": 1, "cafe\u0301": 2}},
        {"facts": {"when": AT}},
        {"facts": {"raw": b"bytes"}},
        {"recorded_at": AT.replace(tzinfo=None)},
        {"actor": "Zhang San"},
        {"actor": ACTOR.upper()},
        {"kind": "issued"},
        {"kind": "Grant.Issued"},
        {"kind": "grant.issued\n"},
        {"kind": "grant." + "x" * 60},
        {"subject": "GRT-0001"},
        {"subject": "grant:"},
        {"subject": "dataset:a\nb"},
        {"subject": "dataset:a\x00b"},
        {"subject": "dataset:\u202eb"},
        {"subject": "dataset:cafe\u0301"},
        {"subject": "dataset:" + "x" * 200},
    ],
)
def test_what_has_no_place_in_an_entry_is_refused(changes):
    with pytest.raises(InvalidInput):
        make_body(**changes)


def rewritten(**changes):
    return json.dumps(
        json.loads(make_body()) | changes,
        sort_keys=True,
        separators=(",", ":"),
        ensure_ascii=False,
    ).encode()


def test_an_unchanged_rewriting_is_read():
    assert decode(rewritten()).index == 7


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "not JSON"),
        (b"\xff", "not JSON"),
        (b"[" * 60_000, "not JSON"),
        (b"9" * 60_000, "not JSON"),
        (b" " * (MAX_BODY_BYTES + 1), "65537 bytes"),
        (b"[]", "not an object"),
        (b"{}", "members are none"),
        (make_body() + b"\n", "canonical"),
        (make_body().replace(b'"index":7', b'"index":7,"index":7'), "canonical"),
        (make_body().replace(b"pm25", b"\\u0070m25"), "canonical"),
        (make_body().replace("空气".encode(), "e\u0301".encode()), "canonical"),
        (make_body().replace(b'"index":7', b'"index":7.0'), "float"),
        (rewritten(more=1), "members"),
        (rewritten(index=True), "wrong type"),
        (rewritten(at="2026"), "wrong type"),
        (rewritten(facts=[]), "wrong type"),
        (rewritten(subject=None), "not text"),
        (rewritten(t="databureau/grant.issued/v2"), "unknown"),
        (rewritten(t="databureau/grant/v1"), "unknown"),
    ],
)
def test_other_bytes_are_no_body(body, reason):
    with pytest.raises(InvalidInput, match=reason):
        decode(body)


astral = st.text("ab\ue000\ufffd\U0001f600\x1f\x7f\u2028", max_size=3)
anything = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**54), 2**54) | st.floats() | astral,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(astral, inner, max_size=3),
    max_leaves=6,
)


@given(anything, st.booleans(), st.booleans())
def test_a_body_is_read_just_where_its_bytes_are_canonical(value, ascii_only, ordered):
    document = json.loads(make_body()) | {"facts": {"a": value}}
    form = {"ensure_ascii": ascii_only, "sort_keys": ordered, "separators": (",", ":")}
    body = json.dumps(document, **form).encode()
    try:
        canonical = canonical_bytes(document) == body
    except InvalidInput:
        canonical = False
    if canonical:
        assert decode(body).facts == {"a": value}
    else:
        with pytest.raises(InvalidInput):
            decode(body)


def test_a_commitment_hashes_salt_and_person_with_their_lengths():
    salt = b"0123456789abcdef"
    expected = hashlib.sha256(b"\0" * 7 + b"\x10" + salt + b"\0" * 7 + b"\x02" + b"p1").hexdigest()
    assert commitment(salt, "p1") == expected


def test_salt_and_person_cannot_trade_places():
    salt = b"0123456789abcdef"
    assert commitment(salt + b"p", "1") != commitment(salt, "p1")


def test_a_short_salt_is_refused():
    with pytest.raises(InvalidInput, match="15 bytes is too short"):
        commitment(b"x" * 15, "p1")
