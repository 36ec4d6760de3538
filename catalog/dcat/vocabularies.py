"""Our words in the EU's authority vocabularies, where one of them means the same; else nothing.

What has no word there stays out of the export: a wrong word would be worse than none.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from catalog.model import ShareType, UpdateCycle

AUTHORITY = "http://publications.europa.eu/resource/authority/"
IANA = "https://www.iana.org/assignments/media-types/"

FREQUENCIES: Mapping[UpdateCycle, str] = {
    UpdateCycle.REALTIME: "UPDATE_CONT",
    UpdateCycle.HOURLY: "HOURLY",
    UpdateCycle.DAILY: "DAILY",
    UpdateCycle.WEEKLY: "WEEKLY",
    UpdateCycle.MONTHLY: "MONTHLY",
    UpdateCycle.QUARTERLY: "QUARTERLY",
    UpdateCycle.SEMIANNUAL: "ANNUAL_2",
    UpdateCycle.ANNUAL: "ANNUAL",
    UpdateCycle.ON_DEMAND: "AS_NEEDED",
    UpdateCycle.IRREGULAR: "IRREG",
}

ACCESS_BY_SHARING: Mapping[ShareType, str] = {
    ShareType.UNCONDITIONAL: "RESTRICTED",
    ShareType.CONDITIONAL: "RESTRICTED",
    ShareType.NOT_SHARED: "NON_PUBLIC",
}
"""Sharing is among departments: what every department may have, the public may not have yet."""
ACCESS_BY_LEVEL: Mapping[str, str] = {
    "public": "PUBLIC",
    "restricted public": "RESTRICTED",
    "non-public": "NON_PUBLIC",
}
"""The `accessLevel` of DCAT-US 1.1, which an import keeps as a facet."""

_FORMATS: Mapping[str, tuple[str, ...]] = {
    "CSV": ("csv", "text/csv"),
    "TSV": ("tsv", "text/tab-separated-values"),
    "JSON": ("json", "application/json"),
    "GEOJSON": ("geojson", "application/geo+json", "application/vnd.geo+json"),
    "JSON_LD": ("json-ld", "application/ld+json"),
    "XML": ("xml", "application/xml", "text/xml"),
    "RDF_XML": ("rdf", "application/rdf+xml"),
    "RDF_TURTLE": ("turtle", "ttl", "text/turtle"),
    "XLS": ("xls", "application/vnd.ms-excel"),
    "XLSX": ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "ODS": ("ods", "application/vnd.oasis.opendocument.spreadsheet"),
    "PARQUET": ("parquet", "application/vnd.apache.parquet"),
    "SHP": ("shp", "shapefile", "application/vnd.shp"),
    "GPKG": ("gpkg", "geopackage", "application/geopackage+sqlite3"),
    "KML": ("kml", "application/vnd.google-earth.kml+xml"),
    "KMZ": ("kmz", "application/vnd.google-earth.kmz"),
    "GML": ("gml", "application/gml+xml"),
    "NETCDF": ("netcdf", "application/netcdf"),
    "HTML": ("html", "text/html"),
    "PDF": ("pdf", "application/pdf"),
    "TXT": ("txt", "text/plain"),
    "DOC": ("doc", "application/msword"),
    "DOCX": ("docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    "RSS": ("rss", "application/rss+xml"),
    "ATOM": ("atom", "application/atom+xml"),
    "ZIP": ("zip", "application/zip"),
}
_FILE_TYPES = {word: code for code, words in _FORMATS.items() for word in words}

NON_PROPRIETARY = frozenset(
    f"{AUTHORITY}file-type/{code}"
    for code in (
        *("BMP", "CSV", "DBF", "GEOJSON", "GZIP", "HTML", "ICS", "JPEG2000", "JSON", "JSON_LD"),
        *("KML", "KMZ", "NETCDF", "ODS", "PNG", "RDF_N_QUADS", "RDF_N_TRIPLES", "RDF_TRIG"),
        *("RDF_TURTLE", "RDF_XML", "RSS", "RTF", "TAR", "TIFF", "TSV", "TXT", "WMS_SRVC", "XML"),
        "ZIP",
    )
)
"""The list of data.europa.eu (edp-non-proprietary-format.rdf). Parquet is not in it."""
MACHINE_READABLE = frozenset(
    f"{AUTHORITY}file-type/{code}"
    for code in (
        *("CSV", "GEOJSON", "ICS", "JSON", "JSON_LD", "KML", "KMZ", "NETCDF", "ODS", "RDFA"),
        *("RDF_N_QUADS", "RDF_N_TRIPLES", "RDF_TRIG", "RDF_TURTLE", "RDF_XML", "RSS", "SHP"),
        *("XLS", "XLSX", "XML"),
    )
)
"""The list of data.europa.eu (edp-machine-readable-format.rdf). Parquet is not in it."""

_THEMES: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "AGRI": ("Agriculture, fisheries, forestry and food", ("agriculture", "农业", "农业农村")),
    "ECON": ("Economy and finance", ("economy", "finance", "business", "经济", "财政", "财税金融")),
    "EDUC": (
        "Education, culture and sport",
        ("education", "culture", "sport", "recreation", "教育", "文化", "体育", "教育文化"),
    ),
    "ENER": ("Energy", ("energy", "能源")),
    "ENVI": ("Environment", ("environment", "环境", "生态环境", "资源环境")),
    "GOVE": ("Government and public sector", ("government", "city government", "政府", "政务")),
    "HEAL": ("Health", ("health", "卫生", "健康", "医疗卫生", "卫生健康")),
    "JUST": (
        "Justice, legal system and public safety",
        ("justice", "public safety", "司法", "公共安全", "法律服务"),
    ),
    "REGI": ("Regions and cities", ("regions", "divisions", "行政区划", "城建住房")),
    "SOCI": (
        "Population and society",
        ("population", "society", "employment", "social services", "人口", "社会", "就业"),
    ),
    "TECH": ("Science and technology", ("science", "technology", "科技", "科技创新")),
    "TRAN": ("Transport", ("transport", "transportation", "交通", "交通运输")),
}
_THEME_CODES = {word: code for code, (_, words) in _THEMES.items() for word in words}

_CREATIVE_COMMONS = re.compile(
    r"https?://(?:www\.)?creativecommons\.org/licenses/"
    r"(by(?:-nc)?(?:-nd|-sa)?)/(1\.0|2\.0|2\.5|3\.0|4\.0)/?(?:legalcode|deed)?(?:\.[a-z]{2})?/?"
)
_LICENCES: Mapping[str, str] = {
    "creativecommons.org/publicdomain/zero/1.0": "CC0",
    "creativecommons.org/publicdomain/mark/1.0": "CC_PDM_1_0",
    "opendatacommons.org/licenses/odbl/1.0": "ODC_BL",
    "opendatacommons.org/licenses/by/1.0": "ODC_BY",
    "opendatacommons.org/licenses/pddl/1.0": "ODC_PDDL",
}


def frequency(cycle: UpdateCycle) -> str:
    return f"{AUTHORITY}frequency/{FREQUENCIES[cycle]}"


def access_right(level: str, share_type: ShareType | None) -> str:
    """What the listing it came from said of the public, else what follows from sharing; or nothing."""
    code = ACCESS_BY_LEVEL.get(level.casefold())
    if code is None and share_type is not None:
        code = ACCESS_BY_SHARING[share_type]
    return f"{AUTHORITY}access-right/{code}" if code else ""


def file_type(words: str) -> str:
    """The file type that one word or media type names; nothing for several or an unknown one."""
    code = _FILE_TYPES.get(words.strip().removeprefix(".").casefold())
    return f"{AUTHORITY}file-type/{code}" if code else ""


def data_theme(theme: str) -> tuple[str, str] | None:
    """The EU's theme with its label; None for a theme that is in no obvious one of them."""
    code = _THEME_CODES.get(theme.strip().casefold())
    return (f"{AUTHORITY}data-theme/{code}", _THEMES[code][0]) if code else None


def licence(address: str) -> str:
    """The EU's IRI of a licence that is named by its own address; nothing for any other."""
    if address.startswith(f"{AUTHORITY}licence/"):
        return address
    known = _CREATIVE_COMMONS.fullmatch(address)
    if known:
        kind, version = known[1].split("-"), known[2].replace(".", "_")
        return f"{AUTHORITY}licence/CC_{''.join(kind).upper()}_{version}"
    code = _LICENCES.get(re.sub(r"^https?://(www\.)?", "", address).rstrip("/"))
    return f"{AUTHORITY}licence/{code}" if code else ""
