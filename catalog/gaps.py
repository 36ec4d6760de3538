"""What the catalogue itself shows to be missing or unclear: unclear responsibility is a finding."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from catalog.claims import departments_of, is_claim
from catalog.documents import NINE_FIELDS, lacks
from catalog.model import Dataset, DatasetStatus, Department, Duty


class GapKind(StrEnum):
    """Every kind of gap, in the order in which they are listed."""

    SOURCE_MISSING = "source_missing"
    AUTHORITY_MISSING = "authority_missing"
    OPERATOR_MISSING = "operator_missing"
    SOURCE_CONTESTED = "source_contested"
    SOURCE_ELSEWHERE = "source_elsewhere"
    DUTY_WITHOUT_DATASET = "duty_without_dataset"
    DUTY_NOT_COLLECTED = "duty_not_collected"
    DATASET_WITHOUT_DUTY = "dataset_without_duty"
    DRAFT_INCOMPLETE = "draft_incomplete"
    PROVIDER_UNKNOWN = "provider_unknown"
    CONTRACT_MISSING = "contract_missing"


@dataclass(frozen=True, slots=True)
class Gap:
    """One finding. `subject` is the code of a dataset, a duty or a contested item; `department`
    is who can close the gap, empty where that is the authority's decision.
    """

    kind: GapKind
    subject: str
    department: str
    message_zh: str
    message_en: str


# The provider is no part of these: an entry without one is no entry.
_RESPONSIBLE = {
    "source": (GapKind.SOURCE_MISSING, "数源部门"),
    "authority": (GapKind.AUTHORITY_MISSING, "主管部门"),
    "operator": (GapKind.OPERATOR_MISSING, "运维单位"),
}
_KIND_ORDER = {kind: position for position, kind in enumerate(GapKind)}


def find_gaps(
    datasets: Iterable[Dataset],
    departments: Iterable[Department],
    duties: Iterable[Duty],
    collected: AbstractSet[str],
    delivered: AbstractSet[str] = frozenset(),
    named: Mapping[str, str] = MappingProxyType({}),
) -> list[Gap]:
    """Every gap, by kind, then department, then subject.

    `duties` are those in force on the day that is asked about; `collected` holds the codes of
    datasets of which a delivery was published, `delivered` of those of which any arrived; `named`
    are the departments that the authority named as the source of an item. Withdrawn datasets
    neither have nor close gaps.
    """
    live = [dataset for dataset in datasets if dataset.status is not DatasetStatus.WITHDRAWN]
    published = [dataset for dataset in live if dataset.status is DatasetStatus.PUBLISHED]
    due = list(duties)
    gaps = [
        *_single(live, {department.code for department in departments}),
        *_contested(published, named),
        *_duties(published, due, collected, delivered),
    ]
    return sorted(gaps, key=lambda gap: (_KIND_ORDER[gap.kind], gap.department, gap.subject))


def _single(live: Iterable[Dataset], departments: AbstractSet[str]) -> Iterator[Gap]:
    """Gaps that one dataset shows by itself."""
    for dataset in live:
        if dataset.provider not in departments:
            yield _of(
                dataset,
                GapKind.PROVIDER_UNKNOWN,
                f"提供单位“{dataset.provider}”不是在册部门",
                f"its provider '{dataset.provider}' is not a registered department",
            )
        if dataset.status is DatasetStatus.DRAFT:
            yield from _incomplete(dataset)
            continue
        for part, (kind, name_zh) in _RESPONSIBLE.items():
            if not getattr(dataset.responsibility, part):
                yield _of(dataset, kind, f"未明确{name_zh}", f"nobody is named as its {part}")
        if not dataset.contract:
            yield _of(
                dataset,
                GapKind.CONTRACT_MISSING,
                "已发布但没有数据合同",
                "it is published without a data contract",
            )


def _incomplete(draft: Dataset) -> Iterator[Gap]:
    names = [lack.field for lack in lacks(draft)]
    names_zh = dict.fromkeys(NINE_FIELDS.get(name, "法律依据") for name in names)
    if names:
        yield _of(
            draft,
            GapKind.DRAFT_INCOMPLETE,
            f"草稿，尚缺：{'、'.join(names_zh)}",
            f"it is a draft that lacks {', '.join(names)}",
        )


def _contested(published: Iterable[Dataset], named: Mapping[str, str]) -> Iterator[Gap]:
    """Items without exactly one source (Decree 809 Art. 19)."""
    claims: defaultdict[str, list[Dataset]] = defaultdict(list)
    for dataset in published:
        if dataset.fulfils:
            claims[dataset.fulfils].append(dataset)
    for item, claimants in claims.items():
        by_provider: defaultdict[str, list[str]] = defaultdict(list)
        for dataset in claimants:
            by_provider[dataset.provider].append(dataset.code)
        for provider, codes in by_provider.items():
            if len(codes) > 1:
                yield _contest(item, provider, "数据集", "dataset", sorted(codes))
        sources = {dataset.responsibility.source for dataset in claimants} - {""}
        offers = [dataset for dataset in claimants if is_claim(dataset)]
        if item in named:
            yield from _elsewhere(named[item], offers)
        elif len(rivals := departments_of(offers)) > 1:
            yield _contest(item, "", "提供部门", "providing department", rivals)
        elif len(sources) > 1:
            yield _contest(item, "", "数源部门", "source department", sorted(sources))


def _elsewhere(source: str, claims: Iterable[Dataset]) -> Iterator[Gap]:
    """Claims on an item of which the authority named another department as the source."""
    for dataset in claims:
        if dataset.provider != source:
            yield _of(
                dataset,
                GapKind.SOURCE_ELSEWHERE,
                f"主管部门已确定“{dataset.fulfils}”的数源部门为{source}",
                f"the authority named {source} as the source of '{dataset.fulfils}'",
            )


def _contest(item: str, department: str, what_zh: str, what_en: str, codes: list[str]) -> Gap:
    return Gap(
        GapKind.SOURCE_CONTESTED,
        item,
        department,
        f"“{item}”有{len(codes)}个{what_zh}：{'、'.join(codes)}；一数一源（政务数据共享条例第十九条）",
        f"'{item}' has {len(codes)} {what_en}s, {', '.join(codes)}; "
        "Decree 809 Art. 19 asks for one source",
    )


def _duties(
    published: Iterable[Dataset],
    duties: Iterable[Duty],
    collected: AbstractSet[str],
    delivered: AbstractSet[str],
) -> Iterator[Gap]:
    """What is due and not there, and what is there and not due."""
    answers: defaultdict[tuple[str, str], list[Dataset]] = defaultdict(list)
    for dataset in published:
        answers[dataset.fulfils, dataset.provider].append(dataset)
    asked: set[tuple[str, str]] = set()
    for duty in duties:
        asked.add((duty.item, duty.department))
        provided = answers.get((duty.item, duty.department), [])
        if duty.exempt:
            continue
        if not provided:
            yield _due(duty, GapKind.DUTY_WITHOUT_DATASET, "尚未编目", "has no published dataset")
        elif any(dataset.code in collected for dataset in provided):
            continue
        elif any(dataset.code in delivered for dataset in provided):
            yield _due(
                duty,
                GapKind.DUTY_NOT_COLLECTED,
                "已编目，所交付数据均未通过，尚未归集",
                "is catalogued, but every delivery was refused, so nothing of it is collected",
            )
        else:
            yield _due(
                duty,
                GapKind.DUTY_NOT_COLLECTED,
                "已编目，尚未归集",
                "is catalogued, but nothing of it was collected",
            )
    for dataset in published:
        if (dataset.fulfils, dataset.provider) not in asked:
            yield _of(
                dataset,
                GapKind.DATASET_WITHOUT_DUTY,
                "没有责任清单依据",
                "no provision rule asks its provider for it",
            )


def _due(duty: Duty, kind: GapKind, zh: str, en: str) -> Gap:
    return Gap(
        kind,
        duty.code,
        duty.department,
        f"责任“{duty.title_zh}”{zh}（依据：{duty.legal_ground}）",
        f"the duty '{duty.title_en or duty.title_zh}' {en} (ground: {duty.legal_ground})",
    )


def _of(dataset: Dataset, kind: GapKind, zh: str, en: str) -> Gap:
    return Gap(
        kind,
        dataset.code,
        dataset.provider,
        f"“{dataset.title_zh}”{zh}",
        f"'{dataset.title_en or dataset.title_zh}': {en}",
    )
