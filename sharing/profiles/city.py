"""A city's profile: what it sets otherwise than the national one, and what it may not.

A limit may be shortened (Decree 809 Art. 23). It may be lengthened, and a setting of the Decree be
changed, only beside the law that allows it. Whatever the Decree leaves open a city sets freely,
but its limits too are longer, and its lists shorter, only by a law. Settings may be added. Lights and
targets are its own: nothing follows from them.
"""

from __future__ import annotations

from dataclasses import replace

from catalog.citation import cites_law
from catalog.naming import check_code, visible
from catalog.nearest import did_you_mean
from core.errors import InvalidInput
from sharing.profiles.model import (
    SETTINGS,
    Extension,
    Ground,
    Limit,
    Profile,
    Setting,
    dispute_fault,
    setting_fault,
)
from sharing.profiles.thresholds import read_lights, read_targets
from sharing.profiles.toml_table import Table, load, require_none

_CITE = 'or cite the law that allows it: law = "..."'


def read_city(data: bytes, file: str, base: Profile) -> Profile:
    """The profile that holds where `base` is extended by this file; pure.

    Raises InvalidInput with every fault and its place in the file.
    """
    top, problems = load(data, file)
    name = _name(top, base)
    title_zh, title_en = top.text("title_zh"), top.text("title_en")
    limits, settings = dict(base.limits), dict(base.settings)
    for key, table in top.tables("limits"):
        if key in limits:
            limits[key] = _limit(table, limits[key], name)
        else:
            top.note(f"limits.{key}", f"is unknown; known: {', '.join(base.limits)}")
    for key, table in top.tables("settings"):
        before = settings.get(key)
        settings[key] = _changed(table, before, name) if before else _added(key, table, name)
    lights = read_lights(top, name, base.lights)
    targets = read_targets(top, name, base.targets)
    top.close(
        "profile", "extends", "title_zh", "title_en", "limits", "settings", "lights", "targets"
    )
    profile = replace(
        base,
        name=name,
        extends=base.name,
        title_zh=title_zh,
        title_en=title_en,
        limits=limits,
        settings=settings,
        lights=lights,
        targets=targets,
    )
    if not problems and (fault := dispute_fault(profile)):
        top.note("settings.dispute_objection_days.value", fault)
    require_none(problems, file)
    return profile


def _name(top: Table, base: Profile) -> str:
    name, extends = top.text("profile"), top.text("extends")
    if extends and extends != base.name:
        top.note("extends", f"is '{extends}': write '{base.name}'")
    if name == base.name:
        top.note("profile", "is the name of the profile that it extends")
    try:
        return check_code(name, "profile") if name else ""
    except InvalidInput as error:
        top.note("profile", str(error))
        return ""


def _limit(table: Table, base: Limit, city: str) -> Limit:
    law, why = _law(table), table.text("why", required=False)
    extension = table.table("extension")
    amount = table.amount("amount", 1, required=bool(law or why) or extension is None)
    table.close("amount", "extension", "law", "why")
    limit = base
    if amount is not None:
        ground = _set_by(city, base.ground, law, why)
        _check_amount(table, base, amount, base.amount, law)
        limit = replace(base, amount=amount, ground=ground)
    if extension is not None:
        limit = replace(limit, extension=_extension(extension, base, city))
    return limit


def _extension(table: Table, base: Limit, city: str) -> Extension | None:
    law, why = _law(table), table.text("why", required=False)
    amount = table.amount("amount", 0)
    table.close("amount", "law", "why")
    if base.extension is None:
        table.note("", f"{base.ground} has no extension here: set amount, citing the law, instead")
    if amount is None or base.extension is None:
        return base.extension
    _check_amount(table, base, amount, base.extension.amount, law)
    ground = _set_by(city, base.extension.ground, law, why)
    return replace(base.extension, amount=amount, ground=ground) if amount else None


def _check_amount(table: Table, base: Limit, amount: int, allowed: int, law: str) -> None:
    """Note an amount that grants more than the base does without citing a law.

    What is a duty for so long at least is one whatever another law says.
    """
    unit = base.unit.replace("_", " ")
    ground = f"{base.ground} ({base.ground.profile})"
    if base.at_least and amount < allowed:
        table.note(
            "amount", f"{amount} {unit} is shorter than the {allowed} of {ground}: lengthen it"
        )
    elif not base.at_least and amount > allowed and not law:
        table.note(
            "amount",
            f"{amount} {unit} is longer than the {allowed} of {ground}: shorten it, {_CITE}",
        )


def _changed(table: Table, base: Setting, city: str) -> Setting:
    law, why = _law(table), table.text("why", required=False)
    value = table.value("value")
    table.close("value", "law", "why")
    if value is None:
        return base
    if type(value) is not type(base.value):
        table.note("value", f"is not of the kind of {base.ground.profile}, as in {base.value!r}")
    elif base.name in SETTINGS and (fault := setting_fault(base.name, value)):
        table.note("value", fault)
    elif base.ground.article and value != base.value and not law:
        table.note("value", f"differs from {base.ground} ({base.ground.profile}): keep it, {_CITE}")
    elif isinstance(value, tuple) and isinstance(base.value, tuple):
        _check_words(table, base, value, base.value, law)
    return replace(base, value=value, ground=_set_by(city, base.ground, law, why))


def _check_words(
    table: Table, base: Setting, value: tuple[str, ...], before: tuple[str, ...], law: str
) -> None:
    """Note a word that the article does not have, and words of the base taken away without a law."""
    unknown = [word for word in value if word not in before] if base.ground.article else []
    for word in unknown:
        table.note("value", f"has '{word}'{did_you_mean(word, before)}")
    if (gone := [word for word in before if word not in value]) and not law:
        named = f"{', '.join(gone)} of {base.ground} ({base.ground.profile})"
        table.note("value", f"leaves out {named}: put it back, {_CITE}")


def _law(table: Table) -> str:
    """What is cited, if anything; it names a law with its article."""
    law = table.text("law", required=False)
    if law and not cites_law(law):
        said = f"'{visible(law, 40)}' cites no law with its article"
        table.note("law", f"{said}: write it as 《某市数据条例》第九条")
    return law


def _added(name: str, table: Table, city: str) -> Setting:
    title_zh, title_en = table.text("title_zh"), table.text("title_en")
    law = _law(table)
    why = table.text("why", required=not law)
    value = table.value("value")
    table.close("title_zh", "title_en", "value", "law", "why")
    return Setting(
        name=name,
        title_zh=title_zh,
        title_en=title_en,
        value=False if value is None else value,
        ground=Ground(profile=city, law=law, why=why),
    )


def _set_by(city: str, base: Ground, law: str, why: str) -> Ground:
    """The ground of a value that the city set; it keeps the article and the reason it has none."""
    return replace(base, profile=city, law=law, why=why or base.why)
