"""The profile that comes with the program: Decree 809, as `cn-national-809.toml` has it."""

from __future__ import annotations

from datetime import date
from functools import cache
from importlib.resources import files

from sharing.profiles.model import (
    SETTINGS,
    Extension,
    Ground,
    Limit,
    LimitName,
    Party,
    Profile,
    Setting,
    Source,
    Unit,
    setting_fault,
)
from sharing.profiles.thresholds import read_lights, read_targets
from sharing.profiles.toml_table import Table, load, require_none

NATIONAL = "cn-national-809"


@cache
def national() -> Profile:
    file = f"{NATIONAL}.toml"
    return read_national((files("sharing.profiles") / file).read_bytes(), file)


def read_national(data: bytes, file: str) -> Profile:
    """Read a profile that extends none, so that every limit and setting must be in it.

    Raises InvalidInput with every fault and its place in the file.
    """
    top, problems = load(data, file)
    name = top.text("profile")
    profile = Profile(
        name=name,
        extends="",
        title_zh=top.text("title_zh"),
        title_en=top.text("title_en"),
        effective=top.take("effective", date),
        limits={limit: _limit(limit, table, name) for limit, table in top.tables("limits")},
        settings={key: _setting(key, table, name) for key, table in top.tables("settings")},
        lights=read_lights(top, name),
        targets=read_targets(top, name),
    )
    top.close(
        "profile", "title_zh", "title_en", "effective", "limits", "settings", "lights", "targets"
    )
    _check_names(top, profile)
    require_none(problems, file)
    return profile


def _limit(name: str, table: Table, profile: str) -> Limit:
    title_zh, title_en = table.text("title_zh"), table.text("title_en")
    amount = table.amount("amount", 1)
    unit = table.word("unit", Unit)
    at_least = table.take("at_least", bool, required=False)
    ground = _ground(table, profile)
    extension = table.table("extension")
    table.close("title_zh", "title_en", "amount", "unit", "at_least", "extension", *_GROUND)
    return Limit(
        name=name,
        title_zh=title_zh,
        title_en=title_en,
        # What is missing was noted, so that no profile with such a value is ever given out.
        amount=amount or 0,
        unit=unit or Unit.WORKING_DAYS,
        at_least=bool(at_least),
        extension=_extension(extension, ground) if extension else None,
        ground=ground,
    )


def _extension(table: Table, ground: Ground) -> Extension:
    amount = table.amount("amount", 1)
    consent = table.word("consent", Party)
    told = table.words("told", Party)
    table.close("amount", "consent", "told")
    return Extension(
        amount=amount or 0, consent=consent or Party.AUTHORITY, told=told, ground=ground
    )


def _setting(name: str, table: Table, profile: str) -> Setting:
    title_zh, title_en = table.text("title_zh"), table.text("title_en")
    value = table.value("value")
    ground = _ground(table, profile)
    table.close("title_zh", "title_en", "value", *_GROUND)
    return Setting(
        name=name,
        title_zh=title_zh,
        title_en=title_en,
        value=False if value is None else value,
        ground=ground,
    )


_GROUND = ("article", "source", "why")


def _ground(table: Table, profile: str) -> Ground:
    """An article, or else the word that this is a setting, and why it is as it is."""
    article, why = table.text("article", required=False), table.text("why", required=False)
    source = table.text("source", required=False)
    if article and source:
        table.note("source", "stands beside an article: keep one of them")
    elif not article and source != Source.SETTING:
        table.note("article", 'is missing: write it, or source = "setting" and why')
    elif not article and not why:
        table.note("why", "is missing: a setting says why it is as it is")
    return Ground(profile=profile, article=article, why=why)


def _check_names(top: Table, profile: Profile) -> None:
    top.compare("limits", profile.limits, [limit.value for limit in LimitName])
    top.compare("settings", profile.settings, SETTINGS)
    for name in SETTINGS:
        if name in profile.settings and (
            fault := setting_fault(name, profile.settings[name].value)
        ):
            top.note(f"settings.{name}.value", fault)
