"""`bureau request`: what the requester does, and lists; the other acts are in `_replies`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from catalog.model import Dataset, ShareMode
from commands import _asking, _replies, _sharing
from commands._context import opened
from commands._group import ActCommand, ReadCommand, new_group
from commands._options import DAY, DatasetCode, DossierRef, day, document, predicate
from commands._render import emit
from commands._talk import done
from core.clock import end_of_day, last_of
from core.errors import Conflict, InvalidInput
from sharing.model import RequestState

if TYPE_CHECKING:
    from bureau import Bureau, NewRequest

app = new_group("Ask for data, decide what others ask for 共享申请.")


@app.command(cls=ActCommand)
def new(
    ctx: typer.Context,
    dataset: DatasetCode = "",
    application: Annotated[
        str, typer.Option(metavar="CODE", help="The application that will use the data.")
    ] = "",
    basis: Annotated[str, typer.Option(metavar="TEXT", help="Legal basis 使用依据.")] = "",
    scenario: Annotated[str, typer.Option(metavar="TEXT", help="What for 使用场景.")] = "",
    columns: Annotated[
        list[str] | None,
        typer.Option(
            metavar="A,B,C", help="The columns that are needed 使用范围; may be repeated."
        ),
    ] = None,
    all_columns: Annotated[
        bool, typer.Option("--all-columns", help="Every column of the contract.")
    ] = False,
    rows: Annotated[
        str, typer.Option(metavar="JSON", help="Only rows that satisfy this; @FILE reads a file.")
    ] = "",
    mode: Annotated[
        ShareMode | None, typer.Option(help="Sharing mode 共享方式; the dataset's own if left out.")
    ] = None,
    first: Annotated[
        datetime | None,
        typer.Option("--from", metavar="DATE", formats=DAY, help="First day; today if left out."),
    ] = None,
    until: Annotated[
        datetime | None,
        typer.Option(metavar="DATE", formats=DAY, help="Last day, itself included."),
    ] = None,
    days: Annotated[
        int | None, typer.Option(metavar="N", min=1, help="How many days, instead of --until.")
    ] = None,
    from_file: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Take all of this from YAML; - is standard input."),
    ] = None,
    submit: Annotated[
        bool, typer.Option("--submit", help="Put it before your own sharing office too.")
    ] = False,
) -> None:
    """Draft a request for shared data: the five things that Article 20 of Decree 809 asks for."""
    with opened(ctx) as bureau:
        if from_file is not None:
            wanted = _from_file(bureau, from_file)
        else:
            _need(dataset, "DATASET")
            bureau.check_requestable(dataset)
            wanted = [
                _from_options(
                    bureau,
                    dataset=dataset,
                    application=application,
                    legal_basis=basis,
                    scenario=scenario,
                    columns=_columns(bureau, dataset, columns or (), every=all_columns),
                    rows=predicate(rows),
                    mode=mode,
                    period=_period(bureau.today(), day(first), day(until), days),
                )
            ]
        if len(wanted) > 1:
            requests, receipt = bureau.dossiers.create(wanted, submitted=submit)
        else:
            request, receipt = bureau.create_request(wanted[0], submitted=submit)
            requests = [request]
        foretold = {one.ref: bureau.two_approvals(one.ref) for one in requests}
    verb = "proposed" if submit else "drafted"
    then = _asking.ENDORSE if submit else "bureau request submit {ref}"
    asked = ", ".join(one.terms.dataset for one in requests)
    done(
        ctx,
        f"{verb} {_asking.listed(requests)}: {asked} for {requests[0].terms.application}",
        receipt,
        _asking.data_foretold(requests, foretold),
        then=then.format(ref=receipt.subject),
    )
    _asking.foretell(ctx, foretold)


for _name, _act in (
    ("submit", _asking.submit),
    ("endorse", _asking.endorse),
    ("prolong", _asking.prolong),
    ("withdraw", _asking.withdraw),
    ("receive", _replies.receive),
    ("return", _replies.hand_back),
    ("supplement", _replies.supplement),
    ("extend", _replies.extend),
    ("consent", _replies.consent),
    ("decline", _replies.decline),
    ("approve", _replies.approve),
    ("refuse", _replies.refuse),
    ("lapse", _replies.lapse),
):
    app.command(_name, cls=ActCommand)(_act)


@app.command("list", cls=ReadCommand)
def list_requests(
    ctx: typer.Context,
    state: Annotated[RequestState | None, typer.Option(help="Only in this state.")] = None,
    overdue: Annotated[
        bool, typer.Option("--overdue", help="Only those of which something is overdue 逾期.")
    ] = False,
) -> None:
    """List the requests."""
    with opened(ctx) as bureau:
        requests = bureau.overdue_requests() if overdue else bureau.list_requests()
        due, today = bureau.next_due(), bureau.today()
    requests = [request for request in requests if state is None or request.state is state]
    empty = "no request has anything overdue today" if overdue else "there is no such request"
    page = _sharing.requests_page(requests, due, today, columns=_sharing.REQUESTS, empty=empty)
    emit(ctx, page)


@app.command(cls=ReadCommand)
def show(ctx: typer.Context, request: DossierRef) -> None:
    """Show one request with its terms and how it was decided, or each of a dossier."""
    with opened(ctx) as bureau:
        today = bureau.today()
        if _asking.is_dossier(request):
            parts, due = bureau.dossiers.get(request), bureau.next_due()
            page = _sharing.requests_page(parts, due, today, columns=_sharing.VERDICTS, empty="")
        else:
            found = bureau.get_request(request)
            clocks = bureau.clocks(f"request:{found.ref}")
            page = _sharing.request_page(found, clocks, bureau.two_approvals(found.ref), today)
    emit(ctx, page)


def _from_file(bureau: Bureau, path: Path) -> list[NewRequest]:
    from bureau.publishing import read_document
    from bureau.request_document import read_requests

    with document(path) as file:
        data = read_document(file)
        return read_requests(data, file.name, zone=bureau.settings.zone, today=bureau.today())


def _from_options(bureau: Bureau, *, period: tuple[date, date], **terms: Any) -> NewRequest:
    from bureau import NewRequest
    from bureau.request_document import midnight

    zone, (first, last) = bureau.settings.zone, period
    return NewRequest(
        not_before=midnight(first, zone),
        not_after=end_of_day(last, zone).astimezone(zone),
        **terms,
    )


def _need(value: object, option: str) -> None:
    if not value:
        raise InvalidInput(
            f"the request lacks {option}", hint=f"add {option}, or use --from-file FILE"
        )


def _period(
    today: date, first: date | None, last: date | None, days: int | None
) -> tuple[date, date]:
    """The first and the last day."""
    begins = first or today
    if (last is None) == (days is None):
        raise InvalidInput(
            "the period (使用时限, Art. 20) has no end, or two",
            hint="add either --until DATE or --days N",
        )
    return begins, last or last_of(days or 1, begins)


def _columns(
    bureau: Bureau, dataset: str, listed: Sequence[str], *, every: bool
) -> tuple[str, ...]:
    if every == bool(listed):
        raise InvalidInput(
            "the scope (使用范围) is not stated", hint="add either --columns A,B,C or --all-columns"
        )
    if not every:
        names = (name.strip() for part in listed for name in part.split(","))
        return tuple(dict.fromkeys(names))
    from contracts.odcs import parse_contract

    contract = bureau.get_item(Dataset, dataset).contract
    if not contract:
        raise Conflict(f"dataset {dataset} has no contract that could name its columns")
    table = parse_contract(bureau.export_contract(contract), contract).table
    return tuple(column.name for column in table.properties)
