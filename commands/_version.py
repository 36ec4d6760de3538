"""What `bureau --version` prints."""

from __future__ import annotations

import typer


def print_version(value: bool) -> None:
    """Print the version of the installed package and end."""
    if not value:
        return
    from importlib.metadata import PackageNotFoundError, version

    try:
        found = version("databureau")
    except PackageNotFoundError:
        found = "(not installed)"
    typer.echo(f"databureau {found}")
    raise typer.Exit
