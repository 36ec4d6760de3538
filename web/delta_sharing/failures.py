"""How a call ends that gets nothing, in the codes of the protocol."""

from __future__ import annotations


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
