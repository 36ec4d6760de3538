"""`bureau report build|verify|schedule|list`."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated, TypeAlias

import typer

from commands._context import opened
from commands._errors import NEGATIVE
from commands._group import Command, ReadCommand, new_group
from commands._options import AsOf, PeriodOrDay
from commands._page import Column, Page, Table
from commands._rate_options import Asked, Department, Division, Theme, Window
from commands._render import emit, write
from commands._schedules import Schedule
from commands._talk import hint, say
from core.errors import InvalidInput

app = new_group("Reports that can be verified 报告.")


class Language(StrEnum):
    ZH = "zh"
    EN = "en"
    BOTH = "both"


class Every(StrEnum):
    MONTH = "month"
    QUARTER = "quarter"


class Suffix(StrEnum):
    HTML = "html"
    XLSX = "xlsx"
    PDF = "pdf"
    JSON = "json"
    MD = "md"


def _kinds(incomplete: str) -> list[str]:
    from bureau.reports import kinds

    return [kind for kind in kinds() if kind.startswith(incomplete)]


Kind: TypeAlias = Annotated[
    str,
    typer.Argument(
        metavar="KIND",
        help="sharing, supervision, department, quality, audit; see report list.",
        autocompletion=_kinds,
    ),
]
Spoken: TypeAlias = Annotated[Language, typer.Option("--lang", help="In which language.")]


@app.command("list", cls=ReadCommand)
def list_kinds(ctx: typer.Context) -> None:
    """List the kinds of reports."""
    from bureau.reports import find_kind, kinds

    found = [find_kind(name) for name in kinds()]
    columns = [
        Column("kind", "kind", lambda kind: kind.name),
        Column("title_zh", "报告", lambda kind: kind.title.zh),
        Column("title_en", "title", lambda kind: kind.title.en),
        Column("needs_department", "of one department", lambda kind: kind.needs_department),
    ]
    data = [{column.key: column.value(kind) for column in columns} for kind in found]
    emit(ctx, Page(data=data, tables=[Table(columns=columns, rows=found)]))


@app.command(cls=Command)
def build(
    ctx: typer.Context,
    kind: Kind,
    output: Annotated[
        Path,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE",
            help="The file; its name ends with .html, .xlsx, .pdf, .json or .md.",
        ),
    ],
    lang: Spoken = Language.ZH,
    as_of: AsOf = None,
    window: Window = None,
    period: PeriodOrDay = "",
    department: Department = "",
    division: Division = "",
    theme: Theme = "",
) -> None:
    """Build a report of a day or a period, with every row behind every number."""
    from bureau.reporting import ReportOrder
    from reports.words import Language as Words

    with opened(ctx) as bureau:
        asked = Asked(
            as_of=as_of,
            window=window,
            period=period,
            department=department,
            division=division,
            theme=theme,
        )
        query = asked.query(bureau)
        order = ReportOrder(kind=kind, query=query)
        written = bureau.reports.write(order, output, Words(lang.value))
    for file in written.files:
        say(ctx, f"wrote {file}")
    say(ctx, f"report {written.id}")
    hint(ctx, f"bureau report verify {output}")


@app.command(cls=ReadCommand)
def verify(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A report that was built.")],
) -> None:
    """Build a report again and say which number of the file differs; exit 1 if one does."""
    with opened(ctx) as bureau:
        checked = bureau.reports.verify(file)
    columns = [
        Column("place", "place 位置", lambda one: one.place),
        Column("shown", "the file says 文件所载", lambda one: one.shown),
        Column("given", "the facts give 重算所得", lambda one: one.given),
    ]
    if checked.ok:
        sentence = f"the report is what the facts of {checked.as_of} give: {checked.id}"
    else:
        n = len(checked.differences)
        places = "1 place differs" if n == 1 else f"{n} places differ"
        sentence = f"{places} from what the facts of {checked.as_of} give"
    notes = [sentence]
    if not checked.ok and checked.made_by != checked.checked_by:
        notes.append(
            f"made by {checked.made_by}, verified by {checked.checked_by}: what differs may come"
            " from that"
        )
    data = {
        "ok": checked.ok,
        "id": checked.id,
        "kind": checked.kind,
        "as_of": checked.as_of,
        "made_by": checked.made_by,
        "checked_by": checked.checked_by,
        "differences": checked.differences,
    }
    emit(
        ctx, Page(data=data, tables=[Table(columns=columns, rows=checked.differences)], notes=notes)
    )
    if not checked.ok:
        raise typer.Exit(NEGATIVE)


@app.command(cls=Command)
def schedule(
    ctx: typer.Context,
    kind: Kind,
    every: Annotated[Every, typer.Option(help="How often.")],
    folder: Annotated[
        Path, typer.Option("--output", "-o", metavar="DIR", help="Where the files are to be put.")
    ],
    lang: Spoken = Language.ZH,
    to: Annotated[Suffix, typer.Option(help="In which format.")] = Suffix.HTML,
    cron: Annotated[
        bool, typer.Option("--cron/--systemd", help="A line of cron, or a timer of systemd.")
    ] = False,
    program: Annotated[
        str, typer.Option(metavar="FILE", help="Where bureau is; found if left out.")
    ] = "",
    department: Department = "",
) -> None:
    """Print what builds a report every month or quarter; nothing is installed."""
    import shutil

    from bureau.reports import find_kind
    from bureau.settings import find_home, load_settings
    from commands._context import session

    if find_kind(kind).needs_department and not department:
        raise InvalidInput(
            f"the report '{kind}' is of one department", hint="name it: --department CODE"
        )
    home = find_home(session(ctx).home)
    asked = Schedule(
        program=program or shutil.which("bureau") or "bureau",
        home=home,
        kind=kind,
        build=("--lang", lang.value, *(("--department", department) if department else ())),
        folder=folder.absolute(),
        suffix=f".{to.value}",
        quarterly=every is Every.QUARTER,
        zone=load_settings(home).zone.key,
    )
    text = f"{asked.cron()}\n" if cron else asked.systemd()
    write(None, text.encode())
