"""Who records, who may read, which kinds are missing, and how long records are kept: pure guards."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from core.actor import Actor, Role
from core.clock import local_day
from core.errors import Conflict
from sharing.denial import require_user
from sharing.model import Grant
from sharing.profiles.model import Limit, Party
from sharing.records.model import RecordKind, UsageRecord
from sharing.words import require_words, words_hash

_KEEP = "keep the records of"
_RULE = "the department that uses the data records its use (Art. 29)"


def record(
    grant: Grant,
    actor: Actor,
    *,
    number: int,
    kind: RecordKind,
    text: str,
    now: datetime,
) -> UsageRecord:
    """The using department's own record of one kind; it may be added after the grant ended too."""
    require_user(grant, actor, _KEEP, rule=_RULE, now=now)
    said = require_words(text, "the record says nothing", "add --text TEXT")
    return UsageRecord(
        number=number,
        kind=kind,
        text=said,
        sha256=words_hash(said),
        recorded_at=now,
        recorded_by=actor.signature,
    )


def may_read(grant: Grant, actor: Actor, *, provider: str, readers: Collection[str]) -> bool:
    """The department itself and auditors; others as the policy says: authority and provider."""
    if actor.department == grant.department or actor.has(Role.AUDITOR):
        return True
    if Party.AUTHORITY in readers and actor.has(Role.AUTHORITY):
        return True
    return Party.PROVIDER in readers and actor.department in {provider, grant.provider}


def missing(
    grant: Grant, records: Sequence[UsageRecord], *, kinds: Collection[str], now: datetime
) -> tuple[RecordKind, ...]:
    """The kinds that a grant which was used has no record of; destruction comes with its end."""
    if grant.first_used_at is None:
        return ()
    recorded = {one.kind for one in records}
    return tuple(
        kind
        for kind in RecordKind
        if kind in kinds
        and kind not in recorded
        and (kind is not RecordKind.DESTRUCTION or grant.ended_at <= now)
    )


def check_purge(
    grant: Grant,
    records: Sequence[UsageRecord],
    actor: Actor,
    *,
    limit: Limit,
    zone: ZoneInfo,
    now: datetime,
) -> list[UsageRecord]:
    """The records to purge: all that there are; raises Conflict where one must still be kept."""
    require_user(grant, actor, _KEEP, rule=_RULE, now=now)
    kept = [one for one in records if one.purged_at is None]
    if not kept:
        raise Conflict(f"grant {grant.ref} has no records to purge")
    if now < grant.ended_at:
        raise Conflict(
            f"grant {grant.ref} has not ended: its records are kept",
            hint=f"see them: bureau usage show {grant.ref}",
        )
    newest = max(local_day(one.recorded_at, zone) for one in kept)
    first = years_after(newest, limit.amount)
    if local_day(now, zone) < first:
        raise Conflict(
            f"the records of grant {grant.ref} are kept {limit.amount} years ({limit.ground}):"
            f" the newest is of {newest}",
            hint=f"they may be purged from {first} on",
        )
    return kept


def years_after(day: date, years: int) -> date:
    """The same day `years` later; of 29 February the 1 March where there is none."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)
