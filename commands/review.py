"""`bureau review list|keep|revoke`, and `bureau grant renew`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, Any

import typer

from commands import _sharing
from commands._context import opened
from commands._group import ActCommand, ReadCommand, new_group
from commands._options import GrantRef, Reason
from commands._page import Column, Page, Table
from commands._plain import plain
from commands._render import emit
from commands._talk import done, say
from core.clock import local_day

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from bureau import Bureau
    from sharing.model import Terms
    from sharing.reviews.model import Case
    from sharing.reviews.remaining import Remaining

app = new_group("Review whether grants are still needed 授权定期复核.")


def _proposal(case: Case) -> str:
    return "revoke" if case.dormant else ""


CASES = [
    Column("grant", "grant 授权", lambda case: case.grant.ref),
    Column("state", "review 复核", lambda case: case.state),
    Column("due_on", "due 到期", lambda case: case.due_on),
    Column("proposal", "proposed 建议", _proposal),
    Column("department", "department 使用部门", lambda case: case.grant.department),
    Column("dataset", "dataset 数据集", lambda case: case.grant.terms.dataset),
    Column("last_use", "last used 最近使用", lambda case: case.evidence.last_use),
    Column("unused_days", "days unused 闲置天数", lambda case: case.unused_days, right=True),
    Column("uses", "uses 次数", lambda case: case.evidence.uses, right=True),
    Column("rows", "rows 行数", lambda case: case.evidence.rows, right=True),
]


@app.command("list", cls=ReadCommand)
def list_cases(
    ctx: typer.Context,
    every: Annotated[
        bool, typer.Option("--all", help="Every grant that is not over, due or not.")
    ] = False,
) -> None:
    """List grants whose review is due or overdue, and those that nobody uses, with their use."""
    with opened(ctx) as bureau:
        cases = bureau.reviews.cases(every=every)
        now = bureau.now()
    data = [_case_json(case) | {"grant_state": case.grant.state_at(now)} for case in cases]
    table = Table(columns=CASES, rows=cases)
    emit(ctx, Page(data=data, tables=[table], empty="no grant is to be reviewed"))


@app.command(cls=ActCommand)
def keep(ctx: typer.Context, grant: GrantRef, reason: Reason = "") -> None:
    """Attest that a grant is still needed; a missed review suspends no longer."""
    with opened(ctx) as bureau:
        kept, receipt = bureau.reviews.keep(grant, reason=reason)
        data = {"grant": _sharing.grant_json(kept, bureau.now())}
        again = kept.review_due and kept.review_due.astimezone(bureau.settings.zone)
    done(
        ctx,
        f"kept {kept.ref}, to be reviewed again before {again:%Y-%m-%d}",
        receipt,
        data,
        then=f"bureau grant show {kept.ref}",
    )


@app.command(cls=ActCommand)
def revoke(ctx: typer.Context, grant: GrantRef, reason: Reason = "") -> None:
    """Attest that a grant is no longer needed, which ends it for good."""
    end(ctx, grant, lambda bureau: bureau.reviews.revoke(grant, reason=reason))


def renew(ctx: typer.Context, grant: GrantRef) -> None:
    """Ask for the same terms again for the next period; it is decided like any request."""
    with opened(ctx) as bureau:
        request, receipt = bureau.reviews.renew(grant)
        old, zone = bureau.get_grant(grant)[0].terms, bureau.settings.zone
    done(
        ctx,
        f"asked to renew {grant.strip().upper()} with {request.ref}, for {_period(request.terms, zone)};"
        f" the grant has {_period(old, zone)}: a renewal ends with a month or quarter, and may be longer"
        " or shorter",
        receipt,
        {"request": request},
        then=f"bureau request show {request.ref}",
    )


def _period(terms: Terms, zone: ZoneInfo) -> str:
    """Its first and its last day."""
    last = local_day(terms.not_after - timedelta(microseconds=1), zone)
    return f"{local_day(terms.not_before, zone)} to {last}"


def end(ctx: typer.Context, grant: str, act: Any) -> None:
    """Revoke a grant, and say what the department may read all the same."""
    with opened(ctx) as bureau:
        revoked, receipt = act(bureau)
        left = bureau.reviews.remaining(grant)
        data = {"grant": _sharing.grant_json(revoked, bureau.now()), "still_given_by": left}
    done(ctx, f"revoked {revoked.ref}", receipt, data, then=f"bureau grant disposal {revoked.ref}")
    for one in left:
        say(ctx, _still(revoked.department, revoked.terms.dataset, one))


def history(bureau: Bureau, grant: str) -> tuple[dict[str, Any], Table]:
    """What grant show tells of reviews and renewals: as JSON, and as a table of reviews."""
    reviews = bureau.reviews.history(grant)
    renews, renewed_by = bureau.reviews.renewals(grant)
    data = {"reviews": reviews, "renews": renews or None, "renewed_by": renewed_by}
    return data, Table(columns=REVIEWS, rows=reviews, title="Reviews 复核")


REVIEWS = [
    Column("reviewed_at", "reviewed 复核时间", lambda review: review.reviewed_at),
    Column("reviewed_by", "by 复核人", lambda review: review.reviewed_by),
    Column("outcome", "outcome 结论", lambda review: review.outcome),
    Column("reason", "reason 理由", lambda review: review.reason),
    Column("due_at", "was due before 应于此前", lambda review: review.due_at),
    Column("uses", "uses 次数", lambda review: review.evidence.uses, right=True),
    Column("last_use", "last used 最近使用", lambda review: review.evidence.last_use),
]


def _case_json(case: Case) -> dict[str, Any]:
    grant = case.grant
    return {
        "grant": grant.ref,
        "department": grant.department,
        "provider": grant.provider,
        "dataset": grant.terms.dataset,
        **{name: plain(getattr(case, name)) for name in ("state", "due_on", "evidence")},
        "unused_days": case.unused_days,
        "dormant": case.dormant,
        "proposal": _proposal(case),
    }


def _still(department: str, dataset: str, one: Remaining) -> str:
    columns: Sequence[str] = one.columns
    return (
        f"{one.grant} ({one.state}, for {one.application}) still gives {department}"
        f" {', '.join(columns)} of {dataset}"
    )
