"""What the wheel is made of: every package of the repository, and the files they read.

The wheel itself is built, listed and run by try_wheel.sh.
"""

import tomllib

import pytest

from tests.packaging.wheel_content import NEEDED, TOP, expected

SETTINGS = tomllib.loads((TOP / "pyproject.toml").read_text("utf-8"))
INCLUDED = SETTINGS["tool"]["hatch"]["build"]["targets"]["wheel"]["only-include"]
PACKAGES = sorted(path.parent.name for path in TOP.glob("*/__init__.py"))
OUTSIDE = {"tests"}


def test_every_package_is_in_the_wheel():
    assert sorted([*PACKAGES, "cli.py"]) == sorted({*INCLUDED, *OUTSIDE})


def test_every_package_is_checked_for_types_and_layers():
    shipped = set(PACKAGES) - OUTSIDE
    assert set(SETTINGS["tool"]["importlinter"]["root_packages"]) == shipped
    # `lineage` is a place for later work, without a module to check.
    assert set(SETTINGS["tool"]["mypy"]["packages"]) | {"lineage"} == shipped


@pytest.mark.parametrize("package", sorted(set(PACKAGES) - OUTSIDE))
def test_every_package_says_that_it_is_typed(package):
    assert (TOP / package / "py.typed").read_bytes() == b""


def test_nothing_but_programs_and_the_files_they_read_is_shipped():
    assert expected() >= NEEDED
    suffixes = {name.rpartition(".")[2] for name in expected()}
    assert suffixes == {
        *("py", "typed", "mako", "toml", "json", "md", "yaml", "csv"),
        *("html", "css", "typ"),
    }
    assert [name for name in expected() if "tests/" in name or "/test_" in name] == []


def test_the_licence_and_the_notice_are_named():
    assert SETTINGS["project"]["license-files"] == ["LICENSE", "NOTICE"]
    assert all((TOP / name).is_file() for name in SETTINGS["project"]["license-files"])
