"""The report of the whole main job: collected, shared, used; by department and over time."""

from __future__ import annotations

from bureau.report_lights import lights
from bureau.report_material import Content, History, Kind, Material
from rates.model import FUNNEL_STAGES, RateDefinition
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
            {rate: history.whole for rate, history in heads.items()},
            material.targets,
        ),
        funnel_stages(funnel, [name for name, _, _ in FUNNEL_STAGES]),
        rate_table(list(members.values())),
        *lights(material, members),
    ]
    for one in definitions:
        if one.id in heads:
            blocks += _of_headline(material, one, members[one.id], heads[one.id])
    return Content(
        blocks=tuple(blocks),
        members=(*members.values(), funnel),
        definitions=tuple(definitions),
    )


def _of_headline(
    material: Material, definition: RateDefinition, rate: Members, history: History
) -> list[Block]:
    before = material.before()
    then = material.figures_over(definition, before)
    windowed = definition.windowed
    return [
        rate_bars(rate, material.names, material.targets.get(rate.id)),
        rate_league(rate, material.names, before.period or before.as_of.isoformat(), then),
        rate_trend(rate, history.whole, windowed=windowed),
        rate_grid(rate, material.names, history.by_department, windowed=windowed),
    ]


KIND = Kind(name="sharing", title=Text("政务数据共享报告", "Report on data sharing"), build=_build)
