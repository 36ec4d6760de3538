"""Chinese identifiers that a profile looks for, by the names that contracts give them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from stdnum.cn import ric, uscc

# First two digits of GB/T 2260; 83 begins the numbers of residence permits for Taiwan residents.
_DIVISION = re.compile(
    "(1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3])([0-9]{2}){0,2}|"
    "(1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3])[0-9]{4}([0-9]{3}){1,2}"
)
_RESIDENT = re.compile("[0-9]{17}[0-9X]")
_USCC = re.compile("[0-9A-Z]{18}")

IDENTIFIERS: Mapping[str, Callable[[str], bool]] = {
    "cn-uscc": lambda text: bool(_USCC.fullmatch(text) and uscc.is_valid(text)),
    "cn-resident-id": lambda text: bool(_RESIDENT.fullmatch(text) and ric.is_valid(text)),
    "cn-division-code": lambda text: bool(_DIVISION.fullmatch(text)),
}
