"""The catalogue as DCAT-AP 3.0.1, in JSON-LD with all of its context in the document.

What the EU's vocabularies say of a concept is repeated beside its IRI (its class, its scheme), so that
the document can be checked against the shapes without fetching anything.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from enum import Enum

from catalog.dcat import vocabularies
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

Node = dict[str, Json]

CONTEXT: Mapping[str, Json] = {
    "adms": "http://www.w3.org/ns/adms#",
    "bureau": "urn:databureau:term:",
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
OWN = ("share_type", "share_mode", "resource_class", "grade", "items", "legal_basis")
"""Fields of Decree 809 that DCAT has no word for; they keep their names under `bureau:`."""
_HAN = re.compile(r"[\u3400-\u9fff\U00020000-\U000323af]")


def document(listing: Listing) -> Node:
    """The whole catalogue: equal listings give equal documents."""
    entries = [_dataset(listing, known) for known in listing.entries]
    graph: list[Json] = [
        _catalog(listing),
        *_agents(listing),
        *_concepts(listing),
        *_services(listing),
        *entries,
    ]
    return {"@context": dict(CONTEXT), "@graph": graph}


def in_chinese(text: str) -> bool:
    """Whether it holds a Chinese character: not every city fills a Chinese field with Chinese."""
    return bool(_HAN.search(text))


def titled(zh: str, en: str) -> list[Json]:
    """A text in Chinese and English, each tagged; what has no Chinese character is not said to be Chinese."""
    found: list[Json] = []
    if zh:
        found.append({"@value": zh, "@language": "zh"} if in_chinese(zh) else {"@value": zh})
    if en:
        found.append({"@value": en, "@language": "en"})
    return found


def _catalog(listing: Listing) -> Node:
    names = listing.names
    return _said(
        {
            "@id": names.of("catalogue"),
            "@type": "dcat:Catalog",
            "dct:title": titled(f"{listing.city}数据目录", "Data catalogue"),
            "dct:description": titled(
                "已发布的数据集目录，由数据主管部门维护。",
                "The datasets that the city has published.",
            ),
            "dct:publisher": {"@id": _publisher(listing)},
            "dcat:themeTaxonomy": _concept(
                f"{vocabularies.AUTHORITY}data-theme",
                "skos:ConceptScheme",
                **{"dct:title": titled("", "Data theme")},
            ),
            "dcat:dataset": [
                {"@id": names.of("dataset", known.dataset.code)} for known in listing.entries
            ],
            "dcat:service": [{"@id": names.of("service", service)} for service in served(listing)],
        }
    )


def _agents(listing: Listing) -> Iterable[Node]:
    named = {known.dataset.provider for known in listing.entries}
    publisher = listing.publisher
    if publisher is None:
        name = titled(listing.city, "") or titled("", "The data bureau")
        yield {"@id": _publisher(listing), "@type": "foaf:Agent", "foaf:name": name}
    else:
        named.add(publisher.code)
    for code in sorted(named):
        department = listing.departments.get(code) or Department(
            code=code, name_zh=code, division=""
        )
        yield _said(
            {
                "@id": listing.names.of("department", code),
                "@type": "foaf:Agent",
                "foaf:name": titled(department.name_zh, department.name_en),
                "dct:identifier": department.uscc,
            }
        )


def _concepts(listing: Listing) -> Iterable[Node]:
    """Each theme once: the city's own, and the EU's that means the same."""
    for theme in sorted({known.dataset.theme for known in listing.entries if known.dataset.theme}):
        yield {
            "@id": listing.names.of("theme", theme),
            "@type": "skos:Concept",
            "skos:prefLabel": titled(theme, ""),
        }
    found = {vocabularies.data_theme(known.dataset.theme) for known in listing.entries}
    for iri_, label in sorted(one for one in found if one):
        yield _concept(iri_, "skos:Concept", **{"skos:prefLabel": titled("", label)})


def _services(listing: Listing) -> Iterable[Node]:
    names = listing.names
    for service, datasets in served(listing).items():
        yield _said(
            {
                "@id": names.of("service", service),
                "@type": "dcat:DataService",
                "dct:title": titled(*SERVICES[service][1:]),
                "dcat:endpointURL": {"@id": endpoint(names, service)},
                "dcat:contactPoint": _contact(listing),
                "dct:publisher": {"@id": _publisher(listing)},
                "dcat:servesDataset": [{"@id": names.of("dataset", code)} for code in datasets],
            }
        )


def _dataset(listing: Listing, known: Known) -> Node:
    dataset = known.dataset
    own: Node = {f"bureau:{name}": _plain(getattr(dataset, name)) for name in OWN}
    right = vocabularies.access_right(facet(dataset, "access_level"), dataset.share_type)
    return _said(
        {
            "@id": listing.names.of("dataset", dataset.code),
            "@type": "dcat:Dataset",
            "dct:identifier": dataset.code,
            "dct:title": titled(dataset.title_zh, dataset.title_en),
            "dct:description": titled(described(dataset), ""),
            "dct:publisher": {"@id": listing.names.of("department", dataset.provider)},
            "dcat:contactPoint": _contact(listing),
            "dcat:keyword": [part for word in dataset.keywords for part in titled(word, "")],
            "dcat:theme": _themes(listing, dataset.theme),
            "dct:accessRights": _concept(right, "dct:RightsStatement"),
            "dct:accrualPeriodicity": _concept(
                vocabularies.frequency(dataset.update_cycle) if dataset.update_cycle else "",
                "dct:Frequency",
            ),
            "dct:spatial": _spatial(listing, dataset),
            "dct:temporal": _temporal(dataset),
            "dct:issued": _time(issued(listing, known)),
            "dct:modified": _time(modified(listing, known)),
            **own,
            "dcat:distribution": [
                _distribution(listing, dataset, offer) for offer in offers(listing, known)
            ],
        }
    )


def _distribution(listing: Listing, dataset: Dataset, offer: Offer) -> Node:
    size = None if offer.byte_size is None else str(offer.byte_size)
    service = listing.names.of("service", offer.service) if offer.service else ""
    moment = _time(listing.moment(offer.issued)) if offer.issued else None
    media_type = f"{vocabularies.IANA}{offer.media_type}" if offer.media_type else ""
    return _said(
        {
            "@id": listing.names.of("dataset", dataset.code, offer.name),
            "@type": "dcat:Distribution",
            "dct:title": titled(offer.title, ""),
            "dcat:accessURL": {"@id": offer.access_url},
            "dcat:accessService": {"@id": service} if service else None,
            "dct:format": _concept(offer.file_type, "dct:MediaTypeOrExtent"),
            "dcat:mediaType": _node(media_type, "dct:MediaType"),
            "dcat:byteSize": size and {"@value": size, "@type": "xsd:nonNegativeInteger"},
            "dct:issued": moment,
            "dct:modified": moment,
            "dct:license": _licence(facet(dataset, "licence")),
            "dct:rights": _statement(dataset.use_conditions),
        }
    )


def _licence(said: str) -> Json:
    """The EU's word for it, else its own address, else its words."""
    known = vocabularies.licence(said)
    if known:
        return _concept(known, "dct:LicenseDocument")
    address = iri(said)
    if address:
        return _node(address, "dct:LicenseDocument")
    return {"@type": "dct:LicenseDocument", "rdfs:label": titled(said, "")} if said else None


def _statement(conditions: str) -> Json:
    label = titled(conditions, "")
    return {"@type": "dct:RightsStatement", "rdfs:label": label} if conditions else None


def _contact(listing: Listing) -> Json:
    """An office, never a person; without an address nobody could be reached."""
    if not listing.contact:
        return None
    publisher = listing.publisher
    name = titled(publisher.name_zh, publisher.name_en) if publisher else titled(listing.city, "")
    return {
        "@id": listing.names.of("contact"),
        "@type": "vcard:Kind",
        "vcard:fn": name or listing.contact,
        "vcard:hasEmail": {"@id": f"mailto:{listing.contact}"},
    }


def _themes(listing: Listing, theme: str) -> list[Json]:
    found: list[Json] = [{"@id": listing.names.of("theme", theme)}] if theme else []
    known = vocabularies.data_theme(theme)
    return [*found, {"@id": known[0]}] if known else found


def _spatial(listing: Listing, dataset: Dataset) -> list[Json]:
    """The areas of the facet `spatial`: codes of divisions, or names."""
    found: list[Json] = []
    for area in dataset.facets.get("spatial", ()):
        division = listing.divisions.get(area)
        if division is None:
            found.append({"@type": "dct:Location", "skos:prefLabel": titled(area, "")})
        else:
            found.append(
                {
                    "@id": listing.names.of("division", area),
                    "@type": "dct:Location",
                    "dct:identifier": area,
                    "skos:prefLabel": titled(division.name_zh, division.name_en),
                }
            )
    return found


def _temporal(dataset: Dataset) -> Json:
    first, last = period(dataset)
    if not first and not last:
        return None
    body: Node = {"dcat:startDate": _time(first), "dcat:endDate": _time(last)}
    return _said({"@type": "dct:PeriodOfTime", **body})


def _concept(address: str, kind: str, **more: Json) -> Node:
    """A concept of the EU's vocabularies with its class and its scheme; nothing for no address."""
    if not address:
        return {}
    scheme, _, code = address.removeprefix(vocabularies.AUTHORITY).partition("/")
    within: Node = {"skos:inScheme": {"@id": f"{vocabularies.AUTHORITY}{scheme}"}} if code else {}
    return {"@id": address, "@type": kind, **within, **more}


def _plain(value: Enum | tuple[str, ...] | str | None) -> Json:
    if isinstance(value, Enum):
        return str(value.value)
    return list(value) if isinstance(value, tuple) else value


def _node(address: str, kind: str) -> Json:
    return {"@id": address, "@type": kind} if address else None


def _time(text: str) -> Json:
    if not text:
        return None
    kind = "xsd:dateTime" if "T" in text else "xsd:date"
    return {"@value": text, "@type": kind}


def _publisher(listing: Listing) -> str:
    found = listing.publisher
    return listing.names.of("department", found.code) if found else listing.names.of("bureau")


def _said(body: Node) -> Node:
    """Without what is not known."""
    return {key: value for key, value in body.items() if value not in (None, "", [], {})}
