"""Traffic lights and targets as tables and as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from commands._page import Column
from commands._rates import query_json, result_json
from rates.lights import COLOURS, Aim, Lit
from rates.model import RateQuery

MET = {True: "met 达到", False: "missed 未达到", None: "unknown 未知"}

_GROUP = Column("group", "group", lambda one: one.group)
_LIGHTS = [
    Column("light", "light", lambda one: one.light.name),
    Column("title_zh", "指标灯", lambda one: one.light.title_zh),
    Column("title_en", "title", lambda one: one.light.title_en),
    Column("colour", "colour 颜色", lambda one: f"{one.colour} {COLOURS[one.colour]}"),
    Column("because", "because 原因", lambda one: "; ".join(one.because)),
]
LIGHT_RECORD = [
    *_LIGHTS[:3],
    _GROUP,
    Column("colour", "colour", lambda one: one.colour),
    _LIGHTS[4],
]
_AIMS = [
    Column("rate", "rate", lambda one: one.target.rate),
    Column("title_zh", "指标", lambda one: one.result.definition.title_zh),
    Column("title_en", "title", lambda one: one.result.definition.title_en),
    Column("n_of_base", "n / N", lambda one: f"{one.result.n} / {one.result.base}", right=True),
    Column("percent", "%", lambda one: one.result.percent or "n/a", right=True),
    Column("target", "target 目标", lambda one: f"{one.target.percent}", right=True),
    Column("met", "met 达标", lambda one: MET[one.met]),
]


def lights(*, grouped: bool) -> list[Column]:
    return [_GROUP, *_LIGHTS] if grouped else _LIGHTS


def aims(*, grouped: bool) -> list[Column]:
    return [Column("group", "group", lambda one: one.result.group), *_AIMS] if grouped else _AIMS


def lights_json(query: RateQuery, lit: Sequence[Lit], aims: Sequence[Aim]) -> dict[str, Any]:
    return {
        **query_json(query),
        "lights": [
            {
                "light": one.light.name,
                "title_zh": one.light.title_zh,
                "title_en": one.light.title_en,
                "group": one.group,
                "colour": one.colour,
                "because": one.because,
            }
            for one in lit
        ],
        "targets": [
            {"target": one.target.percent, "met": one.met, **result_json(one.result)}
            for one in aims
        ],
    }
