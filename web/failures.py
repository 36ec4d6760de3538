"""How a call ends that gets nothing: in the codes of Delta Sharing, and as a problem (RFC 9457)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from fastapi import Request
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException

from core.errors import StorageUnavailable

SHARING = "/delta-sharing"
PROBLEM = "application/problem+json"


class Failure(Exception):
    status: int
    code: str
    headers: Mapping[str, str] = MappingProxyType({})


class Invalid(Failure):
    """The request is not one of the protocol; the message says where."""

    status, code = 400, "INVALID_PARAMETER_VALUE"


class Unknown(Failure):
    """No token, or one that was never issued, has expired or was revoked: nobody learns which."""

    status, code = 401, "UNAUTHENTICATED"
    headers = MappingProxyType({"WWW-Authenticate": "Bearer"})

    def __str__(self) -> str:
        return "the token opens nothing"


class Refused(Failure):
    """The grant gives nothing now, or the address is not one that was given; the message says why."""

    status, code = 403, "PERMISSION_DENIED"


class Missing(Failure):
    """It does not exist, or the caller may not know that it does."""

    status, code = 404, "RESOURCE_DOES_NOT_EXIST"

    def __str__(self) -> str:
        return super().__str__() or "there is nothing under this name"


class NotAllowed(Failure):
    """It cannot be called by this method."""

    status, code = 405, "METHOD_NOT_ALLOWED"

    def __init__(self, headers: Mapping[str, str]) -> None:
        super().__init__("it cannot be called by this method")
        self.headers = headers


class TooSlow(Failure):
    """The request did not come in time."""

    status, code = 408, "MALFORMED_REQUEST"
    headers = MappingProxyType({"Connection": "close"})

    def __str__(self) -> str:
        return "the request did not come in time"


class TooLong(Failure):
    """The request is longer than may be."""

    status, code = 413, "MALFORMED_REQUEST"

    def __str__(self) -> str:
        return "the request is too long"


class Unsatisfiable(Failure):
    """The range begins behind the end of the file."""

    status, code = 416, "INVALID_PARAMETER_VALUE"

    def __init__(self, size: int) -> None:
        super().__init__("the range begins behind the end of the file")
        self.headers = {"Content-Range": f"bytes */{size}"}


class TooMany(Failure):
    """The grant was used as often as it may be for now."""

    status, code = 429, "RESOURCE_EXHAUSTED"
    headers = MappingProxyType({"Retry-After": "60"})

    def __str__(self) -> str:
        return "this grant has been used too often: try again in a minute"


class Broken(Failure):
    """The program failed; the reason is for its log alone."""

    status, code = 500, "INTERNAL_ERROR"

    def __str__(self) -> str:
        return "the server could not do it"

    @staticmethod
    def of(error: Exception) -> Broken:
        return Unavailable() if isinstance(error, StorageUnavailable) else Broken()


class Unavailable(Broken):
    """A disk or database fails, which is worth trying again."""

    status = 503


async def failed(request: Request, failure: Exception) -> Response:
    """What a caller is told: never with 5xx, which readers try again for minutes."""
    assert isinstance(failure, Failure)  # noqa: S101 (registered for it alone)
    return answer(request.url.path, failure)


async def unrouted(request: Request, error: Exception) -> Response:
    """There is no such place, or it is not called like that."""
    assert isinstance(error, HTTPException)  # noqa: S101 (registered for it alone)
    allowed = error.status_code == NotAllowed.status
    return answer(request.url.path, NotAllowed(error.headers or {}) if allowed else Missing())


def answer(path: str, failure: Failure) -> Response:
    headers = dict(failure.headers)
    said = str(failure)
    if path.startswith(f"{SHARING}/"):
        body = {"errorCode": failure.code, "message": said}
        return JSONResponse(body, status_code=failure.status, headers=headers)
    problem = {"type": "about:blank", "title": said, "status": failure.status, "code": failure.code}
    return JSONResponse(problem, status_code=failure.status, headers=headers, media_type=PROBLEM)
