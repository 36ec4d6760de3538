"""The catalogue as DCAT-US 3.0, as its JSON Schema has it: empty fields are left out."""

from __future__ import annotations

from catalog.dcat import vocabularies
from catalog.dcat.ap import Node, in_chinese
from catalog.dcat.model import (
    SERVICES,
    Known,
    Listing,
    Offer,
    described,
    endpoint,
    facet,
    iri,
    issued,
    modified,
    offers,
    period,
    served,
)
from catalog.model import Dataset, Department
from core.canonical import Json


def document(listing: Listing) -> Node:
    """The whole catalogue: equal listings give equal documents."""
    names = listing.names
    entries: list[Json] = [_dataset(listing, known) for known in listing.entries]
    return _said(
        {
            "@id": names.of("catalogue"),
            "@type": "Catalog",
            **_words("title", f"{listing.city}数据目录", "Data catalogue"),
            **_words(
                "description", "已发布的数据集目录", "The datasets that the city has published."
            ),
            "publisher": _publisher(listing),
            "service": _services(listing),
        }
    ) | {"dataset": entries}


def _dataset(listing: Listing, known: Known) -> Node:
    dataset = known.dataset
    right = vocabularies.access_right(facet(dataset, "access_level"), dataset.share_type)
    cycle = dataset.update_cycle
    return _said(
        {
            "@id": listing.names.of("dataset", dataset.code),
            "@type": "Dataset",
            "identifier": [dataset.code],
            **_words("title", dataset.title_zh, dataset.title_en),
            "description": described(dataset),
            "publisher": _department(listing, dataset.provider),
            "contactPoint": [_contact(listing)] if listing.contact else None,
            "keywordMap": _keywords(dataset),
            "theme": _themes(listing, dataset.theme),
            "accessRights": right,
            "accrualPeriodicity": vocabularies.frequency(cycle) if cycle else None,
            "scopeNote": dataset.use_conditions,
            "spatial": _spatial(listing, dataset),
            "temporal": _temporal(dataset),
            "issued": issued(listing, known),
            "modified": modified(listing, known),
            "distribution": [
                _distribution(listing, dataset, offer) for offer in offers(listing, known)
            ],
        }
    )


def _distribution(listing: Listing, dataset: Dataset, offer: Offer) -> Node:
    moment = listing.moment(offer.issued) if offer.issued else None
    said = facet(dataset, "licence")
    return _said(
        {
            "@id": listing.names.of("dataset", dataset.code, offer.name),
            "@type": "Distribution",
            "title": offer.title,
            "accessURL": offer.access_url,
            "format": offer.file_type,
            "mediaType": f"{vocabularies.IANA}{offer.media_type}" if offer.media_type else None,
            "byteSize": None if offer.byte_size is None else str(offer.byte_size),
            "issued": moment,
            "modified": moment,
            "license": vocabularies.licence(said) or iri(said),
        }
    )


def _services(listing: Listing) -> list[Json]:
    """What our server offers; DCAT-US takes no service without somebody to ask."""
    found: list[Json] = []
    for service, datasets in served(listing).items():
        if listing.contact:
            found.append(
                {
                    "@id": listing.names.of("service", service),
                    "@type": "DataService",
                    **_words("title", *SERVICES[service][1:]),
                    "publisher": _publisher(listing),
                    "contactPoint": [_contact(listing)],
                    "endpointURL": [endpoint(listing.names, service)],
                    "servesDataset": [listing.names.of("dataset", code) for code in datasets],
                }
            )
    return found


def _department(listing: Listing, code: str) -> Node:
    found = listing.departments.get(code) or Department(code=code, name_zh=code, division="")
    return _said(
        {
            "@id": listing.names.of("department", code),
            "@type": "Organization",
            "name": found.name_zh,
            **_words("prefLabel", found.name_zh, found.name_en),
        }
    )


def _publisher(listing: Listing) -> Node:
    if listing.publisher is not None:
        return _department(listing, listing.publisher.code)
    name = listing.city or "The data bureau"
    address = listing.names.of("bureau")
    return {"@id": address, "@type": "Organization", "name": name, "prefLabel": name}


def _contact(listing: Listing) -> Node:
    publisher = listing.publisher
    return {
        "@id": listing.names.of("contact"),
        "@type": "Kind",
        "fn": (publisher.name_zh if publisher else listing.city) or listing.contact,
        "hasEmail": f"mailto:{listing.contact}",
    }


def _keywords(dataset: Dataset) -> Node:
    """By language; a word without a Chinese character is in none that we could name (`und`)."""
    by_language: Node = {}
    for tag, chinese in (("zh", True), ("und", False)):
        words: list[Json] = [w for w in dataset.keywords if in_chinese(w) is chinese]
        if words:
            by_language[tag] = words
    return by_language


def _themes(listing: Listing, theme: str) -> list[Json]:
    known = vocabularies.data_theme(theme)
    found: list[Json] = []
    if theme:
        body: Node = {"@id": listing.names.of("theme", theme), "@type": "Concept"}
        scheme = listing.names.of("themes")
        found.append({**body, "prefLabel": theme, "inScheme": scheme})
    return [*found, known[0]] if known else found


def _spatial(listing: Listing, dataset: Dataset) -> list[Json]:
    found: list[Json] = []
    for area in dataset.facets.get("spatial", ()):
        division = listing.divisions.get(area)
        zh, en = (division.name_zh, division.name_en) if division else (area, "")
        body: Node = {"@type": "Location", **_words("prefLabel", zh, en)}
        found.append(body | ({"identifier": [area]} if division else {}))
    return found


def _temporal(dataset: Dataset) -> list[Json]:
    first, last = period(dataset)
    if not first and not last:
        return []
    return [_said({"@type": "PeriodOfTime", "startDate": first, "endDate": last})]


def _words(name: str, zh: str, en: str) -> Node:
    """A text, and by language where there are two."""
    tagged: Node = {f"{name}Map": {"zh": zh, "en": en}} if zh and en else {}
    return {name: zh or en, **tagged}


def _said(body: Node) -> Node:
    """Without what is not known."""
    return {key: value for key, value in body.items() if value not in (None, "", [], {})}
