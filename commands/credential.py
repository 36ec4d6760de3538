"""`bureau credential`: look at the tokens of machines and end them; `grant credential` issues one."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import urlsplit

import typer

from commands._context import opened
from commands._group import ActCommand, ReadCommand, new_group
from commands._options import GrantRef, Reason
from commands._page import Column, Page, Table
from commands._render import emit
from commands._talk import done
from core.errors import Conflict, InvalidInput, unusable

if TYPE_CHECKING:
    from sharing.credentials.model import Credential

app = new_group("Tokens with which machines read under a grant 访问凭证.")

_VERSION = 1
_PRIVATE = 0o600


def issue(
    ctx: typer.Context,
    grant: GrantRef,
    to: Annotated[
        Path, typer.Option("--to", metavar="FILE", help="A new file for the profile 配置文件.")
    ],
    endpoint: Annotated[
        str, typer.Option(metavar="URL", help="How the server is reached.")
    ] = "http://127.0.0.1:8080",
    overlap: Annotated[
        int, typer.Option(metavar="HOURS", help="How long the tokens before it go on.")
    ] = 24,
    days: Annotated[
        int | None, typer.Option(metavar="N", help="Until when, if sooner than the grant's end.")
    ] = None,
) -> None:
    """Issue a token for a grant, into a profile that Delta Sharing readers take 签发凭证."""
    address = _address(endpoint)
    file = _open_new(to)
    try:
        with opened(ctx) as bureau:
            issued = bureau.credentials.issue(grant, overlap_hours=overlap, days=days)
            now = bureau.now()
    except BaseException:
        os.close(file)
        to.unlink()
        raise
    profile = {
        "shareCredentialsVersion": _VERSION,
        "endpoint": f"{address}/delta-sharing",
        "bearerToken": issued.token,
        "expirationTime": issued.credential.expires_at.astimezone(UTC).isoformat(),
    }
    with os.fdopen(file, "w", encoding="utf-8") as writing:
        json.dump(profile, writing, indent=2)
        writing.write("\n")
    credential = issued.credential
    ends = [f"{one.ref} ends {one.expires_at.isoformat()}" for one in issued.replaced]
    data = {"credential": _json(credential, now), "profile": str(to)}
    told = f"issued {credential.ref} for {credential.grant} into {to}"
    done(ctx, "; ".join([told, *ends]), issued.receipt, data)


@app.command("list", cls=ReadCommand)
def list_credentials(
    ctx: typer.Context,
    grant: Annotated[str, typer.Option(metavar="GRANT", help="Only of this grant.")] = "",
) -> None:
    """List the credentials with their state now; their tokens are nowhere."""
    with opened(ctx) as bureau:
        found = bureau.credentials.list(grant=grant)
        now = bureau.now()
    columns = [
        Column("ref", "credential", lambda one: one.ref),
        Column("grant", "grant", lambda one: one.grant),
        Column("state", "state", lambda one: one.state_at(now).value),
        Column("expires_at", "until", lambda one: one.expires_at),
        Column("issued_by", "issued by", lambda one: one.issued_by),
    ]
    data = [_json(one, now) for one in found]
    emit(ctx, Page(data=data, tables=[Table(columns=columns, rows=found)], empty="there is none"))


@app.command(cls=ActCommand)
def revoke(
    ctx: typer.Context,
    credential: Annotated[str, typer.Argument(metavar="CREDENTIAL", help="Such as CRD-0001.")],
    reason: Reason = "",
) -> None:
    """End a credential at once, as when its token leaked 吊销凭证."""
    with opened(ctx) as bureau:
        revoked, receipt = bureau.credentials.revoke(credential, reason=reason)
        data = {"credential": _json(revoked, bureau.now())}
    done(ctx, f"revoked {revoked.ref}", receipt, data)


def _address(endpoint: str) -> str:
    """Where a server is; raises InvalidInput for what no reader could call."""
    try:
        parts = urlsplit(endpoint)
        reachable = parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0
    except ValueError:
        reachable = False
    if not reachable or parts.query or parts.fragment or "@" in parts.netloc or " " in endpoint:
        raise InvalidInput(
            f"--endpoint {endpoint} is no address of a server",
            hint="write http:// or https:// and a host, such as https://data.example.cn",
        )
    return endpoint.rstrip("/")


def _open_new(path: Path) -> int:
    """A new file for its owner's eyes, before a token is made that could then be lost."""
    if str(path) == "-":
        raise InvalidInput(
            "a token is not written to standard output, where others may see or keep it",
            hint="name a new file with --to",
        )
    try:
        return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _PRIVATE)
    except FileExistsError as error:
        raise Conflict(
            f"{path} exists already, and may hold a token that is in use", hint="name a new file"
        ) from error
    except OSError as error:
        raise unusable(path, error) from error


def _json(credential: Credential, now: datetime) -> dict[str, Any]:
    return {
        "ref": credential.ref,
        "grant": credential.grant,
        "state": credential.state_at(now),
        "terms_hash": credential.terms_hash,
        "issued_at": credential.issued_at,
        "issued_by": credential.issued_by,
        "expires_at": credential.expires_at,
        "revoked_at": credential.revoked_at,
        "revoked_by": credential.revoked_by,
        "why_revoked": credential.why_revoked,
    }
