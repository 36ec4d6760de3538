"""A small town: two departments that share, an overseer, one contract, one dataset. All invented."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bureau import Bureau
from core.clock import FixedClock

FILES = {
    "divisions.yaml": """
kind: Division
items:
  - {code: "44", name_zh: 广东省, level: province}
  - {code: "4403", name_zh: 深圳市, name_en: Shenzhen, level: city, parent: "44"}
  - {code: "440305", name_zh: 南山区, level: district, parent: "4403"}
""",
    "departments.yaml": """
kind: Department
items:
  - {code: data, name_zh: 数据局, kind: authority, division: "4403"}
  - {code: water, name_zh: 水务局, name_en: Water, division: "4403", roles: [supplier]}
  - {code: parks, name_zh: 公园局, name_en: Parks, division: "440305", roles: [supplier]}
  - {code: audit, name_zh: 审计局, kind: audit, division: "4403"}
""",
    "people.yaml": """
kind: Person
items:
  - {code: steward.water, name: 甲, department: water, roles: [steward]}
  - {code: approver.water, name: 乙, department: water, roles: [approver]}
  - {code: steward.parks, name: 丙, department: parks, roles: [steward]}
  - {code: requester.parks, name: 丁, department: parks, roles: [requester]}
  - {code: both.parks, name: 戊, department: parks, roles: [requester, approver]}
  - {code: both.water, name: 己, department: water, roles: [requester, approver]}
  - {code: operator.data, name: 庚, department: data, roles: [operator]}
  - {code: authority.data, name: 辛, department: data, roles: [authority]}
  - {code: auditor.audit, name: 壬, department: audit, roles: [auditor]}
""",
    "applications.yaml": """
kind: Application
items:
  - {code: lawns, name_zh: 草坪养护, department: parks}
  - {code: ponds, name_zh: 池塘管理, department: parks}
""",
    "rules.yaml": """
kind: ProvisionRule
items:
  - code: readings
    item: meter-readings
    title_zh: 水表读数
    legal_ground: 政务数据共享条例第十二条
    roles: [supplier]
    exempt: [parks]
    theme: water
    start: 2025-08-01
  - code: leaks
    item: leak-reports
    title_zh: 漏水报告
    legal_ground: 政务数据共享条例第十二条
    departments: [water]
    theme: water
    start: 2025-08-01
""",
    "contract.yaml": """
apiVersion: v3.1.0
kind: DataContract
id: meters
version: 1.0.0
name: Meters
status: active
description:
  purpose: Readings of public water meters
schema:
  - name: meters
    description: One row a meter and day
    properties:
      - name: meter
        businessName: 水表
        description: Number of the meter
        logicalType: string
        required: true
        primaryKey: true
        primaryKeyPosition: 1
        logicalTypeOptions: {pattern: "^M[0-9]{3}$"}
      - name: day
        businessName: 日期
        description: Day of the reading
        logicalType: date
        required: true
        primaryKey: true
        primaryKeyPosition: 2
      - name: litres
        businessName: 升
        description: Litres since the last reading
        logicalType: integer
        logicalTypeOptions: {minimum: 0, maximum: 100000}
      - name: keeper
        businessName: 负责人
        description: Who reads the meter
        logicalType: string
        classification: personal
""",
    "datasets.yaml": """
kind: Dataset
items:
  - code: meters
    title_zh: 公共水表读数
    title_en: Public water meters
    summary: 每日水表读数
    provider: water
    format: csv
    update_cycle: daily
    share_type: conditional
    share_mode: file
    use_conditions: 共享范围：全市各部门；使用用途：履行职责
    resource_class: thematic
    grade: general
    theme: water
    keywords: [水表, 节水]
    responsibility: {source: water, provider: water, authority: data, operator: data}
    fulfils: meter-readings
    contract: meters
""",
}

GOOD = """meter,day,litres,keeper
M001,2026-03-01,120,王芳
M001,2026-03-02,130,王芳
M002,2026-03-01,90,李雷
M003,2026-03-01,,李雷
"""

BAD = """meter,day,litres,keeper
M001,2026-03-01,120,王芳
M001,2026-03-01,130,王芳
X2,2026-03-01,NaN,李雷
M003,2026-03-01,-5,李雷
M004,2026-03-01,7,李雷
"""
"""Row 2 repeats the key of row 1; row 3 has a wrong number and no litres; row 4 is below zero."""


def write_registry(folder: Path, **changes: str) -> Path:
    """The town's documents in `folder`; `changes` replace files (named without .yaml) or add some."""
    folder.mkdir(parents=True, exist_ok=True)
    files = FILES | {f"{name}.yaml": text for name, text in changes.items()}
    for name, text in files.items():
        (folder / name).write_text(text, "utf-8")
    return folder


@contextmanager
def copied(source: Path, home: Path, clock: FixedClock) -> Iterator[Bureau]:
    """A workspace that is a copy of another one, open."""
    shutil.copytree(source, home)
    bureau = Bureau.open(home, clock=clock)
    yield bureau
    bureau.close()
