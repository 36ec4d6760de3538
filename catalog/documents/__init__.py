"""The registry as a folder of YAML files: reading, checking, writing."""

from catalog.documents.checking import check_registry, uscc_fault
from catalog.documents.decree import NINE_FIELDS, lacks, regulated_changes
from catalog.documents.fields import KINDS, Item
from catalog.documents.reading import examine_registry, load_registry, read_registry
from catalog.documents.registry import Known, Placed, Registry
from catalog.documents.writing import to_document

__all__ = [
    "KINDS",
    "NINE_FIELDS",
    "Item",
    "Known",
    "Placed",
    "Registry",
    "check_registry",
    "examine_registry",
    "lacks",
    "load_registry",
    "read_registry",
    "regulated_changes",
    "to_document",
    "uscc_fault",
]
