"""The report that one department gets: its rates, lights and tasks, and what does not count yet."""

from __future__ import annotations

from bureau.report_lights import lights
from bureau.report_material import Content, Kind, Material
from bureau.report_tasks import tasks
from rates.model import FUNNEL_STAGES
from reports.compose import funnel_stages, open_rows, rate_cards, rate_table, rate_trend
from reports.model import Text


def _build(material: Material) -> Content:
    definitions = material.rates()
    members = {one.id: material.members(one) for one in definitions}
    funnel = material.funnel()
    heads = {
        one.id: material.history(one, members[one.id]).whole for one in definitions if one.headline
    }
    return Content(
        blocks=(
            rate_cards([members[rate] for rate in heads], heads, material.targets),
            funnel_stages(funnel, [name for name, _, _ in FUNNEL_STAGES]),
            rate_table(list(members.values())),
            *lights(material, members),
            tasks(material),
            open_rows([members[one.id] for one in definitions if one.more_is_better]),
            *(
                rate_trend(members[one.id], heads[one.id], windowed=one.windowed)
                for one in definitions
                if one.headline
            ),
        ),
        members=(*members.values(), funnel),
        definitions=tuple(definitions),
    )


KIND = Kind(
    name="department",
    title=Text("部门数据共享报告", "Report to a department"),
    build=_build,
    needs_department=True,
)
