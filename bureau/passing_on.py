"""Pass granted data on to a third party, which takes the provider's consent (Decree 809 Art. 25)."""

from __future__ import annotations

from collections.abc import Mapping

from bureau.acts import Acts
from bureau.ending import provider_now
from bureau.receipt import Receipt, receipt
from bureau.tasks import Outlook, Task, undated
from core.canonical import Json
from core.errors import Denied
from sharing.ledger.entry import Event
from sharing.model import Grant
from sharing.onward import procedure
from sharing.onward.model import Answer, OnwardTransfer
from sharing.words import words_hash


class OnwardTransfers(Acts):
    def ask(self, ref: str, *, to: str, purpose: str) -> tuple[OnwardTransfer, Receipt]:
        """Ask the provider for consent to pass data on."""
        with self.workspace.writing(self.actor) as write:
            grant = write.grants.get(ref)
            transfer = procedure.ask(
                grant,
                write.actor,
                number=len(write.onward.list_by_grant(grant.ref)) + 1,
                recipient=to,
                purpose=purpose,
                now=write.now,
            )
            write.onward.save(grant.ref, transfer)
            write.record(_event("transfer.asked", grant, transfer))
        return transfer, receipt(grant.ref, write)

    def consent(self, ref: str, number: int) -> tuple[OnwardTransfer, Receipt]:
        """Consent, as the provider, to a transfer that is asked for."""
        return self._answer(ref, number, Answer.CONSENTED, "")

    def decline(self, ref: str, number: int, *, reason: str) -> tuple[OnwardTransfer, Receipt]:
        """Refuse, as the provider, a transfer that is asked for."""
        return self._answer(ref, number, Answer.DECLINED, reason)

    def declare(self, ref: str, number: int) -> tuple[OnwardTransfer, Receipt]:
        """Declare that the data was passed on; what is denied, as without consent, is recorded."""
        denied: Denied | None = None
        with self.workspace.writing(self.actor) as write:
            grant = write.grants.get(ref)
            procedure.check_can_declare(grant, write.actor, now=write.now)
            transfer = procedure.find(grant, write.onward.list_by_grant(grant.ref), number)
            try:
                transfer = procedure.pass_on(grant, transfer, write.actor, now=write.now)
            except Denied as error:
                denied = error
                rules: list[Json] = [procedure.refused_by(grant, transfer, write.now)]
                write.record(_event("transfer.denied", grant, transfer, {"rules": rules}))
            else:
                write.onward.save(grant.ref, transfer)
                write.record(_event("transfer.made", grant, transfer))
        if denied is not None:
            # Raised after the commit: the refusal itself is a fact that stays.
            raise denied
        return transfer, receipt(grant.ref, write)

    def list_by_grant(self, ref: str) -> list[OnwardTransfer]:
        with self.workspace.reading() as unit:
            return unit.onward.list_by_grant(unit.grants.get(ref).ref)

    def _answer(
        self, ref: str, number: int, given: Answer, reason: str
    ) -> tuple[OnwardTransfer, Receipt]:
        with self.workspace.writing(self.actor) as write:
            grant = write.grants.get(ref)
            transfer = procedure.answer(
                grant,
                procedure.find(grant, write.onward.list_by_grant(grant.ref), number),
                write.actor,
                provider=provider_now(write, grant),
                given=given,
                reason=reason,
                now=write.now,
            )
            write.onward.save(grant.ref, transfer)
            told: dict[str, Json] = {"reason": words_hash(transfer.reason)}
            write.record(_event(_ANSWERED[given], grant, transfer, told))
        return transfer, receipt(grant.ref, write)


_ANSWERED = {Answer.CONSENTED: "transfer.consented", Answer.DECLINED: "transfer.declined"}


def asked(look: Outlook) -> list[Task]:
    """Transfers that wait for the provider's consent, while their grants last."""
    tasks = []
    for ref, transfer in look.unit.onward.list_waiting():
        grant = look.unit.grants.get(ref)
        if look.unit.now < grant.ended_at:
            tasks.append(
                undated(
                    f"grant:{ref}",
                    "onward_transfer",
                    "答复向第三方提供数据的申请",
                    "Consent to a transfer to a third party, or decline it",
                    f"bureau grant onward-consent {ref} {transfer.number}",
                    department=provider_now(look.unit, grant),
                )
            )
    return tasks


def _event(
    kind: str, grant: Grant, transfer: OnwardTransfer, more: Mapping[str, Json] | None = None
) -> Event:
    """The third party may be a person, so that the entry has the hash of its name."""
    told: dict[str, Json] = {
        **grant.parties,
        "number": transfer.number,
        "purpose": words_hash(transfer.purpose),
        "to": words_hash(transfer.recipient),
    }
    return Event(kind, f"grant:{grant.ref}", told | dict(more or {}))
