"""The acts of a data bureau. `from bureau import Bureau` is the whole Python interface.

The names are loaded when they are asked for, because everything below them costs start-up time.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bureau.app import (
        Bureau,
        DeliveryOrder,
        ImportDefaults,
        ImportFormat,
        NewRequest,
        ReadOrder,
        Receipt,
    )

__all__ = [
    "Bureau",
    "DeliveryOrder",
    "ImportDefaults",
    "ImportFormat",
    "NewRequest",
    "ReadOrder",
    "Receipt",
]


def __getattr__(name: str) -> Any:
    if name in __all__:
        return getattr(import_module("bureau.app"), name)
    raise AttributeError(f"module 'bureau' has no attribute {name!r}")
