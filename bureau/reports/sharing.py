"""The report of the whole main job: collected, shared, used; by department and over time."""

from __future__ import annotations

from bureau.report_lights import lights
from bureau.report_material import Content, History, Kind, Material
from rates.model import FUNNEL_STAGES
from reports.compose import (
    funnel_stages,
    rate_bars,
    rate_cards,
    rate_grid,
    rate_league,
    rate_table,
    rate_trend,
)
from reports.model import Block, Members, Text


def _build(material: Material) -> Content:
    definitions = material.rates()
    members = {one.id: material.members(one) for one in definitions}
    funnel = material.funnel()
    heads = {one.id: material.history(one, members[one.id]) for one in definitions if one.headline}
    blocks: list[Block] = [
        rate_cards(
            [members[rate] for rate in heads],
            {r: h.whole() for r, h in heads.items()},
            material.targets,
        ),
        funnel_stages(funnel, [name for name, _, _ in FUNNEL_STAGES]),
        rate_table(list(members.values())),
        *lights(material, members),
    ]
    for rate, history in heads.items():
        blocks += _of_headline(material, members[rate], history)
    return Content(
        blocks=tuple(blocks),
        members=(*members.values(), funnel),
        definitions=tuple(definitions),
    )


def _of_headline(material: Material, rate: Members, history: History) -> list[Block]:
    before = material.quarter_before()
    return [
        rate_bars(rate, material.names, material.targets.get(rate.id)),
        rate_league(rate, material.names, before, history.on(before)),
        rate_trend(rate, history.whole()),
        rate_grid(rate, material.names, history.days),
    ]


KIND = Kind(name="sharing", title=Text("政务数据共享报告", "Report on data sharing"), build=_build)
