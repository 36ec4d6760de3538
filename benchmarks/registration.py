"""How many datasets a second `bureau apply` registers: the whole act, as the command does it.

    python -m benchmarks.registration --datasets 10000

Reading the YAML, every check, the rows, one ledger entry a dataset and the search index, in one
transaction. Twice: as lists of items, and as one file a dataset; then each folder once more, when
nothing is left to change. Prints one JSON document.
"""

from __future__ import annotations

import argparse
import json
import random
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.measuring import counted, machine
from bureau import Bureau
from catalog.model import Dataset

DEPARTMENTS = 60
A_FILE = 500
"""Datasets in one file of a list: near the megabyte that a document may have."""
FOUNDATION = """\
kind: Division
items:
  - {code: "4403", name_zh: 深圳市, level: city}
---
kind: Person
items:
  - {code: operator, name: 某, department: department-0, roles: [operator]}
---
kind: Department
items:
"""
_TEXT = (
    "道路交通流量空气质量水质监测企业登记许可社保缴费学校学位医院门诊住房租赁土地规划地铁客流"
    "公交线路停车执法案件养老机构气象预警用电用水税收信用"
)
WORDS = [_TEXT[start : start + 2] for start in range(0, len(_TEXT), 2)]
THEMES = ("transport", "health", "environment", "economy", "education", "housing")


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--datasets", type=int, default=10_000)
    given = options.parse_args()
    result: dict[str, Any] = {"machine": machine(), "datasets": given.datasets}
    for mode, size in (("items lists", A_FILE), ("one file a dataset", 1)):
        with tempfile.TemporaryDirectory() as folder:
            result[mode] = measure(Path(folder), given.datasets, size)
    print(json.dumps(result, indent=2, ensure_ascii=False))


def measure(folder: Path, datasets: int, a_file: int) -> dict[str, Any]:
    foundation, registry = folder / "foundation", folder / "registry"
    write_foundation(foundation)
    files = write_datasets(registry, datasets, a_file)
    Bureau.create(folder / "workspace").apply(foundation)
    bureau = Bureau.open(folder / "workspace", actor="operator")
    try:
        first = counted(datasets, lambda: bureau.apply(registry))
        again = counted(datasets, lambda: bureau.apply(registry))
        registered = len(bureau.list_items(Dataset))
        entries = bureau.ledger_head().size
    finally:
        bureau.close()
    return {
        "files": files,
        "registered": registered,
        "ledger_entries": entries,
        "apply": first,
        "apply again": again,
    }


def write_foundation(folder: Path) -> None:
    folder.mkdir()
    departments = "".join(
        f'  - {{code: department-{number}, name_zh: 第{number}局, division: "4403"}}\n'
        for number in range(DEPARTMENTS)
    )
    for number, document in enumerate((FOUNDATION + departments).split("---\n")):
        (folder / f"{number}.yaml").write_text(document, "utf-8")


def write_datasets(folder: Path, datasets: int, a_file: int) -> int:
    """How many files were written."""
    folder.mkdir()
    chance = random.Random(809)
    entries = [_entry(number, chance) for number in range(datasets)]
    starts = range(0, datasets, a_file)
    for start in starts:
        text = "kind: Dataset\nitems:\n" + "".join(entries[start : start + a_file])
        (folder / f"{start:06}.yaml").write_text(text, "utf-8")
    return len(starts)


def _entry(number: int, chance: random.Random) -> str:
    """A published entry with the nine fields of Decree 809 Art. 13, as a department writes one."""
    return "\n".join(_lines(number, chance)) + "\n"


def _lines(number: int, chance: random.Random) -> Iterator[str]:
    department = f"department-{number % DEPARTMENTS}"
    title = "".join(chance.sample(WORDS, 4))
    yield f"  - code: dataset-{number}"
    yield f"    title_zh: {title}信息 {number}"
    yield f"    title_en: Records number {number} of {department}"
    yield f"    summary: 本目录记录{'、'.join(chance.sample(WORDS, 10))}等情况，按规定更新。"
    yield f"    items: [{', '.join(chance.sample(WORDS, 12))}]"
    yield f"    provider: {department}"
    yield "    format: CSV"
    yield f"    update_cycle: {chance.choice(('daily', 'monthly', 'annual'))}"
    yield f"    share_type: {chance.choice(('conditional', 'unconditional'))}"
    yield "    share_mode: file"
    yield "    use_conditions: 共享范围：本市各部门；使用用途：履行职责"
    yield "    resource_class: departmental"
    yield "    grade: general"
    yield f"    theme: {chance.choice(THEMES)}"
    yield f"    keywords: [{', '.join(chance.sample(WORDS, 3))}]"
    yield "    facets: {domain: [service, economy]}"
    yield (
        f"    responsibility: {{source: {department}, provider: {department},"
        " authority: department-0, operator: department-0}"
    )


if __name__ == "__main__":
    main()
