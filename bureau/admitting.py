"""Admit a machine by its token, and look again whenever it comes back: the grant decides, each time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bureau.unit_of_work import ReadUnit
from catalog.model import Dataset, DatasetStatus, ShareType
from sharing.credentials.model import Credential, CredentialState
from sharing.model import Grant
from sharing.policy import Refusal, Rule, not_as_agreed, not_now


@dataclass(frozen=True, slots=True, kw_only=True)
class Admitted:
    """A credential that is known. `refusals` say why it gives nothing now; there are none if it does."""

    credential: Credential
    grant: Grant
    dataset: Dataset
    over: bool
    """Whether the credential itself has expired or was revoked."""
    refusals: tuple[Refusal, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bearer:
    """What is on record of a credential; none of it changes without an entry in the ledger."""

    credential: Credential
    grant: Grant
    dataset: Dataset
    refusals: tuple[Refusal, ...]
    """Why it gives nothing, whatever the time."""

    def at(self, moment: datetime) -> Admitted:
        """What the credential gives at a moment: time alone ends and suspends it too."""
        state = self.credential.state_at(moment)
        refusals = list(not_now(self.grant, moment))
        over = state is not CredentialState.ACTIVE
        if over:
            refusals.insert(0, Refusal(Rule.CREDENTIAL, f"is {state}", self.credential.ref))
        return Admitted(
            credential=self.credential,
            grant=self.grant,
            dataset=self.dataset,
            over=over,
            refusals=(*refusals, *self.refusals),
        )


def bearer(unit: ReadUnit, credential: Credential) -> Bearer:
    grant = unit.grants.get(credential.grant)
    dataset = unit.registry.get(Dataset, grant.terms.dataset)
    refusals = list(not_as_agreed(grant))
    if credential.terms_hash != grant.terms_hash:
        why = "was issued for other terms than the grant's"
        refusals.append(Refusal(Rule.TERMS, why, credential.ref))
    if why := closed(dataset):
        refusals.append(Refusal(Rule.CLOSED, why))
    return Bearer(credential=credential, grant=grant, dataset=dataset, refusals=tuple(refusals))


def closed(dataset: Dataset) -> str:
    """Why nobody may read the dataset at present, whatever was granted; or nothing."""
    if dataset.status is not DatasetStatus.PUBLISHED:
        return f"{dataset.code} is {dataset.status}"
    if dataset.share_type is ShareType.NOT_SHARED:
        return f"{dataset.code} is not shared (不予共享): {dataset.legal_basis}"
    return ""
