"""What a department has to do, in plain words: how many of what, and where to look."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Sort(StrEnum):
    """In the order in which they are listed. `unknown` is the platform's fault, not the department's."""

    OVERDUE = "overdue"
    FAILING = "failing"
    DUE = "due"
    UNANSWERED = "unanswered"
    UNUSED = "unused"
    UNKNOWN = "unknown"

    @property
    def own(self) -> bool:
        """Whether it counts against the department."""
        return self is not Sort.UNKNOWN


SORTS: dict[Sort, tuple[str, str]] = {
    Sort.OVERDUE: ("已逾期", "overdue"),
    Sort.FAILING: ("未通过", "failing"),
    Sort.DUE: ("待办", "to be done"),
    Sort.UNANSWERED: ("待答复", "unanswered"),
    Sort.UNUSED: ("未使用", "unused"),
    Sort.UNKNOWN: ("未知（平台原因）", "unknown, for the platform failed"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """One thing that somebody has to see to. `whose` is a department, or a role that any may have."""

    whose: str
    sort: Sort
    title_zh: str
    title_en: str
    look: str
    """The command that shows it, {subject} in it for one alone."""
    subject: str
    name: str = ""
    """Of matters that are looked at one by one: by it the list of several is found."""
    due_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskLine:
    """Matters of one sort and one title, as one line."""

    whose: str
    sort: Sort
    title_zh: str
    title_en: str
    look: str
    name: str
    subjects: tuple[str, ...]
    first_due: date | None
    """The day on which the first of them is or was due; None where none has a day."""

    @property
    def count(self) -> int:
        return len(self.subjects)


def task_lines(matters: Iterable[Matter]) -> list[TaskLine]:
    """One line for what is alike, by department, then what is most pressing."""
    alike: defaultdict[tuple[str, Sort, str, str, str, str], list[Matter]] = defaultdict(list)
    for one in matters:
        alike[one.whose, one.sort, one.title_zh, one.title_en, one.look, one.name].append(one)
    lines = [_line(found) for found in alike.values()]
    order = {sort: place for place, sort in enumerate(Sort)}
    return sorted(
        lines,
        key=lambda one: (one.whose, order[one.sort], one.first_due or date.max, one.title_en),
    )


def _line(alike: list[Matter]) -> TaskLine:
    first = min(alike, key=lambda one: (one.due_on or date.max, one.subject))
    days = [one.due_on for one in alike if one.due_on is not None]
    subjects = tuple(sorted({one.subject for one in alike}))
    return TaskLine(
        whose=first.whose,
        sort=first.sort,
        title_zh=first.title_zh,
        title_en=first.title_en,
        look=_look(first, subjects),
        name=first.name,
        subjects=subjects,
        first_due=min(days, default=None),
    )


def _look(first: Matter, subjects: tuple[str, ...]) -> str:
    """What shows the one, or lists exactly the several."""
    if first.name and len(subjects) > 1:
        return f"bureau supervision tasks --department {first.whose} --only {first.name}"
    return first.look.format(subject=first.subject.partition(":")[2] or first.subject)


def one_by_one(matters: Iterable[Matter], name: str) -> list[TaskLine]:
    """A line for each matter of a name."""
    named = sorted((one for one in matters if one.name == name), key=lambda one: one.subject)
    return [line for one in named for line in task_lines([one])]
