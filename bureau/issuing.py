"""Issue, list and revoke the credentials with which machines read under a grant."""

from __future__ import annotations

from dataclasses import dataclass

from bureau.acts import Acts
from bureau.keyring import key_for
from bureau.receipt import Receipt, receipt
from bureau.unit_of_work import WriteUnit
from core.actor import Role
from core.canonical import Json
from core.errors import Denied
from sharing.credentials import model
from sharing.credentials.model import Credential
from sharing.credentials.token import new_token, token_hash
from sharing.denial import require_user
from sharing.ledger.entry import Event
from sharing.model import Grant
from sharing.words import require_words, words_hash

TOKENS = "tokens"
_RULE = "a grant binds to the department that uses the data (Art. 25)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Issued:
    """A new credential with its token, which is told this once, and those that it replaces."""

    credential: Credential
    token: str
    grant: Grant
    replaced: tuple[Credential, ...]
    receipt: Receipt


@dataclass(frozen=True, slots=True)
class Credentials(Acts):
    def issue(self, grant: str, *, overlap_hours: int = 24, days: int | None = None) -> Issued:
        """A new token for a grant, by a requester of the department that it is for.

        Those that the grant had go on for `overlap_hours`, unless they end before.
        """
        token = new_token()
        pepper = key_for(self.workspace.settings.home, TOKENS)
        with self.workspace.writing(self.actor) as write:
            found = write.grants.get(grant)
            require_user(found, write.actor, "read under", rule=_RULE, now=write.now)
            credential = model.issue(
                write.credentials.next_ref(),
                found,
                token_hash(token, pepper),
                by=write.actor.signature,
                now=write.now,
                days=days,
            )
            before = write.credentials.list_all(grant=found.ref)
            replaced = model.rotated(before, overlap_hours=overlap_hours, now=write.now)
            for one in (*replaced, credential):
                write.credentials.save(one)
            ends: dict[str, Json] = {one.ref: one.expires_at.isoformat() for one in replaced}
            told: dict[str, Json] = {
                "expires_at": credential.expires_at.isoformat(),
                "replaces": ends,
                "terms_hash": credential.terms_hash,
            }
            write.record(_event("credential.issued", credential, found, told))
        return Issued(
            credential=credential,
            token=token,
            grant=found,
            replaced=tuple(replaced),
            receipt=receipt(credential.ref, write),
        )

    def revoke(self, ref: str, *, reason: str) -> tuple[Credential, Receipt]:
        """End one at once, by either side of its grant or the authority: a leak waits for nobody."""
        why = require_words(reason, "the reason", "add --reason TEXT")
        with self.workspace.writing(self.actor) as write:
            before = write.credentials.get(ref)
            grant = write.grants.get(before.grant)
            _require_concerned(write, grant, before)
            credential = model.revoke(before, by=write.actor.signature, reason=why, now=write.now)
            write.credentials.save(credential)
            told: dict[str, Json] = {"reason_hash": words_hash(why)}
            write.record(_event("credential.revoked", credential, grant, told))
        return credential, receipt(credential.ref, write)

    def list(self, *, grant: str = "") -> list[Credential]:
        with self.workspace.reading() as unit:
            if grant:
                unit.grants.get(grant)
            return unit.credentials.list_all(grant=grant)


def _require_concerned(write: WriteUnit, grant: Grant, credential: Credential) -> None:
    actor = write.actor
    mine = actor.department == grant.department and actor.has(Role.REQUESTER)
    theirs = actor.department == grant.provider and actor.has(Role.APPROVER)
    if mine or theirs or actor.has(Role.AUTHORITY):
        return
    state = credential.state_at(write.now)
    who = f"a requester of {grant.department}, an approver of {grant.provider} or the authority"
    raise Denied(
        f"{actor.person} may not revoke credential {credential.ref}, which is {state}: {_RULE}",
        reasons=[f"only {who} may"],
        hint=f"it takes {who}",
    )


def _event(kind: str, credential: Credential, grant: Grant, more: dict[str, Json]) -> Event:
    facts = {**grant.parties, "application": grant.terms.application, "grant": grant.ref, **more}
    return Event(kind, f"credential:{credential.ref}", facts)
