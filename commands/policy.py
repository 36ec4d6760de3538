"""`bureau policy show|check`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from commands._context import opened
from commands._group import ReadCommand, new_group
from commands._options import document
from commands._page import Column, Page, Table
from commands._render import emit
from commands._talk import say
from sharing.profiles.model import Source

if TYPE_CHECKING:
    from sharing.profiles.model import Limit, Profile, Setting
    from sharing.profiles.thresholds import Light, Target

app = new_group("Limits and settings of the law and of the city 政策.")

SHORT = 12
UNITS = {
    "percent": "%",
    "working_days": "working days 工作日",
    "hours": "hours 小时",
    "years": "years 年",
}


def _unit(value: dict[str, Any]) -> str:
    unit = UNITS.get(value["unit"], "")
    return f"{unit}, at least 至少" if value["at_least"] else unit


def _extension(value: dict[str, Any]) -> str:
    """By how much, who consents, who is told, and the law that a city cites for more."""
    extension = value["extension"]
    if not extension:
        return ""
    told = f", tells {', '.join(extension['told'])}" if extension["told"] else ""
    law = f", {extension['law']}" if extension["law"] else ""
    return f"+{extension['amount']} by {extension['consent']}{told}{law}"


VALUES = [
    Column("name", "name", lambda value: value["name"]),
    Column("title_zh", "名称", lambda value: value["title_zh"]),
    Column("title_en", "title", lambda value: value["title_en"]),
    Column("value", "value 值", lambda value: value["value"]),
    Column("unit", "unit 单位", _unit),
    Column("extension", "extension 延期", _extension),
    Column("article", "article 条", lambda value: value["article"], right=True),
    Column("source", "source 依据", lambda value: value["law"] or value["source"]),
    Column("profile", "set by 设定", lambda value: value["profile"]),
]
RECORD = [
    Column("kind", "kind", lambda value: value["kind"]),
    VALUES[0],
    VALUES[3],
    Column("unit", "unit", lambda value: value["unit"]),
    Column("at_least", "at least", lambda value: value["at_least"]),
    Column("extension", "extension", lambda value: (value["extension"] or {}).get("amount")),
    VALUES[6],
    Column("source", "source", lambda value: value["source"]),
    VALUES[8],
    Column("law", "law", lambda value: value["law"]),
    Column("why", "why", lambda value: value["why"]),
    *VALUES[1:3],
]


@app.command(cls=ReadCommand)
def show(ctx: typer.Context) -> None:
    """Show every limit and setting in force, where it stands, and which profile set it."""
    with opened(ctx) as bureau:
        profile = bureau.policy()
    _emit(ctx, profile, _values(profile))


@app.command(cls=ReadCommand)
def check(
    ctx: typer.Context,
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="A city profile in TOML; - is standard input.")
    ],
) -> None:
    """Judge a city profile before it is used, and show what it changes."""
    from bureau import policies
    from sharing.profiles.national import national

    with document(file) as path:
        profile = policies.check(path)
    below = _values(national())
    _emit(ctx, profile, [value for value in _values(profile) if value not in below])
    say(ctx, f"{profile.name} may extend {profile.extends}")


def _emit(ctx: typer.Context, profile: Profile, values: list[dict[str, Any]]) -> None:
    head = {
        "profile": profile.name,
        "extends": profile.extends,
        "title_zh": profile.title_zh,
        "title_en": profile.title_en,
        "effective": profile.effective,
        "version": profile.version,
    }
    over = f" over {profile.extends}" if profile.extends else ""
    notes = [
        "",
        f"{profile.title_zh} {profile.title_en}",
        f"profile {profile.name}{over}, version {profile.version[:SHORT]}",
    ]
    table = Table(columns=VALUES, rows=values, record=RECORD)
    emit(ctx, Page(data={**head, "values": values}, tables=[table], notes=notes))


def _values(profile: Profile) -> list[dict[str, Any]]:
    limits = [_limit(profile.limit(name)) for name in profile.limits]
    settings = map(_setting, profile.settings.values())
    targets = map(_target, profile.targets.values())
    return [*limits, *settings, *targets, *map(_light, profile.lights.values())]


def _limit(limit: Limit) -> dict[str, Any]:
    extension = limit.extension and {
        "amount": limit.extension.amount,
        "consent": limit.extension.consent,
        "told": limit.extension.told,
        "law": limit.extension.ground.law,
        "profile": limit.extension.ground.profile,
    }
    return {
        "kind": "limit",
        **_named(limit),
        "value": limit.amount,
        "unit": limit.unit,
        "at_least": limit.at_least,
        "extension": extension,
        **_ground(limit),
    }


def _setting(setting: Setting) -> dict[str, Any]:
    return {
        "kind": "setting",
        **_named(setting),
        "value": setting.value,
        "unit": "",
        "at_least": False,
        "extension": None,
        **_ground(setting),
    }


def _target(target: Target) -> dict[str, Any]:
    titles = {"title_zh": "目标", "title_en": "Target"}
    value = {"value": target.percent, "unit": "percent"}
    return {"kind": "target", "name": target.rate, **titles, **value, **_set_by(target)}


def _light(light: Light) -> dict[str, Any]:
    value = {"value": f"red if {light.red}; yellow if {light.yellow}", "unit": ""}
    return {"kind": "light", **_named(light), **value, **_set_by(light)}


def _set_by(value: Target | Light) -> dict[str, Any]:
    """A target or a light is the profile's own, and binds nobody."""
    own = {"article": "", "source": Source.SETTING, "law": ""}
    return {"at_least": False, "extension": None, **own, "why": value.why, "profile": value.profile}


def _named(value: Limit | Setting | Light) -> dict[str, str]:
    return {"name": value.name, "title_zh": value.title_zh, "title_en": value.title_en}


def _ground(value: Limit | Setting) -> dict[str, Any]:
    ground = value.ground
    return {
        "article": ground.article,
        "source": ground.source,
        "law": ground.law,
        "why": ground.why,
        "profile": ground.profile,
    }
