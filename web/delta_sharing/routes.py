"""The endpoints of the protocol. What is not granted is not found, and nothing says whether it exists."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from bureau.differing import Span
from bureau.offering import Hints, Snapshot
from bureau.plane import DataPlane
from catalog.predicate import Predicate
from core.errors import Conflict, InvalidInput, NotFound
from sharing.metering.model import File, Query
from web import addresses
from web.callers import Called, Caller, Stated, admitting, keep_pace
from web.delta_sharing import lines
from web.delta_sharing.hints import read_hints
from web.delta_sharing.names import SharedTable, shared_table
from web.delta_sharing.pages import page
from web.failures import SHARING, Invalid, Missing, Refused, Unknown
from web.ranges import asked_range
from web.sending import FileSending

router = APIRouter(prefix=SHARING)
_NDJSON = "application/x-ndjson; charset=utf-8"
_DIGITS = 18
"""Of a version: more than any table has, and a number of 64 bits."""
_QUERY = {
    "predicateHints": list,
    "jsonPredicateHints": str,
    "limitHint": int,
    "version": int,
    "timestamp": str,
}
"""What a query may state. Hints leave out files that hold nothing of what is looked for."""


def _found(
    caller: Caller, share: str, schema: str | None = None, name: str | None = None
) -> SharedTable:
    """The caller's table, under the names that it has; raises Missing for any other."""
    table = shared_table(caller.admitted.dataset)
    if not table.is_named(share, schema, name):
        raise caller.elsewhere()
    return table


@router.get("/shares")
def list_shares(caller: Called, request: Request) -> Response:
    table = shared_table(caller.admitted.dataset)
    return _listed(caller, request, [{"name": table.share}], "shares")


@router.get("/shares/{share}")
def get_share(caller: Called, share: str) -> Response:
    return JSONResponse({"share": {"name": _found(caller, share).share}})


@router.get("/shares/{share}/schemas")
def list_schemas(caller: Called, request: Request, share: str) -> Response:
    table = _found(caller, share)
    return _listed(caller, request, [{"name": table.schema, "share": table.share}], "schemas")


@router.get("/shares/{share}/schemas/{schema}/tables")
def list_tables(caller: Called, request: Request, share: str, schema: str) -> Response:
    return _listed(caller, request, [_item(_found(caller, share, schema))], "tables")


@router.get("/shares/{share}/all-tables")
def list_all_tables(caller: Called, request: Request, share: str) -> Response:
    return _listed(caller, request, [_item(_found(caller, share))], "all-tables")


@router.api_route("/shares/{share}/schemas/{schema}/tables/{table}/version", methods=["GET"])
@router.api_route("/shares/{share}/schemas/{schema}/tables/{table}", methods=["GET", "HEAD"])
def get_version(caller: Called, request: Request, share: str, schema: str, table: str) -> Response:
    _found(caller, share, schema, table)
    since = _moment(request.query_params.get("startingTimestamp"), "startingTimestamp")
    try:
        version = caller.plane.version(caller.admitted, since=since)
    except NotFound as error:
        raise Missing(f"{error}: {error.hint}") from error
    return Response(headers={"Delta-Table-Version": str(version)})


@router.get("/shares/{share}/schemas/{schema}/tables/{table}/metadata")
def get_metadata(caller: Called, request: Request, share: str, schema: str, table: str) -> Response:
    found = _found(caller, share, schema, table)
    params = request.query_params
    given = {name: params[name] for name in ("version", "timestamp") if name in params}
    stated: dict[str, Any] = {**given}
    if "version" in given:
        stated["version"] = _number(given["version"], "version")
    snapshot = _snapshot(caller, stated)
    form = lines.form_of(request.headers.get("delta-sharing-capabilities", ""))
    return _answer(lines.table_lines(found, snapshot, form), snapshot.version, form)


@router.post("/shares/{share}/schemas/{schema}/tables/{table}/query")
def query(
    caller: Called, request: Request, share: str, schema: str, table: str, stated: Stated
) -> Response:
    found = _found(caller, share, schema, table)
    _check(stated)
    snapshot = _snapshot(caller, stated, _stated_rows(request, caller, stated))
    try:
        offered = caller.plane.offer(caller.admitted, snapshot, _hints(stated))
    except Conflict as error:
        raise Invalid(str(error)) from error
    form = lines.form_of(request.headers.get("delta-sharing-capabilities", ""))
    answer = lines.table_lines(found, snapshot, form)
    for file in offered.files:
        if file.rows:
            url, expires = _address(request, caller.plane, offered, file)
            answer.append(lines.file_line(snapshot, file, form, url=url, expires=expires))
    return _answer(answer, snapshot.version, form)


@router.get("/shares/{share}/schemas/{schema}/tables/{table}/changes")
def get_changes(caller: Called, request: Request, share: str, schema: str, table: str) -> Response:
    found = _found(caller, share, schema, table)
    try:
        feed = caller.plane.changes(caller.admitted, _span(request.query_params))
    except (Conflict, InvalidInput) as error:
        raise Invalid(str(error)) from error
    form = lines.form_of(request.headers.get("delta-sharing-capabilities", ""))
    first, _ = feed.versions[0]
    answer = lines.table_lines(found, first, form, changes=True)
    for snapshot, file in feed.versions:
        if file.rows:
            url, expires = _address(request, caller.plane, feed.query, file)
            answer.append(lines.change_line(snapshot, file, form, url=url, expires=expires))
    return _answer(answer, first.version, form)


def _span(params: Mapping[str, str]) -> Span:
    sides = [_side(params, "starting"), _side(params, "ending")]
    start, end = sides
    if start is None:
        raise Invalid("a feed starts somewhere: state startingVersion or startingTimestamp")
    return Span(start=start, end=end)


def _side(params: Mapping[str, str], name: str) -> int | datetime | None:
    version, timestamp = params.get(f"{name}Version"), params.get(f"{name}Timestamp")
    if version is None:
        return _moment(timestamp, f"{name}Timestamp")
    if timestamp is not None:
        raise Invalid(f"name {name}Version or {name}Timestamp, not both")
    return _number(version, f"{name}Version")


def _number(text: str, name: str) -> int:
    if not (text.isdecimal() and text.isascii()) or len(text) > _DIGITS:
        raise Invalid(f"{name} is a whole number")
    return int(text)


def _address(request: Request, plane: DataPlane, offered: Query, file: File) -> tuple[str, int]:
    """Where a file of a query may be read, and until when (milliseconds since 1970)."""
    expires = int(offered.expires_at.timestamp() * 1000)
    signed = addresses.sign(
        plane.signing_key,
        file=file.id,
        query=offered.id,
        credential=offered.credential,
        expires=expires,
    )
    return f"{_base(request)}{router.prefix}/files/{file.id}?{signed}", expires


@router.api_route("/files/{file}", methods=["GET", "HEAD"])
def get_file(request: Request, file: str) -> Response:
    plane: DataPlane = request.app.state.plane
    given = request.query_params
    said = {name: given.get(name, "") for name in ("q", "c", "exp", "sig")}
    if given.get("sp") != "r" or not addresses.is_signed(
        plane.signing_key,
        said["sig"],
        file=file,
        query=said["q"],
        credential=said["c"],
        expires=said["exp"],
    ):
        request.app.state.metrics.denied(["address"])
        plane.rejected()
        raise Refused("the address is not one that was given")
    if int(said["exp"]) <= int(plane.now().timestamp() * 1000):
        raise Refused("the address has expired: query the table again")
    offered = plane.offered(said["q"])
    if offered is None or file not in {one.id for one in offered.files}:
        raise Refused("the query is over: query the table again")
    _readmit(request, plane, said["c"])
    path = plane.file(file)
    if path is None:
        raise Missing
    size = path.stat().st_size
    headers = {"Content-Type": "application/vnd.apache.parquet", "Accept-Ranges": "bytes"}
    asked = asked_range(request.headers.get("range"), size)
    start, stop = asked or (0, size)
    headers["Content-Length"] = str(stop - start)
    if asked is not None:
        headers["Content-Range"] = f"bytes {start}-{stop - 1}/{size}"
    status = 200 if asked is None else 206
    if request.method == "HEAD":
        return Response(status_code=status, headers=headers)
    return FileSending(
        path,
        start,
        stop,
        status=status,
        headers=headers,
        leaving=lambda low, high: plane.leaving(offered, file, low, high),
        sent=lambda low, high: plane.sent(offered, file, low, high, partial=stop - start < size),
        holds=lambda: not plane.look_again(said["c"]).refusals,
    )


def _readmit(request: Request, plane: DataPlane, credential: str) -> None:
    """An address shows no token: for whoever holds it, what is over is refused, and not unknown."""
    try:
        admitting(request, plane.look_again(credential))
    except Unknown as error:
        raise Refused("the credential of the address is over") from error


def _stated_rows(request: Request, caller: Caller, stated: Mapping[str, Any]) -> Predicate | None:
    """What a reader has to state of its rows, where the grant asks for that; heeded nowhere else."""
    if not caller.admitted.grant.terms.safeguards.needs:
        return None
    keep_pace(request, caller.admitted)
    return caller.stated(read_hints(stated.get("jsonPredicateHints")))


def _hints(stated: Mapping[str, Any]) -> Hints:
    """What may be left out; what is not understood leaves out nothing."""
    said = stated.get("jsonPredicateHints")
    if said or stated.get("predicateHints"):
        with suppress(Invalid):
            return Hints(where=read_hints(said))
        return Hints()
    limit = stated.get("limitHint")
    return Hints(limit=None if limit is None else max(limit, 0))


def _snapshot(
    caller: Caller, stated: Mapping[str, Any], where: Predicate | None = None
) -> Snapshot:
    version, timestamp = stated.get("version"), stated.get("timestamp")
    if version is not None and timestamp is not None:
        raise Invalid("name a version or a timestamp, not both")
    return caller.snapshot(version=version, timestamp=_moment(timestamp, "timestamp"), where=where)


def _check(stated: Mapping[str, Any]) -> None:
    for name, kind in _QUERY.items():
        value = stated.get(name)
        if value is not None and type(value) is not kind:
            raise Invalid(f"{name} is not of the type that the protocol gives it")
    if "startingVersion" in stated or "endingVersion" in stated:
        raise Invalid("a query is of one version; what changed between versions is told by changes")


def _listed(caller: Caller, request: Request, items: list[dict[str, str]], listed: str) -> Response:
    given = request.query_params
    found = page(caller, listed, items, given.get("maxResults"), given.get("pageToken"))
    return JSONResponse(found)


def _item(table: SharedTable) -> dict[str, str]:
    return {"name": table.name, "schema": table.schema, "share": table.share, "id": table.id}


def _answer(answer: list[Any], version: int, form: lines.Form) -> Response:
    headers = {
        "Delta-Table-Version": str(version),
        "delta-sharing-capabilities": f"responseformat={form}",
    }
    return Response(lines.ndjson(answer), media_type=_NDJSON, headers=headers)


def _base(request: Request) -> str:
    stated: str = request.app.state.url
    return stated or str(request.base_url).rstrip("/")


def _moment(text: str | None, name: str) -> datetime | None:
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise Invalid(f"{name} is no moment; write it as 2026-03-02T09:00:00Z") from error
    if moment.tzinfo is None:
        raise Invalid(f"{name} has no time zone; write it as 2026-03-02T09:00:00Z")
    return moment
