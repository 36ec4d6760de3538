"""Ask for several datasets at once: one dossier, a request and a verdict for each."""

from __future__ import annotations

from collections.abc import Sequence

from bureau.acts import Acts
from bureau.receipt import Receipt, receipt
from bureau.requesting import (
    NewRequest,
    check_grounds,
    create_in,
    endorse_in,
    submit_in,
    withdraw_in,
)
from core.errors import BureauError, Denied, DocumentInvalid, InvalidInput, Problem
from sharing.model import AccessRequest
from sharing.moves import Act, movable


class Dossiers(Acts):
    """Requests that are made together (共享申请单); each goes its own way at its own provider."""

    def create(
        self, asked: Sequence[NewRequest], *, submitted: bool = False
    ) -> tuple[list[AccessRequest], Receipt]:
        """Draft all of it or nothing; `submitted` puts it before the own sharing office at once.

        Raises DocumentInvalid with the problem of every dataset that cannot be asked for.
        """
        datasets = [new.dataset for new in asked]
        if repeated := sorted({code for code in datasets if datasets.count(code) > 1}):
            raise InvalidInput(
                f"the dossier asks twice for {', '.join(repeated)}", hint="put the columns together"
            )
        with self.workspace.writing(self.actor) as write:
            ref = write.requests.next_dossier()
            write.subject = _subject(ref)
            requests: list[AccessRequest] = []
            problems: list[Problem] = []
            for new in asked:
                try:
                    check_grounds(new.legal_basis, new.scenario)
                    requests.append(create_in(write, new, dossier=ref))
                except Denied:
                    raise
                except BureauError as error:
                    problems.append(Problem(str(error), path=new.dataset))
            if problems:
                raise DocumentInvalid(
                    "the dossier cannot be made as it is",
                    problems,
                    hint="mend these items or take them out, then try again: nothing was drafted",
                )
            if submitted:
                requests = [submit_in(write, request) for request in requests]
        return requests, receipt(ref, write)

    def get(self, ref: str) -> list[AccessRequest]:
        """Its requests, by number."""
        with self.workspace.reading() as unit:
            return unit.requests.list_by_dossier(ref)

    def submit(self, ref: str) -> tuple[list[AccessRequest], Receipt]:
        """Put every draft of it before the own sharing office."""
        with self.workspace.writing(self.actor) as write:
            write.subject = _subject(ref)
            drafts = movable(write.requests.list_by_dossier(ref), Act.SUBMIT)
            requests = [submit_in(write, draft) for draft in drafts]
        return requests, receipt(ref, write)

    def endorse(self, ref: str) -> tuple[list[AccessRequest], Receipt]:
        """Approve what of it is proposed, as the head of the own sharing office."""
        with self.workspace.writing(self.actor) as write:
            write.subject = _subject(ref)
            proposed = movable(write.requests.list_by_dossier(ref), Act.ENDORSE)
            requests = [endorse_in(self.workspace, write, one) for one in proposed]
        return requests, receipt(ref, write)

    def withdraw(self, ref: str) -> tuple[list[AccessRequest], Receipt]:
        """Take back what of it is not decided yet."""
        with self.workspace.writing(self.actor) as write:
            write.subject = _subject(ref)
            open_ones = movable(write.requests.list_by_dossier(ref), Act.WITHDRAW)
            requests = [withdraw_in(self.workspace, write, one) for one in open_ones]
        return requests, receipt(ref, write)


def _subject(ref: str) -> str:
    """What a key under which an act on a dossier is done stands for."""
    return f"dossier:{ref.strip().upper()}"
