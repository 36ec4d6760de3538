"""Admit a machine by its token, and look again whenever it comes back: the grant decides, each time."""

from __future__ import annotations

from dataclasses import dataclass

from bureau.unit_of_work import ReadUnit
from catalog.model import Dataset, DatasetStatus, ShareType
from sharing.credentials.model import Credential, CredentialState
from sharing.model import Grant
from sharing.policy import not_now


@dataclass(frozen=True, slots=True, kw_only=True)
class Admitted:
    """A credential that is known. `refusals` say why it gives nothing now; there are none if it does."""

    credential: Credential
    grant: Grant
    dataset: Dataset
    over: bool
    """Whether the credential itself has expired or was revoked."""
    refusals: tuple[str, ...]


def admit(unit: ReadUnit, credential: Credential) -> Admitted:
    """What a credential gives at the moment of the unit."""
    state = credential.state_at(unit.now)
    grant = unit.grants.get(credential.grant)
    dataset = unit.registry.get(Dataset, grant.terms.dataset)
    refusals = [str(refusal) for refusal in not_now(grant, unit.now)]
    over = state is not CredentialState.ACTIVE
    if over:
        refusals.insert(0, f"{credential.ref} is {state}")
    if credential.terms_hash != grant.terms_hash:
        refusals.append(f"{credential.ref} was issued for other terms than those of {grant.ref}")
    if why := closed(dataset):
        refusals.append(why)
    return Admitted(
        credential=credential, grant=grant, dataset=dataset, over=over, refusals=tuple(refusals)
    )


def closed(dataset: Dataset) -> str:
    """Why nobody may read the dataset at present, whatever was granted; or nothing."""
    if dataset.status is not DatasetStatus.PUBLISHED:
        return f"{dataset.code} is {dataset.status}"
    if dataset.share_type is ShareType.NOT_SHARED:
        return f"{dataset.code} is not shared (不予共享): {dataset.legal_basis}"
    return ""
