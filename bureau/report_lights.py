"""Blocks of the policy's targets and lights, from the rows of the rates that they look at."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from bureau import policies
from bureau.report_material import Material
from rates.definitions import find_rate
from rates.lights import COLOURS, Colour, light_up
from reports.compose import CITY
from reports.model import Block, Cell, Heading, Members, Table, Tally, Text
from sharing.profiles.model import Profile
from sharing.profiles.thresholds import Conditions, Light, Match

_TARGETS = Text("指标目标", "Targets")
_PROPOSED = Text(
    "目标与指示灯由本市政策配置设定，法规未作规定，不产生任何法律后果。",
    "The policy profile sets targets and lights; no law does, and nothing follows from them.",
)
_MET = {
    True: Text("达到", "reached"),
    False: Text("未达到", "not reached"),
    None: Text("不适用", "n/a"),
}


def rates_of(material: Material) -> dict[str, Members]:
    """The rows of the rates that the policy's targets and lights look at."""
    profile = policies.profile(material.workspace.settings)
    wanted = [*profile.targets, *(rate for one in profile.lights.values() for rate in one.rates)]
    return {rate: material.members(find_rate(rate).definition) for rate in dict.fromkeys(wanted)}


def lights(material: Material, rates: Mapping[str, Members]) -> list[Block]:
    """Targets of the whole, then a table for each light with a line for each department."""
    profile = policies.profile(material.workspace.settings)
    tallies = {rate: rates[rate].tally() for rate in rates}
    found: list[Block] = [_targets(profile, rates)] if profile.targets else []
    found += [_light(material, one, rates, tallies) for one in profile.lights.values()]
    return found


def _targets(profile: Profile, rates: Mapping[str, Members]) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for target in profile.targets.values():
        members = rates[target.rate]
        figure = members.figure()
        part = figure.hundredths
        met = None if part is None else part >= target.percent * 100
        rows.append((target.rate, members.title, f"{target.percent} %", figure, _MET[met]))
    return Table(
        id="targets",
        title=_TARGETS,
        reading=_PROPOSED,
        headings=(
            Heading(Text("指标", "Rate")),
            Heading(Text("名称", "Name")),
            Heading(Text("目标", "Target"), number=True),
            Heading(Text("结果", "Result"), number=True),
            Heading(Text("是否达到", "Reached")),
        ),
        rows=tuple(rows),
    )


def _light(
    material: Material,
    light: Light,
    rates: Mapping[str, Members],
    tallies: Mapping[str, Tally],
) -> Table:
    """Its colour for the whole and for every department, with the numbers that give it."""
    whole = [] if material.query.department else [("", CITY)]
    groups = [*whole, *material.everybody()]
    rows: list[tuple[Cell, ...]] = []
    colours: list[Colour] = []
    for code, name in groups:
        figures = {rate: tallies[rate].figure(code) for rate in light.rates}
        lit = light_up(light, code, figures)
        rows.append((name, _colour(lit.colour), *figures.values()))
        if code:
            colours.append(lit.colour)
    zh, en = _counted(colours)
    return Table(
        id=f"light-{light.name}",
        title=Text(f"指示灯：{light.title_zh}", f"Light: {light.title_en}"),
        reading=Text(
            f"{zh}。{_rule(light, _ZH)}",
            f"{en}. {_rule(light, _EN)}",
        ),
        headings=(
            Heading(Text("部门", "Department")),
            Heading(Text("状态", "Colour")),
            *(Heading(_called(rates[rate]), number=True) for rate in light.rates),
        ),
        rows=tuple(rows),
    )


def _called(rate: Members) -> Text:
    return Text(f"{rate.id} {rate.title.zh}", f"{rate.id} {rate.title.en}")


def _colour(colour: Colour) -> Text:
    return Text(COLOURS[colour], colour.value)


def _counted(colours: Sequence[Colour]) -> tuple[str, str]:
    """How many departments have each colour."""
    counts = [(one, colours.count(one)) for one in Colour]
    zh = "，".join(f"{COLOURS[one]} {count} 个部门" for one, count in counts)
    return zh, ", ".join(f"{one.value} {count}" for one, count in counts)


_ZH = ("红灯条件：{red}；黄灯条件：{yellow}；所需指标不适用的为未知。", " 或 ", " 且 ")
_EN = ("Red: {red}; yellow: {yellow}; unknown where a rate that decides is n/a.", " or ", " and ")


def _rule(light: Light, words: tuple[str, str, str]) -> str:
    said, either, both = words

    def joined(conditions: Conditions) -> str:
        between = either if conditions.match is Match.ANY else both
        return between.join(_each(conditions))

    return said.format(red=joined(light.red), yellow=joined(light.yellow))


def _each(conditions: Conditions) -> Iterable[str]:
    return (f"{one} %" for one in conditions.each)
