"""Check digits of a whole column against python-stdnum, value by value."""

import random
from datetime import date, timedelta

from stdnum.cn import ric, uscc
from stdnum.exceptions import InvalidComponent

from catalog.plan import ColumnType
from quality.model import CheckKind
from tests.quality.tables import Table, run, spec

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
NUMBERS = 5_000


def mutations(dice, number, places, alphabet):
    """The number, one with one character changed, and one with two neighbours swapped."""
    place = dice.choice(places)
    changed = number[:place] + dice.choice(alphabet) + number[place + 1 :]
    at = dice.choice(places[:-1])
    swapped = number[:at] + number[at + 1] + number[at] + number[at + 2 :]
    return [number, changed, swapped]


def failing_rows(tmp_path, texts, name):
    table = Table({"v": ColumnType.STRING}, {"v": texts})
    check = spec(CheckKind.FORMAT, "v", format=name)
    _, failing, _ = run([check], table.scan(tmp_path), tmp_path)
    return failing.get(check.id, [])


def test_unified_social_credit_codes(tmp_path):
    dice = random.Random(18)  # noqa: S311  fixed numbers, not secrets
    texts = []
    for _ in range(NUMBERS):
        body = "9" + "".join(dice.choices("0123456789", k=7) + dice.choices(ALPHABET, k=9))
        number = body + uscc.calc_check_digit(body)
        texts += mutations(dice, number, range(8, 18), ALPHABET + "IOSVZ")
    wrong = [row for row, text in enumerate(texts, 1) if not uscc.is_valid(text)]
    assert len(texts) > 10_000 < len(wrong) + NUMBERS
    assert failing_rows(tmp_path, texts, "cn-uscc") == wrong


def resident_id_is_valid(number):
    """As stdnum judges, but for the county's place in its list of counties by year."""
    try:
        ric.get_birth_date(number)
    except InvalidComponent:
        return False
    return number[:-1].isdigit() and ric.calc_check_digit(number) == number[-1]


def test_resident_identity_numbers(tmp_path):
    dice = random.Random(11)  # noqa: S311  fixed numbers, not secrets
    texts = []
    for _ in range(NUMBERS):
        born = date(1900, 1, 1) + timedelta(days=dice.randrange(45_000))
        body = f"{dice.choice([110101, 440305, 650102])}{born:%Y%m%d}{dice.randrange(1000):03}"
        number = body + ric.calc_check_digit(body + "0")
        texts += mutations(dice, number, range(6, 18), "0123456789")
    wrong = [row for row, text in enumerate(texts, 1) if not resident_id_is_valid(text)]
    assert NUMBERS < len(wrong) < len(texts) - NUMBERS
    assert failing_rows(tmp_path, texts, "cn-resident-id") == wrong


def test_a_date_inside_a_number_is_a_date_of_the_calendar(tmp_path):
    births = ["20000229", "19000229", "20230229", "20231301", "20230001", "00000101", "00010101"]
    bodies = [f"440305{birth}001" for birth in births]
    texts = [body + ric.calc_check_digit(body + "0") for body in bodies]
    assert failing_rows(tmp_path, texts, "cn-resident-id") == [2, 3, 4, 5, 6]
