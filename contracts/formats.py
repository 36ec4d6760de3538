"""The string formats that a contract can name under `logicalTypeOptions.format`.

Each format is data: a pattern, and for identifiers with a check digit its weights, so that an
engine can decide a whole column at once. A pattern is written in the syntax that ECMAScript, RE2,
Java and Python read alike and must match the whole text. `is_valid` is the arbiter.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import cache

from core.errors import NotFound


@dataclass(frozen=True, slots=True)
class Checksum:
    """Sum of weight times place in `alphabet` over all characters, modulo `modulus`, is `remainder`.

    The check character is the last one and has weight 1.
    """

    alphabet: str
    weights: tuple[int, ...]
    modulus: int
    remainder: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedFormat:
    name: str
    title_zh: str
    title_en: str
    description: str
    pattern: str = ""
    """Empty where the format restricts nothing that can be checked."""
    checksum: Checksum | None = None
    date_start: int | None = None
    """1-based position of eight digits yyyyMMdd that must be a date of the calendar."""
    identifier: bool = False
    """Whether the values name people, bodies or places, so that a profile looks for the format."""
    personal: bool = False
    """Whether the values name people, so that samples do not show them."""


# First two digits of GB/T 2260; 83 begins the numbers of residence permits for Taiwan residents.
_PROVINCE = "(?:1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3])"
_OCTET = "(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])"
_IPV4 = rf"{_OCTET}(?:\.{_OCTET}){{3}}"
_LABEL = "[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_HOST = rf"{_LABEL}(?:\.{_LABEL})*"
_ATOM = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def _ipv6() -> str:
    """RFC 4291: eight groups, or fewer with one `::`, the last two possibly as IPv4."""
    group = "[0-9A-Fa-f]{1,4}"
    tail = f"(?:{group}:{group}|{_IPV4})"
    forms = [f"(?:{group}:){{6}}{tail}"]
    for left in range(8):
        before = f"(?:{group}(?::{group}){{0,{left - 1}}})?" if left else ""
        right = 7 - left
        after = [f"(?:{group}:){{0,{right - 2}}}{tail}"] if right > 1 else []
        after += [group] if right else []
        forms.append(f"{before}::(?:{'|'.join(after)})?" if after else f"{before}::")
    return "|".join(forms)


_ALL = (
    NamedFormat(
        name="cn-uscc",
        title_zh="统一社会信用代码",
        title_en="unified social credit code",
        description="18 characters of GB 32100-2015 with a check character, modulo 31",
        pattern=f"^[0-9ANY][0-9]{{7}}[{_USCC_ALPHABET}]{{10}}$",
        checksum=Checksum(
            alphabet=_USCC_ALPHABET,
            weights=(1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28, 1),
            modulus=31,
            remainder=0,
        ),
        identifier=True,
    ),
    NamedFormat(
        name="cn-resident-id",
        title_zh="公民身份号码",
        title_en="resident identity number",
        description="18 characters of GB 11643-1999: province, date of birth, check digit modulo 11",
        pattern=f"^{_PROVINCE}[0-9]{{15}}[0-9X]$",
        checksum=Checksum(
            alphabet="0123456789X",
            weights=(7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2, 1),
            modulus=11,
            remainder=1,
        ),
        date_start=7,
        identifier=True,
        personal=True,
    ),
    NamedFormat(
        name="cn-division-code",
        title_zh="行政区划代码",
        title_en="administrative division code",
        description="GB/T 2260 and 10114: 2 (province), 4, 6 (county), 9 (street) or 12 digits",
        pattern=f"^{_PROVINCE}(?:[0-9]{{2}}(?:[0-9]{{2}}(?:[0-9]{{3}}(?:[0-9]{{3}})?)?)?)?$",
        identifier=True,
    ),
    NamedFormat(
        name="email",
        title_zh="电子邮件地址",
        title_en="e-mail address",
        description="name@host in ASCII letters",
        pattern=rf"^{_ATOM}(?:\.{_ATOM})*@{_LABEL}(?:\.{_LABEL})+$",
    ),
    NamedFormat(
        name="uuid",
        title_zh="通用唯一标识符",
        title_en="UUID",
        description="RFC 9562, 32 hexadecimal digits in five groups",
        pattern="^[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}$",
    ),
    NamedFormat(
        name="uri",
        title_zh="统一资源标识符",
        title_en="URI",
        description="RFC 3986 with a scheme, ASCII without blanks",
        pattern="^[A-Za-z][A-Za-z0-9+.-]*:(?:[A-Za-z0-9._~:/?#\\[\\]@!$&'()*+,;=-]|%[0-9A-Fa-f]{2})+$",
    ),
    NamedFormat(
        name="hostname",
        title_zh="主机名",
        title_en="host name",
        description="RFC 1123 labels of at most 63 letters, digits and hyphens",
        pattern=f"^{_HOST}$",
    ),
    NamedFormat(
        name="ipv4",
        title_zh="IPv4 地址",
        title_en="IPv4 address",
        description="four numbers to 255 without leading zeros",
        pattern=f"^{_IPV4}$",
    ),
    NamedFormat(
        name="ipv6",
        title_zh="IPv6 地址",
        title_en="IPv6 address",
        description="RFC 4291 without a zone",
        pattern=f"^(?:{_ipv6()})$",
    ),
    NamedFormat(
        name="byte",
        title_zh="Base64 文本",
        title_en="Base64 text",
        description="RFC 4648 section 4, padded",
        pattern="^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$",
    ),
    NamedFormat(
        name="binary",
        title_zh="二进制数据",
        title_en="binary data",
        description="any bytes: nothing is checked",
    ),
    NamedFormat(
        name="password",
        title_zh="口令",
        title_en="password",
        description="any text, never shown: nothing is checked",
    ),
)

FORMATS = {named.name: named for named in _ALL}


def get_format(name: str) -> NamedFormat:
    """The format of that name; raises NotFound."""
    if name not in FORMATS:
        raise NotFound("string format", name, hint=f"the formats are {', '.join(FORMATS)}")
    return FORMATS[name]


def is_valid(name: str, value: str) -> bool:
    """Whether `value`, to the letter, has the format `name`; raises NotFound for an unknown one."""
    named = get_format(name)
    if named.pattern and not _compiled(named.pattern).fullmatch(value):
        return False
    if name == "cn-uscc":
        from stdnum.cn import uscc

        return bool(uscc.calc_check_digit(value[:-1]) == value[-1])
    if name == "cn-resident-id":
        from stdnum.cn import ric

        return bool(ric.calc_check_digit(value) == value[-1]) and _is_date(value[6:14])
    return True


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


def _is_date(digits: str) -> bool:
    try:
        date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return False
    return True
