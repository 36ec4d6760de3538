"""What the subjects of entries are called, so that nobody has to know codes and numbers by heart."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime

from bureau.unit_of_work import ReadUnit
from catalog.model import Dataset, ServiceItem
from core.ids import CATALOGUE_EVENT, CORRECTION, GRANT, REQUEST


def titles_of(unit: ReadUnit, subjects: Collection[str], at: datetime) -> Mapping[str, str]:
    """The dataset or the service that each is about, by its Chinese title at the moment."""
    datasets = {one.code: one.title_zh for one in unit.registry.list_all(Dataset, at=at)}
    services = {one.code: one.name_zh for one in unit.registry.list_all(ServiceItem, at=at)}
    about = dict(_datasets(unit, {ref_in(subject) for subject in subjects}))
    found: dict[str, str] = {}
    for subject in subjects:
        ref = ref_in(subject)
        title = services.get(ref) if subject.startswith("service:") else None
        found[subject] = title or datasets.get(about.get(ref, ref), "")
    return found


def ref_in(subject: str) -> str:
    """GRT-0001 of grant:GRT-0001#2."""
    return subject.partition(":")[2].partition("#")[0]


def _datasets(unit: ReadUnit, refs: Collection[str]) -> Iterator[tuple[str, str]]:
    """The datasets of the requests, grants, corrections and changes among the references."""
    asked = sorted(ref for ref in refs if ref.startswith(REQUEST + "-"))
    yield from ((one.ref, one.terms.dataset) for one in unit.requests.list_of(asked))
    if any(ref.startswith(GRANT + "-") for ref in refs):
        yield from ((one.ref, one.terms.dataset) for one in unit.grants.list_all())
    if any(ref.startswith(CORRECTION + "-") for ref in refs):
        yield from ((one.ref, one.dataset) for one in unit.corrections.list_all())
    if any(ref.startswith(CATALOGUE_EVENT + "-") for ref in refs):
        yield from ((one.ref, one.dataset) for one in unit.catalogue_events.list_all())
