"""Traffic lights: red before yellow before green, and/or honoured, unknown its own colour."""

from __future__ import annotations

from datetime import date

import pytest

from core.errors import DocumentInvalid
from rates.definitions import find_rate
from rates.lights import Colour, aim, light_up
from rates.model import RateQuery, RateResult
from sharing.profiles.city import read_city
from sharing.profiles.national import national
from sharing.profiles.thresholds import Target

CITY = """
profile = "town"
extends = "cn-national-809"
title_zh = "某市"
title_en = "A town"
"""
LIGHT = """
[lights.water]
title_zh = "水"
title_en = "Water"
why = "the council asked for it"
"""


def light(red, yellow):
    text = f"{CITY}{LIGHT}red.{red}\nyellow.{yellow}\n"
    return read_city(text.encode(), "town.toml", national()).lights["water"]


def measured(**rates):
    return {
        name.replace("_", "-"): RateResult(
            definition=find_rate(name.replace("_", "-")).definition,
            query=RateQuery(as_of=date(2026, 1, 1)),
            group="",
            n=n,
            base=base,
            excluded={},
            spread=None,
            rule_set="",
            ledger_size=0,
            ledger_root="",
        )
        for name, (n, base) in rates.items()
    }


def colour(one, **rates):
    return light_up(one, "", measured(**rates)).colour


ANY = light('any = ["COL-1 < 60", "SHA-2 <= 50"]', 'any = ["COL-1 < 90"]')
ALL = light('all = ["COL-1 < 60", "SHA-2 < 60"]', 'all = ["COL-1 < 90", "SHA-2 < 90.5"]')


@pytest.mark.parametrize(
    ("one", "collected", "shared", "expected"),
    [
        (ANY, (59, 100), (100, 100), Colour.RED),
        (ANY, (60, 100), (50, 100), Colour.RED),
        (ANY, (60, 100), (51, 100), Colour.YELLOW),
        (ANY, (90, 100), (51, 100), Colour.GREEN),
        (ANY, (0, 0), (50, 100), Colour.RED),
        (ANY, (0, 0), (51, 100), Colour.UNKNOWN),
        (ANY, (90, 100), (0, 0), Colour.UNKNOWN),
        (ANY, (59, 100), (0, 0), Colour.RED),
        (ALL, (59, 100), (59, 100), Colour.RED),
        (ALL, (59, 100), (60, 100), Colour.YELLOW),
        (ALL, (89, 100), (91, 100), Colour.GREEN),
        (ALL, (59, 100), (0, 0), Colour.UNKNOWN),
        (ALL, (60, 100), (0, 0), Colour.UNKNOWN),
        (ALL, (90, 100), (0, 0), Colour.GREEN),
    ],
)
def test_the_colour_follows_from_the_rates(one, collected, shared, expected):
    assert colour(one, COL_1=collected, SHA_2=shared) is expected


def test_a_light_says_what_gave_its_colour():
    lit = light_up(ANY, "env", measured(COL_1=(1, 3), SHA_2=(2, 3)))
    assert lit.because == ("COL-1 < 60: 33.33 (1 / 3)",)
    unknown = light_up(ANY, "env", measured(SHA_2=(2, 3)))
    assert unknown.because == ("COL-1 < 60: not measured",)
    zero = light_up(ANY, "env", measured(COL_1=(0, 0), SHA_2=(2, 3)))
    assert zero.because == ("COL-1 < 60: not known, for the base is zero",)
    green = light_up(ANY, "env", measured(COL_1=(3, 3), SHA_2=(2, 3)))
    assert green.colour is Colour.GREEN
    assert "not COL-1 < 60: 100.00 (3 / 3)" in green.because


@pytest.mark.parametrize(("n", "base", "met"), [(9, 10, True), (8999, 10_000, False), (0, 0, None)])
def test_a_target_is_met_missed_or_unknown(n, base, met):
    target = Target(rate="COL-1", percent=90, profile="town", why="x")
    assert aim(target, measured(COL_1=(n, base))["COL-1"]).met is met


def test_a_city_keeps_replaces_and_adds_lights_and_targets():
    text = f"""{CITY}{LIGHT.replace("water", "sharing")}
red.any = ["SHA-2 < 1"]
yellow.any = ["SHA-2 < 2"]
[targets.COL-1]
percent = 100
why = "all of it"
[targets.COL-6]
percent = 70
why = "fresh"
"""
    profile = read_city(text.encode(), "town.toml", national())
    assert set(profile.lights) == set(national().lights)
    assert str(profile.lights["sharing"].red) == "SHA-2 < 1"
    assert profile.lights["collection"] == national().lights["collection"]
    assert {name: one.percent for name, one in profile.targets.items()} == {
        "COL-1": 100,
        "SHA-2": 60,
        "USE-1": 50,
        "COL-6": 70,
    }


def test_lights_and_targets_bind_nobody_and_leave_the_version_as_it_is():
    plain = read_city(CITY.encode(), "town.toml", national())
    text = f'{CITY}{LIGHT}red.any = ["SHA-2 < 1"]\nyellow.any = ["SHA-2 < 2"]\n'
    assert read_city(text.encode(), "town.toml", national()).version == plain.version


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ('red.any = ["SHA-2 < 1"]', "lights.water.yellow: is missing"),
        ('red.any = []\nyellow.any = ["SHA-2 < 1"]', "neither or both of any and all"),
        ('red.any = ["SHA-2"]\nyellow.any = ["SHA-2 < 1"]', "has 'SHA-2': write a rate"),
        ('red.any = ["SHA-2 < 101"]\nyellow.any = ["SHA-2 < 1"]', "has 'SHA-2 < 101'"),
        ('red.any = [1]\nyellow.any = ["SHA-2 < 1"]', "has 1: write a rate"),
        (
            'red = {any = ["SHA-2 < 1"], all = ["SHA-2 < 1"]}\nyellow.any = ["SHA-2 < 1"]',
            "neither or both",
        ),
        ('red.some = ["SHA-2 < 1"]\nyellow.any = ["SHA-2 < 1"]', "some"),
    ],
)
def test_what_is_wrong_with_a_light_is_said_with_its_place(text, fault):
    with pytest.raises(DocumentInvalid) as refused:
        read_city(f"{CITY}{LIGHT}{text}\n".encode(), "town.toml", national())
    assert any(fault in str(problem) for problem in refused.value.problems)


@pytest.mark.parametrize("percent", [0, 101])
def test_a_target_is_a_percentage(percent):
    text = f'{CITY}[targets.COL-1]\npercent = {percent}\nwhy = "x"\n'
    with pytest.raises(DocumentInvalid):
        read_city(text.encode(), "town.toml", national())
