"""What says something, and what has the form of a citation."""

import pytest

from catalog.citation import cites_law, is_blank, is_placeholder


@pytest.mark.parametrize(
    "text",
    [
        "《城市公共交通条例》第十条",
        "《社会救助暂行办法》 第 四十 条第二款",
        "深圳经济特区绿化条例第一条",
        "某市数据条例 第9条",
        "根据《政务数据共享条例》第二十条和第二十一条",
        "an invented law, Art. 9",
        "Article 12 of the Data Act",
        "Section 3, Statistics Act",
        "《某市机构职能》第三条",
        "国办发〔2022〕15号",
        "深府[2023] 第7号",
    ],
)
def test_a_law_with_its_article_or_a_document_with_its_number_is_cited(text):
    assert cites_law(text)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            "无",
            "TODO",
            ".",
            "x",
            "法",
            "law",
            "随便",
            "第九条",
            "Art. 9",
            "x第九条",
            "无第九条",
        ),
        *(
            "《》第九条",
            "《无》第九条",
            "《城市公共交通条例》",
            "某市数据条例",
            "工作需要第一条",
            "〔2022〕号",
        ),
    ],
)
def test_anything_less_cites_nothing(text):
    assert not cites_law(text)


@pytest.mark.parametrize(
    "text",
    ["", "无", "TODO", "todo-1", "TBD 2026", ".", "x", "1", "用", "待定", "待补充", "N / A", "——"],
)
def test_a_placeholder_says_nothing(text):
    assert is_placeholder(text)


@pytest.mark.parametrize(
    "text", ["绿化", "待遇核定", "待审批事项预警", "Watering plan", "无人机巡查"]
)
def test_a_scenario_says_something(text):
    assert not is_placeholder(text)
    assert not is_blank(text)
