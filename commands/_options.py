"""Arguments and options that several commands have, and how the shell completes them."""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeAlias

import typer

from commands._context import opened
from core.errors import InvalidInput
from core.period import FORMS

if TYPE_CHECKING:
    from bureau import Bureau
    from catalog.predicate import Predicate

DAY = ["%Y-%m-%d"]


def day(moment: datetime | None) -> date | None:
    """The day that a DATE option was given."""
    return moment.date() if moment else None


@contextmanager
def document(path: Path) -> Iterator[Path]:
    """The file at `path`; for `-`, what comes on standard input, as a file named 'stdin.yaml'."""
    if str(path) != "-":
        yield path
        return
    with tempfile.TemporaryDirectory() as folder:
        spooled = Path(folder) / "stdin.yaml"
        spooled.write_bytes(sys.stdin.buffer.read())
        yield spooled


def predicate(text: str) -> Predicate | None:
    """The rows that --rows names; @FILE is read."""
    from catalog.predicate import parse_predicate

    if not text:
        return None
    if text.startswith("@"):
        from bureau.publishing import read_document

        content: str | bytes = read_document(Path(text[1:]))
    else:
        content = text
    try:
        return parse_predicate(json.loads(content))
    except (ValueError, RecursionError) as error:
        raise InvalidInput(
            f"--rows is not JSON: {error}",
            hint='write {"column": "district", "op": "eq", "value": "440305"}',
        ) from error


def _completed(find: Callable[[Bureau], list[str]]) -> Callable[..., list[str]]:
    """Completion from the workspace; a shell is told nothing of what may be wrong with it."""

    def complete(ctx: typer.Context, incomplete: str) -> list[str]:
        try:
            with opened(ctx) as bureau:
                return [word for word in find(bureau) if word.startswith(incomplete)]
        except Exception:  # noqa: BLE001 (any message would land in the line being typed)
            return []

    return complete


def _datasets(bureau: Bureau) -> list[str]:
    from catalog.model import Dataset

    return [dataset.code for dataset in bureau.list_items(Dataset)]


def _requests(bureau: Bureau) -> list[str]:
    return [request.ref for request in bureau.list_requests()]


def _asked(bureau: Bureau) -> list[str]:
    requests = bureau.list_requests()
    return [*dict.fromkeys(r.dossier for r in requests if r.dossier), *(r.ref for r in requests)]


def _submissions(bureau: Bureau) -> list[str]:
    return [submission.ref for submission in bureau.submissions.list()]


def _events(bureau: Bureau) -> list[str]:
    return [event.ref for event, _ in bureau.catalogue_events.list()]


def _grants(bureau: Bureau) -> list[str]:
    return [grant.ref for grant in bureau.list_grants()]


def _needs(bureau: Bureau) -> list[str]:
    return [need.ref for need in bureau.needs.list_all()]


def _services(bureau: Bureau) -> list[str]:
    from catalog.model import ServiceItem

    return [service.code for service in bureau.list_items(ServiceItem)]


def _corrections(bureau: Bureau) -> list[str]:
    return [correction.ref for correction in bureau.corrections.list_all()]


def _changes(bureau: Bureau) -> list[str]:
    return [change.ref for change in bureau.changes.list_all()]


def _disputes(bureau: Bureau) -> list[str]:
    return [dispute.ref for dispute in bureau.disputes.list_all()]


def _returns(bureau: Bureau) -> list[str]:
    return [standing.flow.ref for standing in bureau.returns.list_all()]


def _contracts(bureau: Bureau) -> list[str]:
    return sorted({contract.id for contract in bureau.list_contracts()})


def _checks(ctx: typer.Context, incomplete: str) -> list[str]:
    """The checks of the newest run over the dataset that stands on the line already."""

    def find(bureau: Bureau) -> list[str]:
        # An option without its value ends the reading of the line: what stands before is in args.
        report = bureau.check_report(ctx.params.get("dataset") or ctx.args[0])
        return [result.spec.id for result in report.results]

    return _completed(find)(ctx, incomplete)


def people(ctx: typer.Context, incomplete: str) -> list[str]:
    """Complete the code of a person."""
    from catalog.model import Person

    return _completed(lambda bureau: [p.code for p in bureau.list_items(Person)])(ctx, incomplete)


def _rates(incomplete: str) -> list[str]:
    """The ids of the rates, which need no workspace."""
    from rates.definitions import list_rates

    return [r.definition.id for r in list_rates() if r.definition.id.startswith(incomplete)]


def _argument(metavar: str, help: str, find: Callable[[Bureau], list[str]]) -> Any:
    return typer.Argument(metavar=metavar, help=help, autocompletion=_completed(find))


DatasetCode: TypeAlias = Annotated[
    str, _argument("DATASET", "Code of the dataset 数据集代码.", _datasets)
]
RequestRef: TypeAlias = Annotated[
    str, _argument("REQUEST", "Number of the request, as REQ-0001.", _requests)
]
DossierRef: TypeAlias = Annotated[
    str,
    _argument(
        "REQUEST", "Number of the request, as REQ-0001, or of a dossier, as DOS-0001.", _asked
    ),
]
GrantRef: TypeAlias = Annotated[
    str, _argument("GRANT", "Number of the grant, as GRT-0001.", _grants)
]
NeedRef: TypeAlias = Annotated[str, _argument("NEED", "Number of the need, as NED-0001.", _needs)]
ServiceCode: TypeAlias = Annotated[
    str, _argument("SERVICE", "Code of the service 事项代码.", _services)
]
CorrectionRef: TypeAlias = Annotated[
    str, _argument("CORRECTION", "Number of the correction, as COR-0001.", _corrections)
]
ChangeRef: TypeAlias = Annotated[
    str, _argument("CHANGE", "Number of the change, as CHG-0001.", _changes)
]
DisputeRef: TypeAlias = Annotated[
    str, _argument("DISPUTE", "Number of the dispute, as DSP-0001.", _disputes)
]
ReturnRef: TypeAlias = Annotated[
    str, _argument("RETURN", "Number of the return, as RET-0001.", _returns)
]
SubmissionRef: TypeAlias = Annotated[
    str, _argument("SUBMISSION", "Number of the submission, as SUB-0001.", _submissions)
]
EventRef: TypeAlias = Annotated[
    str, _argument("EVENT", "Number of the change, as EVT-0001.", _events)
]
ContractId: TypeAlias = Annotated[str, _argument("CONTRACT", "Id of the contract.", _contracts)]
CheckId: TypeAlias = Annotated[
    str,
    typer.Option(metavar="ID", help="Only the rows of this check.", autocompletion=_checks),
]
RateId: TypeAlias = Annotated[
    str,
    typer.Argument(
        metavar="RATE", help="Id of the rate, as COL-1; see rate list.", autocompletion=_rates
    ),
]
RateIds: TypeAlias = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[RATE]...", help="Which rates; all if left out.", autocompletion=_rates
    ),
]
Document: TypeAlias = Annotated[
    Path, typer.Argument(metavar="FILE", help="A YAML file; - is standard input.")
]
Folder: TypeAlias = Annotated[
    Path, typer.Argument(metavar="PATH", help="A folder of YAML, or one file; - is standard input.")
]
AsOf: TypeAlias = Annotated[
    datetime | None,
    typer.Option(
        "--as-of", metavar="DATE", formats=DAY, help="What was known at the end of that day."
    ),
]
PeriodWord: TypeAlias = Annotated[str, typer.Option("--period", metavar="PERIOD", help=f"{FORMS}.")]
PeriodOrDay: TypeAlias = Annotated[
    str,
    typer.Option("--period", metavar="PERIOD", help=f"Instead of day and window: {FORMS}."),
]
DryRun: TypeAlias = Annotated[
    bool, typer.Option("--dry-run", help="Show what would happen and change nothing.")
]
Reason: TypeAlias = Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why.")]
Limit: TypeAlias = Annotated[
    int, typer.Option("--limit", metavar="N", min=1, help="At most this many.")
]
Encoding: TypeAlias = Annotated[
    str | None,
    typer.Option(metavar="NAME", help="Encoding of the file; detected if left out."),
]
Output: TypeAlias = Annotated[
    Path | None,
    typer.Option("--output", "-o", metavar="FILE", help="Write to a file, not to standard output."),
]
Sheet: TypeAlias = Annotated[
    str, typer.Option(metavar="NAME", help="Sheet of an Excel file; the first one if left out.")
]
NoHeader: TypeAlias = Annotated[
    bool, typer.Option("--no-header", help="The first line is data, not headings.")
]
