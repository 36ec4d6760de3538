"""Where a workspace is and how it is set up.

Below the commands only this module and `bureau.notice_settings` read the environment.

A workspace is a folder with `bureau.toml`, `bureau.db`, `lake/` and `keys/`. Order of precedence:
an explicit folder, `BUREAU_HOME`, the nearest `bureau.toml` upward from the current folder.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bureau.notice_settings import NoticeSettings, read_notices
from catalog.naming import check_title
from core.errors import InvalidInput, NotFound, unusable

FILE = "bureau.toml"
TEMPLATE = """\
# A databureau workspace.

[city]
name = "{name}"
# Days, due dates and "as of" are counted in this time zone.
timezone = "{timezone}"

[database]
# Empty: bureau.db in this folder. PostgreSQL: "postgresql+psycopg://user@host/name".
url = ""

[sharing]
# Whose limits hold: the national profile, or NAME of profiles/NAME.toml in this folder.
policy = "cn-national-809"

[catalogue]
# How `bureau serve` is reached, as https://data.example.cn/; exports put it before the names of things.
base = ""
# The mailbox of the office that answers for the catalogue, never a person's.
contact = ""

[limits]
# What the child process that reads delivered files may use.
memory_mb = 2048
"""

MIN_MEMORY_MB = 512
PRIVATE_FILE, PRIVATE_FOLDER = 0o600, 0o700
"""What is in a workspace names people and holds data that nobody has published."""

_KNOWN: Mapping[str, Mapping[str, type]] = {
    "city": {"name": str, "timezone": str},
    "database": {"url": str},
    "sharing": {"policy": str},
    "catalogue": {"base": str, "contact": str},
    "limits": {"memory_mb": int},
    "notices": {"timeout_s": int, "mail": dict, "webhook": dict},
}
_SPOKEN = {str: "text in quotes", int: "a whole number", dict: "a section of its own"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    home: Path
    city: str
    zone: ZoneInfo
    database_url: str
    policy: str
    base: str
    """The address of the catalogue, ending with a slash; nothing where none was given."""
    contact: str
    memory_mb: int
    notices: NoticeSettings

    @property
    def lake(self) -> Path:
        return self.home / "lake"

    @property
    def embedded(self) -> bool:
        return self.database_url.startswith("sqlite:")


def write_settings(home: Path, *, city: str, timezone: str) -> None:
    """Write a new workspace's `bureau.toml`, for its owner's eyes: it may name a password.

    Raises InvalidInput for what cannot stand in it.
    """
    if any(character in '"\\' for character in city):
        raise InvalidInput(
            "the name of the city has a quote or a backslash", hint="write it without"
        )
    name = check_title(city, "name of the city") if city else ""
    zone_named(timezone)
    path = home / FILE
    path.touch(mode=PRIVATE_FILE)
    path.write_text(TEMPLATE.format(name=name, timezone=timezone), "utf-8")


def zone_named(name: str) -> ZoneInfo:
    """The time zone of this name; raises InvalidInput where there is none."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise InvalidInput(
            f"there is no time zone {name!r}", hint='write it as in "Asia/Shanghai"'
        ) from error


def refuse_own(target: Path) -> None:
    """Refuse to write over a workspace's settings, database, lake or keys, whichever it is."""
    place = target.resolve()
    for home in place.parents:
        if not (home / FILE).is_file():
            continue
        own = place.parent == home and place.name.startswith("bureau.")
        if own or place.relative_to(home).parts[0] in ("lake", "keys", "journal", "views"):
            raise InvalidInput(
                f"{target} belongs to the workspace", hint="name a file outside of it"
            )


def find_home(explicit: Path | None = None) -> Path:
    """The workspace folder; raises NotFound with the way to make one."""
    named = explicit or (Path(os.environ["BUREAU_HOME"]) if os.environ.get("BUREAU_HOME") else None)
    if named is not None:
        if (named / FILE).is_file():
            return named.resolve()
        raise NotFound("workspace", str(named), hint=f"make one: bureau init {named}")
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / FILE).is_file():
            return folder
    raise NotFound(
        "workspace", str(here), hint="make one with 'bureau init DIR', or name one with --home DIR"
    )


def load_settings(home: Path) -> Settings:
    """Read `bureau.toml`; raises InvalidInput naming the section and key that is wrong."""
    path = home / FILE
    try:
        values = tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InvalidInput(
            f"{path} is not TOML: {error}", hint="mend it, or put it back from a copy"
        ) from error
    except OSError as error:
        raise unusable(path, error) from error
    _check_keys(path, values)
    name = values.get("city", {}).get("name", "")
    zone = zone_named(values.get("city", {}).get("timezone", "Asia/Shanghai"))
    memory_mb = values.get("limits", {}).get("memory_mb", 2048)
    if memory_mb < MIN_MEMORY_MB:
        raise InvalidInput(
            f"limits.memory_mb in {path} is {memory_mb}: no file can be read with so little",
            hint=f"write {MIN_MEMORY_MB} or more",
        )
    url = os.environ.get("BUREAU_DATABASE_URL") or values.get("database", {}).get("url", "")
    return Settings(
        home=home,
        city=name,
        zone=zone,
        database_url=url or f"sqlite:///{home / 'bureau.db'}",
        policy=values.get("sharing", {}).get("policy", "cn-national-809"),
        base=_base(path, values.get("catalogue", {}).get("base", "")),
        contact=_contact(path, values.get("catalogue", {}).get("contact", "")),
        memory_mb=memory_mb,
        notices=read_notices(path, values.get("notices", {})),
    )


def _base(path: Path, text: str) -> str:
    if text and not re.fullmatch(r"https?://[A-Za-z0-9.:\[\]-]+(/[A-Za-z0-9._~-]+)*/?", text):
        raise InvalidInput(
            f"catalogue.base in {path} is no address: {text!r}",
            hint='write it as in "https://data.example.cn/", without query or blanks',
        )
    return f"{text.rstrip('/')}/" if text else ""


def _contact(path: Path, text: str) -> str:
    if text and not re.fullmatch(r"[A-Za-z0-9._+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+", text):
        raise InvalidInput(
            f"catalogue.contact in {path} is no mailbox: {text!r}",
            hint='write it as in "data@example.cn"',
        )
    return text


def _check_keys(path: Path, values: Mapping[str, Any]) -> None:
    for section, content in values.items():
        known = _KNOWN.get(section)
        if known is None or not isinstance(content, Mapping):
            raise InvalidInput(
                f"{path} has an unknown section [{section}]", hint=f"known: {', '.join(_KNOWN)}"
            )
        for key, value in content.items():
            if key not in known:
                raise InvalidInput(
                    f"{path} has an unknown key {section}.{key}", hint=f"known: {', '.join(known)}"
                )
            if type(value) is not known[key]:
                raise InvalidInput(
                    f"{section}.{key} in {path} is not {_SPOKEN[known[key]]}",
                    hint=f"write {_SPOKEN[known[key]]}",
                )
