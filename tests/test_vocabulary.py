"""The files of schema/: every mistake in them is reported with line and column, and they can grow without harm."""

from __future__ import annotations

import json
import os
import re
import shutil
from datetime import date
from typing import TYPE_CHECKING

import pytest

from faultkb import check, corpus, privacy, vocabulary
from faultkb.finding import FaultError
from faultkb.privacy import Lists
from tests import inside

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable
    from pathlib import Path

    from faultkb.finding import Finding
    from faultkb.vocabulary import Vocabulary

FILES = (
    "ticket.schema.json",
    "lifecycle.yaml",
    "sla.yaml",
    "calendar.yaml",
    "teams.yaml",
    "wording.yaml",
    "privacy.yaml",
    "documents.yaml",
)


@pytest.fixture
def company(root: Path, tmp_path: Path, write_text: Callable[..., str]) -> Path:
    """Return a repository with its own copy of schema/ and one ticket that has nothing wrong with it."""
    shutil.copytree(root / "schema", tmp_path / "schema")
    folder = tmp_path / "tickets" / "2026" / "11"
    folder.mkdir(parents=True)
    (folder / "SW-20261102-001.md").write_text(write_text("登记"), encoding="utf-8")
    return tmp_path


def run_check(company: Path, root: Path) -> subprocess.CompletedProcess[str]:
    """Run the command from another folder."""
    return inside.run(root, os.environ, "--root", company, "check", "--as-of", "2026-11-02 12:00")


def place_of(text: str, mark: str = "¶") -> tuple[str, str]:
    """Return a text without its mark, and line:column of where the mark was."""
    before = text[: text.index(mark)]
    return text.replace(mark, ""), f"{before.count(chr(10)) + 1}:{len(before) - before.rfind(chr(10))}"


def test_the_copy_is_fine(company: Path, root: Path) -> None:
    """The repository that the other tests spoil has nothing wrong with it."""
    result = run_check(company, root)
    assert (result.returncode, result.stderr) == (0, "")


def test_linked_folder(company: Path, root: Path) -> None:
    """Rules behind a link could change without git seeing it: refused, with what to do."""
    (company / "schema").rename(company / "rules")
    (company / "schema").symlink_to("rules")
    result = run_check(company, root)
    assert (result.returncode, result.stdout) == (2, "")
    assert "schema/ 是一个链接：换成真正的文件夹" in result.stderr


# File, what stands there, what is written instead (¶ marks where the finding must point), words of the message.
MISTAKES = [
    # YAML as such
    pytest.param("lifecycle.yaml", "states:\n", "states: [\n", "YAML", id="lifecycle: YAML error"),
    pytest.param(
        "teams.yaml", "version: 1\n", "version: 1\n¶version: 1\n", "重复的键 version", id="teams: duplicate key"
    ),
    pytest.param(
        "sla.yaml", "target: 2 h}", "target: 2 h, ¶target: 3 h}", "重复的键 target", id="sla: duplicate key inside"
    ),
    pytest.param("calendar.yaml", "days: {}", "days: {}\n¶\tx: 1", "YAML", id="calendar: tab"),
    # shape
    pytest.param("lifecycle.yaml", "snapshot: [", "snapshots: [", "snapshot", id="lifecycle: misspelt key"),
    pytest.param(
        "lifecycle.yaml", "    opens: 退回", "    ¶open: 退回", "open", id="lifecycle: unknown key of an event"
    ),
    pytest.param(
        "lifecycle.yaml",
        "    needs: [note]\n    opens: 退回",
        "    ¶needs: note\n    opens: 退回",
        "needs",
        id="lifecycle: text for a list",
    ),
    pytest.param(
        "lifecycle.yaml",
        "{open: false, description",
        "{¶open: 否, description",
        "open",
        id="lifecycle: open is no boolean",
    ),
    pytest.param(
        "lifecycle.yaml",
        "    approver: when_lower",
        "    ¶approver: sometimes",
        "approver",
        id="lifecycle: unknown approver",
    ),
    pytest.param("lifecycle.yaml", "version: 1", "¶version: 2", "version", id="lifecycle: a later version"),
    pytest.param("sla.yaml", "target: 2 h}", "¶target: 3 days}", "24 h", id="sla: target in days"),
    pytest.param(
        "sla.yaml",
        "target: {紧急: 24 h, 高: 3 wd, 中: 5 wd",
        "¶target: {紧急: 24 h, 高: 3 wd, 中: 五天",
        "24 h",
        id="sla: target in words",
    ),
    pytest.param("sla.yaml", "target: 2 h}", "¶target: 0 h}", "24 h", id="sla: target of nothing"),
    pytest.param("sla.yaml", '"18:00"', '"25:00"', "18:00", id="sla: close of business at 25:00"),
    pytest.param(
        "sla.yaml", "effective_from: 2024-01-01", "¶effective_from: 2024-13-01", "YYYY-MM-DD", id="sla: no such month"
    ),
    pytest.param(
        "sla.yaml",
        "external: true, start: [登记, 定级",
        "¶external: yes, start: [登记, 定级",
        "external",
        id="sla: yes is no boolean",
    ),
    pytest.param("sla.yaml", "stop: [响应, 受理, 退回], ", "", "stop", id="sla: clock without a stop"),
    pytest.param("teams.yaml", ", lead: HW002", "", "lead", id="teams: team without a lead"),
    pytest.param("teams.yaml", "lead: HW002", "lead: HW002, ¶retired: 明年", "retired", id="teams: retired is no date"),
    pytest.param(
        "teams.yaml",
        "lead: HW002",
        "lead: HW002, ¶retired: 2026-02-30",
        "retired",
        id="teams: retired on a day that does not exist",
    ),
    pytest.param(
        "teams.yaml", "产品负责人: [PM001]", "¶产品负责人: PM001", "产品负责人", id="teams: role without brackets"
    ),
    pytest.param(
        "teams.yaml",
        '["@qiyun/hardware"]',
        '[¶"qiyun/hardware"]',
        "写 GitHub 上的小组或帐号",
        id="teams: handle without @",
    ),
    pytest.param(
        "teams.yaml",
        'github: ["@qiyun/fault-admins"], notify: [admin]',
        'github: ["@qiyun/fault-admins"], notify: [¶"mailto://admin@qiyun.invalid"]',
        "地址本身放在密钥 FAULT_NOTIFY 里",
        id="teams: an address where its name belongs",
    ),
    pytest.param("teams.yaml", "alerts: true", "¶alerts: 是", "只能写 true 或 false", id="teams: alerts is no boolean"),
    pytest.param("teams.yaml", "notify: [product], alerts", "¶alerts", "没有地方通知", id="teams: alerts to nowhere"),
    pytest.param(
        "teams.yaml",
        'github: ["@qiyun/fault-admins"], notify: [admin], maintains',
        "notify: [admin], ¶maintains",
        "没有人审核",
        id="teams: maintained by nobody",
    ),
    pytest.param(
        "calendar.yaml",
        "days: {}",
        "days: {2026-05-30: {¶workday: 上班, name: 盘点}}",
        "workday",
        id="calendar: workday is no boolean",
    ),
    pytest.param(
        "calendar.yaml", "days: {}", "days: {2026-05-30: {workday: true}}", "name", id="calendar: day without a name"
    ),
    pytest.param("wording.yaml", "  - {word: 卡顿, ", "  - {words: 卡顿, ", "word", id="wording: misspelt key"),
    pytest.param(
        "wording.yaml",
        "正在处理: {states: [处理中, 已延期, 待验证], text: ",
        "正在处理: {¶states: [待受理, 处理], text: ",
        "没有这个状态：处理；",
        id="wording: a reply in a state that there is not",
    ),
    pytest.param(
        "wording.yaml",
        "请您验证: {states: [待验证], after: [验证通过]",
        "请您验证: {states: [待验证], ¶after: [验证过]",
        "没有这个事件：验证过；",
        id="wording: a reply after an event that there is not",
    ),
    pytest.param(
        "wording.yaml",
        'text: "您反馈的问题（编号 {id}）还在',
        '¶text: "您反馈的问题（编号 {号}）还在',
        "不认识 {号}；可以写：{id} 编号",
        id="wording: nothing that can be filled in",
    ),
    pytest.param(
        "wording.yaml",
        'text: "您反馈的问题（编号 {id}）我们已经受理，非常重视，预计于',
        '¶text: "您反馈的问题（编号 {id}）我们已经受理，非常重视，将于',
        "前面要写“预计”",
        id="wording: a time limit as a promise",
    ),
    pytest.param("wording.yaml", "[修复的版本", "修复的版本", "方括号没有成对", id="wording: half a bracket"),
    pytest.param("wording.yaml", "  其他: 云存储", "  ¶别的: 云存储", "没有这个故障类型：别的", id="wording: example"),
    pytest.param("wording.yaml", "hedges: [预计]", "hedges: [预计, ¶…]", "只有记号，没有字", id="wording: a gap alone"),
    pytest.param(
        "privacy.yaml",
        "public: []",
        "public: [¶{value: service@example.com}]",
        "缺少“note”",
        id="privacy: public value without a note",
    ),
    pytest.param(
        "privacy.yaml",
        "words: []",
        "salt: 00112233445566778899aabbccddeeff\nwords: [{¶digest: 栖云物业, length: 4, head: ab12, kind: 客户}]",
        "这里不写词本身",
        id="privacy: a word in clear",
    ),
    pytest.param(
        "privacy.yaml",
        "words: []",
        "¶words: [{digest: 0011223344556677, length: 4, head: ab12, kind: 客户}]",
        "salt",
        id="privacy: words without a salt",
    ),
    pytest.param(
        "documents.yaml",
        "  8D: {title: 8D 报告, number",
        "  8D: {title: 8D 报告, ¶numbers",
        "numbers",
        id="documents: misspelt key",
    ),
    pytest.param(
        "documents.yaml", "logo: logo.png", "¶logo: ../logo.png", "schema/documents/", id="documents: a logo elsewhere"
    ),
    pytest.param(
        "documents.yaml",
        'number: "QY-QR-8D-{问题编号}"',
        '¶number: " QY-QR-8D-{问题编号}"',
        "“number”的写法不对",
        id="documents: no number",
    ),
    pytest.param(
        "documents.yaml",
        'number: "QY-QR-8D-{问题编号}"',
        '¶number: "qy/qr/gd-{问题编号}"',
        "与 归档 的编号一样，或只差 / 这样的符号和大小写",
        id="documents: two with one file",
    ),
    *(
        pytest.param("documents.yaml", old, new, "看不见的字符", id=f"documents: {name}")
        for name, old, new in (
            ("a control character", "company: 栖云", '¶company: "栖云\\e[31m"'),
            ("another direction", "classification: 内部资料", '¶classification: "内部\\u202e资料"'),
            ("what XML forbids", "{title: 8D 报告,", '{¶title: "8D\\ufffe",'),
            ("a control character in a number", '"QY-QR-8D-{问题编号}"', '"QY-QR-8D-{问题编号}\\e[31m"'),
            ("another direction in a number", '"QY-QR-8D-{问题编号}"', '"QY\\u202e-8D-{问题编号}"'),
            ("another direction in a kind", "kinds:\n", '¶kinds:\n  "8\\u202eD": {title: a, number: "a{问题编号}"}\n'),
        )
    ),
    pytest.param(
        "documents.yaml",
        'number: "QY-QR-8D-{问题编号}"',
        '¶number: "QY-QR-8D-{编号}"',
        "可以写：年、月、问题编号",
        id="documents: unknown name in a number",
    ),
    pytest.param(
        "documents.yaml",
        'number: "QY-QR-8D-{问题编号}"',
        '¶number: "QY-QR-GD-{问题编号}"',
        "与 归档 的编号一样",
        id="documents: two with one number",
    ),
    pytest.param(
        "documents.yaml",
        'number: "QY-QR-8D-{问题编号}"',
        '¶number: "QY-QR-8D-{问题编号"',
        "花括号没有成对",
        id="documents: half a brace",
    ),
    pytest.param(
        "documents.yaml",
        'number: "QY-QR-8D-{问题编号}"',
        '¶number: "QY-QR-8D-{年}"',
        "编号里要有 {问题编号}",
        id="documents: one number for all",
    ),
    # what one file says of another
    pytest.param(
        "lifecycle.yaml",
        "    from: [待受理]\n    needs: [note]\n    opens",
        "    ¶from: [待审核]\n    needs: [note]\n    opens",
        "待审核",
        id="lifecycle: unknown state in from",
    ),
    pytest.param(
        "lifecycle.yaml",
        "    to: 处理中\n    needs: [team",
        "    ¶to: 处理\n    needs: [team",
        "处理",
        id="lifecycle: unknown state in to",
    ),
    pytest.param(
        "lifecycle.yaml",
        "    to: {处理中: 已延期,",
        "    ¶to: {处理中: 延期,",
        "延期",
        id="lifecycle: unknown state in a mapping of to",
    ),
    pytest.param(
        "lifecycle.yaml",
        "    needs: [team, owner, due_at]",
        "    ¶needs: [team, owner, duedate]",
        "duedate",
        id="lifecycle: unknown event field",
    ),
    pytest.param(
        "lifecycle.yaml",
        "    takes: [assistants]\n",
        "    ¶takes: [helpers]\n",
        "helpers",
        id="lifecycle: unknown event field in takes",
    ),
    pytest.param(
        "lifecycle.yaml",
        "    ¶sets: {severity: $to}".replace("¶", ""),
        "    ¶sets: {level: $to}",
        "level",
        id="lifecycle: unknown field in sets",
    ),
    pytest.param(
        "lifecycle.yaml",
        "    needs: [functional, compatibility, experience, verifier]\n    sets:",
        "    needs: [functional, experience, verifier]\n    ¶sets:",
        "没有这个字段（先写进这个事件的 needs 或 takes）：compatibility",
        id="lifecycle: sets what the event does not carry",
    ),
    pytest.param(
        "lifecycle.yaml",
        "    changes: severity",
        "    ¶changes: level",
        "level",
        id="lifecycle: unknown field in changes",
    ),
    pytest.param(
        "lifecycle.yaml",
        "    clears: [completed_at]\n",
        "    ¶clears: [done_at]\n",
        "done_at",
        id="lifecycle: unknown field in clears",
    ),
    pytest.param(
        "lifecycle.yaml",
        "    sections: [验证记录]",
        "    ¶sections: [验证报告]",
        "验证报告",
        id="lifecycle: unknown section",
    ),
    pytest.param(
        "lifecycle.yaml",
        "    closes: [暂停, 退回]",
        "    ¶closes: [暂停, 回退]",
        "回退",
        id="lifecycle: unknown event in closes",
    ),
    pytest.param(
        "lifecycle.yaml",
        "when_earlier: {field: due_at,",
        "¶when_earlier: {field: due,",
        "due",
        id="lifecycle: unknown field in when_earlier",
    ),
    pytest.param(
        "lifecycle.yaml",
        "    kb_entries: [不收录, 并入]",
        "    ¶kb_entries: [不收录, 合并]",
        "合并",
        id="lifecycle: unknown entry of the knowledge base",
    ),
    pytest.param(
        "lifecycle.yaml",
        "已延期: {open: true, ",
        "已延期: {open: true, initial: true, ",
        "initial",
        id="lifecycle: two initial states",
    ),
    pytest.param("lifecycle.yaml", "initial: true, ", "", "initial", id="lifecycle: no initial state"),
    pytest.param("lifecycle.yaml", "    from: none\n", "    from: any\n", "登记", id="lifecycle: no first event"),
    pytest.param(
        "lifecycle.yaml",
        "snapshot: [status, ",
        "¶snapshot: [state, ",
        "state",
        id="lifecycle: unknown field in the snapshot",
    ),
    pytest.param(
        "lifecycle.yaml", "  judged_at: 提交验证", "  ¶judged_at: 提交", "提交", id="lifecycle: unknown event in review"
    ),
    pytest.param(
        "lifecycle.yaml",
        "{紧急: 关闭, 高: 提交验证,",
        "{紧急: 关闭, ¶特急: 提交验证,",
        "特急",
        id="lifecycle: unknown severity in review",
    ),
    pytest.param(
        "lifecycle.yaml",
        "before: {紧急: 关闭,",
        "before: {¶紧急: 关单,",
        "关单",
        id="lifecycle: unknown event in before",
    ),
    pytest.param(
        "lifecycle.yaml", "  roles: [产品负责人,", "  ¶roles: [产品经理,", "产品经理", id="lifecycle: unknown role"
    ),
    pytest.param(
        "lifecycle.yaml",
        "  verified_by: 验证通过",
        "  ¶verified_by: 验收",
        "验收",
        id="lifecycle: unknown event in closing",
    ),
    pytest.param(
        "lifecycle.yaml",
        "outcome: 联系不上, after: 反馈",
        "outcome: 联系不上, ¶after: 告知",
        "告知",
        id="lifecycle: unknown event in unreachable",
    ),
    pytest.param("sla.yaml", "timezone: Asia/Shanghai", "¶timezone: Asia/Peking", "时区", id="sla: unknown time zone"),
    pytest.param(
        "sla.yaml", "timezone: Asia/Shanghai", "¶timezone: ../../etc/passwd", "时区", id="sla: time zone that leads out"
    ),
    pytest.param(
        "sla.yaml",
        "start: [登记], stop: [受理]",
        "¶start: [受理登记], stop: [受理]",
        "受理登记",
        id="sla: unknown event in start",
    ),
    pytest.param(
        "sla.yaml", "stop: [响应, 受理, 退回]", "¶stop: [响应, 受理, 回退]", "回退", id="sla: unknown event in stop"
    ),
    pytest.param("sla.yaml", "answers: 补充", "¶answers: 补齐", "补齐", id="sla: unknown event in answers"),
    pytest.param(
        "sla.yaml", "reopened_by: 验证不通过", "¶reopened_by: 不通过", "不通过", id="sla: unknown event in reopened_by"
    ),
    pytest.param(
        "sla.yaml",
        "severities: [紧急], start: [登记, 定级, 重开], stop: [响应",
        "¶severities: [特急], start: [登记, 定级, 重开], stop: [响应",
        "特急",
        id="sla: unknown severity",
    ),
    pytest.param(
        "sla.yaml",
        "target: {紧急: 24 h, 高: 3 wd, 中: 5 wd, 低",
        "¶target: {紧急: 24 h, 高: 3 wd, 低",
        "中",
        id="sla: severity without a target",
    ),
    pytest.param(
        "sla.yaml",
        "not_later_than: [respond, accept]",
        "¶not_later_than: [respond, assign]",
        "assign",
        id="sla: unknown clock",
    ),
    pytest.param(
        "sla.yaml",
        "target: 24 h, pause: [待用户补充, 待用户确认]",
        "target: 24 h, ¶pause: [待用户]",
        "待用户",
        id="sla: unknown reason of a pause",
    ),
    pytest.param("sla.yaml", "unless: [待验证]", "¶unless: [验证中]", "验证中", id="sla: unknown state in unless"),
    pytest.param(
        "sla.yaml", "{name: 计划完成, plan: true,", "{name: 计划完成,", "恰好有一个时钟", id="sla: no clock of the plan"
    ),
    pytest.param(
        "sla.yaml",
        "{name: 受理分配,",
        "{name: 受理分配, plan: true,",
        "恰好有一个时钟",
        id="sla: two clocks of the plan",
    ),
    pytest.param("teams.yaml", "takes: [硬件故障]", "¶takes: [硬件]", "硬件", id="teams: unknown type"),
    # ticket.schema.json
    pytest.param(
        "ticket.schema.json",
        '"states": ["待受理", "处理中"]',
        '¶"states": ["待受理", "在处理"]',
        "没有这个状态：在处理；",
        id="completeness: unknown state",
    ),
    pytest.param(
        "ticket.schema.json",
        '"weight": 15, "types": ["兼容性问题"]',
        '"weight": 15, ¶"types": ["兼容问题"]',
        "没有这个故障类型：兼容问题；",
        id="completeness: unknown type",
    ),
    pytest.param(
        "ticket.schema.json",
        '{"in": ["impact.users"], "like"',
        '{¶"in": ["impact.user"], "like"',
        "没有这个字段或章节：impact.user；",
        id="completeness: unknown field",
    ),
    pytest.param(
        "ticket.schema.json",
        '"besides": "impact.versions"',
        '¶"besides": "impact.version"',
        "没有这个字段或章节：impact.version；",
        id="completeness: unknown field that does not count",
    ),
    pytest.param(
        "ticket.schema.json",
        '{"in": ["occurred_at"], "like": ["数字"]}',
        '{"in": ["occurred_at"], ¶"like": ["日期"]}',
        "没有这个样子：日期；可以写：",
        id="completeness: unknown look",
    ),
    pytest.param(
        "ticket.schema.json",
        '{"in": ["occurred_at"], "like": ["数字"]}',
        '{"in": ["occurred_at"], ¶"pattern": "(?:a{0,9}){0,9}b"}',
        "pattern",
        id="completeness: a regular expression, which may be slow",
    ),
    pytest.param(
        "ticket.schema.json",
        '"type": "object",\n  "additionalProperties"',
        '"type": "object"\n  ¶"additionalProperties"',
        "JSON",
        id="fields: broken JSON",
    ),
    pytest.param(
        "ticket.schema.json", '"maxLength": 80', '¶"maxLength": "80"', "JSON Schema", id="fields: not a schema"
    ),
    pytest.param(
        "ticket.schema.json",
        '"type": "object",\n  "additionalProperties"',
        '¶"type": 5,\n  "additionalProperties"',
        "JSON Schema",
        id="fields: type is a number",
    ),
    pytest.param(
        "ticket.schema.json",
        "https://json-schema.org/draft/2020-12/schema",
        "https://json-schema.org/draft/2030-01/schema",
        "JSON Schema",
        id="fields: a dialect that nobody knows",
    ),
    pytest.param("ticket.schema.json", '"x-sections": [', '"x-parts": [', "x-sections", id="fields: no sections"),
    pytest.param(
        "ticket.schema.json",
        '"x-placeholder": "待补充"',
        '"x-hold": "待补充"',
        "x-placeholder",
        id="fields: no placeholder",
    ),
    pytest.param(
        "ticket.schema.json",
        '"types": ["png", ',
        '"types": [¶"svg", ',
        "svg",
        id="fields: an attachment of a type that cannot be cleaned",
    ),
    pytest.param(
        "ticket.schema.json",
        '"const": "操作误解", "x-prefix": "OP"',
        '"const": "操作误解"',
        "x-prefix",
        id="fields: type without a prefix",
    ),
    pytest.param(
        "ticket.schema.json",
        '"const": "其他", "x-prefix": "OT"',
        '"const": "其他", "x-prefix": "OT", ¶"x-retired": "明年"',
        "YYYY-MM-DD",
        id="fields: retired is no date",
    ),
    pytest.param(
        "ticket.schema.json",
        '"title": "备注",',
        '"title": "备注", ¶"x-since": "2026-2-1",',
        "YYYY-MM-DD",
        id="fields: since is no date",
    ),
    pytest.param(
        "ticket.schema.json",
        '"$ref": "#/$defs/persons",\n      "x-private": true\n    },\n    "due_at"',
        '¶"$ref": "#/$defs/people",\n      "x-private": true\n    },\n    "due_at"',
        "people",
        id="fields: reference to nothing",
    ),
    pytest.param(
        "ticket.schema.json", '{"const": "已解决"}', '{"value": "已解决"}', "const", id="fields: choice without a value"
    ),
    pytest.param(
        "ticket.schema.json",
        '{"const": "已解决"}',
        '{"const": "已解决", ¶"x-retired": "明年"}',
        "YYYY-MM-DD",
        id="fields: retired of an event is no date",
    ),
    pytest.param(
        "ticket.schema.json",
        '{"const": "已解决"}',
        '{"const": "已解决", "x-retired": "2027-01-01", ¶"x-replaced-by": "未解决"}',
        "migrate 替换",
        id="fields: a choice that migrate does not replace",
    ),
    pytest.param(
        "ticket.schema.json",
        '"title": "备注",',
        '"title": "备注", "x-retired": "2027-01-01",',
        "不起作用",
        id="fields: retired is no choice",
    ),
]


@pytest.mark.parametrize(("file", "old", "new", "words_of_message"), MISTAKES)
def test_mistake(file: str, old: str, new: str, words_of_message: str, company: Path, root: Path) -> None:
    """Exit 2, one line with file, line and column, the word that is wrong; no traceback and nothing on stdout."""
    path = company / "schema" / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    spoiled = text.replace(old, new, 1)
    place = None
    if "¶" in spoiled:
        spoiled, place = place_of(spoiled)
    path.write_text(spoiled, encoding="utf-8")

    result = run_check(company, root)
    assert "Traceback" not in result.stderr
    assert result.returncode == 2, result.stdout + result.stderr
    assert result.stdout == ""
    lines = [
        line for line in result.stderr.splitlines() if re.match(rf"schema/{re.escape(file)}:[1-9]\d*:[1-9]\d*: ", line)
    ]
    assert any(words_of_message in line for line in lines), result.stderr
    if place:
        assert any(line.startswith(f"schema/{file}:{place}: ") for line in lines), (place, lines)


@pytest.mark.parametrize("file", FILES)
@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"[]\n", id="a list"),
        pytest.param(b"{}\n", id="an empty mapping"),
        pytest.param(b"42\n", id="a number"),
        pytest.param("# 团队\n".encode("gbk"), id="GBK"),
        pytest.param(b"\x00\x01\x02", id="binary"),
        pytest.param(b"[" * 100_000, id="too deep"),
        pytest.param("folder", id="a folder"),
    ],
)
def test_unusable_file(file: str, content: bytes | str, company: Path) -> None:
    """A file that is not there, or is something else altogether, is named: no other error comes out."""
    path = company / "schema" / file
    path.unlink()
    if isinstance(content, bytes):
        path.write_bytes(content)
    elif content == "folder":
        path.mkdir()
    with pytest.raises(FaultError) as caught:
        vocabulary.load(company)
    assert file in "".join([str(caught.value), *(one.path for one in caught.value.findings)])


@pytest.mark.parametrize("file", FILES[:-2])
def test_missing_file(file: str, company: Path, root: Path) -> None:
    """The command says which file is missing, and ends with 2."""
    (company / "schema" / file).unlink()
    result = run_check(company, root)
    assert (result.returncode, result.stdout) == (2, "")
    assert f"schema/{file}" in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_without_documents(company: Path, root: Path) -> None:
    """A company whose schema/ is older than documents.yaml checks its faults as before."""
    (company / "schema" / "documents.yaml").unlink()
    shutil.rmtree(company / "schema" / "documents")
    result = run_check(company, root)
    assert (result.returncode, result.stderr) == (0, "")


def test_lists_of_private_and_public(company: Path) -> None:
    """Without schema/privacy.yaml nothing is public and no word is private; a public value counts in every spelling."""
    (company / "schema" / "privacy.yaml").unlink()
    assert vocabulary.load(company).lists == Lists()
    entry = '{digest: "0011223344556677", length: 4, head: ab12, kind: 客户}'
    text = f"version: 1\nsalt: {'0' * 32}\npublic: [{{value: 138 0013-8000, note: 热线}}]\nwords: [{entry}]\n"
    (company / "schema" / "privacy.yaml").write_text(text, encoding="utf-8")
    lists = vocabulary.load(company).lists
    assert (privacy.find("打 13800138000", lists), privacy.find("打 13800138001", lists) != []) == ([], True)
    assert lists.dictionary is not None
    assert len(lists.dictionary) == 1


def test_tabs_in_json(company: Path) -> None:
    """JSON that an editor has indented with tabs is read, and a mistake in it is found."""
    path = company / "schema" / "ticket.schema.json"
    data = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps(data, ensure_ascii=False, indent="\t"), encoding="utf-8")
    assert vocabulary.load(company).severities() == ("紧急", "高", "中", "低")
    data["properties"]["remark"]["maxLength"] = "2000"
    path.write_text(json.dumps(data, ensure_ascii=False, indent="\t"), encoding="utf-8")
    with pytest.raises(FaultError) as caught:
        vocabulary.load(company)
    assert [one.path for one in caught.value.findings] == ["schema/ticket.schema.json"]


def test_escapes_in_json(company: Path) -> None:
    """JSON that a program has written with escapes, an emoji as two of them, is read, and a mistake in it is found."""
    path = company / "schema" / "ticket.schema.json"
    data = json.loads(path.read_text(encoding="utf-8"))
    data["properties"]["remark"]["description"] += "\U0001f525"
    path.write_text(json.dumps(data, indent=2), encoding="utf-8")
    assert vocabulary.load(company).title("remark") == "备注"
    data["properties"]["remark"]["maxLength"] = "2000"
    path.write_text(json.dumps(data, indent=2), encoding="utf-8")
    with pytest.raises(FaultError) as caught:
        vocabulary.load(company)
    assert [one.path for one in caught.value.findings] == ["schema/ticket.schema.json"]


def test_all_mistakes_in_one_run(company: Path) -> None:
    """Mistakes in three files are all reported, sorted by place."""
    for file, old, new in (
        ("teams.yaml", "lead: HW002", "leads: HW002"),
        ("sla.yaml", "target: 2 h}", "target: 2 days}"),
        ("sla.yaml", '"18:00"', '"6 pm"'),
        ("lifecycle.yaml", "approver: always\n", "approver: never\n"),
    ):
        path = company / "schema" / file
        path.write_text(path.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    with pytest.raises(FaultError) as caught:
        vocabulary.load(company)
    found = caught.value.findings
    assert {one.path for one in found} == {"schema/lifecycle.yaml", "schema/sla.yaml", "schema/teams.yaml"}
    assert [one.path for one in found].count("schema/sla.yaml") == 2
    assert found == sorted(found)


@pytest.mark.parametrize(
    "contacts", ["", "contacts: {}\n", "contacts: {值班经理: {}}\n"], ids=["none", "empty", "bare"]
)
def test_contacts_are_optional(contacts: str, company: Path) -> None:
    """A company without contacts, or with one of whom nothing is said, has a usable schema: nobody alerts or maintains."""
    path = company / "schema" / "teams.yaml"
    path.write_text(path.read_text(encoding="utf-8").partition("contacts:")[0] + contacts, encoding="utf-8")
    found = vocabulary.load(company).contacts
    assert list(found) == (["值班经理"] if "值班" in contacts else [])
    assert not any(one.github or one.notify or one.alerts or one.maintains for one in found.values())


class TestContent:
    """What schema/ of this repository says."""

    def test_choices(self, words: Vocabulary) -> None:
        """The choices of the requirements, gravest severity first."""
        assert words.severities() == ("紧急", "高", "中", "低")
        assert list(words.choices["type"]) == ["硬件故障", "软件Bug", "兼容性问题", "操作误解", "其他"]
        channels = ["电话", "在线咨询", "用户反馈平台", "内部测试", "监控告警", "未记录"]
        assert list(words.choices["channel"]) == channels
        assert [one for one in channels if words.retired("channel", one)] == ["未记录"], "只有历史导入的故障可以用"
        assert list(words.choices["kb.entry"]) == ["收录", "并入", "不收录", "撤下"]
        assert {"硬件研发组", "软件开发组", "测试组", "客服组"} <= words.teams.keys()
        assert {"产品负责人", "研发负责人", "测试负责人"} <= words.roles.keys()

    def test_who_is_reached(self, words: Vocabulary) -> None:
        """Teams and contacts have handles and names of addresses; one contact gets the alerts, another maintains."""
        team, product, admin = words.teams["硬件研发组"], words.contacts["产品负责人"], words.contacts["管理员"]
        assert (team.github, team.notify) == (("@qiyun/hardware",), ("hardware",))
        assert (product.github, product.notify, product.alerts, product.maintains) == (
            ("@qiyun/product",),
            ("product",),
            True,
            False,
        )
        assert (admin.name, admin.alerts, admin.maintains) == ("管理员", False, True)

    def test_prefixes(self, words: Vocabulary) -> None:
        """The prefixes of DESIGN §3."""
        assert words.prefixes == {"硬件故障": "HW", "软件Bug": "SW", "兼容性问题": "CP", "操作误解": "OP", "其他": "OT"}

    @pytest.mark.parametrize(
        ("channel", "internal"),
        [("电话", False), ("用户反馈平台", False), ("内部测试", True), ("监控告警", True), ("信鸽", False)],
    )
    def test_internal_channels(self, channel: str, internal: bool, words: Vocabulary) -> None:  # noqa: FBT001 - a case's own verdict
        """The last two have nobody outside to tell."""
        assert words.is_internal(channel) is internal

    def test_sections(self, words: Vocabulary) -> None:
        """Seven sections, with the parts of three of them."""
        assert [one.name for one in words.sections if one.part_of is None] == [
            "故障描述",
            "原因分析",
            "短期方案",
            "长期方案",
            "方案评审",
            "验证记录",
            "用户确认",
        ]
        assert [one.name for one in words.sections if one.part_of == "故障描述"] == [
            "现象",
            "使用场景",
            "发生频率",
            "复现步骤",
            "环境信息",
        ]
        assert [one.name for one in words.sections if one.part_of == "验证记录"] == [
            "功能验证",
            "兼容性验证",
            "用户体验验证",
        ]

    def test_published_sections(self, words: Vocabulary) -> None:
        """The allow-list of DESIGN §7."""
        assert {one.name for one in words.sections if one.publish} == {
            "故障描述",
            "原因分析",
            "短期方案",
            "长期方案",
            "验证记录",
        }

    def test_published_fields(self, words: Vocabulary) -> None:
        """The allow-list of DESIGN §7; persons, customers, status and notes are not on it."""
        properties = words.schema.root["properties"]
        assert {name for name, node in properties.items() if node.get("x-publish")} == {
            "id",
            "title",
            "type",
            "severity",
            "occurred_at",
            "reported_at",
            "completed_at",
            "kb",
        }
        assert {name for name, node in properties["impact"]["properties"].items() if node.get("x-publish")} == {
            "products",
            "versions",
            "regions",
            "modules",
        }
        assert "reason" not in {name for name, node in properties["kb"]["properties"].items() if node.get("x-publish")}

    def test_every_field_has_a_chinese_title(self, words: Vocabulary) -> None:
        """At the top, inside, and in events."""

        def titles(node: dict[str, object], path: tuple[str | int, ...]) -> None:
            for name, inner in words.schema.resolve(node).get("properties", {}).items():
                assert re.search("[\u4e00-\u9fff]", words.title(*path, name)), (*path, name)
                titles(inner, (*path, name))

        titles(words.schema.root, ())
        titles(words.schema.root["$defs"]["event"], ("events", 0))

    def test_nothing_is_retired(self, words: Vocabulary) -> None:
        """Unknown values are not retired either."""
        assert [
            words.retired(field, value)
            for field, value in (("type", "其他"), ("team", "测试组"), ("team", "法务组"), ("title", "x"))
        ] == [None] * 4


def findings(company: Path) -> list[Finding]:
    """Check a repository in its own vocabulary and return the errors."""
    words = vocabulary.load(company)
    outcome = check.check(company, words, corpus.load(company, corpus.find(company)[0], words).ticket.events[-1].at)  # type: ignore[union-attr]
    return [one for one in outcome.findings if one.level == "error"]


@pytest.fixture
def two_tickets(company: Path, write_text: Callable[..., str]) -> Path:
    """Return a repository with a fault of the day before 2026-11-10 and one of that day."""
    shutil.rmtree(company / "tickets")
    folder = company / "tickets" / "2026" / "11"
    folder.mkdir(parents=True)
    for day in ("09", "10"):
        text = write_text(f"2026-11-{day} 09:00 登记", f"2026-11-{day} 10:00 受理 due_at: 2026-11-20 18:00", **ACCEPTED)
        (folder / f"SW-202611{day}-001.md").write_text(text, encoding="utf-8")
    return company


ACCEPTED = {
    "status": "处理中",
    "team": "软件开发组",
    "owner": "{staff: RD017, name: 李*}",
    "due_at": "2026-11-20 18:00",
}


class TestGrowth:
    """The schema grows without turning old records red: what is new holds from a day on, the 10th of November 2026."""

    OLD, NEW = "tickets/2026/11/SW-20261109-001.md", "tickets/2026/11/SW-20261110-001.md"

    def change_json(self, company: Path, change: Callable[[dict[str, dict[str, object]]], None]) -> None:
        """Change the fields."""
        path = company / "schema" / "ticket.schema.json"
        data = json.loads(path.read_text(encoding="utf-8"))
        change(data)
        path.write_text(json.dumps(data, ensure_ascii=False, indent=2), encoding="utf-8")

    def change_yaml(self, company: Path, file: str, old: str, new: str) -> None:
        """Change a line."""
        path = company / "schema" / file
        text = path.read_text(encoding="utf-8")
        assert text.count(old) == 1
        path.write_text(text.replace(old, new), encoding="utf-8")

    def test_nothing_changed(self, two_tickets: Path) -> None:
        """Both faults are fine to begin with."""
        assert [one for one in findings(two_tickets) if one.rule != "event-in-future"] == []

    def errors(self, company: Path) -> list[tuple[str, str]]:
        """Return path and rule of the findings."""
        return [(one.path, one.rule) for one in findings(company) if one.rule != "event-in-future"]

    def test_new_required_field(self, two_tickets: Path) -> None:
        """A field with ``x-since`` is missed only in the fault of that day."""
        self.change_json(
            two_tickets,
            lambda data: data["properties"].update(
                {"site": {"title": "现场", "type": "string", "x-since": "2026-11-10"}}
            ),
        )
        assert self.errors(two_tickets) == [(self.NEW, "missing-field")]

    @pytest.mark.parametrize("name", ["occurred_at", "team"])
    def test_existing_field_becomes_required(self, name: str, two_tickets: Path) -> None:
        """The same for a field that was optional before; both faults have it, so nothing is missed."""
        self.change_json(two_tickets, lambda data: data["properties"][name].update({"x-since": "2026-11-10"}))  # type: ignore[attr-defined]
        assert self.errors(two_tickets) == []

    def test_new_requirement_of_an_event(self, two_tickets: Path) -> None:
        """A requirement with ``since``."""
        self.change_yaml(
            two_tickets,
            "lifecycle.yaml",
            "    requires: [team, owner, due_at]\n    closes",
            "    requires: [team, owner, due_at, {name: remark, since: 2026-11-10}]\n    closes",
        )
        assert self.errors(two_tickets) == [(self.NEW, "missing-field")]

    def test_new_section_of_an_event(self, two_tickets: Path) -> None:
        """A section with ``since``: 方案评审, which both bodies have, and none; then a body without it."""
        self.change_yaml(
            two_tickets,
            "lifecycle.yaml",
            "    takes: [assistants]\n    requires",
            "    takes: [assistants]\n    sections: [{name: 方案评审, since: 2026-11-10}]\n    requires",
        )
        assert self.errors(two_tickets) == []
        for path in (self.OLD, self.NEW):
            text = (two_tickets / path).read_text(encoding="utf-8")
            (two_tickets / path).write_text(text.replace("## 方案评审\n\n同意。\n", ""), encoding="utf-8")
        assert self.errors(two_tickets) == [(self.NEW, "missing-section")]

    def test_retired_team(self, two_tickets: Path) -> None:
        """A team that was dissolved on that day keeps its old faults."""
        self.change_yaml(
            two_tickets,
            "teams.yaml",
            "takes: [软件Bug, 兼容性问题], lead: RD001",
            "takes: [软件Bug, 兼容性问题], lead: RD001, retired: 2026-11-10",
        )
        assert self.errors(two_tickets) == [(self.NEW, "schema")]
        assert vocabulary.load(two_tickets).retired("team", "软件开发组") == date(2026, 11, 10)

    @pytest.mark.parametrize(("field", "value"), [("type", "软件Bug"), ("severity", "中"), ("channel", "电话")])
    def test_retired_choice(self, field: str, value: str, two_tickets: Path) -> None:
        """The same for type, severity and channel."""

        def retire(data: dict[str, dict[str, object]]) -> None:
            for choice in data["properties"][field]["oneOf"]:  # type: ignore[index]
                if choice["const"] == value:
                    choice["x-retired"] = "2026-11-10"

        self.change_json(two_tickets, retire)
        assert self.errors(two_tickets) == [(self.NEW, "schema")]
        assert vocabulary.load(two_tickets).retired(field, value) == date(2026, 11, 10)

    def test_new_choices(self, two_tickets: Path) -> None:
        """A new team, a new type and a new state need no change in the program."""
        self.change_yaml(
            two_tickets, "teams.yaml", "roles:\n", "  算法组: {title: 算法组, takes: [软件Bug], lead: AL001}\nroles:\n"
        )
        self.change_yaml(
            two_tickets,
            "lifecycle.yaml",
            "\n# 由事件推出",
            "  观察中: {open: true, description: 已发布，观察两周}\n\n# 由事件推出",
        )
        self.change_json(
            two_tickets,
            lambda data: data["properties"]["type"]["oneOf"].append(
                {"const": "安全漏洞", "x-prefix": "SE", "description": "可被利用"}
            ),
        )  # type: ignore[attr-defined]
        words = vocabulary.load(two_tickets)
        assert "算法组" in words.teams
        assert words.prefixes["安全漏洞"] == "SE"
        assert words.lifecycle.states[-1] == "观察中"
        assert self.errors(two_tickets) == []

    def test_company_days(self, two_tickets: Path) -> None:
        """A day of the company's own."""
        self.change_yaml(two_tickets, "calendar.yaml", "days: {}", "days:\n  2026-05-30: {workday: true, name: 盘点}")
        assert vocabulary.load(two_tickets).company_days == {
            date(2026, 5, 30): vocabulary.CompanyDay(workday=True, name="盘点")
        }
