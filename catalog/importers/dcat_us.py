"""Catalogues in Project Open Data's data.json: DCAT-US 1.1, and the bare list of 1.0 (2013)."""

from __future__ import annotations

import json
from typing import Any

from catalog.importers.assembling import Assembler, Record
from catalog.importers.cycles import read_cycle
from catalog.importers.records import ImportDefaults, ImportResult
from catalog.model import Distribution, ShareType
from catalog.naming import MAX_ADDRESS, visible
from core.errors import InvalidInput

_ADDRESSES = {
    "accessURL": "",
    "webService": "web service",
    "feed": "feed",
    "landingPage": "landing page",
}
"""Fields of a record that say where the data can be read, and the title of the distribution."""

_FACETS = {
    "accessLevel": "access_level",
    "license": "licence",
    "modified": "modified",
    "issued": "issued",
    "created": "created",
    "releaseDate": "release_date",
}
"""Fields that a catalogue entry keeps as facets, and the name of the facet."""
_TAKEN = {
    "@type",
    "identifier",
    "title",
    "description",
    "keyword",
    "keywords",
    "theme",
    "format",
    "frequency",
    "accrualPeriodicity",
    "rights",
    "publisher",
    "distribution",
    *_ADDRESSES,
    *_FACETS,
}
_PARTS_TAKEN = {"@type", "title", "accessURL", "downloadURL", "mediaType", "format", "formats"}
_PUBLISHER_TAKEN = {"@type", "name"}
_PERSONAL = {"contactPoint", "contactName", "person", "mbox"}


def read_dcat_us(data: bytes, defaults: ImportDefaults) -> ImportResult:
    """Read one draft from each record; the notes name each field that found no place.

    Raises InvalidInput for what is not JSON, or neither a list nor `{"dataset": [...]}`.
    """
    assembler = Assembler(defaults)
    for position, body in enumerate(_records(data), 1):
        record = Record(position)
        if isinstance(body, dict):
            _take(assembler, record, body, defaults)
        else:
            assembler.refuse(record, "", "the record is not a JSON object")
    return assembler.result()


def _records(data: bytes) -> list[Any]:
    try:
        catalogue = json.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise InvalidInput(f"the catalogue is not UTF-8 at byte {error.start + 1}") from error
    except json.JSONDecodeError as error:
        raise InvalidInput(
            f"the catalogue is not JSON in line {error.lineno}, column {error.colno}: {error.msg}"
        ) from error
    except (RecursionError, ValueError) as error:
        raise InvalidInput(f"the catalogue cannot be read as JSON: {error}") from error
    records = catalogue.get("dataset") if isinstance(catalogue, dict) else catalogue
    if not isinstance(records, list):
        raise InvalidInput(
            "the catalogue has no list of datasets",
            hint='a data.json is a list of records, or an object with the list under "dataset"',
        )
    return records


def _take(
    assembler: Assembler, record: Record, body: dict[str, Any], defaults: ImportDefaults
) -> None:
    if assembler.refuse_secret(record, body):
        return
    keywords, theme = _keywords(record, body), _list(record, "theme", body)
    distributions, formats = _distributions(record, body)
    fields: dict[str, Any] = {
        "summary": record.text("description", body.get("description")),
        "keywords": tuple(dict.fromkeys([*keywords, *theme[1:]])),
        "format": record.line("format", body.get("format") or ", ".join(formats)),
        "use_conditions": record.text("rights", body.get("rights")),
        "facets": _facets(record, body),
        "distributions": distributions,
    }
    if theme:
        fields["theme"] = theme[0]
    for name in ("frequency", "accrualPeriodicity"):
        if said := record.line(name, body.get(name)):
            fields["update_cycle"] = read_cycle(said)
            if fields["update_cycle"] is None:
                record.note(name, f"'{visible(said)}' is none of the update cycles")
    _judge_access(record, body, defaults, fields)
    _note_the_rest(record, body)
    identifier = record.line("identifier", body.get("identifier"), MAX_ADDRESS)
    assembler.take(record, identifier, body.get("title"), fields)


def _keywords(record: Record, body: dict[str, Any]) -> list[str]:
    """The words of `keyword` (a list, or one text with commas) and of Socrata's `keywords`."""
    return [*_list(record, "keyword", body), *_list(record, "keywords", body)]


def _list(record: Record, name: str, body: dict[str, Any]) -> list[str]:
    value = body.get(name)
    if isinstance(value, str):
        value = value.split(",")
    elif value is not None and not isinstance(value, list):
        record.note(name, "is neither text nor a list")
        value = []
    return [word for entry in value or () if (word := record.line(name, entry))]


def _facets(record: Record, body: dict[str, Any]) -> dict[str, tuple[str, ...]]:
    found = {facet: record.line(name, body.get(name)) for name, facet in _FACETS.items()}
    found["publisher"] = _publisher(record, body.get("publisher"))
    return {facet: (value,) for facet, value in found.items() if value}


def _publisher(record: Record, publisher: object) -> str:
    """The name; who provides the data here is a department, which the listing cannot know."""
    if not isinstance(publisher, dict):
        return record.line("publisher", publisher)
    for key in sorted(publisher.keys() - _PUBLISHER_TAKEN):
        record.note(f"publisher.{key}", "a catalogue entry has no such field")
    return record.line("publisher.name", publisher.get("name"))


def _judge_access(
    record: Record, body: dict[str, Any], defaults: ImportDefaults, fields: dict[str, Any]
) -> None:
    """What is not public elsewhere is not declared unconditional here by a default."""
    level = body.get("accessLevel")
    public = level is None or str(level).strip().casefold() == "public"
    if defaults.share_type is ShareType.UNCONDITIONAL and not public:
        fields["share_type"] = None
        record.note("accessLevel", f"'{visible(str(level))}' is not public; share_type left open")


def _distributions(
    record: Record, body: dict[str, Any]
) -> tuple[tuple[Distribution, ...], list[str]]:
    """Every address at which the record says the data can be read, and the formats named there."""
    found: dict[str, Distribution] = {}
    formats: dict[str, None] = {}
    parts = body.get("distribution") or []
    for place, part in enumerate(parts if isinstance(parts, list) else [parts]):
        name = f"distribution[{place}]"
        if not isinstance(part, dict):
            record.note(name, "is not a JSON object")
            continue
        media_type = _media_type(record, name, part)
        formats[record.line(f"{name}.format", part.get("format")) or media_type] = None
        title = record.line(f"{name}.title", part.get("title"))
        for key in ("downloadURL", "accessURL"):
            _add(found, record.line(f"{name}.{key}", part.get(key), MAX_ADDRESS), title, media_type)
        for key in sorted(part.keys() - _PARTS_TAKEN):
            record.note(f"{name}.{key}", "a distribution has no such field")
    for key, title in _ADDRESSES.items():
        media_type = record.line("format", body.get("format")) if key == "accessURL" else ""
        _add(found, record.line(key, body.get(key), MAX_ADDRESS), title, media_type)
    return tuple(found.values()), [one for one in formats if one]


def _media_type(record: Record, name: str, part: dict[str, Any]) -> str:
    """`mediaType` of 1.1, or the first of Socrata's `formats`, a list of {label, value}."""
    formats = part.get("formats") or []
    listed = formats if isinstance(formats, list) else [formats]
    values = [one.get("value") if isinstance(one, dict) else one for one in listed]
    for value in values[1:]:
        record.note(f"{name}.formats", f"kept the first, not '{visible(str(value))}'")
    return record.line(f"{name}.mediaType", part.get("mediaType") or (values or [""])[0])


def _add(found: dict[str, Distribution], address: str, title: str, media_type: str) -> None:
    if address:
        found.setdefault(
            address, Distribution(title=title, access_url=address, media_type=media_type)
        )


def _note_the_rest(record: Record, body: dict[str, Any]) -> None:
    for name, value in body.items():
        if name in _TAKEN or value in (None, "", [], {}):
            continue
        if name in _PERSONAL:
            record.note(name, "people are registered with a role, not from a listing")
        else:
            record.note(name, f"'{visible(str(value))}': a catalogue entry has no such field")
