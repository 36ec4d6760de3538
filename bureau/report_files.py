"""Files of reports: written whole or not at all, and held against the facts again."""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from bureau import reporting
from bureau.acts import Acts
from bureau.reporting import ReportOrder
from bureau.settings import refuse_own
from core.errors import Conflict, InvalidInput, unusable
from reports.data import FORMAT, Sealed, identity_of, own_id, sealed
from reports.differences import Difference, of_data
from reports.files import Format, format_in, format_of
from reports.model import Identity, Report
from reports.words import Language

MOST_MB = 512
"""A larger file is none of ours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What `write` made: the report's id, and the files."""

    id: str
    files: tuple[Path, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """A file held against the facts; `made_by` and `checked_by` say which programs gave the bytes."""

    id: str
    kind: str
    as_of: str
    made_by: str
    checked_by: str
    differences: tuple[Difference, ...]

    @property
    def ok(self) -> bool:
        return not self.differences


class Reports(Acts):
    """Reports of the city and of its departments."""

    def build(self, order: ReportOrder) -> Report:
        return reporting.build(self.workspace, order)

    def write(self, order: ReportOrder, path: Path, language: Language) -> Written:
        """Write the report to `path`, in the format that its name ends with.

        A PDF that does not hold every row gets a workbook of the same name beside it. Raises
        InvalidInput for a name of no format or in the workspace, MissingExtra for what cannot be
        made here.
        """
        form = format_of(path)
        refuse_own(path)
        renderer = form.renderer()
        report = self.build(order)
        made = sealed(report, language=language.value, renderer=renderer)
        contents = {path: form.render(made)}
        if path.suffix.lower() == ".pdf" and _capped(made):
            beside = path.with_suffix(".xlsx")
            workbook = format_of(beside)
            contents[beside] = workbook.render(replace(made, renderer=workbook.renderer()))
        for place, content in contents.items():
            _put(place, content)
        return Written(id=made.id, files=tuple(contents))

    def verify(self, path: Path) -> Checked:
        """Hold a file against the facts of its day, as they were known when it was made.

        Raises InvalidInput for a file that carries no report, or one that cannot be built again,
        and Conflict for the report of another workspace.
        """
        form = format_in(path)
        content = _content(path)
        envelope = _envelope(form, content, path)
        stated = envelope["report"]
        try:
            identity = identity_of(stated)
            language = Language(envelope["language"])
            renderer = str(envelope["renderer"])
            order = ReportOrder.of(identity)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise InvalidInput(
                f"the data in {path} is that of no report: {error}", hint=_BUILD
            ) from error
        if own_id(stated):
            self._refuse_foreign(path, identity)
        report = self.build(order)
        ours = report.identity.generator
        as_made = replace(report, identity=replace(report.identity, generator=identity.generator))
        again = sealed(as_made, language=language.value, renderer=renderer)
        return Checked(
            id=again.id,
            kind=identity.kind,
            as_of=identity.as_of.isoformat(),
            made_by=", ".join(filter(None, (identity.generator, renderer))),
            checked_by=", ".join(filter(None, (ours, form.renderer()))),
            differences=tuple(_differences(form, content, stated, again)),
        )

    def _refuse_foreign(self, path: Path, identity: Identity) -> None:
        """Raise Conflict where the ledger that a report rests on is not this one."""
        size, stated = identity.ledger_size, identity.ledger_root
        with self.workspace.reading() as unit:
            root, held = unit.ledger.root_over(size), unit.ledger.head().size
        if root is not None and root.hex() == stated:
            return
        ours = (
            f"has {held}" if root is None else f"has the root {root.hex()[:_SHOWN]}… over as many"
        )
        raise Conflict(
            f"{path} is a report of {identity.city or 'a city without a name'}, whose ledger had"
            f" {size} entries with the root {stated[:_SHOWN]}…; this workspace is of"
            f" {self.workspace.settings.city or 'a city without a name'}, and its ledger {ours}",
            hint="verify it in the workspace that it was built in: --home DIR",
        )


_SHOWN = 16
"""Letters of a root that tell it from another."""
_BUILD = "name a file that `bureau report build` wrote"


def _capped(made: Sealed) -> bool:
    from reports.pdf import capped

    return capped(made)


def _differences(form: Format, content: bytes, stated: Any, again: Sealed) -> list[Difference]:
    found = list(of_data(stated, again.data, "report"))
    given = form.render(again)
    if form.same(content, given):
        return found
    try:
        told = form.told(content)
    except InvalidInput as error:
        return [*found, Difference("file", str(error), "a file that can be read")]
    found += form.differences(told, form.told(given))
    if not found:
        found.append(Difference("file", "other bytes outside of its texts", "the same texts"))
    return found


def _content(path: Path) -> bytes:
    try:
        if path.stat().st_size > MOST_MB << 20:
            raise InvalidInput(f"{path} is larger than {MOST_MB} MB", hint=_BUILD)
        return path.read_bytes()
    except OSError as error:
        if isinstance(error, FileNotFoundError | IsADirectoryError):
            raise InvalidInput(f"{path} cannot be read: {error.strerror}", hint=_BUILD) from error
        raise unusable(path, error) from error


def _envelope(form: Format, content: bytes, path: Path) -> Any:
    try:
        found = form.embedded(content)
    except (ValueError, RecursionError) as error:
        raise InvalidInput(f"the data in {path} cannot be read: {error}", hint=_BUILD) from error
    if not isinstance(found, dict) or found.get("format") != FORMAT or "report" not in found:
        raise InvalidInput(
            f"{path} carries no data of a report: it is none, or they were taken out", hint=_BUILD
        )
    return found


def _put(path: Path, content: bytes) -> None:
    """Have the file there whole, or as it was before."""
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with part.open("xb") as file:
            file.write(content)
        part.replace(path)
    except OSError as error:
        with suppress(OSError):
            part.unlink()
        if isinstance(error, FileNotFoundError | NotADirectoryError | IsADirectoryError):
            raise InvalidInput(
                f"{path} cannot be written: {error.strerror}",
                hint="name a file in a folder that is there",
            ) from error
        raise unusable(path, error) from error
