"""The command line `bureau`: its tree, and where each part of it is.

Nothing but Typer and the names of the groups is loaded here, so that help is there at once.
"""

from __future__ import annotations

from commands._group import Lazy
from commands._root import program

TREE = {
    "init": Lazy("Make a workspace.", "commands.workspace", single=True),
    "demo": Lazy("Build a sample city and run the whole job.", "commands.demo", single=True),
    "doctor": Lazy("Check the installation and this workspace.", "commands.workspace", single=True),
    "apply": Lazy("Make the registry match YAML files.", "commands.registry", single=True),
    "diff": Lazy("Show what applying would change.", "commands.registry", single=True),
    "search": Lazy("Search the catalogue 检索.", "commands.registry", single=True),
    "catalog": Lazy("Find gaps, import listings 目录.", "commands.catalog"),
    "division": Lazy("Administrative areas 行政区划.", "commands.items", "divisions"),
    "department": Lazy("Departments 部门.", "commands.items", "departments"),
    "person": Lazy("People and their roles 人员.", "commands.items", "people"),
    "application": Lazy("Consumer systems 应用系统.", "commands.items", "applications"),
    "rule": Lazy("Provision rules 归集规则.", "commands.items", "rules"),
    "duty": Lazy("Who must provide what 责任清单.", "commands.items", "duties"),
    "dataset": Lazy("Register, deliver, look up 数据集.", "commands.dataset"),
    "contract": Lazy("Draft, lint, publish 数据合同.", "commands.contract"),
    "check": Lazy("Results and failing rows 质量检查.", "commands.check"),
    "inbox": Lazy("What waits for me 待办.", "commands.inbox", single=True),
    "notice": Lazy("What I was told, and its sending 通知.", "commands.notice"),
    "request": Lazy("Ask for data and decide 共享申请.", "commands.request"),
    "need": Lazy("Needs that no entry covers 数据需求.", "commands.need"),
    "service": Lazy("Public services and their forms 政务服务.", "commands.service"),
    "delegation": Lazy("Who decides in whose place 授权代理.", "commands.delegation"),
    "grant": Lazy("Look at grants, pause, end 共享授权.", "commands.grant"),
    "review": Lazy("Are grants still needed 授权复核.", "commands.review"),
    "emergency": Lazy("Open data in an emergency 应急授权.", "commands.emergency"),
    "usage": Lazy("Uses: measured, recorded, logged 使用记录.", "commands.usage"),
    "change": Lazy("Change a live service 共享服务变更.", "commands.change"),
    "correction": Lazy("Have wrong data verified and corrected 校核.", "commands.correction"),
    "dispute": Lazy("Settle what is not agreed on 共享争议.", "commands.dispute"),
    "return": Lazy("Data goes back to its area 数据回流.", "commands.returns"),
    "read": Lazy("Read shared data under a grant 使用.", "commands.read", single=True),
    "credential": Lazy("Tokens of machines 访问凭证.", "commands.credential"),
    "serve": Lazy("Serve granted data 数据共享服务.", "commands.serve", single=True),
    "calendar": Lazy("Working days and due days 工作日历.", "commands.calendar"),
    "policy": Lazy("Limits of the law and the city 政策.", "commands.policy"),
    "rate": Lazy("Rates and the rows behind them 指标.", "commands.rate"),
    "report": Lazy("Reports that can be verified 报告.", "commands.report"),
    "supervision": Lazy("How departments provide and use 监督.", "commands.supervision"),
    "ledger": Lazy("The append-only record 审计账本.", "commands.ledger"),
    "db": Lazy("Migrations of the database.", "commands.workspace", "database"),
    "config": Lazy("Settings of this workspace.", "commands.workspace", "config"),
    "errors": Lazy("List the exit codes.", "commands.workspace", single=True),
}

app = program(TREE)

if __name__ == "__main__":
    app()
