"""How a call ends that gets nothing: in the codes of Delta Sharing, and as a problem (RFC 9457)."""

from __future__ import annotations

from fastapi import Request
from fastapi.responses import JSONResponse, Response


class Failure(Exception):
    status: int
    code: str


class Invalid(Failure):
    status, code = 400, "INVALID_PARAMETER_VALUE"


class Unknown(Failure):
    """No token, or one that was never issued, has expired or was revoked: nobody learns which."""

    status, code = 401, "UNAUTHENTICATED"

    def __str__(self) -> str:
        return "the token opens nothing"


class Refused(Failure):
    status, code = 403, "PERMISSION_DENIED"


class Missing(Failure):
    """It does not exist, or the caller may not know that it does."""

    status, code = 404, "RESOURCE_DOES_NOT_EXIST"

    def __str__(self) -> str:
        return "there is nothing under this name"


class TooMany(Failure):
    """The grant was used as often as it may be for now."""

    status, code = 429, "RESOURCE_EXHAUSTED"

    def __str__(self) -> str:
        return "this grant has been used too often: try again in a minute"


async def failed(request: Request, failure: Exception) -> Response:
    """What a caller is told: never with 5xx, which readers try again for minutes."""
    assert isinstance(failure, Failure)  # noqa: S101 (registered for it alone)
    said = str(failure)
    headers = {"Retry-After": "60"} if isinstance(failure, TooMany) else None
    if request.url.path.startswith("/delta-sharing/"):
        body = {"errorCode": failure.code, "message": said}
        return JSONResponse(body, status_code=failure.status, headers=headers)
    problem = {"type": "about:blank", "title": said, "status": failure.status, "code": failure.code}
    return JSONResponse(
        problem,
        status_code=failure.status,
        headers=headers,
        media_type="application/problem+json",
    )
