"""`bureau init|doctor|errors`, `bureau db upgrade|current`, `bureau config show`."""

from __future__ import annotations

import re
from operator import itemgetter
from pathlib import Path
from typing import Annotated

import typer

from commands._context import opened, session
from commands._errors import BUG, EXIT_CODES, INTERRUPTED, NEGATIVE, OK
from commands._group import ActCommand, ReadCommand, new_group
from commands._page import Column, Page, Table, listing
from commands._plain import plain
from commands._render import emit
from commands._talk import hint, print_json, say
from core.errors import InvalidInput

app = new_group("The workspace.")
database = new_group("Migrations of the database.")
config = new_group("Settings of this workspace.")

_PASSWORD = re.compile(r"(?<=://)([^:/@]+):.*(?=@)")
_MEANINGS = {
    OK: "done",
    NEGATIVE: "a negative answer: checks failed, a delivery was refused, something is wrong",
    2: "the input is wrong: an option, a file, a document",
    3: "what was named does not exist",
    4: "it exists already, changed meanwhile, or is in another state",
    5: "not allowed; the reasons say which rule decided",
    6: "the ledger does not prove itself",
    7: "a library or a child process failed, or an optional part is missing",
    8: "the database or the disk is unreachable, full, or behind its migrations",
    BUG: "a fault of the program",
    INTERRUPTED: "interrupted from the keyboard",
}


@app.command(cls=ActCommand)
def init(
    ctx: typer.Context,
    # As text, because Path("") is the folder one stands in.
    folder: Annotated[str, typer.Argument(metavar="DIR", help="Folder of the new workspace.")],
    city: Annotated[str, typer.Option(metavar="NAME", help="Name of the city.")] = "",
    timezone: Annotated[
        str, typer.Option(metavar="ZONE", help="Time zone in which days are counted.")
    ] = "Asia/Shanghai",
) -> None:
    """Make a workspace: settings, database, lake and keys in one folder."""
    from bureau import Bureau

    if not folder:
        raise InvalidInput("the folder has no name", hint="name one: bureau init DIR")
    bureau = Bureau.create(Path(folder), city=city, timezone=timezone)
    settings = bureau.settings
    bureau.close()
    say(ctx, f"made a workspace in {settings.home} (days in {settings.zone.key})")
    hint(ctx, f"bureau apply FOLDER --home {folder}")
    data = {"city": settings.city, "home": settings.home, "timezone": settings.zone.key}
    print_json(ctx, data)


@app.command(cls=ReadCommand)
def doctor(
    ctx: typer.Context,
    reclaim: Annotated[
        bool,
        typer.Option(
            "--reclaim",
            help="Delete what cut-off deliveries left, unread views, old segments of the journal.",
        ),
    ] = False,
) -> None:
    """Check the installation, the disk, the database and the ledger; exit 1 if anything is wrong."""
    from bureau import diagnosing
    from bureau.settings import find_home

    findings = diagnosing.examine(find_home(session(ctx).home))
    columns = [
        Column("subject", "subject", lambda finding: finding.subject),
        Column("state", "state", lambda finding: finding.state),
        Column("fix", "fix", lambda finding: finding.fix),
    ]
    data = [{**plain(finding), "well": finding.well} for finding in findings]
    emit(ctx, Page(data=data, tables=[Table(columns=columns, rows=findings)]))
    if reclaim:
        with opened(ctx) as bureau:
            gone = bureau.reclaim()
        say(ctx, f"{len(gone)} files and folders that nothing needs were deleted")
    wrong = sum(not finding.well for finding in findings)
    if wrong:
        say(ctx, f"{wrong} of {len(findings)} things need mending")
        raise typer.Exit(NEGATIVE)


@app.command(cls=ReadCommand)
def errors(ctx: typer.Context) -> None:
    """List the exit codes of this program."""
    names = {code: error.__name__ for error, code in EXIT_CODES.items()}
    rows = [
        {"exit": code, "error": names.get(code, ""), "meaning": meaning}
        for code, meaning in _MEANINGS.items()
    ]
    columns = [
        Column("exit", "exit", lambda row: row["exit"], right=True),
        Column("error", "error", lambda row: row["error"]),
        Column("meaning", "meaning", lambda row: row["meaning"]),
    ]
    emit(ctx, listing(rows, columns, empty=""))


@database.command(cls=ActCommand)
def upgrade(ctx: typer.Context) -> None:
    """Bring the database to the newest migration."""
    with opened(ctx, require_current=False) as bureau:
        before, after = bureau.upgrade_database()
    if before == after:
        say(ctx, f"the database is at migration {after}: nothing to do")
    else:
        say(ctx, f"migrated the database from {before or 'nothing'} to {after}")
    print_json(ctx, {"before": before, "after": after, "changed": before != after})


@database.command(cls=ReadCommand)
def current(ctx: typer.Context) -> None:
    """Show the migration of the database and the newest there is; exit 1 if it is behind."""
    with opened(ctx, require_current=False) as bureau:
        found, newest = bureau.database_revision()
    row = {"current": found, "newest": newest, "up_to_date": found == newest}
    columns = [
        Column("current", "current", lambda row: row["current"] or "none"),
        Column("newest", "newest", lambda row: row["newest"]),
    ]
    emit(ctx, Page(data=row, tables=[Table(columns=columns, rows=[row], upright=True)]))
    if found != newest:
        hint(ctx, "bureau db upgrade")
        raise typer.Exit(NEGATIVE)


@config.command("show", cls=ReadCommand)
def show_config(ctx: typer.Context) -> None:
    """Show the settings in force; a password in the database's address is left out."""
    with opened(ctx, require_current=False) as bureau:
        settings = bureau.settings
    row = {
        "home": str(settings.home),
        "city": settings.city,
        "timezone": settings.zone.key,
        "database_url": without_password(settings.database_url),
        "lake": str(settings.lake),
        "policy": settings.policy,
        "memory_mb": settings.memory_mb,
        "person": session(ctx).actor,
    }
    columns = [Column(key, key, itemgetter(key)) for key in row]
    emit(ctx, Page(data=row, tables=[Table(columns=columns, rows=[row], upright=True)]))


def without_password(address: str) -> str:
    """The address of a database as it may be shown."""
    return _PASSWORD.sub(r"\1:***", address)
