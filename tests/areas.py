"""What the small town of tests/town.py needs for return-flow: streets, districts, and their data."""

from __future__ import annotations

from pathlib import Path

from bureau import Bureau, DeliveryOrder

DOCUMENTS = {
    "divisions.yaml": """
kind: Division
items:
  - {code: "440304", name_zh: 福田区, level: district, parent: "4403"}
  - {code: "440305001", name_zh: 南头街道, level: street, parent: "440305"}
  - {code: "440305002", name_zh: 南山街道, level: street, parent: "440305"}
""",
    "departments.yaml": """
kind: Department
items:
  - {code: street, name_zh: 南头街道办, division: "440305001"}
  - {code: futian, name_zh: 福田区政府, kind: government, division: "440304"}
""",
    "people.yaml": """
kind: Person
items:
  - {code: requester.street, name: 子, department: street, roles: [requester]}
  - {code: requester.futian, name: 丑, department: futian, roles: [requester]}
  - {code: approver.parks, name: 寅, department: parks, roles: [approver]}
  - {code: authority.parks, name: 卯, department: parks, roles: [authority, requester]}
""",
    "applications.yaml": """
kind: Application
items:
  - {code: grid, name_zh: 网格, department: street}
  - {code: desk, name_zh: 办事, department: futian}
""",
    "datasets.yaml": """
kind: Dataset
items:
  - code: shops
    title_zh: 商户
    provider: water
    format: csv
    update_cycle: daily
    share_type: conditional
    share_mode: file
    use_conditions: 共享范围：全市各部门；使用用途：履行职责
    resource_class: thematic
    grade: general
    theme: water
    responsibility: {source: water, provider: water, authority: data, operator: data}
    contract: shops
  - code: benches
    title_zh: 长椅
    provider: parks
    format: csv
    update_cycle: daily
    share_type: unconditional
    share_mode: file
    use_conditions: 履行职责需要即可使用
    resource_class: thematic
    grade: general
    theme: water
    responsibility: {source: parks, provider: parks, authority: data, operator: data}
    contract: benches
""",
}
CONTRACT = """
kind: DataContract
apiVersion: v3.2.0
id: {id}
version: {version}
status: active
schema:
  - name: {id}
    physicalType: file
    properties:
      - {{name: no, logicalType: string, required: true}}
      - {{name: district, logicalType: string}}
      - {{name: street, logicalType: string}}
      - {{name: number, logicalType: integer}}
      - {{name: owner, logicalType: string, classification: personal}}
      - {{name: opened, logicalType: date}}
{more}
"""
SHOPS = """no,district,street,number,owner,opened
1,440305,440305001,440305,甲,2026-01-01
2,440305,440305001,440305,乙,2026-01-01
3,440305,440305002,440305,丙,2026-01-01
4,440305,440305777,440305,丁,2026-01-01
5,440304,440304009,440304,戊,2026-01-01
6,,,,己,2026-01-01
7,449999,449999001,449999,庚,2026-01-01
8,4403,4403,4403,辛,2026-01-01
"""
"""Four shops of Nanshan, one of Futian, one without a code, one of nowhere, one of the whole city."""


def contract(name: str, version: str = "1.0.0", more: str = "") -> str:
    return CONTRACT.format(id=name, version=version, more=more)


def write_areas(folder: Path) -> Path:
    """The documents in `folder`, to be applied on top of the town."""
    folder.mkdir()
    for name, text in DOCUMENTS.items():
        (folder / name).write_text(text, "utf-8")
    for dataset in ("shops", "benches"):
        (folder / f"{dataset}.yaml").write_text(contract(dataset), "utf-8")
    return folder


def deliver(town: Bureau, path: Path, text: str = SHOPS, *, dataset: str = "shops") -> None:
    path.write_text(text, "utf-8")
    town.acting_as("operator.data").deliver(DeliveryOrder(dataset=dataset, path=path))
