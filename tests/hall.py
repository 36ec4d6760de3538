"""Public services beside the small town: what a city hall asks people for, and who has it already.

Named after real services of Shenzhen and their forms; departments' codes and all data are invented.
"""

from __future__ import annotations

from pathlib import Path

from bureau import Bureau

_ENTRY = """
    format: csv
    update_cycle: daily
    share_mode: file
    use_conditions: 共享范围：全市各部门；使用用途：办理政务服务
    resource_class: basic
    grade: general
"""

FILES = {
    "departments.yaml": """
kind: Department
items:
  - {code: police, name_zh: 公安局, division: "4403"}
  - {code: insurance, name_zh: 社会保险基金管理局, division: "4403"}
  - {code: housing, name_zh: 住房和建设局, division: "4403"}
  - {code: schools, name_zh: 教育局, division: "4403"}
  - {code: market, name_zh: 市场监督管理局, division: "4403"}
  - {code: civil, name_zh: 民政局, division: "4403"}
  - {code: health, name_zh: 卫生健康委员会, division: "4403"}
""",
    "people.yaml": """
kind: Person
items:
  - {code: steward.police, name: 子, department: police, roles: [steward]}
  - {code: approver.police, name: 丑, department: police, roles: [approver]}
  - {code: steward.schools, name: 寅, department: schools, roles: [steward]}
  - {code: requester.schools, name: 卯, department: schools, roles: [requester]}
  - {code: approver.schools, name: 巳, department: schools, roles: [approver]}
  - {code: steward.housing, name: 辰, department: housing, roles: [steward]}
""",
    "applications.yaml": """
kind: Application
items:
  - {code: enrolment, name_zh: 义务教育招生系统, department: schools}
""",
    "rules.yaml": """
kind: ProvisionRule
items:
  - code: leases
    item: house-leases
    title_zh: 房屋租赁登记备案
    title_en: Registered leases of houses
    legal_ground: 商品房屋租赁管理办法第十四条
    departments: [housing]
    start: 2025-08-01
""",
    "contract.yaml": """
apiVersion: v3.1.0
kind: DataContract
id: residents
version: 1.0.0
name: Residents
status: active
description: {purpose: Who is registered where}
schema:
  - name: residents
    description: One row a person
    properties:
      - {name: id_number, businessName: 公民身份号码, description: Number, logicalType: string, required: true, primaryKey: true, primaryKeyPosition: 1}
      - {name: full_name, businessName: 姓名, description: Name, logicalType: string, classification: personal}
      - {name: domicile, businessName: 户籍地址, description: Address, logicalType: string, classification: personal}
""",
    "datasets.yaml": f"""
kind: Dataset
items:
  - code: residents
    title_zh: 户籍人口信息
    provider: police
    share_type: conditional
    contract: residents{_ENTRY}
  - code: contributions
    title_zh: 社会保险参保信息
    items: [公民身份号码, 参保险种, 累计缴费月数]
    provider: insurance
    share_type: unconditional{_ENTRY}
  - code: leases
    title_zh: 房屋租赁登记信息
    items: [租赁合同编号, 租赁地址, 租赁期限]
    provider: housing
    share_type: conditional{_ENTRY}
  - code: firms
    title_zh: 商事主体登记信息
    items: [统一社会信用代码, 商事主体名称, 法定代表人]
    provider: market
    share_type: unconditional{_ENTRY}
""",
    "marriages.yaml": """
kind: Dataset
code: marriages
title_zh: 婚姻登记档案
items: [婚姻状况, 登记日期]
provider: civil
format: csv
update_cycle: daily
share_type: not_shared
legal_basis: 行政法规《婚姻登记条例》第十七条：涉及个人隐私，仅供本人和经办机关查阅
resource_class: basic
grade: general
""",
    "services.yaml": """
kind: ServiceItem
items:
  - code: residence-permit
    name_zh: 深圳经济特区居住证申领
    name_en: Residence permit
    department: police
    channels: [app, hall, kiosk]
    data_items:
      - {item: 姓名, asked_of: citizen}
      - {item: 社保缴费情况, dataset: contributions, columns: [累计缴费月数], asked_of: citizen}
      - {item: 租赁合同 编号, asked_of: citizen}
      - {item: 婚姻状况, asked_of: citizen}
  - code: school-place
    name_zh: 义务教育阶段学位申请
    name_en: School place
    department: schools
    channels: [app, web]
    facets: {domain: service}
    data_items:
      - {item: 户籍地址, dataset: residents, columns: [domicile]}
      - {item: 参保险种, dataset: contributions, columns: [参保险种]}
      - {item: 家庭租赁地址, asked_of: citizen}
      - {item: 监护人签名, asked_of: citizen}
      - {item: 婚姻状况, dataset: marriages, columns: [婚姻状况]}
      - {item: 学籍号}
  - code: hygiene-licence
    name_zh: 公共场所卫生许可
    name_en: Hygiene licence
    department: health
    channels: [web, hall]
    data_items:
      - {item: 统一社会信用代码, asked_of: firm}
      - {item: 公共场所平面图, asked_of: firm}
""",
}


def open_hall(town: Bureau, folder: Path) -> Bureau:
    """Register the hall in the town."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in FILES.items():
        (folder / name).write_text(text, "utf-8")
    town.acting_as("operator.data").apply(folder)
    return town
