"""The command line `bureau`: its tree and the options that stand before every command.

Nothing but Typer and the names of the groups is loaded here, so that help is there at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, ClassVar

import typer

from commands._context import keep
from commands._group import Lazy, Root
from commands._version import print_version


class Bureau(Root):
    tree: ClassVar[Mapping[str, Lazy]] = {
        "init": Lazy("Make a workspace.", "commands.workspace", single=True),
        "demo": Lazy("Build a sample city and run the whole job.", "commands.demo", single=True),
        "doctor": Lazy(
            "Check the installation and this workspace.", "commands.workspace", single=True
        ),
        "apply": Lazy("Make the registry match YAML files.", "commands.registry", single=True),
        "diff": Lazy("Show what applying would change.", "commands.registry", single=True),
        "search": Lazy("Search the catalogue 检索.", "commands.registry", single=True),
        "catalog": Lazy("Find gaps, import listings 目录.", "commands.catalog"),
        "division": Lazy("Administrative areas 行政区划.", "commands.items", "divisions"),
        "department": Lazy("Departments 部门.", "commands.items", "departments"),
        "person": Lazy("People and their roles 人员.", "commands.items", "people"),
        "application": Lazy("Consumer systems 应用系统.", "commands.items", "applications"),
        "rule": Lazy("Provision rules 归集规则.", "commands.items", "rules"),
        "duty": Lazy("Who must provide what 责任清单.", "commands.items", "duties"),
        "dataset": Lazy("Register, deliver, look up 数据集.", "commands.dataset"),
        "contract": Lazy("Draft, lint, publish 数据合同.", "commands.contract"),
        "check": Lazy("Results and failing rows 质量检查.", "commands.check"),
        "request": Lazy("Ask for data and decide 共享申请.", "commands.request"),
        "grant": Lazy("Look at grants, pause, end 共享授权.", "commands.grant"),
        "read": Lazy("Read shared data under a grant 使用.", "commands.read", single=True),
        "rate": Lazy("Rates and the rows behind them 指标.", "commands.rate"),
        "ledger": Lazy("The append-only record 审计账本.", "commands.ledger"),
        "db": Lazy("Migrations of the database.", "commands.workspace", "database"),
        "config": Lazy("Settings of this workspace.", "commands.workspace", "config"),
        "errors": Lazy("List the exit codes.", "commands.workspace", single=True),
    }


app = typer.Typer(
    name="bureau",
    cls=Bureau,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    no_args_is_help=True,
    context_settings={"help_option_names": ["--help", "-h"]},
)


@app.callback()
def root(
    *,
    home: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="The workspace; else BUREAU_HOME, else the nearest one upward from here.",
            callback=keep,
            expose_value=False,
        ),
    ] = None,
    person: Annotated[
        str | None,
        typer.Option(
            "--as",
            metavar="PERSON",
            help="Who acts; else BUREAU_AS.",
            callback=keep,
            expose_value=False,
        ),
    ] = None,
    debug: Annotated[
        bool,
        typer.Option("--debug", help="Trace failures.", callback=keep, expose_value=False),
    ] = False,
    quiet: Annotated[
        bool,
        typer.Option(
            "--quiet", "-q", help="Say nothing but errors.", callback=keep, expose_value=False
        ),
    ] = False,
    version: Annotated[
        bool,
        typer.Option("--version", help="Show the version.", is_eager=True, callback=print_version),
    ] = False,
) -> None:
    """Run a city's data bureau: collect, check, share and measure data.

    Data goes to standard output, talk to standard error. 'bureau errors' lists the exit codes.
    """


if __name__ == "__main__":
    app()
