"""Issue forms: what GitHub writes is read back, whatever stands in the fields, and no text passes for a field."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from faultkb import form
from faultkb.finding import FaultError

if TYPE_CHECKING:
    from faultkb.vocabulary import Vocabulary

LABELS = {
    "type": "故障类型",
    "severity": "严重程度",
    "title": "问题标题",
    "channel": "反馈渠道",
    "reported_at": "反馈时间",
    "late": "补录原因",
    "occurred_at": "故障发生时间",
    "reporter": "反馈人工号",
    "reporter_name": "反馈人姓名",
    "users": "受影响用户数",
    "product": "涉及产品",
    "version": "涉及版本",
    "region": "地域分布",
    "module": "功能模块",
    "customer_id": "用户ID",
    "customer_device": "设备编号",
    "customer_contact": "联系方式",
    "customer_ref": "客户系统编号",
    "complex": "复杂问题",
    "remark": "备注",
    "现象": "现象",
    "使用场景": "使用场景",
    "发生频率": "发生频率",
    "复现步骤": "复现步骤",
    "环境信息": "环境信息",
}
"""Every label that a form can have: the titles of the tracking sheet (REQUIREMENTS) and of the parts of 故障描述."""

DESCRIPTION = ["现象", "使用场景", "发生频率", "复现步骤", "环境信息"]
BEHIND = ["受影响用户数", "地域分布", "功能模块", "故障发生时间", "反馈渠道", "反馈时间", "补录原因"]
BEHIND += ["反馈人工号", "反馈人姓名", "客户系统编号"]
"""The form's headings behind the description."""

FILLED = """\
### 问题标题

升级: 后 #2 台 {网关} 离线

### 故障类型

兼容性问题

### 受影响用户数

_No response_

### 涉及产品

- [x] 智能网关 GW2
- [ ] 摄像机 C5
- [X] 栖云 App

### 涉及版本

V2.4.0, V2.4.1、V2.4.2
V2.5.0

### 地域分布

None

### 复杂问题

- [x] 需要多个团队一起处理

### 备注

第一行

第二行

### 现象

断电再上电后，场景列表为空：

```text
### 这不是栏目
boot[1]: reset
```

#### 小标题
后面还有

### 复现步骤

1. 断电
2. 上电
"""


def read(words: Vocabulary, text: str) -> form.Form:
    """Read a form as the command does."""
    return form.read(words, form.parse(form.decode(text.encode("utf-8"))))


def test_each_kind_of_field_is_read(words: Vocabulary) -> None:
    """Lines, drop-down lists, checkboxes, lists in any spelling and free Markdown become answers; what is empty does not."""
    assert read(words, FILLED).answers == {
        "title": "升级: 后 #2 台 {网关} 离线",
        "type": "兼容性问题",
        "product": ["智能网关 GW2", "栖云 App"],
        "version": ["V2.4.0", "V2.4.1", "V2.4.2", "V2.5.0"],
        "complex": True,
        "remark": "第一行\n\n第二行",
        "现象": "断电再上电后，场景列表为空：\n\n```text\n### 这不是栏目\nboot[1]: reset\n```\n\n#### 小标题\n后面还有",
        "复现步骤": "1. 断电\n2. 上电",
    }


def test_every_field_goes_by_its_title(words: Vocabulary) -> None:
    """A form can say everything that a registration can, under the titles of the schema."""
    text = "".join(f"### {label}\n\n是\n\n" for label in LABELS.values())
    filled = read(words, text)
    assert (filled.entries.keys(), filled.wrong) == (LABELS.keys(), ())
    assert {name: one.label for name, one in filled.entries.items()} == LABELS


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace("\n", "\r\n"),
        lambda text: "\ufeff" + text,
        lambda text: re.sub("$", "  ", text, flags=re.MULTILINE).replace("```text  ", "```text"),
        lambda text: re.sub("^### (?!这)", "###   ", text, flags=re.MULTILINE),
        lambda text: re.sub(r"^(### \S+)$", r"\1：", text, flags=re.MULTILINE).replace("栏目：", "栏目"),
        lambda text: text.rstrip("\n"),
        lambda text: "\n\n" + text,
    ],
    ids=["CRLF", "BOM", "trailing blanks", "wide headings", "colons", "no last line end", "blank lines first"],
)
def test_the_way_it_is_stored_does_not_matter(words: Vocabulary, change: Any) -> None:
    """Line ends, a byte order mark and blanks of whoever passed the text on leave the answers as they are."""
    answers = {name: _bare(one) for name, one in read(words, change(FILLED)).answers.items()}
    assert answers == {name: _bare(one) for name, one in read(words, FILLED).answers.items()}


def _bare(answer: Any) -> Any:
    return re.sub(" +$", "", answer, flags=re.MULTILINE) if isinstance(answer, str) else answer


def test_lines_are_those_of_the_form(words: Vocabulary) -> None:
    """A label and its text are found again by line, blank lines between them counted."""
    entries = read(words, "### 问题标题\n\n\n标题\n### 现象\n一\n二\n").entries
    assert {name: (one.line, one.text_line) for name, one in entries.items()} == {"title": (1, 4), "现象": (5, 6)}


BOXES = {
    "one ticked": ("- [x] 紧急\n- [ ] 高", "紧急"),
    "none ticked": ("- [ ] 紧急\n- [ ] 高", None),
    "two ticked are no choice": ("- [x] 紧急\n- [x] 高", "紧急\n高"),
    "with an asterisk": ("* [X] 高", "高"),
    "a text beside is no list of boxes": ("- [x] 高\n见上", "- [x] 高\n见上"),
    "left alone": ("None", None),
}


@pytest.mark.parametrize(("text", "expected"), BOXES.values(), ids=BOXES.keys())
def test_a_choice_may_be_ticked(words: Vocabulary, text: str, expected: str | None) -> None:
    """A single choice made with checkboxes is the label that is ticked; more than one is left for the schema to refuse."""
    assert read(words, f"### 严重程度\n\n{text}\n").answers.get("severity") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [("是", True), ("否", None), ("- [ ] 是", None), ("- [x] 是", True), ("true", "true"), ("也许", "也许")],
)
def test_yes_and_no(words: Vocabulary, text: str, expected: object) -> None:
    """A yes is a tick or a word, a no is nothing; anything else is left for the schema."""
    assert read(words, f"### 复杂问题\n\n{text}\n").answers.get("complex") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("甲、乙，丙,丁\n戊", ["甲", "乙", "丙", "丁", "戊"]),
        ("- 甲\n* 乙\n丙-丁", ["甲", "乙", "丙-丁"]),
        (" 智能网关 GW2 ", ["智能网关 GW2"]),
        ("、，\n", None),
        ("-1", ["-1"]),
    ],
)
def test_lists_in_any_spelling(words: Vocabulary, text: str, expected: list[str] | None) -> None:
    """Several values stand one a line or with commas between them, bullets or not."""
    assert read(words, f"### 涉及产品\n\n{text}\n").answers.get("product") == expected


UNREADABLE = {
    "empty": ("", "### 栏目名"),
    "only text": ("网关重启", "### 栏目名"),
    "text before the first field": ("你好\n\n### 问题标题\n\n标题", "### 栏目名"),
    "no field heading": ("# 问题标题\n\n标题", "### 栏目名"),
    "open fence": ("### 现象\n\n一\n```\n二\n\n### 严重程度\n\n紧急", "第 4 行开始的代码块"),
    "open comment": ("### 现象\n\n<!-- 一\n\n### 严重程度\n\n紧急", "注释（<!--）没有结束"),
}


@pytest.mark.parametrize(("text", "said"), UNREADABLE.values(), ids=UNREADABLE.keys())
def test_what_is_no_form_is_refused(words: Vocabulary, text: str, said: str) -> None:
    """Where it cannot be told what belongs to which field, nothing is guessed."""
    with pytest.raises(FaultError, match=re.escape(said)) as refused:
        read(words, text)
    assert refused.value.code == 1


@pytest.mark.parametrize(
    "data", ["### 问题标题\n\n标题".encode("gbk"), "### 问题标题\n\n标题".encode("utf-16"), b"\xff"]
)
def test_other_encodings_are_named(data: bytes) -> None:
    """A form that an editor stored in GBK or UTF-16 is refused with the remedy."""
    with pytest.raises(FaultError, match="UTF-8"):
        form.decode(data)


def test_a_form_beyond_measure_is_refused() -> None:
    """More than a ticket may hold is not even looked at."""
    with pytest.raises(FaultError, match="1 MB"):
        form.decode(b"x" * 1_000_001)


FORGED = {
    "a field twice": (
        "### 严重程度\n\n低\n\n### 现象\n\n一\n### 严重程度\n\n紧急",
        ["第 8 行", "第 1 行", "“严重程度”"],
    ),
    "a part twice": ("### 现象\n\n一\n\n### 现象\n\n二", ["第 5 行", "第 1 行", "“现象”"]),
    "a field in a part": (
        "### 现象\n\n一\n### 用户ID\n\nU****3821",
        ["第 4 行", "“用户ID”", "第 1 行的“现象”之前"],
    ),
    "a later field in a part": (
        "### 现象\n\n一\n### 客户系统编号\n\nCRM-1",
        ["第 4 行", "“客户系统编号”", "第 1 行的“现象”之后", "挪到“现象”之前"],
    ),
    "the remark in a part": ("### 现象\n\n一\n### 备注\n\n二", ["第 4 行", "“备注”", "第 1 行的“现象”之后"]),
    "a later field in the remark": ("### 备注\n\n一\n### 客户系统编号\n\nCRM-1", ["“客户系统编号”", "“备注”之前"]),
    "a field in the remark": ("### 备注\n\n一\n### 复杂问题\n\n是", ["第 4 行", "“复杂问题”", "“备注”之前"]),
}


@pytest.mark.parametrize(("text", "said"), FORGED.values(), ids=FORGED.keys())
def test_no_text_passes_for_a_field(words: Vocabulary, text: str, said: list[str]) -> None:
    """A heading that cannot be a field of the form here is named with its line, and its content is no answer."""
    filled = read(words, text)
    assert len(filled.wrong) == 1
    assert [one for one in said if one not in filled.wrong[0]] == []
    assert not {"customer_id", "complex"} & filled.answers.keys()
    assert filled.answers.get("customer_ref", "CRM-1") == "CRM-1"
    assert filled.answers.get("severity", "低") == "低"


def test_all_wrong_headings_are_named_at_once(words: Vocabulary) -> None:
    """Whoever mends a form learns of every heading in one run."""
    text = "### 现象\n\n一\n### 严重程度\n\n二\n### 现象\n"
    assert [one.partition("：")[0] for one in read(words, text).wrong] == ["表单第 4 行", "表单第 7 行"]


@pytest.mark.parametrize("last", ["环境信息", "备注", "客户系统编号"])
def test_forms_of_either_order_are_read(words: Vocabulary, last: str) -> None:
    """The description before the later answers, as the form asks for it, or behind all short ones, as it did."""
    said = {"故障类型": "软件Bug", "现象": "一", "客户系统编号": "CRM-1", "备注": "二"}
    order = {
        "客户系统编号": ["故障类型", "备注", *DESCRIPTION, *BEHIND],
        "环境信息": ["故障类型", *BEHIND, "备注", *DESCRIPTION],
        "备注": ["故障类型", *DESCRIPTION, *BEHIND, "备注"],
    }[last]
    filled = read(words, "".join(f"### {label}\n\n{said.get(label, '_No response_')}\n\n" for label in order))
    assert (filled.wrong, filled.unused) == ((), ())
    assert filled.answers == {"type": "软件Bug", "现象": "一", "customer_ref": "CRM-1", "remark": "二"}


@pytest.mark.parametrize("gone", ["客户系统编号", "补录原因", "备注"])
def test_where_a_heading_is_gone_a_text_cannot_pass_for_it(words: Vocabulary, gone: str) -> None:
    """A form with a heading less is taken for nothing until it is back where the one complaint says."""
    labels = ["故障类型", *DESCRIPTION, *BEHIND, "备注"]
    said = {"现象": "一\n\n### 客户系统编号\n\nCRM-1"} if gone == "客户系统编号" else {}
    text = "".join(f"### {one}\n\n{said.get(one, '_No response_')}\n\n" for one in labels if one != gone)
    (complaint,) = read(words, text).wrong
    assert ("挪到“现象”之前" in complaint, f"缺少“{gone}”" in complaint) == (True, not said)
    assert said or read(words, f"{text}### 备注" if gone == "备注" else f"### {gone}\n\n{text}").wrong == ()


def test_headings_of_its_author_belong_to_a_part(words: Vocabulary) -> None:
    """GitHub's button for headings writes three #: below a part they are text of that part, on the lines where they were."""
    text = "### 现象\n\n### 我的小标题\n\n重启\n\n### 复现步骤\n\n先这样\n\n\n### 步骤一：\n- [ ] 开机\n\n### 步骤二\n\n关机\n\n### 提交之前\n\n- [x] 好"
    filled = read(words, text)
    assert filled.answers == {
        "现象": "#### 我的小标题\n\n重启",
        "复现步骤": "先这样\n\n\n#### 步骤一\n- [ ] 开机\n\n#### 步骤二\n\n关机",
    }
    assert (filled.wrong, filled.unused) == ((), ())
    assert {name: one.text_line for name, one in filled.entries.items()} == {"现象": 3, "复现步骤": 9}


def test_no_heading_of_its_author_opens_a_field(words: Vocabulary) -> None:
    """Below a heading of one's own in a part a field is as forged as before; what stands below the forged one is no part's."""
    filled = read(
        words, "### 严重程度\n\n低\n\n### 现象\n\n一\n\n### 小\n\n二\n\n### 严重程度\n\n紧急\n\n### 后\n\n三\n"
    )
    assert filled.answers == {"severity": "低", "现象": "一\n\n#### 小\n\n二"}
    assert [one.partition("：")[0] for one in filled.wrong] == ["表单第 13 行"]
    assert [one.label for one in filled.unused] == ["后"]


def test_below_the_last_question_nothing_is_a_part(words: Vocabulary) -> None:
    """What somebody adds at the very end belongs to no field, and is named."""
    filled = read(words, "### 现象\n\n一\n\n### 提交之前\n\n- [x] 好\n\n### 补充\n\n二\n")
    assert (filled.answers, [one.label for one in filled.unused]) == ({"现象": "一"}, ["补充"])


@pytest.mark.parametrize("text", ["无", "没有", "暂无。", "不适用", "-", "——", "N/A", " 无 "])
@pytest.mark.parametrize("label", ["客户系统编号", "功能模块", "地域分布", "补录原因", "备注", "故障发生时间"])
def test_a_word_for_nothing_is_no_answer(words: Vocabulary, label: str, text: str) -> None:
    """Whoever writes 无 into a field that may be empty has left it empty: no user, no module called 无."""
    assert read(words, f"### {label}\n\n{text}\n").answers == {}


@pytest.mark.parametrize(
    ("label", "name", "text", "expected"),
    [
        ("故障发生时间", "occurred_at", "未知", "未知"),
        ("受影响用户数", "users", "无", "无"),
        ("涉及版本", "version", "-", ["-"]),
        ("客户系统编号", "customer_ref", "-1", "-1"),
        ("使用场景", "使用场景", "无", "无"),
    ],
)
def test_what_must_be_answered_is_judged_as_it_is(
    words: Vocabulary, label: str, name: str, text: str, expected: object
) -> None:
    """未知 is an answer; in a field that must be filled in, and in a free text, a word stays what it is."""
    assert read(words, f"### {label}\n\n{text}\n").answers == {name: expected}


@pytest.mark.parametrize(
    ("label", "text", "expected"),
    [
        ("受影响用户数", "１２", "12"),
        ("受影响用户数", "1户", "1"),
        ("受影响用户数", "12（估计）", "12"),
        ("受影响用户数", "12 个用户", "12"),
        ("受影响用户数", "1,264", "1264"),
        ("受影响用户数", "3千", "3千"),
        ("受影响用户数", "约 3", "约 3"),
        ("受影响用户数", "1,2", "1,2"),
        ("受影响用户数", "12（其中 3 户已恢复）", "12（其中 3 户已恢复）"),
        ("受影响用户数", "未知", "未知"),
        ("故障发生时间", "2026-11-20 15：00", "2026-11-20 15:00"),
        ("故障发生时间", "2026年11月20日 15:00", "2026-11-20 15:00"),
        ("反馈时间", "2026/11/20 15:00", "2026-11-20 15:00"),
        ("反馈时间", "11月20日下午3点", "11月20日下午3点"),
        ("反馈人工号", "ZL００４", "ZL004"),
        ("反馈人姓名", "张＊", "张*"),
        ("备注", "１２ 户", "１２ 户"),
    ],
)
def test_what_can_mean_one_thing_only_is_put_right(words: Vocabulary, label: str, text: str, expected: str) -> None:
    """Wide digits, units, other ways to write a minute; what may mean something else is left for the schema to refuse."""
    assert [*read(words, f"### {label}\n\n{text}\n").answers.values()] == [expected]


UNUSED = {
    "no field": ("心情", "好"),
    "a field that nobody may give": ("问题编号", "SW-20261120-001"),
    "a state": ("当前状态", "已关闭"),
    "a section": ("用户确认", "好"),
    "no name": ("", "好"),
}


@pytest.mark.parametrize(("label", "text"), UNUSED.values(), ids=UNUSED.keys())
def test_what_no_field_takes_is_left_out_and_named(words: Vocabulary, label: str, text: str) -> None:
    """A heading of the company's own form stands in nobody's way: it is no answer, and its place is known."""
    filled = read(words, f"### 问题标题\n\n标题\n\n### {label}\n\n{text}\n\n### 现象\n\n一\n")
    assert (filled.answers, filled.wrong) == ({"title": "标题", "现象": "一"}, ())
    assert [(one.label, one.text, one.line) for one in filled.unused] == [(label, text, 5)]


@pytest.mark.parametrize("text", ["- [x] 我已遮盖姓名和电话\n- [ ] 我查过相似的故障", "_No response_"])
def test_what_a_form_only_asks_to_be_ticked_is_no_loss(words: Vocabulary, text: str) -> None:
    """A block of checkboxes, or a field left empty, holds nothing that a ticket could: nobody is told."""
    filled = read(words, f"### 现象\n\n一\n\n### 提交之前\n\n{text}\n")
    assert (filled.answers, filled.wrong, filled.unused) == ({"现象": "一"}, (), ())


@given(
    st.dictionaries(
        st.sampled_from(list(LABELS)),
        st.text(st.characters(exclude_categories=["Cs"], exclude_characters="#`~<\r"), max_size=40),
    )
)
def test_texts_without_marks_are_read_as_they_are(texts: dict[str, str]) -> None:
    """What a person types into any field comes back under that field's name; only blanks at either end may go."""
    text = "".join(f"### {LABELS[name]}\n\n{texts[name] or '_No response_'}\n\n" for name in LABELS if name in texts)
    if not text:
        return
    entries = form.parse(form.decode(text.encode("utf-8")))
    assert [one.label for one in entries] == [LABELS[name] for name in LABELS if name in texts]
    assert [one.text.strip() for one in entries] == [texts[name].strip() for name in LABELS if name in texts]


@given(st.binary())
def test_any_bytes_are_a_form_or_refused(words: Vocabulary, data: bytes) -> None:
    """Nothing that can be in a file or an issue ends in anything but answers or words."""
    try:
        filled = form.read(words, form.parse(form.decode(data)))
    except FaultError:
        return
    assert filled.entries or filled.wrong or form.parse(form.decode(data))


def test_large_forms_are_read_in_linear_time(words: Vocabulary) -> None:
    """A hundred thousand lines of marks are refused or read, not chewed for minutes (the test's patience is the limit)."""
    for line in ("```\n```\n", "# x\n", "a\n---\n", "<!-- -->\n", "### x\n", "- [x] x\n", "[" * 20 + "\n"):
        text = "### 现象\n\n" + line * (400_000 // len(line))
        assert read(words, text).entries
