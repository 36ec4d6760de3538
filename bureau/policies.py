"""The policy profile of a workspace: the national one, or the city's in `profiles/`."""

from __future__ import annotations

from pathlib import Path

from bureau.publishing import read_document
from bureau.settings import FILE, Settings
from core.errors import InvalidInput, NotFound
from sharing.profiles.city import read_city
from sharing.profiles.model import Profile
from sharing.profiles.national import NATIONAL, national


def profile(settings: Settings) -> Profile:
    """The profile that `bureau.toml` names; raises NotFound or InvalidInput."""
    if settings.policy == NATIONAL:
        return national()
    known = {path.stem: path for path in sorted((settings.home / "profiles").glob("*.toml"))}
    if settings.policy not in known:
        raise NotFound(
            "policy profile",
            settings.policy,
            hint=f"put it into {settings.home / 'profiles'}, or name another in {FILE}:"
            f" {', '.join([NATIONAL, *known])}",
        )
    path = known[settings.policy]
    found = check(path)
    if found.name != path.stem:
        raise InvalidInput(
            f"{path} holds the profile '{found.name}'",
            hint=f'rename the file to {found.name}.toml, or write profile = "{path.stem}" in it',
        )
    return found


def check(path: Path) -> Profile:
    """Judge a city profile on top of the national one, before it is used."""
    return read_city(read_document(path), path.name, national())
