"""What a clerk sends: the issue form of this repository, filled in, as GitHub turns it into the text of an issue."""

from __future__ import annotations

from pathlib import Path

import yaml

FORM = Path(__file__).parents[2] / ".github" / "ISSUE_TEMPLATE" / "fault.yml"
EVERYTHING = {
    "type": "软件Bug",
    "severity": "高",
    "product": "智能网关 GW2、栖云 App",
    "version": "V2.4.0",
    "module": "电源管理",
    "users": "12",
    "region": "华东、华南",
    "occurred_at": "未知",
    "channel": "电话",
    "reporter": "ZL001",
    "reporter_name": "张*",
    "customer_ref": "CRM-88213",
    "remark": "夜班值守，上午请勿回访",
    "part-1": "网关每天凌晨自行重启，指示灯由绿变红，App 提示 E-1042，47 秒后恢复。",
    "part-2": "夜间无人操作，网关做夜间维护。",
    "part-3": "每天一次，连续五天。",
    "part-4": "1. 接入 47 个子设备。\n2. 执行夜间维护。",
    "part-5": "GW2，固件 V2.4.0，App 5.9.0（iOS 18），日志 reset_reason=WDT。",
}
"""Answers to all that the form asks but when it was reported: empty, it is the moment of filing."""


def filled(**changed: str) -> str:
    """Return the text of an issue made with the form; a field is named by its id, and an underscore stands for a hyphen."""
    answers = {**EVERYTHING, **{key.replace("part_", "part-"): text for key, text in changed.items()}}
    fields = [one for one in yaml.safe_load(FORM.read_text(encoding="utf-8"))["body"] if one["type"] != "markdown"]
    assert set(answers) <= {one["id"] for one in fields}
    return "\n\n".join(f"### {one['attributes']['label']}\n\n{_said(one, answers)}" for one in fields)


def _said(one: dict[str, object], answers: dict[str, str]) -> str:
    if one["type"] == "checkboxes":
        return "\n".join(f"- [X] {option['label']}" for option in one["attributes"]["options"])  # type: ignore[index]
    return answers.get(str(one["id"])) or "_No response_"
