"""`bureau contract new|lint|test|publish|show|list|export`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from commands import _quality
from commands._context import opened
from commands._errors import NEGATIVE, exit_code
from commands._group import ActCommand, Command, ReadCommand, new_group
from commands._options import (
    ContractId,
    Document,
    Encoding,
    NoHeader,
    Output,
    Sheet,
    document,
)
from commands._page import Column, Page, Table, listing
from commands._quality import Engine
from commands._render import emit, write
from commands._talk import done, hint, progress, say
from core.errors import EngineFailed
from quality.model import Outcome

if TYPE_CHECKING:
    from bureau.publishing import Draft
    from contracts.model import DataContract


class Form(StrEnum):
    ODCS = "odcs"
    GX = "gx"
    PANDERA = "pandera"


app = new_group("Draft, lint, publish and export data contracts 数据合同.")

SHOWN = 6
"""So many names are enough to know a line again."""
FINDINGS = [
    Column("severity", "severity", lambda finding: finding.severity),
    Column("line", "line", lambda finding: finding.line, right=True),
    Column("path", "where", lambda finding: finding.path),
    Column("message", "finding", lambda finding: finding.message),
    Column("hint", "fix", lambda finding: finding.hint),
]
PUBLISHED = [
    Column("id", "contract 合同", lambda contract: contract.id),
    Column("version", "version", lambda contract: contract.version),
    Column("name", "name 名称", lambda contract: contract.name),
    Column("published_at", "published 发布时间", lambda contract: contract.published_at),
    Column("sha256", "sha256", lambda contract: contract.sha256[:12]),
]
HEAD = [
    Column("id", "contract 合同", lambda contract: contract["id"]),
    Column("version", "version", lambda contract: contract["version"]),
    Column("name", "name 名称", lambda contract: contract["name"]),
    Column("status", "status", lambda contract: contract["status"]),
    Column("api_version", "ODCS", lambda contract: contract["api_version"]),
    Column("table", "table", lambda contract: contract["table"]),
]
COLUMNS = [
    Column("name", "column 列", lambda column: column["name"]),
    Column("business_name", "name 名称", lambda column: column["business_name"]),
    Column("type", "type 类型", lambda column: column["type"]),
    Column("required", "required", lambda column: column["required"]),
    Column("unique", "unique", lambda column: column["unique"]),
    Column("key", "key 主键", lambda column: column["key"], right=True),
    Column("classification", "classification", lambda column: column["classification"]),
    Column("description", "description 说明", lambda column: column["description"]),
]
Version = Annotated[
    str, typer.Option(metavar="VERSION", help="Which version; the newest if left out.")
]


@app.command(cls=Command)
def new(
    ctx: typer.Context,
    file: Annotated[
        Path, typer.Option("--from", metavar="FILE", help="A CSV, Parquet, JSON or Excel file.")
    ],
    name: Annotated[str, typer.Option(metavar="NAME", help="Name of the table.")],
    contract_id: Annotated[str, typer.Option("--id", metavar="ID", help="Id of the contract.")],
    encoding: Encoding = None,
    header: Annotated[
        bool | None,
        typer.Option(
            "--header/--no-header",
            help="The first line is headings, or data; detected if left out.",
        ),
    ] = None,
    sheet: Sheet = "",
    output: Output = None,
) -> None:
    """Draft a contract from a file: types, keys, nulls, values and ranges as seen in it."""
    from bureau.publishing import draft

    drafted = draft(
        file, name=name, contract_id=contract_id, encoding=encoding, header=header, sheet=sheet
    )
    write(output, drafted.text.encode(), new=True)
    for sentence in _taken(drafted, sheet):
        say(ctx, sentence)
    say(ctx, f"drafted {contract_id} from {file.name}: decide what of it is promised")
    hint(ctx, f"bureau contract lint {output or 'FILE'}")


def _taken(draft: Draft, sheet: str) -> Iterator[str]:
    """What was made of the file without being told so."""
    if len(draft.sheets) > 1 and not sheet:
        first, *others = draft.sheets
        yield f"read the sheet {first}; --sheet NAME reads another: {_some(others)}"
    if draft.guessed and draft.headed:
        yield f"line 1 is taken as the heading: {_some(draft.names)}; --no-header if it is data"
    elif draft.guessed:
        yield "line 1 is taken as data, so the columns have no names; --header if it is the heading"
    if not draft.headed:
        yield "deliver this file with --no-header"
    if draft.second_heading:
        yield (
            f"the line below the heading reads as a second heading: {_some(draft.second_heading)};"
            " if it is one, delete it in the file and draft again"
        )


def _some(names: Sequence[str]) -> str:
    words = [" ".join(name.split())[:40] for name in names if name.strip()]
    shown = ", ".join(words[:SHOWN])
    return shown + (f" ... ({len(words)} in all)" if len(words) > SHOWN else "")


@app.command(cls=ReadCommand)
def lint(ctx: typer.Context, file: Document) -> None:
    """Judge a contract against the ODCS version it declares; exit 1 if it has errors."""
    from bureau.publishing import lint_file

    with document(file) as path:
        findings = lint_file(path)
    emit(ctx, listing(findings, FINDINGS, empty=f"{file} has no faults"))
    if any(finding.severity == "error" for finding in findings):
        raise typer.Exit(NEGATIVE)
    hint(ctx, f"bureau contract publish {file}")


@app.command("test", cls=ReadCommand)
def try_file(
    ctx: typer.Context,
    contract: Document,
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="A CSV, Parquet, JSON or Excel file.")
    ],
    encoding: Encoding = None,
    no_header: NoHeader = False,
    sheet: Sheet = "",
    engine: Annotated[
        Engine,
        typer.Option(
            help="What counts: DuckDB; or Great Expectations or Pandera, to compare with, in memory."
        ),
    ] = Engine.DUCKDB,
    report: Annotated[
        Path | None, typer.Option("--junit", metavar="XML", help="Write the results as JUnit too.")
    ] = None,
) -> None:
    """Check any file against any contract, without a registry; exit 1 if checks fail, 7 if one breaks."""
    from bureau.trying import TrialOrder, try_contract

    with document(contract) as path, progress(ctx) as shows:
        order = TrialOrder(
            contract=path,
            file=file,
            encoding=encoding,
            header=not no_header,
            sheet=sheet,
            engine=engine,
        )
        tried = try_contract(order, shows)
    if report is not None:
        from quality.exports.junit import junit

        write(report, junit(tried.report, tried.cells, tried.hidden))
    emit(ctx, _quality.trial_page(tried.report, tried.cells, tried.hidden))
    outcomes = {result.outcome for result in tried.report.results}
    if Outcome.FAILED in outcomes:
        raise typer.Exit(NEGATIVE)
    if Outcome.ERROR in outcomes:
        raise typer.Exit(exit_code(EngineFailed))


@app.command(cls=ActCommand)
def publish(ctx: typer.Context, file: Document) -> None:
    """Publish a contract as a version, which never changes afterwards."""
    with opened(ctx) as bureau, document(file) as path:
        contract, receipt = bureau.publish_contract(path)
    done(
        ctx,
        f"published contract {contract.id} {contract.version}",
        receipt,
        {"contract": contract.id, "version": contract.version},
        then=f"bureau contract show {contract.id}",
    )


@app.command(cls=ReadCommand)
def show(ctx: typer.Context, contract: ContractId, version: Version = "") -> None:
    """Show what a published contract promises, column by column."""
    from contracts.odcs import parse_contract

    with opened(ctx) as bureau:
        text = bureau.export_contract(contract, version)
    data = _contract_json(parse_contract(text, contract))
    tables = [
        Table(columns=HEAD, rows=[data], upright=True),
        Table(columns=COLUMNS, rows=data["columns"], title="Columns 数据项"),
    ]
    emit(ctx, Page(data=data, tables=tables))


@app.command("list", cls=ReadCommand)
def list_contracts(ctx: typer.Context) -> None:
    """List the published contract versions."""
    with opened(ctx) as bureau:
        contracts = bureau.list_contracts()
    emit(ctx, listing(contracts, PUBLISHED, empty="no contract is published"))


@app.command(cls=Command)
def export(
    ctx: typer.Context,
    contract: ContractId,
    version: Version = "",
    form: Annotated[
        Form,
        typer.Option(
            "--format",
            help="As it was published, byte for byte; as a Great Expectations suite; as a Pandera"
            " schema in Python.",
        ),
    ] = Form.ODCS,
    output: Output = None,
) -> None:
    """Give the document back as it was published, or its checks in the words of another tool."""
    with opened(ctx) as bureau:
        text = bureau.export_contract(contract, version)
    if form is Form.ODCS:
        write(output, text)
        return
    from quality.exports.contract import export_checks

    exported = export_checks(text, contract, form)
    write(output, exported.text.encode())
    for check, reason in exported.left.items():
        say(ctx, f"left out: {check}: {reason}")
    say(ctx, f"{exported.checks - len(exported.left)} of {exported.checks} checks are in it")


def _contract_json(contract: DataContract) -> dict[str, Any]:
    table = contract.table
    return {
        "id": contract.id,
        "version": contract.version,
        "name": contract.name,
        "status": contract.status,
        "api_version": contract.api_version,
        "table": table.name,
        "columns": [
            {
                "name": column.name,
                "business_name": column.business_name,
                "type": column.logical_type,
                "required": column.required,
                "unique": column.unique,
                "key": column.primary_key_position,
                "enum": column.enum,
                "options": column.options,
                "classification": column.classification,
                "description": column.description,
            }
            for column in table.properties
        ],
        "references": table.references,
    }
