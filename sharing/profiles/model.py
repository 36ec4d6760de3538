"""A policy profile: the law's limits and settings as values, each with the ground it stands on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from functools import cached_property
from typing import TypeAlias

from catalog.model import Grade
from catalog.naming import check_code
from catalog.nearest import did_you_mean
from core.canonical import Json, content_hash
from core.errors import InvalidInput
from sharing.profiles.thresholds import Light, Target

Value: TypeAlias = "bool | int | str | tuple[str, ...]"


class Unit(StrEnum):
    WORKING_DAYS = "working_days"
    HOURS = "hours"
    YEARS = "years"


class Party(StrEnum):
    """Who consents to an extension, or is told of it."""

    REQUESTER = "requester"
    PROVIDER = "provider"
    AUTHORITY = "authority"
    GOVERNMENT = "government"


class LimitName(StrEnum):
    """The limits that every profile has; programs ask for no others."""

    CATALOGUE_UPDATE = "catalogue_update"
    CATALOGUE_REVIEW = "catalogue_review"
    RECEIPT = "receipt"
    REPLY_UNCONDITIONAL = "reply_unconditional"
    REPLY_CONDITIONAL = "reply_conditional"
    DELIVER = "deliver"
    CORRECTION = "correction"
    RECORD_RETENTION = "record_retention"
    SUPPLEMENT = "supplement"
    DISPUTE = "dispute"
    RECTIFICATION = "rectification"
    DISPOSAL = "disposal"
    RETURN_FLOW = "return_flow"
    UNCATALOGUED_NEED = "uncatalogued_need"
    EMERGENCY_GRANT = "emergency_grant"
    EMERGENCY_REVIEW = "emergency_review"


SETTINGS: Mapping[str, type] = {
    "count_receipt_day": bool,
    "clock_stops_for_supplement": bool,
    "extension_applies_to_unconditional": bool,
    "unconditional_agreed_at_once": bool,
    "grant_review_months": int,
    "grant_dormant_days": int,
    "renewal_ends_on": str,
    "delivery_modes": tuple,
    "request_content": tuple,
    "not_shared_bases": tuple,
    "request_approved_by": tuple,
    "reply_approved_by": tuple,
    "suspended_by": tuple,
    "dispute_tiers": tuple,
    "dispute_objection_days": int,
    "usage_records": tuple,
    "usage_records_read_by": tuple,
    "second_approver_for": tuple,
    "delegation_days": int,
    "sensitive_together": tuple,
    "purposes": tuple,
}
"""The settings that every profile has, each of one type. A city may add others."""

PERSONAL = "personal"
"""Beside grades: columns that a contract classifies as personal."""

CHOICES: Mapping[str, tuple[str, ...]] = {
    "renewal_ends_on": ("month", "quarter"),
    "second_approver_for": (*(grade.value for grade in Grade), PERSONAL),
}
"""The words that a setting may have, where it may not have any."""

MAX_NUMBER = 1000
_SPOKEN: Mapping[type, str] = {bool: "true or false", int: "a whole number", str: "a word"}


def setting_fault(name: str, value: Value) -> str:
    """What is wrong with the value of one of `SETTINGS`, or nothing."""
    kind = SETTINGS[name]
    if type(value) is not kind:
        return f"is not {_SPOKEN.get(kind, 'a list of words')}"
    if isinstance(value, int) and kind is int and not 1 <= value <= MAX_NUMBER:
        return f"is {value}: write 1 to {MAX_NUMBER}"
    if isinstance(value, str) and value not in CHOICES[name]:
        return f"is '{value}'; known: {', '.join(CHOICES[name])}"
    if isinstance(value, tuple):
        return _words_fault(name, value)
    return ""


def datasets_together(text: str) -> tuple[str, ...]:
    """The codes in one of `sensitive_together`, as "a + b"."""
    return tuple(part.strip() for part in text.split("+"))


def _words_fault(name: str, value: tuple[str, ...]) -> str:
    known = CHOICES.get(name)
    for word in value:
        if known is not None and word not in known:
            return f"has '{word}'{did_you_mean(word, known)}"
        if name == "sensitive_together" and not _is_set(datasets_together(word)):
            return f"has '{word}': write codes of two datasets or more, as 'a + b'"
    return ""


def _is_set(codes: tuple[str, ...]) -> bool:
    try:
        return len({check_code(code, "dataset") for code in codes}) == len(codes) > 1
    except InvalidInput:
        return False


def dispute_fault(profile: Profile) -> str:
    """What is wrong where a decision cannot be confirmed in time, whenever it is made; or nothing."""
    days, limit = profile.number("dispute_objection_days"), profile.limit(LimitName.DISPUTE)
    if days < limit.days:
        return ""
    return (
        f"is {days}, and the decision is confirmed after these, within the {limit.days} working days"
        " of limits.dispute: let them be fewer, or the limit longer"
    )


class Source(StrEnum):
    DECREE = "decree"
    LAW = "law"
    SETTING = "setting"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What a value stands on, and the `profile` that set it.

    `article` is that of the Decree, `law` what a city cites beside it; `why` explains a choice.
    """

    profile: str
    article: str = ""
    law: str = ""
    why: str = ""

    @property
    def source(self) -> Source:
        if self.law:
            return Source.LAW
        return Source.DECREE if self.article else Source.SETTING

    def __str__(self) -> str:
        return f"Art. {self.article}" if self.article else "the setting"


@dataclass(frozen=True, slots=True, kw_only=True)
class Extension:
    """By how much a limit can be extended at most, in the limit's unit."""

    amount: int
    consent: Party
    told: tuple[Party, ...]
    ground: Ground


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """`at_least` is a time that must pass, as of keeping records; any other must not be passed."""

    name: str
    title_zh: str
    title_en: str
    amount: int
    unit: Unit
    at_least: bool
    extension: Extension | None
    ground: Ground

    @property
    def days(self) -> int:
        """The limit in working days; raises TypeError for one that has another unit."""
        if self.unit is not Unit.WORKING_DAYS:
            raise TypeError(f"{self.name} is counted in {self.unit}")
        return self.amount


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    name: str
    title_zh: str
    title_en: str
    value: Value
    ground: Ground


@dataclass(frozen=True, kw_only=True)
class Profile:
    """`extends` names the profile below it; the national one extends none."""

    name: str
    extends: str
    title_zh: str
    title_en: str
    effective: date
    limits: Mapping[str, Limit]
    settings: Mapping[str, Setting]
    lights: Mapping[str, Light]
    targets: Mapping[str, Target]

    def limit(self, name: str) -> Limit:
        """One of `LimitName`. An extension that a setting rules out is not there."""
        limit = self.limits[name]
        if name == LimitName.REPLY_UNCONDITIONAL and not self.flag(
            "extension_applies_to_unconditional"
        ):
            return replace(limit, extension=None)
        return limit

    def flag(self, name: str) -> bool:
        """A setting that is yes or no."""
        value = self.settings[name].value
        if not isinstance(value, bool):
            raise TypeError(f"{name} is neither yes nor no")
        return value

    def number(self, name: str) -> int:
        """A setting that is a whole number, 1 or more."""
        value = self.settings[name].value
        if type(value) is not int:
            raise TypeError(f"{name} is no whole number")
        return value

    def word(self, name: str) -> str:
        """A setting that is one of the words that `CHOICES` lists."""
        value = self.settings[name].value
        if not isinstance(value, str):
            raise TypeError(f"{name} is no word")
        return value

    def words(self, name: str) -> tuple[str, ...]:
        """A setting that is a list."""
        value = self.settings[name].value
        if not isinstance(value, tuple):
            raise TypeError(f"{name} is no list")
        return value

    @cached_property
    def version(self) -> str:
        """The hash of all that binds; profiles that differ in titles and reasons alone share it."""
        return content_hash(
            {
                "profile": self.name,
                "extends": self.extends,
                "effective": self.effective.isoformat(),
                "limits": {name: _limit_json(self.limit(name)) for name in self.limits},
                "settings": {
                    name: [setting.value, setting.ground.article, setting.ground.law]
                    for name, setting in self.settings.items()
                },
            }
        )


def _limit_json(limit: Limit) -> Json:
    return {
        "amount": limit.amount,
        "unit": limit.unit.value,
        "at_least": limit.at_least,
        "article": limit.ground.article,
        "law": limit.ground.law,
        "extension": _extension_json(limit.extension) if limit.extension else None,
    }


def _extension_json(extension: Extension) -> Json:
    return {
        "amount": extension.amount,
        "consent": extension.consent.value,
        "told": [party.value for party in extension.told],
        "law": extension.ground.law,
    }
