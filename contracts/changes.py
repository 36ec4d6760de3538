"""What the readers of a table lose when one version of its contract follows another."""

from __future__ import annotations

from operator import gt, lt

from contracts.columns import columns_of
from contracts.model import Property, Schema

_BOUNDS = {
    "minimum": gt,
    "exclusiveMinimum": gt,
    "minLength": gt,
    "maximum": lt,
    "exclusiveMaximum": lt,
    "maxLength": lt,
}
"""Options of a column, each with how a narrower value compares with a wider one."""


def losses(old: Schema, new: Schema) -> dict[str, str]:
    """The columns of `old` that `new` does not give as they were, each with what becomes of it.

    A column is lost when it is gone (or has another name), and narrowed when its type or format is
    another, or when values that it could hold are none any more. More columns, and wider ones, are
    no loss.
    """
    kept = {prop.name: prop for prop in new.properties}
    types = {column.name: column.type for column in columns_of(new)}
    found = {}
    for column, prop in zip(columns_of(old), old.properties, strict=True):
        if prop.name not in kept:
            found[prop.name] = "is gone"
        elif types[prop.name] is not column.type:
            found[prop.name] = f"becomes {types[prop.name]}"
        elif narrower := _narrower(prop, kept[prop.name]):
            found[prop.name] = narrower
    return found


def _narrower(old: Property, new: Property) -> str:
    """How fewer values fit than before; empty where they do not."""
    if old.options.get("format") != new.options.get("format"):
        return f"has another format: {new.options.get('format') or 'none'}"
    if new.enum and not old.enum:
        return "takes listed values alone"
    if new.enum and (gone := sorted(set(old.enum) - set(new.enum))):
        return f"loses {', '.join(gone)}"
    for name, narrows in _BOUNDS.items():
        before, after = old.options.get(name), new.options.get(name)
        if after is not None and (before is None or narrows(after, before)):
            return f"has another {name}: {after}"
    return ""
