"""`bureau division|department|person|application|rule|duty list|show`: one shape for all six."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

import typer

from catalog.model import Application, Department, Division, Duty, Person, ProvisionRule
from commands._context import opened
from commands._group import ReadCommand, new_group
from commands._options import AsOf, day
from commands._page import Column, Page, Table, listing
from commands._render import emit

NAME = [
    Column("name_zh", "name 名称", lambda item: item.name_zh),
    Column("name_en", "English name", lambda item: item.name_en),
]
TITLE = [
    Column("title_zh", "title 名称", lambda item: item.title_zh),
    Column("title_en", "English title", lambda item: item.title_en),
]
CODE = Column("code", "code 代码", lambda item: item.code)
DEPARTMENT = Column("department", "department 部门", lambda item: item.department)
ITEM = Column("item", "item 数据项", lambda item: item.item)
GROUND = Column("legal_ground", "legal ground 依据", lambda item: item.legal_ground)
THEME = Column("theme", "theme 主题", lambda item: item.theme)
START = Column("start", "from 起", lambda item: item.start)
END = Column("end", "until 止", lambda item: item.end)


def _group(
    kind: Any,
    help: str,
    columns: Sequence[Column],
    *,
    one: str,
    many: str,
    more: Sequence[Column] = (),
) -> typer.Typer:
    """The group of one kind: `columns` in the list, and `more` where one item is shown."""
    app = new_group(help)

    @app.command("list", cls=ReadCommand, help=f"List the {many}.")
    def list_all(ctx: typer.Context, as_of: AsOf = None) -> None:
        with opened(ctx) as bureau:
            items = bureau.list_items(kind, as_of=day(as_of))
        emit(ctx, listing(items, columns, empty=f"no {one} is registered"))

    @app.command("show", cls=ReadCommand, help=f"Show one {one}.")
    def show(
        ctx: typer.Context,
        code: Annotated[str, typer.Argument(metavar="CODE", help="Its code.")],
        as_of: AsOf = None,
    ) -> None:
        with opened(ctx) as bureau:
            item = bureau.get_item(kind, code, as_of=day(as_of))
        table = Table(columns=[*columns, *more], rows=[item], upright=True)
        emit(ctx, Page(data=item, tables=[table]))

    return app


divisions = _group(
    Division,
    "Administrative areas 行政区划.",
    [
        CODE,
        *NAME,
        Column("level", "level 级别", lambda division: division.level),
        Column("parent", "parent 上级", lambda division: division.parent),
    ],
    one="division",
    many="divisions",
)
departments = _group(
    Department,
    "Departments 部门.",
    [
        CODE,
        *NAME,
        Column("kind", "kind 类别", lambda department: department.kind),
        Column("division", "division 区划", lambda department: department.division),
        Column("uscc", "credit code 统一社会信用代码", lambda department: department.uscc),
        Column("roles", "roles 职能", lambda department: department.roles),
    ],
    one="department",
    many="departments",
)
people = _group(
    Person,
    "People and their roles 人员.",
    [
        CODE,
        Column("name", "name 姓名", lambda person: person.name),
        DEPARTMENT,
        Column("roles", "roles 角色", lambda person: person.roles),
    ],
    one="person",
    many="people",
)
applications = _group(
    Application,
    "Consumer systems, which grants bind to 应用系统.",
    [CODE, *NAME, DEPARTMENT],
    one="application",
    many="applications",
    more=[Column("facets", "facets 分面", lambda application: application.facets)],
)
rules = _group(
    ProvisionRule,
    "Provision rules: who must provide what, and why 归集规则.",
    [CODE, ITEM, *TITLE, THEME, START, END, GROUND],
    one="provision rule",
    many="provision rules",
    more=[
        Column("departments", "departments 部门", lambda rule: rule.departments),
        Column("roles", "all with the role 职能", lambda rule: rule.roles),
        Column("kind", "all of the kind 类别", lambda rule: rule.kind),
        Column("exempt", "exempt 豁免", lambda rule: rule.exempt),
    ],
)
duties = _group(
    Duty,
    "Duties to provide data, the base of the collection rate 责任清单.",
    [
        CODE,
        DEPARTMENT,
        ITEM,
        *TITLE,
        Column("exempt", "exempt 豁免", lambda duty: duty.exempt),
        START,
        END,
    ],
    one="duty",
    many="duties",
    more=[THEME, GROUND, Column("rule", "rule 规则", lambda duty: duty.rule)],
)
