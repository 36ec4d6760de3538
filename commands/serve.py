"""`bureau serve`: let departments read what they were granted, over HTTP."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from commands._context import opened
from commands._group import ReadCommand, new_group
from commands._talk import say
from core.errors import MissingExtra

app = new_group("The server.")


@app.command(cls=ReadCommand)
def serve(
    ctx: typer.Context,
    host: Annotated[str, typer.Option(metavar="ADDRESS", help="Where to listen.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(metavar="N", min=1, max=65535, help="On which port.")] = 8080,
    url: Annotated[
        str, typer.Option(metavar="URL", help="How readers reach it, behind a proxy.")
    ] = "",
    certificate: Annotated[
        Path | None, typer.Option(metavar="FILE", help="A certificate (PEM), to speak TLS.")
    ] = None,
    key: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The key of the certificate (PEM).")
    ] = None,
) -> None:
    """Serve granted data to any reader of Delta Sharing, and meter each use 数据共享服务."""
    try:
        from web.server import run
    except ModuleNotFoundError as error:
        raise MissingExtra(
            f"the server needs the package {error.name}", hint="pip install 'databureau[server]'"
        ) from error
    with opened(ctx) as bureau:

        def ready(port: int) -> None:
            said = url or f"{'https' if certificate else 'http'}://{host}:{port}"
            say(ctx, f"serving on {said}; stop with Ctrl-C")

        run(
            bureau.workspace,
            host=host,
            port=port,
            url=url,
            certificate=certificate,
            key=key,
            ready=ready,
        )
