"""Contracts: lint, publish as a version, draft one from a file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from bureau.filings import require_filed_version
from bureau.named_files import named, require_file
from bureau.ownership import require_contract
from bureau.receipt import Receipt, receipt
from bureau.unit_of_work import ReadUnit, WriteUnit
from bureau.workspace import Workspace
from contracts.findings import Finding
from contracts.grading import grade_fault
from contracts.lint import lint, sound_contract
from contracts.model import DataContract, PublishedContract
from core.canonical import sha256_hex
from core.child import Limits, run_child
from core.errors import Conflict, InvalidInput, NotFound
from sharing.ledger.entry import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A drafted contract, and how its file was taken."""

    text: str
    names: tuple[str, ...]
    """What the columns are called: by their headings, or made up where the file is not `headed`."""
    headed: bool
    guessed: bool
    """Nobody said whether the first record is a heading, and the file does not tell."""
    second_heading: tuple[str, ...]
    """The first record below the heading, if it reads as another heading."""
    sheets: tuple[str, ...]
    """Of an Excel file."""


def lint_file(path: Path) -> list[Finding]:
    return lint(read_document(path), path.name)


def publish(workspace: Workspace, path: Path, *, actor: str | None) -> tuple[DataContract, Receipt]:
    """Publish a contract version; the same document again changes nothing."""
    text = read_document(path)
    contract = sound_contract(text, path.name)
    with workspace.writing(actor) as write:
        require_contract(write, contract.id)
        published = write.contracts.find(contract.id, contract.version)
        if published is None:
            _refuse_undergraded(write, contract)
            record_contract(write, contract)
        elif published.sha256 != sha256_hex(text):
            raise Conflict(
                f"version {contract.version} of contract {contract.id} is published with other"
                " content",
                hint="a version never changes: raise 'version' in the document",
            )
    return contract, receipt(contract.id, write)


def _refuse_undergraded(unit: ReadUnit, contract: DataContract) -> None:
    """A version that grades a field higher waits for the grade of the datasets it binds."""
    bound = unit.registry.list_by_contract(contract.id)
    faults = [fault for dataset in bound if (fault := grade_fault(dataset, contract))]
    if faults:
        raise Conflict(
            "; ".join(faults),
            hint="raise the grade first: bureau catalog submit FILE (or, by the data bureau, bureau"
            " apply FILE); then publish this version",
        )


def record_contract(unit: WriteUnit, contract: DataContract) -> None:
    """Store a new contract version and note it; the caller has checked that it is new."""
    require_filed_version(unit, contract)
    published = unit.contracts.add(contract, at=unit.now, by=unit.actor.signature)
    facts = {"version": contract.version, "sha256": published.sha256}
    unit.record(Event("contract.published", f"contract:{contract.id}", facts))


def export(workspace: Workspace, contract: str, version: str = "") -> bytes:
    """The document as it was published, byte for byte; the newest version unless one is named."""
    with workspace.reading() as unit:
        if not version:
            latest = unit.contracts.latest(contract)
            if latest is None:
                raise NotFound("contract", contract, hint="bureau contract list shows them")
            version = latest.version
        return unit.contracts.text(contract, version)


def list_contracts(workspace: Workspace) -> list[PublishedContract]:
    with workspace.reading() as unit:
        return unit.contracts.list_all()


def draft(
    path: Path,
    *,
    name: str,
    contract_id: str,
    encoding: str | None = None,
    header: bool | None = None,
    sheet: str = "",
) -> Draft:
    """ODCS YAML that fits the file as it is, for a steward to finish.

    `header` is whether the first record holds the names; None finds out.
    """
    if not name.strip():
        raise InvalidInput("the contract needs a name", hint="add --name")
    require_file(path)
    job = {
        "file": str(path.absolute()),
        "name": name,
        "id": contract_id,
        "encoding": encoding,
        "header": header,
        "sheet": sheet,
    }
    answer = run_child("bureau.child_tasks:draft", job, Limits())
    return Draft(
        text=str(answer["contract"]),
        names=tuple(answer["names"]),
        headed=answer["headed"],
        guessed=answer["guessed"],
        second_heading=tuple(answer["second_heading"]),
        sheets=tuple(answer["sheets"]),
    )


def read_document(path: Path) -> bytes:
    with named(path):
        return path.read_bytes()
