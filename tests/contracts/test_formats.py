import ipaddress
import re
import string
import uuid
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stdnum.cn import ric, uscc

from contracts.formats import FORMATS, get_format, is_valid
from contracts.patterns import portability_faults
from core.errors import NotFound


def add_check_character(name: str, body: str) -> str:
    """`body` with the character that the format's own data demands."""
    rule = get_format(name).checksum
    total = sum(
        rule.alphabet.index(character) * weight
        for character, weight in zip(body, rule.weights, strict=False)
    )
    return body + rule.alphabet[(rule.remainder - total) % rule.modulus]


def holds(name: str, value: str) -> bool:
    """Decide a value from the data of the format alone, as an engine does."""
    named = get_format(name)
    if named.pattern and not re.fullmatch(named.pattern, value):
        return False
    if named.date_start:
        digits = value[named.date_start - 1 : named.date_start + 7]
        try:
            date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
        except ValueError:
            return False
    if named.checksum is None:
        return True
    places = [named.checksum.alphabet.index(character) for character in value]
    total = sum(a * b for a, b in zip(places, named.checksum.weights, strict=True))
    return total % named.checksum.modulus == named.checksum.remainder


USCC_BODIES = st.builds(
    "{}{}".format,
    st.from_regex("[1-9][0-9]{7}", fullmatch=True),
    st.text(uscc._alphabet, min_size=9, max_size=9),
)
RIC_BODIES = st.builds(
    "{}{:%Y%m%d}{:03}".format,
    st.sampled_from(["110101", "310101", "440305", "440303", "510104"]),
    st.dates(date(1930, 1, 1), date(2024, 1, 1)),
    st.integers(0, 999),
)


@settings(deadline=None)
@given(USCC_BODIES)
def test_credit_codes_agree_with_the_reference_implementation(body):
    code = add_check_character("cn-uscc", body)
    assert uscc.is_valid(code)
    assert is_valid("cn-uscc", code)
    assert holds("cn-uscc", code)


@settings(deadline=None)
@given(USCC_BODIES, st.integers(0, 17), st.sampled_from(string.digits + string.ascii_uppercase))
def test_a_changed_credit_code_is_found(body, place, character):
    code = add_check_character("cn-uscc", body)
    changed = code[:place] + character + code[place + 1 :]
    assert is_valid("cn-uscc", changed) == holds("cn-uscc", changed)
    assert changed == code or not is_valid("cn-uscc", changed)


@pytest.mark.parametrize("first", ["N2440300", "Y1440300", "A1110000"])
def test_credit_codes_of_registers_with_a_letter(first):
    assert is_valid("cn-uscc", add_check_character("cn-uscc", first + "MA5DA0001"))


@settings(deadline=None)
@given(RIC_BODIES)
def test_identity_numbers_agree_with_the_reference_implementation(body):
    number = add_check_character("cn-resident-id", body)
    assert ric.calc_check_digit(number) == number[-1]
    assert is_valid("cn-resident-id", number)
    assert holds("cn-resident-id", number)


@settings(deadline=None)
@given(RIC_BODIES, st.integers(0, 17), st.sampled_from("0123456789X"))
def test_a_changed_identity_number_is_decided_alike(body, place, character):
    number = add_check_character("cn-resident-id", body)
    changed = number[:place] + character + number[place + 1 :]
    assert is_valid("cn-resident-id", changed) == holds("cn-resident-id", changed)
    if ric.is_valid(changed):
        assert is_valid("cn-resident-id", changed)


@pytest.mark.parametrize("day", ["19900230", "19901301", "00000101", "19000229"])
def test_identity_numbers_need_a_real_date(day):
    assert not is_valid("cn-resident-id", add_check_character("cn-resident-id", f"440305{day}123"))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("cn-uscc", "91110000600037341L"),
        ("cn-resident-id", "360426199101010071"),
        ("cn-division-code", "44"),
        ("cn-division-code", "4403"),
        ("cn-division-code", "440305"),
        ("cn-division-code", "440305007"),
        ("cn-division-code", "440305007001"),
        ("email", "data.bureau+1@sz.gov.cn"),
        ("uri", "https://opendata.sz.gov.cn/data?id=1#top"),
        ("uri", "urn:uuid:53581432-6c55-4ba2-a65f-72344a91553a"),
        ("hostname", "opendata.sz.gov.cn"),
        ("byte", "5rex5Zyz"),
        ("byte", ""),
        ("binary", "\x00"),
        ("password", "anything"),
    ],
)
def test_valid_values(name, value):
    assert is_valid(name, value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("cn-uscc", "91110000600037341l"),
        ("cn-uscc", "91110000600037341L "),
        ("cn-uscc", "91110000600037341L\n"),
        ("cn-uscc", "9111 0000600037341L"),
        ("cn-uscc", "９1110000600037341L"),
        ("cn-uscc", ""),
        ("cn-resident-id", "36042619910101007"),
        ("cn-resident-id", "990426199101010071"),
        ("cn-division-code", "440"),
        ("cn-division-code", "44030"),
        ("cn-division-code", "994403"),
        ("cn-division-code", "４４０３"),
        ("cn-division-code", "44030500"),
        ("email", "a@b"),
        ("email", "a b@sz.gov.cn"),
        ("email", "a@sz.gov.cn\n"),
        ("uri", "opendata.sz.gov.cn"),
        ("uri", "http://深圳.cn"),
        ("uri", "http://a b"),
        ("hostname", "-a.cn"),
        ("hostname", "a" * 64 + ".cn"),
        ("ipv4", "01.2.3.4"),
        ("ipv4", "256.1.1.1"),
        ("ipv6", "fe80::1%eth0"),
        ("byte", "abc"),
        ("uuid", "53581432"),
    ],
)
def test_invalid_values(name, value):
    assert not is_valid(name, value)


@settings(deadline=None)
@given(st.ip_addresses() | st.ip_addresses(v=6).map(lambda address: address.exploded))
def test_addresses(address):
    name = "ipv4" if ipaddress.ip_address(address).version == 4 else "ipv6"
    assert is_valid(name, str(address))


@settings(deadline=None)
@given(st.text("0123456789abcdef:.", max_size=24))
def test_texts_like_addresses(text):
    for name, kind in (("ipv4", ipaddress.IPv4Address), ("ipv6", ipaddress.IPv6Address)):
        try:
            kind(text)
        except ValueError:
            assert not is_valid(name, text)
        else:
            assert is_valid(name, text)


@settings(deadline=None)
@given(st.uuids())
def test_uuids(value):
    assert is_valid("uuid", str(value))
    assert is_valid("uuid", str(value).upper())
    assert uuid.UUID(str(value)) == value


@settings(deadline=None)
@given(st.sampled_from(sorted(FORMATS)), st.text(max_size=30))
def test_the_data_of_a_format_decides_as_the_arbiter_does(name, text):
    assert is_valid(name, text) == holds(name, text)


@pytest.mark.parametrize("named", FORMATS.values(), ids=lambda named: named.name)
def test_formats_are_complete(named):
    assert named.title_zh
    assert named.title_en
    assert named.description
    assert portability_faults(named.pattern) == []
    if named.checksum:
        assert len(named.checksum.weights) == 18
        assert len(named.checksum.alphabet) == named.checksum.modulus


def test_an_unknown_format():
    with pytest.raises(NotFound) as caught:
        is_valid("cn-phone", "1")
    assert "cn-uscc" in caught.value.hint


def test_every_day_of_two_centuries_can_be_a_date_of_birth():
    day = date(1900, 1, 1)
    while day < date(1901, 1, 1):
        assert is_valid(
            "cn-resident-id", add_check_character("cn-resident-id", f"440305{day:%Y%m%d}001")
        )
        day += timedelta(days=1)
