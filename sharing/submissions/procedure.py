"""The acts around a submission to the catalogue: pure (Decree 809 Art. 13, 16, 17)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from catalog.secrecy import OUT_OF_SCOPE
from core.actor import Actor, Role
from core.errors import Conflict, InvalidInput
from sharing.authority import Ruling, objections
from sharing.denial import denied
from sharing.model import Extension
from sharing.submissions.model import ChangeEvent, Submission, SubmissionState
from sharing.words import require_words, words

_MORE_TIME = "the data authority consents to more time, or does not (Art. 17)"


def publish(
    submission: Submission, actor: Actor, *, override: str = "", now: datetime
) -> Submission:
    """Publish what was submitted (Art. 16).

    Where a word may mark a secret, the reviewer says why it marks none: `override` (Art. 3).
    """
    _require_review(submission, actor, "publish")
    found = submission.doubts
    if found and not words(override):
        where = ", ".join(f"{code} ({name})" for code, name in found)
        raise Conflict(
            f"a word may mark a secret in {where}; {OUT_OF_SCOPE}",
            hint=f"hand it back if it does, or say why it does not: bureau catalog review"
            f" {submission.ref} --publish --no-secret TEXT",
        )
    if words(override) and not found:
        raise InvalidInput(
            f"no word of {submission.ref} may mark a secret", hint="leave --no-secret out"
        )
    return replace(
        submission,
        state=SubmissionState.PUBLISHED,
        decided_by=actor.signature,
        decided_at=now,
        reason=require_words(override, "", "") if found else "",
    )


def hand_back(submission: Submission, actor: Actor, *, reason: str, now: datetime) -> Submission:
    """Give a submission back to its department, with a reason."""
    _require_review(submission, actor, "hand back")
    said = require_words(reason, "handing back needs a reason", "add --reason TEXT")
    return replace(
        submission,
        state=SubmissionState.HANDED_BACK,
        decided_by=actor.signature,
        decided_at=now,
        reason=said,
    )


def refuse_stale(submission: Submission, current: Mapping[str, str]) -> None:
    """Raise Conflict where an entry is not any more what it was when this was submitted.

    `current` has the hash of each entry that is registered now.
    """
    changed = [one.code for one in submission.proposals if current.get(one.code, "") != one.before]
    if changed:
        raise Conflict(
            f"{', '.join(changed)} changed since {submission.ref} was submitted",
            hint=f"hand it back: bureau catalog review {submission.ref} --hand-back --reason TEXT",
        )


def require_answer(event: ChangeEvent, proposed: Mapping[str, str]) -> None:
    """Raise Conflict unless `proposed` entries (code to what it fulfils) answer a change."""
    if event.answered_by:
        raise Conflict(f"{event.ref} was answered already, by {event.answered_by}")
    about = event.dataset or f"an entry that fulfils {event.item}"
    if event.dataset not in proposed and event.item not in proposed.values():
        raise Conflict(
            f"{event.ref} is about {about}, and the submission has no such entry",
            hint="submit that entry, or leave out --change",
        )


def ask_extension(
    event: ChangeEvent, actor: Actor, *, debtor: str, days: int, reason: str, now: datetime
) -> ChangeEvent:
    """Ask the authority for more time to update the catalogue (Art. 17)."""
    _require_open(event)
    if event.extension is not None and event.extension.declined_at is None:
        raise Conflict(
            f"more time was asked for {event.ref} already",
            hint="it can be extended once: submit by the day that it is due",
        )
    if actor.department != debtor or not actor.roles & {Role.STEWARD, Role.APPROVER}:
        who = f"a steward or an approver of {debtor}"
        raise denied(
            actor,
            "ask for more time for",
            f"change {event.ref}",
            "open",
            rule="whoever has to update the catalogue asks (Art. 17)",
            reasons=(f"it takes {who}",),
            who=who,
        )
    said = require_words(reason, "an extension needs a reason", "add --reason TEXT")
    asked = Extension(days=days, reason=said, asked_at=now, asked_by=actor.signature)
    return replace(event, extension=asked)


def consent(event: ChangeEvent, actor: Actor, *, debtor: str, now: datetime) -> ChangeEvent:
    """Consent to more time; the authority at the same level does (Art. 17)."""
    asked = _open_extension(event)
    _require_time(event, actor, "consent to", debtor, asked.asked_by)
    given = replace(asked, consented_at=now, consented_by=actor.signature)
    return replace(event, extension=given)


def decline(
    event: ChangeEvent, actor: Actor, *, debtor: str, reason: str, now: datetime
) -> ChangeEvent:
    """Decline more time: the submission stays due when it is."""
    asked = _open_extension(event)
    _require_time(event, actor, "decline", debtor, asked.asked_by)
    declined = replace(
        asked,
        declined_at=now,
        declined_by=actor.signature,
        why_declined=require_words(reason, "declining needs a reason", "add --reason TEXT"),
    )
    return replace(event, extension=declined)


def _open_extension(event: ChangeEvent) -> Extension:
    _require_open(event)
    asked = event.extension
    if asked is None:
        raise Conflict(
            f"no more time was asked for {event.ref}",
            hint=f"the department asks for it: bureau catalog extend {event.ref}",
        )
    if asked.consented_at is not None:
        raise Conflict(f"{event.ref} was extended already")
    if asked.declined_at is not None:
        raise Conflict(
            f"{event.ref} was denied more time already",
            hint=f"the department may ask again: bureau catalog extend {event.ref}",
        )
    return asked


def _require_review(submission: Submission, actor: Actor, verb: str) -> None:
    if submission.state is not SubmissionState.SUBMITTED:
        raise Conflict(
            f"submission {submission.ref} is {submission.state}: it was reviewed already",
            hint=f"see it: bureau catalog show {submission.ref}; a change is a new submission",
        )
    asked_by, head = submission.submitted_by, submission.papers.head
    reasons = objections(actor, Ruling.REVIEW, submission.provider) or _asked(actor, asked_by)
    if actor.has(Role.AUTHORITY) and actor.is_or_acts_for(head):
        reasons.append(f"{head} signed it for {submission.provider} (负责人审签, Art. 13)")
    if reasons:
        others = " and ".join(dict.fromkeys((asked_by, head)))
        raise denied(
            actor,
            verb,
            f"submission {submission.ref}",
            submission.state,
            rule="the data authority reviews and publishes (Art. 16)",
            reasons=reasons,
            who=f"somebody of the data authority other than {others}",
        )


def _require_time(event: ChangeEvent, actor: Actor, verb: str, debtor: str, asked_by: str) -> None:
    reasons = objections(actor, Ruling.CATALOGUE_TIME, debtor) or _asked(actor, asked_by)
    if reasons:
        raise denied(
            actor,
            f"{verb} more time for",
            f"change {event.ref}",
            "open",
            rule=_MORE_TIME,
            reasons=reasons,
            who=f"somebody of the data authority other than {asked_by}",
        )


def _asked(actor: Actor, asked_by: str) -> list[str]:
    """Nobody decides what they asked for themselves."""
    return [f"{asked_by} asked for it"] if actor.is_or_acts_for(asked_by) else []


def _require_open(event: ChangeEvent) -> None:
    if event.answered_by:
        raise Conflict(f"{event.ref} was answered already, by {event.answered_by}")
