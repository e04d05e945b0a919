"""The issue form 故障登记: it follows the schema, GitHub takes it, a clerk can fill it in, and `form` reads what comes of it."""

from __future__ import annotations

import json
import re
import shutil
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from faultkb import form, issue_form, registration, vocabulary

if TYPE_CHECKING:
    from pathlib import Path

    from faultkb.vocabulary import Vocabulary

DAY = date(2026, 11, 20)
AS_OF = datetime(2026, 11, 20, 17, 0)  # noqa: DTZ001 - the policy's own zone, as everywhere

ORDER = [
    "故障类型",
    "严重程度",
    "涉及产品",
    "涉及版本",
    "现象",
    "使用场景",
    "发生频率",
    "复现步骤",
    "环境信息",
    "受影响用户数",
    "地域分布",
    "功能模块",
    "故障发生时间",
    "反馈渠道",
    "反馈时间",
    "补录原因",
    "反馈人工号",
    "反馈人姓名",
    "客户系统编号",
    "备注",
    "提交之前",
]
REQUIRED = {
    "故障类型",
    "严重程度",
    "涉及产品",
    "涉及版本",
    "受影响用户数",
    "反馈渠道",
    "反馈人工号",
    "反馈人姓名",
    "现象",
}

FILLED = {
    "故障类型": "软件Bug",
    "严重程度": "高",
    "涉及产品": "智能网关 GW2、栖云 App",
    "涉及版本": "V2.3.1, 5.9.0",
    "受影响用户数": "320",
    "故障发生时间": "2026-11-02 03:10",
    "反馈渠道": "电话",
    "反馈时间": "2026-11-03 09:12",
    "反馈人工号": "ZL001",
    "反馈人姓名": "张*",
    "客户系统编号": "CRM-88213",
    "现象": "11 月 2 日 03:10 网关自行重启，指示灯变红：\n\n```\nreset_reason=WDT\n```",
    "复现步骤": "1. 接入 47 个子设备\n2. 执行夜间维护",
}


@pytest.fixture
def data(words: Vocabulary) -> dict[str, Any]:
    """The form as GitHub reads it."""
    return yaml.safe_load(issue_form.text(words, DAY))


def fields(data: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """What a form asks for, by label, in order."""
    return {one["attributes"]["label"]: one for one in data["body"] if one["type"] != "markdown"}


def submitted(data: dict[str, Any], said: dict[str, str]) -> str:
    """The body of the issue that GitHub makes of a filled form."""
    parts = []
    for label, one in fields(data).items():
        if one["type"] == "checkboxes":
            value = "\n".join(f"- [x] {option['label']}" for option in one["attributes"]["options"])
        else:
            value = said.get(label, "_No response_")
        parts.append(f"### {label}\n\n{value}")
    return "\n\n".join(parts)


def test_what_is_asked_and_in_which_order(data: dict[str, Any]) -> None:
    """What, the description, from how many to who, the remark, and the promise at the end; each with an id of its own."""
    assert list(fields(data)) == ORDER
    ids = [one["id"] for one in fields(data).values()]
    assert len({*ids}) == len(ids)
    # GitHub takes nothing else in an id, and would make one of a Chinese label: the same for all.
    assert [one for one in ids if not re.fullmatch("[A-Za-z0-9_-]+", one)] == []


def test_every_item_is_asked_or_left_out_on_purpose(words: Vocabulary) -> None:
    """A new item of a registration must be given its place in the form, or be left out by name."""
    asked = [name for _, names in issue_form.GROUPS for name in names]
    assert len(asked) == len({*asked})
    assert {*asked} == {item.name for item in registration.ITEMS} - issue_form.LEFT_OUT
    assert {one.name for one in registration.parts(words)} == {"现象", "使用场景", "发生频率", "复现步骤", "环境信息"}


def test_nothing_leads_to_a_user_but_the_key_in_the_crm(data: dict[str, Any]) -> None:
    """The form asks for no contact, id or device of a user, says what not to write, and has it confirmed."""
    assert {"联系方式", "用户ID", "设备编号"}.isdisjoint(fields(data))
    assert "不要写用户的姓名、电话、地址、账号、密码" in data["body"][0]["attributes"]["value"]
    [box] = fields(data)["提交之前"]["attributes"]["options"]
    assert box == {"label": "我已确认：文字和截图里没有写用户的姓名、电话、地址、账号、密码", "required": True}


def test_lists_are_the_schema_s(data: dict[str, Any], root: Path) -> None:
    """Every list offers exactly the choices of ticket.schema.json that are in use, in its order, and explains each."""
    schema = json.loads((root / "schema" / "ticket.schema.json").read_text(encoding="utf-8"))
    for name, label in {"type": "故障类型", "severity": "严重程度", "channel": "反馈渠道"}.items():
        one = fields(data)[label]
        choices = [it for it in schema["properties"][name]["oneOf"] if "x-retired" not in it]
        assert one["type"] == "dropdown"
        assert one["attributes"]["options"] == [choice["const"] for choice in choices]
        assert all(f"{it['const']}：{it['description']}" in one["attributes"]["description"] for it in choices)
    assert [label for label, one in fields(data).items() if one["type"] == "dropdown"] == [
        "故障类型",
        "严重程度",
        "反馈渠道",
    ]


def test_what_is_required(data: dict[str, Any]) -> None:
    """Required is what the schema requires, but for the time (the issue's own); it says so, since GitHub may not enforce it."""
    required = {label for label, one in fields(data).items() if one.get("validations", {}).get("required")}
    assert required == REQUIRED
    marked = {
        label for label, one in fields(data).items() if one["attributes"].get("description", "").startswith("必填。")
    }
    assert marked == REQUIRED


def test_asterisks_are_seen(data: dict[str, Any]) -> None:
    """GitHub shows a description as Markdown, in which two asterisks would vanish; a placeholder is shown as it is."""
    name = fields(data)["反馈人姓名"]["attributes"]
    assert r"姓名用\*号代替" in name["description"]
    assert name["placeholder"] == "例如：张*"


def test_placeholders_are_cases(data: dict[str, Any]) -> None:
    """Every field that is typed has an example; steps stand one a line."""
    typed = {label: one["attributes"] for label, one in fields(data).items() if one["type"] in {"input", "textarea"}}
    assert [label for label, one in typed.items() if not re.match("例如：.", one["placeholder"])] == []
    assert typed["复现步骤"]["placeholder"].split("\n") == [
        "例如：1. 打开订单页",
        "2. 点“申请发票”",
        "3. 约 40 秒后显示“开具失败”",
    ]
    assert "x-" not in json.dumps(data, ensure_ascii=False)


def test_the_schema_s_examples_are_right(words: Vocabulary, root: Path) -> None:
    """A registration made of the schema's own examples is accepted: nobody copies something wrong."""
    shown = {item.name: issue_form._example(words, item.name) for item in registration.ITEMS}  # noqa: SLF001 - what is shown
    answers = {name: said.removeprefix("例如：") for name, said in shown.items()}
    answers = {name: registration.value(words, name, said) for name, said in answers.items() if said}
    answers |= {"type": "软件Bug", "severity": "高", "channel": "电话", "现象": "网关重启"}
    assert registration.objections(root, words, answers, AS_OF) == []
    assert answers["product"] == ["智能网关 GW2", "栖云 App"]


def test_a_schema_that_says_little(root: Path, tmp_path: Path) -> None:
    """Without descriptions, hints and examples GitHub still takes the form: it refuses texts that are empty."""
    shutil.copytree(root / "schema", tmp_path / "schema")
    path = tmp_path / "schema" / "ticket.schema.json"
    said = {"description", "x-hint", "examples", "x-completeness"}

    def bare(node: Any) -> Any:
        if isinstance(node, list):
            return [bare(one) for one in node]
        return {key: bare(one) for key, one in node.items() if key not in said} if isinstance(node, dict) else node

    schema = json.loads(path.read_text(encoding="utf-8"))
    kept = schema["x-sections"]
    path.write_text(json.dumps({**bare(schema), "x-sections": kept}), encoding="utf-8")
    data = yaml.safe_load(issue_form.text(vocabulary.load(tmp_path), DAY))
    assert list(fields(data)) == ORDER
    assert [one for one in data["body"] for value in one["attributes"].values() if not value] == []
    assert "placeholder" not in fields(data)["涉及产品"]["attributes"]


def test_types_say_what_else_they_need(data: dict[str, Any]) -> None:
    """What only some types of fault have to say stands beside the part into which it belongs."""
    description = fields(data)["环境信息"]["attributes"]["description"]
    assert "硬件故障还要写：生产批次、现场环境（温度、供电等）。" in description
    assert "兼容性问题还要写：对方的型号与版本、换一个对方是否正常。" in description


def test_filled_in_it_is_read_back(data: dict[str, Any], words: Vocabulary, root: Path) -> None:
    """What GitHub makes of the filled form becomes the answers, nothing is left over, and they register without objection."""
    read = form.read(words, form.parse(form.decode(submitted(data, FILLED).encode())))
    assert (read.wrong, read.unused) == ((), ())
    assert read.answers == {
        "type": "软件Bug",
        "severity": "高",
        "product": ["智能网关 GW2", "栖云 App"],
        "version": ["V2.3.1", "5.9.0"],
        "users": "320",
        "occurred_at": "2026-11-02 03:10",
        "channel": "电话",
        "reported_at": "2026-11-03 09:12",
        "reporter": "ZL001",
        "reporter_name": "张*",
        "customer_ref": "CRM-88213",
        "现象": FILLED["现象"],
        "复现步骤": FILLED["复现步骤"],
    }
    assert registration.objections(root, words, {**read.answers, "title": "网关重启"}, AS_OF) == []


def test_left_empty_it_is_read_as_nothing(data: dict[str, Any], words: Vocabulary) -> None:
    """A form without a word gives no answers, also where GitHub writes None for a list that was left alone."""
    lists = {label: "None" for label, one in fields(data).items() if one["type"] == "dropdown"}
    read = form.read(words, form.parse(submitted(data, lists)))
    assert (read.answers, read.wrong, read.unused) == ({}, (), ())


def test_every_choice_is_read_back(data: dict[str, Any], words: Vocabulary) -> None:
    """Whatever is chosen from a list is the answer that the schema knows."""
    for label, one in fields(data).items():
        for option in one["attributes"].get("options", ()) if one["type"] == "dropdown" else ():
            read = form.read(words, form.parse(submitted(data, {label: option})))
            assert read.answers == {one["id"]: option}
            assert option in words.choices[one["id"]]


def test_what_github_refuses_is_not_in_it(data: dict[str, Any]) -> None:
    """GitHub's rules beyond the schema of forms: a name of more than three characters, options apart and none called None."""
    assert set(data) == {"name", "description", "title", "body"}
    assert len(data["name"]) > 3
    assert data["title"] == issue_form.TITLE_PREFIX == "[故障] "
    for one in data["body"]:
        options = [str(it["label"] if isinstance(it, dict) else it) for it in one["attributes"].get("options", ())]
        assert len({*options}) == len(options)
        assert "none" not in {option.lower() for option in options}
        assert [value for value in one["attributes"].values() if str(value).strip() == ""] == []


def test_a_retired_choice_is_offered_until_its_day(root: Path, tmp_path: Path) -> None:
    """From the day on which a choice may no longer be used the form does not offer it."""
    shutil.copytree(root / "schema", tmp_path / "schema")
    path = tmp_path / "schema" / "ticket.schema.json"
    text = path.read_text(encoding="utf-8")
    old = '{"const": "在线咨询", '
    assert old in text
    path.write_text(text.replace(old, f'{old}"x-retired": "2026-12-01", '), encoding="utf-8")
    words = vocabulary.load(tmp_path)
    eve, day = (
        fields(yaml.safe_load(issue_form.text(words, date(*when))))["反馈渠道"]["attributes"]
        for when in ((2026, 11, 30), (2026, 12, 1))
    )
    assert "在线咨询" in eve["options"]
    assert day["options"] == ["电话", "用户反馈平台", "内部测试", "监控告警"]
    assert "在线咨询" not in day["description"]
