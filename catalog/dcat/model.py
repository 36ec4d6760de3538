"""What an export says of each dataset, before any standard's words for it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from urllib.parse import quote, urlsplit
from zoneinfo import ZoneInfo

from catalog.dcat import vocabularies
from catalog.model import Dataset, Delivery, Department, DepartmentKind, Division, ShareMode
from core.canonical import sha256_hex

URN = "urn:databureau:"
"""What names begin with where the city has not said where its catalogue is."""
_PARQUET = "application/vnd.apache.parquet"
_MEDIA_TYPE = re.compile(r"[a-z]+/[A-Za-z0-9][A-Za-z0-9.+_-]*")
_DIGITS = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """The IRIs of things: the same for the same thing at every export, from codes alone."""

    base: str = ""
    """An address that ends with a slash, or nothing."""

    def of(self, *path: str) -> str:
        parts = [quote(part, safe="") for part in path]
        return f"{self.base}{'/'.join(parts)}" if self.base else f"{URN}{':'.join(parts)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A published entry with what the registry and the deliveries say around it."""

    dataset: Dataset
    issued: datetime
    """When the catalogue first showed it."""
    delivery: Delivery | None = None
    byte_size: int | None = None
    """Of the version that readers see; None where the lake does not have it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """The published catalogue as it was known at one moment: all that an export is made of."""

    city: str
    zone: ZoneInfo
    names: Names
    contact: str
    entries: Sequence[Known]
    departments: Mapping[str, Department]
    divisions: Mapping[str, Division]

    @property
    def publisher(self) -> Department | None:
        """The city's data authority; None where there is none, or several."""
        found = [d for d in self.departments.values() if d.kind is DepartmentKind.AUTHORITY]
        return found[0] if len(found) == 1 else None

    def moment(self, moment: datetime) -> str:
        """ISO 8601 with the zone of the city."""
        return moment.astimezone(self.zone).isoformat(timespec="seconds")


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """One way to a dataset: an address that somebody declared, or our own server."""

    name: str
    """Within the dataset; the same as long as the address is."""
    access_url: str
    service: str = ""
    title: str = ""
    media_type: str = ""
    file_type: str = ""
    byte_size: int | None = None
    issued: datetime | None = None


SERVICES: Mapping[str, tuple[str, str, str]] = {
    "delta-sharing": (
        "delta-sharing",
        "数据交换服务 (Delta Sharing)",
        "Granted data by Delta Sharing",
    ),
    "lookup": ("api/v1", "接口共享服务", "Granted records, one at a time by key"),
}
"""Of each service that `bureau serve` offers: where it is under the base, its Chinese title and English."""


def endpoint(names: Names, service: str) -> str:
    """Where a service is; its name, where no address is known."""
    where = SERVICES[service][0]
    return f"{names.base}{where}" if names.base else names.of("service", service)


def facet(dataset: Dataset, name: str) -> str:
    """The first value of a facet."""
    return next(iter(dataset.facets.get(name, ())), "")


def offers(listing: Listing, known: Known) -> tuple[Offer, ...]:
    """Each way once, our own first; what is not shared is not offered by us."""
    found: dict[str, Offer] = {}
    own = _own(listing.names, known)
    if own is not None:
        found[own.access_url] = own
    dataset = known.dataset
    for declared in dataset.distributions:
        address = iri(declared.access_url)
        if not address or address in found:
            continue
        media_type = declared.media_type if _MEDIA_TYPE.fullmatch(declared.media_type) else ""
        found[address] = Offer(
            name=f"at-{sha256_hex(address.encode())[:_DIGITS]}",
            access_url=address,
            title=declared.title,
            media_type=media_type,
            file_type=vocabularies.file_type(declared.media_type or dataset.format),
        )
    return tuple(found.values())


def served(listing: Listing) -> Mapping[str, Sequence[str]]:
    """Of each of our services that serves anything the codes of the datasets, in the listing's order."""
    found: dict[str, list[str]] = {service: [] for service in SERVICES}
    for known in listing.entries:
        own = _own(listing.names, known)
        if own is not None:
            found[own.service].append(known.dataset.code)
    return {service: codes for service, codes in found.items() if codes}


def left_out(known: Known) -> tuple[str, ...]:
    """The declared addresses that nobody could go to."""
    return tuple(d.access_url for d in known.dataset.distributions if not iri(d.access_url))


def _own(names: Names, known: Known) -> Offer | None:
    dataset, delivery = known.dataset, known.delivery
    shared = dataset.share_type is not None and dataset.share_type.shareable
    if delivery is None or not shared:
        return None
    if dataset.share_mode is ShareMode.INTERFACE:
        url = f"{endpoint(names, 'lookup')}{'/lookup/' if names.base else ':'}{dataset.code}"
        service, media_type, size = "lookup", "application/json", None
    else:
        url = endpoint(names, "delta-sharing")
        service, media_type, size = "delta-sharing", _PARQUET, known.byte_size
    return Offer(
        name=service,
        access_url=url,
        service=service,
        media_type=media_type,
        file_type=vocabularies.file_type(media_type),
        byte_size=size,
        issued=delivery.delivered_at,
    )


def described(dataset: Dataset) -> str:
    """Its summary; else its data items, else its title: both standards ask for words."""
    if dataset.summary:
        return dataset.summary
    return f"数据项：{'、'.join(dataset.items)}" if dataset.items else dataset.title_zh


def issued(listing: Listing, known: Known) -> str:
    """What the listing it came from said, else when this catalogue first showed it."""
    for name in ("issued", "release_date"):
        if said := iso(facet(known.dataset, name)):
            return said
    return listing.moment(known.issued)


def modified(listing: Listing, known: Known) -> str:
    """When data last came; else what the listing it came from said, else nothing."""
    if known.delivery is not None:
        return listing.moment(known.delivery.delivered_at)
    return iso(facet(known.dataset, "modified"))


def period(dataset: Dataset) -> tuple[str, str]:
    """The first and the last day of the facet `temporal`, as in 2013-01-01/2024-12-31."""
    start, _, end = facet(dataset, "temporal").partition("/")
    first, last = iso(start)[:10], iso(end)[:10]
    return ("", "") if first and last and last < first else (first, last)


def iso(text: str) -> str:
    """A day, or a moment with its zone, in ISO 8601; a moment without a zone is its day; else nothing."""
    try:
        if len(text) == len("2026-01-31"):
            return date.fromisoformat(text).isoformat()
        moment = datetime.fromisoformat(text)
    except ValueError:
        return ""
    return moment.isoformat(timespec="seconds") if moment.tzinfo is not None else str(moment.date())


def iri(text: str) -> str:
    """An absolute address with what cannot stand in one escaped; nothing for what is none."""
    try:
        parts = urlsplit(text.strip())
    except ValueError:
        return ""
    if parts.scheme not in ("http", "https", "ftp") or not re.fullmatch(
        r"[^\s<>\"{}|\\^`%]+", parts.netloc
    ):
        return ""
    address = f"{parts.scheme}://{parts.netloc}{_escaped(parts.path)}"
    if parts.query:
        address += f"?{_escaped(parts.query)}"
    return f"{address}#{_escaped(parts.fragment)}" if parts.fragment else address


def _escaped(text: str) -> str:
    kept = quote(text, safe="!$%&'()*+,/:;=?@~")
    return re.sub(r"%(?![0-9A-Fa-f]{2})", "%25", kept)
