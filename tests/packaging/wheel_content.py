"""Compare a wheel with the repository: all that belongs into it, and nothing else.

Usage: wheel_content.py WHEEL
"""

from __future__ import annotations

import sys
import tomllib
import zipfile
from pathlib import Path

TOP = Path(__file__).parents[2]
METADATA = {
    "METADATA",
    "RECORD",
    "WHEEL",
    "entry_points.txt",
    "licenses/LICENSE",
    "licenses/NOTICE",
}
NEEDED = {
    "bureau/_city/SOURCES.md",
    "bureau/_city/deliveries/air-quality-hourly.csv",
    "bureau/_migrations/env.py",
    "bureau/_migrations/versions/0001_registry_contracts_checks_sharing_ledger.py",
    "bureau/py.typed",
    "cli.py",
    "contracts/schemas/odcs-json-schema-v3.1.0.json",
    "quality/policies/default.toml",
    "sharing/profiles/cn-national-809.toml",
    "web/openapi.yaml",
}
"""One file of each sort, so that a list that lost its head is noticed."""


def expected() -> set[str]:
    """What a clean checkout holds of the packages, and of the folders that go below `bureau`."""
    with (TOP / "pyproject.toml").open("rb") as file:
        target = tomllib.load(file)["tool"]["hatch"]["build"]["targets"]["wheel"]
    found = {name for place in target["only-include"] for name in files_of(place)}
    for folder, place in target["force-include"].items():
        found |= {name.replace(folder, place, 1) for name in files_of(folder)}
    return found


def files_of(place: str) -> list[str]:
    paths = [TOP / place, *(TOP / place).rglob("*")]
    return [
        path.relative_to(TOP).as_posix()
        for path in paths
        if path.is_file() and path.parent.name != "__pycache__"
    ]


def main() -> int:
    with zipfile.ZipFile(sys.argv[1]) as wheel:
        names = {name for name in wheel.namelist() if not name.endswith("/")}
    about = {name.partition("/")[2] for name in names if ".dist-info/" in name}
    held = {name for name in names if ".dist-info/" not in name}
    wanted = expected()
    faults = [
        *(f"not in the wheel: {name}" for name in sorted((wanted | NEEDED) - held)),
        *(f"not in the repository: {name}" for name in sorted(held - wanted)),
        *(f"metadata missing: {name}" for name in sorted(METADATA - about)),
        *(f"metadata unknown: {name}" for name in sorted(about - METADATA)),
    ]
    for fault in faults:
        sys.stderr.write(f"{fault}\n")
    if not faults:
        sys.stdout.write(f"the wheel holds {len(held)} files, each of them meant\n")
    return bool(faults)


if __name__ == "__main__":
    sys.exit(main())
