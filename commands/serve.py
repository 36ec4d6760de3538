"""`bureau serve`: let departments read what they were granted, over HTTP."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import typer

from commands._context import opened
from commands._group import ReadCommand, new_group
from commands._talk import say
from core.errors import InvalidInput, MissingExtra, NotFound
from web.choices import Logged, Measured

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
    metrics: Annotated[
        Measured, typer.Option(help="Who may read /metrics: local is this machine.")
    ] = Measured.LOCAL,
    log: Annotated[
        Logged, typer.Option(help="What the log on standard error tells, in lines of JSON.")
    ] = Logged.CALLS,
) -> None:
    """Serve granted data to any reader of Delta Sharing, and meter each use 数据共享服务."""
    try:
        from bureau.plane import DataPlane
        from web.app import create_app
        from web.server import run
    except ModuleNotFoundError as error:
        raise MissingExtra(
            f"the server needs the package {error.name}", hint="pip install 'databureau[server]'"
        ) from error
    _check(url, certificate, key)
    with opened(ctx) as bureau:

        def ready(port: int) -> None:
            said = url or f"{'https' if certificate else 'http'}://{host}:{port}"
            say(ctx, f"serving on {said}; stop with Ctrl-C")

        run(
            create_app(DataPlane(bureau.workspace), url=url, measured=metrics),
            host=host,
            port=port,
            certificate=certificate,
            key=key,
            logged=log,
            ready=ready,
        )


def _check(url: str, certificate: Path | None, key: Path | None) -> None:
    if url and urlsplit(url).scheme not in ("http", "https"):
        raise InvalidInput(
            f"'{url}' is no address that a reader could use",
            hint="write it as --url https://data.example.cn",
        )
    if (certificate is None) != (key is None):
        raise InvalidInput(
            "TLS needs a certificate and its key", hint="add --certificate FILE and --key FILE"
        )
    for path in (certificate, key):
        if path is not None and not path.is_file():
            raise NotFound("file", str(path), hint="name a file in PEM")
