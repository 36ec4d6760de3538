"""Submit entries to the catalogue, review and publish them (Decree 809 Art. 13, 16, 17)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from bureau.acts import Acts
from bureau.ownership import require_dataset
from bureau.permissions import Act
from bureau.planning import Plan, make_plan, read_folder
from bureau.receipt import Receipt, receipt
from bureau.registering import register
from bureau.timekeeping import Timekeeper, facts
from bureau.unit_of_work import ReadUnit, WriteUnit
from bureau.updating import answer, reopen
from catalog.claims import departments_of
from catalog.documents import to_document
from catalog.model import Dataset, DatasetStatus, Person, ShareType
from core.actor import Role, people_behind
from core.canonical import Json, content_hash
from core.clock import local_day
from core.errors import Conflict, InvalidInput, NotFound
from sharing.ledger.entry import Event, commitment
from sharing.profiles.model import LimitName
from sharing.submissions import procedure
from sharing.submissions.model import Papers, Proposal, Submission, SubmissionState
from sharing.submissions.papers import refuse_earlier, require_papers
from sharing.words import words_hash

MAX_ENTRIES = 100
"""Entries of one submission, which its ledger entry names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSubmission:
    """The papers that come before a submission; `signed_on` is today if left out."""

    secrecy: str = ""
    personal: str = ""
    head: str = ""
    signed_on: date | None = None
    event: str = ""
    """The change that it answers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RivalClaim:
    """An item that a submitted entry claims and that other departments share already."""

    item: str
    dataset: str
    rivals: tuple[str, ...]
    named: str
    """The department that the authority named as its source; empty where it named none."""


class Submissions(Acts):
    """From a department's entries to what is published."""

    def submit(self, paths: Sequence[Path], new: NewSubmission) -> tuple[Submission, Receipt]:
        """Submit the entries of files; they are held until the data authority reviews them."""
        files = [file for path in paths for file in read_folder(path)]
        with self.workspace.writing(self.actor) as write:
            keeper = Timekeeper.of(self.workspace, write)
            datasets, current = _proposed(write, make_plan(write, files))
            for dataset in datasets:
                before = current.get(dataset.code)
                require_dataset(write, before, dataset, Act.SUBMIT_DATASET)
            submission = Submission(
                ref=write.submissions.next_ref(),
                provider=datasets[0].provider,
                state=SubmissionState.SUBMITTED,
                proposals=tuple(_proposal(one, current.get(one.code)) for one in datasets),
                papers=_papers(keeper, new, datasets[0].provider, current),
                event=new.event and write.catalogue_events.get(new.event).ref,
                submitted_by=write.actor.signature,
                submitted_at=write.now,
            )
            _refuse_second(write, submission)
            debtor = _reviewing(write, datasets, submission.papers.head)
            write.submissions.add(submission)
            if submission.event:
                answer(keeper, submission, datasets)
            clock = keeper.start(subject(submission), LimitName.CATALOGUE_REVIEW, debtor)
            told = _submitted(write, submission) | facts(clock, keeper.today)
            write.record(Event("catalogue.submitted", subject(submission), told))
        return submission, receipt(submission.ref, write)

    def publish(self, ref: str, *, override: str = "") -> tuple[Submission, Receipt]:
        """Publish what was submitted, as `apply` would, unless the registry changed meanwhile.

        `override` is why words that may mark a secret mark none, where there are such words.
        """
        with self.workspace.writing(self.actor) as write:
            keeper = Timekeeper.of(self.workspace, write)
            before = write.submissions.get(ref)
            submission = procedure.publish(before, write.actor, override=override, now=write.now)
            current = {one.code: one for one in write.registry.list_all(Dataset)}
            procedure.refuse_stale(
                submission,
                {code: _hash(current[code]) for code in submission.datasets if code in current},
            )
            register(write, make_plan(write, _files(submission)))
            said = submission.reason
            told: dict[str, Json] = {"no_secret": words_hash(said)} if said else {}
            self._decided(keeper, submission, "catalogue.published", told)
        return submission, receipt(submission.ref, write)

    def hand_back(self, ref: str, *, reason: str) -> tuple[Submission, Receipt]:
        """Give a submission back; the time to update the catalogue that it answered goes on."""
        with self.workspace.writing(self.actor) as write:
            keeper = Timekeeper.of(self.workspace, write)
            before = write.submissions.get(ref)
            submission = procedure.hand_back(before, write.actor, reason=reason, now=write.now)
            if submission.event:
                reopen(keeper, submission)
            told = {"reason": words_hash(submission.reason)}
            self._decided(keeper, submission, "catalogue.handed_back", told)
        return submission, receipt(submission.ref, write)

    def list(self, *, waiting: bool = False) -> list[Submission]:
        """The submissions by number, or only those that wait for their review."""
        with self.workspace.reading() as unit:
            return unit.submissions.list_all(waiting=waiting)

    def get(self, ref: str) -> tuple[Submission, Sequence[RivalClaim]]:
        """A submission, and the items of it that others claim too (Art. 19)."""
        with self.workspace.reading() as unit:
            submission = unit.submissions.get(ref)
            return submission, _rival_claims(unit, submission)

    def _decided(
        self, keeper: Timekeeper, submission: Submission, kind: str, told: Mapping[str, Json]
    ) -> None:
        write = keeper.unit
        write.submissions.decide(submission)
        clock = keeper.end(subject(submission), LimitName.CATALOGUE_REVIEW)
        basic = _facts(submission) | facts(clock, keeper.today)
        write.record(Event(kind, subject(submission), {**basic, **told}))


def subject(submission: Submission) -> str:
    """How clocks and ledger entries name a submission."""
    return f"submission:{submission.ref}"


def _proposed(unit: ReadUnit, planned: Plan) -> tuple[list[Dataset], dict[str, Dataset]]:
    """The entries that a submission would change, and what is registered of them."""
    if others := sorted({step.kind for step in planned.steps if step.kind != Dataset.__name__}):
        raise InvalidInput(
            f"a submission holds entries (kind: Dataset) alone, not {', '.join(others)}",
            hint="a contract is published by bureau contract publish; the data bureau applies the rest",
        )
    datasets: list[Dataset] = planned.changed(Dataset)
    if not datasets:
        raise Conflict("this is registered already: there is nothing to publish")
    if len(datasets) > MAX_ENTRIES:
        raise InvalidInput(
            f"a submission of {len(datasets)} entries is too large",
            hint=f"submit at most {MAX_ENTRIES} at a time",
        )
    if drafts := [one.code for one in datasets if one.status is DatasetStatus.DRAFT]:
        raise InvalidInput(
            f"what is to be published is no draft: {', '.join(drafts)}",
            hint="leave status: draft out",
        )
    found = {one.code: unit.registry.find(Dataset, one.code) for one in datasets}
    return datasets, {code: known for code, known in found.items() if known is not None}


def _proposal(dataset: Dataset, before: Dataset | None) -> Proposal:
    return Proposal(document=to_document(dataset), before=_hash(before) if before else "")


def _hash(dataset: Dataset) -> str:
    return content_hash(to_document(dataset))


def _papers(
    keeper: Timekeeper, new: NewSubmission, provider: str, current: Mapping[str, Dataset]
) -> Papers:
    """The papers of a submission, signed by a person of its department after its drafts were made."""
    unit, today = keeper.unit, keeper.today
    papers = require_papers(
        secrecy=new.secrecy,
        personal=new.personal,
        head=new.head,
        signed_on=new.signed_on or today,
        today=today,
    )
    person = unit.registry.find(Person, papers.head)
    if person is None:
        raise NotFound(
            "person",
            papers.head,
            hint=f"--head is the code of who signed for {provider} (负责人审签, Art. 13):"
            " bureau person list; the data bureau registers whoever is missing",
        )
    if person.department != provider:
        raise InvalidInput(
            f"{person.code} is of {person.department}, and the head of {provider} signs (Art. 13)",
            hint=f"name who signed for {provider}: --head PERSON",
        )
    drafts = [one.code for one in current.values() if one.status is DatasetStatus.DRAFT]
    first = {code: unit.registry.history(Dataset, code)[0][0] for code in drafts}
    zone = unit.settings.zone
    refuse_earlier(papers, {code: local_day(at, zone) for code, at in first.items()})
    return papers


def _refuse_second(unit: ReadUnit, submission: Submission) -> None:
    for waiting in unit.submissions.list_all(waiting=True):
        if both := sorted({*waiting.datasets} & {*submission.datasets}):
            raise Conflict(
                f"{', '.join(both)} waits for review already, in {waiting.ref}",
                hint=f"the data authority reviews it first: bureau catalog show {waiting.ref}",
            )


def _reviewing(unit: WriteUnit, datasets: Sequence[Dataset], head: str) -> str:
    """The department of the authority that reviews; without one nothing can be published."""
    able = {
        person.department
        for person in unit.registry.list_all(Person)
        if Role.AUTHORITY in person.roles
        and person.code != head
        and not unit.actor.is_or_acts_for(person.code)
    }
    if not able:
        raise Conflict(
            "nobody could review this: no other person has the role authority",
            hint="the data bureau registers one; nothing is published without a review",
        )
    return min({one.responsibility.authority for one in datasets} & able or able)


def _files(submission: Submission) -> list[tuple[str, bytes]]:
    """What was submitted as documents, so that publishing judges it as `apply` does."""
    return [
        (
            f"{submission.ref}/{one.code}.yaml",
            json.dumps(
                {"kind": Dataset.__name__, "items": [one.document]}, ensure_ascii=False
            ).encode(),
        )
        for one in submission.proposals
    ]


def _rival_claims(unit: ReadUnit, submission: Submission) -> list[RivalClaim]:
    named = unit.sources.named()
    found = []
    for one in submission.proposals:
        item = str(one.document.get("fulfils", ""))
        if not item or one.document["share_type"] == ShareType.NOT_SHARED.value:
            continue
        others = departments_of(unit.registry.list_claims(item))
        rivals = tuple(code for code in others if code != submission.provider)
        source = named.get(item, "")
        if rivals or source not in ("", submission.provider):
            found.append(RivalClaim(item=item, dataset=one.code, rivals=rivals, named=source))
    return found


def _facts(submission: Submission) -> dict[str, Json]:
    return {
        "datasets": list(submission.datasets),
        "documents": submission.documents_hash,
        "provider": submission.provider,
    }


def _submitted(unit: ReadUnit, submission: Submission) -> dict[str, Json]:
    """Who signed is there as a commitment under the salt of whoever submitted."""
    papers = submission.papers
    salt = unit.registry.salts()[people_behind(submission.submitted_by)[0]]
    return {
        **_facts(submission),
        "event": submission.event,
        "head": commitment(salt, papers.head),
        "personal": papers.personal,
        "secrecy": papers.secrecy,
        "signed_on": papers.signed_on.isoformat(),
    }
