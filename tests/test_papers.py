"""What the documents say: values worked out by hand from the sample tickets, and what is lacking or need not be there."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from faultkb import corpus, moment, papers
from faultkb.finding import FaultError
from faultkb.papers import case, names, sections

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from faultkb.papers import Paper
    from faultkb.ticket import Ticket
    from faultkb.vocabulary import Vocabulary

AS_OF = "2026-11-20 17:00"


@pytest.fixture(scope="session")
def sample(root: Path, words: Vocabulary) -> Callable[..., Paper]:
    """Return a function from the id of a sample ticket to one of its documents."""

    def build(ticket_id: str, kind: str = "归档") -> Paper:
        path = f"tickets/{ticket_id[3:7]}/{ticket_id[7:9]}/{ticket_id}.md"
        one = corpus.load(root, path, words).ticket
        assert one is not None
        return papers.build(root, case.of(root, one, words, moment.parse(AS_OF)), kind)

    return build


@pytest.fixture(scope="session")
def paper(root: Path, words: Vocabulary, make_ticket: Callable[..., Ticket]) -> Callable[..., Paper]:
    """Return a function from events and header fields to a document."""

    def build(*events: str, kind: str = "归档", **fields: Any) -> Paper:
        one = make_ticket(*events, **fields)
        return papers.build(root, case.of(root, one, words, moment.parse(AS_OF)), kind)

    return build


def rows(one: Paper, name: str) -> list[tuple[str, ...]]:
    """Return the rows of a table as tuples."""
    return [tuple(row.values()) for row in one.rows(name)]


# ── the sample tickets ──


def test_head(sample: Callable[..., Paper]) -> None:
    """Title, number, version and signatures come from schema/documents.yaml."""
    one = sample("SW-20261103-001", "8D")
    assert (one.kind, one.title, one.number) == ("8D", "8D 报告", "QY-QR-8D-SW-20261103-001")
    assert [one.values[name] for name in ("公司名称", "文件版本", "密级", "编制日期")] == [
        "栖云",
        "A/0",
        "内部资料",
        "2026-11-20",
    ]
    assert [row[0] for row in rows(one, "签字")] == ["组长", "质量", "批准"]
    assert one.home == "tickets/2026/11"


def test_team(sample: Callable[..., Paper]) -> None:
    """Everybody stands once with all duties, the leader of the team first; names are known where the ticket has them."""
    assert rows(sample("SW-20261103-001", "8D"), "团队") == [
        ("组长、评审人", "RD001", "软件开发组"),
        ("主责人、评审人", "RD017 李*", "软件开发组"),
        ("协办人", "RD021 王*", ""),
        ("评审人", "PM001", ""),
        ("评审人", "QA001", "测试组"),
        ("评审人", "CL001", "云平台组"),
        ("验证人", "QA003 赵*", ""),
        ("反馈人", "ZL001 张*", ""),
    ]


def test_review_with_roles(sample: Callable[..., Paper]) -> None:
    """The review names who took part in which role."""
    ((at, host, people, conclusion),) = rows(sample("SW-20261103-001"), "评审")
    assert (at, host) == ("2026-11-04 14:30", "PM002")
    assert people == (
        "PM001（产品负责人）、RD001（研发负责人、软件开发组组长）、QA001（测试负责人、测试组组长）、"
        "RD017 李*（主责人）、CL001（研发负责人、云平台组组长）"
    )
    assert conclusion == "短期由云端下发分批上报，长期把维护任务移出主循环；不采用加大看门狗时限的做法"


def test_causes_are_told_apart(sample: Callable[..., Paper]) -> None:
    """Why it happened and why it was not caught are separate, each without its label."""
    one = sample("SW-20261103-001")
    occurrence, escape = str(one.values["发生原因"]), str(one.values["流出原因"])
    assert occurrence.startswith("夜间维护任务与喂狗都在主循环里，")
    assert occurrence.endswith("只是因为首批全量推送选的是这两个大区。")
    assert escape.startswith("三道关都漏了：\n\n1. SW-20260912-002")
    assert one.values["五个为什么"] == "未提供"


def test_measures(sample: Callable[..., Paper]) -> None:
    """Without a table of its own a measure has the fault's owner and plan; the table on prevention is taken as it is."""
    short, long, *prevention = rows(sample("SW-20261103-001"), "措施")
    assert short == (
        "短期",
        "云端下发参数，把夜间全量上报改为每批 10 个、批间隔 60 秒，任务在批与批之间返回主循环喂狗。",
        "RD017 李*",
        "2026-11-06 18:00",
        "2026-11-06 11:00 验证通过",
    )
    assert long[:2] == ("长期", "V2.3.2：日志清理与全量上报移到独立工作线程，主循环只负责调度和喂狗")
    assert prevention[1] == (
        "预防",
        "网关用例的子设备档位固定为 0、20、40、41、64，一律含上限",
        "测试组",
        "未提供",
        "已更新",
    )
    assert len(prevention) == 4


def test_verification_confirmation_and_end(sample: Callable[..., Paper]) -> None:
    """Who verified what with which result, what the user said, how it ended."""
    one = sample("SW-20261103-001")
    assert rows(one, "验证") == [("2026-11-06 11:00", "通过", "通过", "通过", "通过", "QA003 赵*", "")]
    assert rows(one, "确认") == [
        (
            "2026-11-09 10:18",
            "ZL001 张*",
            "已解决",
            "11 月 6 日 15 点升级，7、8、9 日三个凌晨均未重启，47 个子设备没有离线记录",
        )
    ]
    assert one.values["结案说明"] == "2026-11-09 15:47 关闭（PM002）"
    assert one.values["用户确认结果"] == "已解决"
    assert [row[0] for row in rows(one, "反馈")] == ["2026-11-03 11:20", "2026-11-05 10:26", "2026-11-06 11:37"]
    assert rows(one, "告知时限") == [
        ("用户反馈", "2026-11-06 18:00", "2026-11-10 18:00", "2026-11-09 15:47", "取消"),
    ]


def test_only_what_the_ticket_has_not_is_lacking(sample: Callable[..., Paper]) -> None:
    """A whole ticket lacks nothing but what was changed elsewhere; what did not happen is not lacking."""
    one = sample("SW-20261103-001")
    assert one.lacking == {"举一反三": "在“长期方案”里写“**举一反三。**”"}
    assert one.values["举一反三"] == "待补充"
    assert rows(one, "风险") == [("未发生", "", "")]
    assert rows(one, "改期") == [("未发生", "", "", "", "", "")]
    assert rows(one, "附件") == [("无", "", "")]


def test_risks_deferrals_and_waits(sample: Callable[..., Paper]) -> None:
    """A change of plan has the old date, the new one, the reason and the approver; an earlier date needs none."""
    one = sample("CP-20260827-001")
    assert [row[:2] for row in rows(one, "风险")] == [("2026-09-01 11:33", "RD025 郭*")]
    assert rows(one, "改期") == [
        (
            "2026-09-01 15:24",
            "PM002",
            "2026-09-01 18:00",
            "2026-09-10 18:00",
            "厂商答复补丁 9 月 7 日前给出，加上集成与自测需到 9 月 10 日",
            "PM001",
        ),
        ("2026-09-04 15:02", "PM002", "2026-09-10 18:00", "2026-09-08 18:00", "补丁提前到位，计划相应提前", ""),
    ]
    assert rows(one, "暂停") == [("2026-09-01 15:30", "2026-09-04 14:17", "待供应商", "等待无线模组厂商补丁库")]
    assert (one.values["原计划完成时间"], one.values["计划完成时间"]) == ("2026-09-01 18:00", "2026-09-08 18:00")


# ── what a ticket may lack ──


def test_new_fault_lacks_the_work(paper: Callable[..., Paper]) -> None:
    """Of a fault that was only registered, the report is there and the work is lacking, with where to write it."""
    body = "## 故障描述\n\n### 现象\n\n网关重启。\n\n## 原因分析\n\n待补充\n"
    one = paper("登记", body=body)
    assert one.values["现象"] == "网关重启。"
    assert one.values["原因分析"] == one.values["流出原因"] == one.values["主责人"] == "待补充"
    assert rows(one, "分配") == [("待补充", "", "", "", "", "", "", "")]
    assert one.lacking["流出原因"] == "在“原因分析”里写“**流出原因。**”"
    assert one.lacking["使用场景"] == "在“故障描述”的“使用场景”里写"
    assert rows(one, "反馈") == [("待补充", "", "")]  # by phone: somebody waits
    assert rows(one, "确认") == [("未发生", "", "", "")]  # no customer is named
    assert rows(one, "评审") == [("未发生", "", "", "")]  # 中: none is asked for
    assert one.values["方案评审"] == "不适用"


def test_review_is_lacking_where_it_is_asked_for(paper: Callable[..., Paper]) -> None:
    """高, and a complex fault, need a review; internal tests have nobody to tell."""
    one = paper("登记", severity="高", channel="内部测试", body="")
    assert rows(one, "评审")[0][0] == "待补充"
    assert rows(one, "反馈")[0][0] == "未发生"
    assert rows(paper("登记", complex="true", body=""), "评审")[0][0] == "待补充"


def test_voided_fault_needs_no_work(paper: Callable[..., Paper]) -> None:
    """What turned out to be no fault has no cause to be found: nothing but the report can be lacking."""
    one = paper(
        "登记", "作废 reason: 重复, note: 见另一个", status="已关闭", body="## 故障描述\n\n### 现象\n\n重启。\n"
    )
    assert one.values["发生原因"] == one.values["主责人"] == "不适用"
    assert rows(one, "验证")[0][0] == "未发生"
    assert one.values["结案说明"] == "2026-11-02 10:00 作废（PM002）：重复：见另一个"
    assert set(one.lacking) == {"使用场景", "发生频率", "复现步骤", "环境信息"}


def test_imported_history_is_not_recorded(paper: Callable[..., Paper]) -> None:
    """Of a fault that was imported as closed nobody can supply what was not recorded."""
    one = paper(
        "登记 imported: true, status: 已关闭, team: 软件开发组, completed_at: 2026-10-01 10:00",
        status="已关闭",
        body="## 故障描述\n\n### 现象\n\n重启。\n",
    )
    assert one.values["发生原因"] == one.values["主责人"] == one.values["使用场景"] == "未记录"
    assert rows(one, "验证") == [("未记录", "", "", "", "", "", "")]
    assert one.values["结案说明"] == "2026-10-01 10:00 历史导入时已关闭（ZL001 张*）"
    assert one.lacking == {}


def test_reopened_fault_shows_its_current_cycle(paper: Callable[..., Paper]) -> None:
    """Review, verification and confirmation are those of the cycle; the course tells of the earlier ones."""
    customer = "{id: U****3821}"
    first = ("登记", "受理", "评审", "提交验证", "验证通过", "用户确认", "关闭", "重开")
    one = paper(*first, customer=customer, severity="高")
    assert one.values["轮次"] == "第 2 轮"
    assert [rows(one, name)[0][0] for name in ("评审", "验证", "确认")] == ["待补充"] * 3
    assert one.values["提交验证时间"] == one.values["验证结果"] == one.values["关闭时间"] == "待补充"
    assert [row[2] for row in rows(one, "经过")] == list(first)
    again = paper(*first, "提交验证", "验证不通过", "提交验证", "验证通过", customer=customer, severity="高")
    assert [row[:2] for row in rows(again, "验证")] == [("2026-11-02 18:00", "未通过"), ("2026-11-02 20:00", "通过")]
    assert again.values["提交验证时间"] == "2026-11-02 19:00"


def test_nobody_is_told_of_what_was_not_yet(root: Path, words: Vocabulary, make_ticket: Callable[..., Ticket]) -> None:
    """A document of an earlier day knows nothing of later events."""
    one = make_ticket("2026-11-02 09:00 登记", "2026-11-03 09:00 受理", "2026-11-04 09:00 风险")
    early = papers.build(root, case.of(root, one, words, moment.parse("2026-11-03 12:00")), "风险预警报告")
    assert rows(early, "风险") == [("未发生", "", "")]
    assert [row[2] for row in rows(early, "经过")] == ["登记", "受理"]


# ── sections ──


CAUSES = """\
## 原因分析

{text}
"""


@pytest.mark.parametrize(
    ("text", "occurrence", "escape", "whys"),
    [
        ("螺丝松。", "螺丝松。", "待补充", "未提供"),
        ("**发生原因**：螺丝松。\n\n**流出原因**：没有测。", "螺丝松。", "没有测。", "未提供"),
        ("### 直接原因\n\n螺丝松。\n\n### 为什么没有被发现\n\n没有测。", "螺丝松。", "没有测。", "未提供"),
        ("【根本原因】螺丝松。\n【未检出原因】没有测。", "螺丝松。", "没有测。", "未提供"),
        ("先排除了软件。\n\n**发生原因。** 螺丝松。", "先排除了软件。\n\n螺丝松。", "待补充", "未提供"),
        ("螺丝松。\n\n**5-Why。**\n\n1. 没拧紧\n2. 没有扭力扳手", "螺丝松。", "待补充", "1. 没拧紧\n2. 没有扭力扳手"),
        (
            "螺丝松。\n\n为什么1：没拧紧\n为什么 2：没有扭力扳手\n为什么三：没有采购",
            "螺丝松。",
            "待补充",
            "1. 没拧紧\n2. 没有扭力扳手\n3. 没有采购",
        ),
        ("Why1: 没拧紧\nWhy2: 没有扳手\n流出原因：没有测", "待补充", "没有测", "1. 没拧紧\n2. 没有扳手"),
        ("```\n流出原因：这是日志\n```", "```\n流出原因：这是日志\n```", "待补充", "未提供"),
    ],
)
def test_labels_of_causes(paper: Callable[..., Paper], text: str, occurrence: str, escape: str, whys: str) -> None:
    """Causes and whys are found by every usual spelling; what has no label is why it happened."""
    one = paper("登记", body=CAUSES.format(text=text))
    assert [one.values[name] for name in ("发生原因", "流出原因", "五个为什么")] == [occurrence, escape, whys]


def test_measures_by_a_table(paper: Callable[..., Paper]) -> None:
    """A table with a measure and who is responsible gives the measures; another table does not."""
    body = (
        "## 短期方案\n\n| 参数 | 值 |\n|---|---|\n| 批量 | 10 |\n\n分批上报。第二句。\n\n"
        "## 长期方案\n\n| 序号 | 改进措施 | 责任人 | 完成时间 | 进度 |\n|---|---|---|---|---|\n"
        "| 1 | 移到`线程` | RD017 | 2026-11-20 | 已完成 |\n| 2 | 加用例 | QA003 |\n\n"
        "**举一反三。** 门锁固件有同样的循环，一并修改。\n"
    )
    one = paper("登记", "受理", body=body, team="软件开发组", owner="{staff: RD017, name: 李*}")
    assert rows(one, "措施") == [
        ("短期", "分批上报。", "RD017 李*", "2026-11-06 18:00", ""),
        ("长期", "移到线程", "RD017", "2026-11-20", "已完成"),
        ("长期", "加用例", "QA003", "未提供", ""),
    ]
    assert one.values["举一反三"] == "门锁固件有同样的循环，一并修改。"


def test_a_list_is_measures(paper: Callable[..., Paper]) -> None:
    """A plan that begins with a list has a measure for each item; one that announces a list is one measure."""
    body = "## 短期方案\n\n1. 换货 20 台。\n2. 停发该批次；\n   - 含在途\n\n## 长期方案\n\nV2.3.2：\n\n- 移到线程；\n- 加用例。\n"
    one = paper("登记", "受理", body=body, team="软件开发组", owner="{staff: RD017, name: 李*}")
    assert [row[:2] for row in rows(one, "措施")] == [
        ("短期", "换货 20 台。"),
        ("短期", "停发该批次；含在途"),
        ("长期", "V2.3.2：移到线程；加用例。"),
    ]


def test_question_and_attachments(sample: Callable[..., Paper]) -> None:
    """5W2H as far as the ticket says; the files in the folder, and where they are referred to."""
    one = sample("HW-20260611-001", "8D")
    assert rows(one, "附件") == [("ircut-20260610.log", "2 KB", "原因分析")]
    assert rows(one, "问题5W2H") == [
        (
            "何事（What）",
            "摄像机入夜后滤光片不切换，夜视画面全黑。傍晚红外灯已亮（镜头旁可见暗红光），画面却变成全黑，只剩时间水印；天亮后自动恢复。",
        ),
        ("何时（When）", "发生 2026-06-10 19:52；反馈 2026-06-11 14:31"),
        ("何地（Where）", "西北、华北、西南；摄像机 C5；V3.1.4、V3.2.0；夜视"),
        ("何人（Who）", "反馈人 ZL001 张*；渠道 电话"),
        ("为何是问题（Why）", "高：影响主要功能且部分用户"),
        ("怎样发生（How）", "院门外墙、屋檐下，昼夜温差大的地区居多。"),
        ("多少（How many）", "受影响用户数 238；频率 该设备 6 月 1 日至 10 日共 20 次昼夜切换，失败 9 次。"),
    ]


def test_gist_is_short(words: Vocabulary) -> None:
    """A section of one endless sentence is cut."""
    assert sections.gist("长" * 500, words.lists) == "长" * 119 + "…"


@pytest.mark.parametrize("before", range(95, 120))
def test_gist_is_masked_before_it_is_cut(words: Vocabulary, before: int) -> None:
    """Wherever the cut falls in an e-mail address, a telephone or an id, no half of it is left."""
    for secret in ("wang.xm@example.com.cn", "13911112222", "110101199003074514"):
        said = sections.gist(f"{'长' * before}：{secret}", words.lists)
        assert [secret[:size] for size in range(6, len(secret)) if secret[:size] in said] == []


# ── all of it ──


def test_every_placeholder_has_a_value(sample: Callable[..., Paper], paper: Callable[..., Paper]) -> None:
    """Whatever the ticket: each placeholder has a value of its kind, each row all its cells, and one line in each."""
    for one in (sample("SW-20261103-001"), sample("HW-20260611-001"), paper("登记", body="")):
        assert list(one.values.keys() ^ names.EVERY.keys()) == []
        for name in names.EVERY.values():
            value = one.values[name.name]
            if name.kind == names.TABLE:
                assert value
                assert all(tuple(row) == name.cells for row in value)  # type: ignore[union-attr]
                assert not any("\n" in cell for row in value for cell in row.values())  # type: ignore[union-attr]
            elif name.kind == names.LINE:
                assert value
                assert "\n" not in str(value)
            elif name.kind == names.PROSE:
                assert isinstance(value, papers.Markdown)
                assert value


def test_names_are_identifiers() -> None:
    """A template can ask for every placeholder and every cell; none stands twice."""
    every = [one for group in names.GROUPS.values() for one in group]
    assert len({one.name for one in every}) == len(every)
    assert [name for one in every for name in (one.name, *one.cells) if not name.isidentifier()] == []


PHONE, NAME, MAIL = "13800138000", "李建国", "someone@corp-mail.cn"


def test_nothing_private_in_any_value(paper: Callable[..., Paper]) -> None:
    """Private values are masked wherever a ticket has them: header, notes, sections, tables, people."""
    private = f"用户电话 {PHONE}，邮箱 {MAIL}"
    body = f"## 故障描述\n\n### 现象\n\n{private}\n\n## 短期方案\n\n| 措施 | 责任人 |\n|---|---|\n| 回访 {PHONE} | RD017 |\n"
    one = paper(
        "登记",
        f"受理 note: 联系 {PHONE}, owner: {{staff: RD017, name: {NAME}}}",
        f"反馈 note: 致电 {PHONE}",
        f"风险 note: {MAIL} 未回复",
        body=body,
        title=f"重启 {PHONE}",
        remark=private,
        reporter=f"{{staff: ZL001, name: {NAME}}}",
    )
    told = repr([value for value in one.values.values() if not isinstance(value, papers.Picture)])
    assert [secret for secret in (PHONE, NAME, MAIL) if secret in told] == []
    assert "RD017 李*" in told


def test_kinds_need_their_file(words: Vocabulary) -> None:
    """Without documents.yaml it is said what to do."""
    with pytest.raises(FaultError, match=r"缺少文件 schema/documents\.yaml：从本项目的仓库复制它"):
        papers.kinds(replace(words, documents={}))


def test_number_of_a_year(root: Path, words: Vocabulary, make_ticket: Callable[..., Ticket]) -> None:
    """The number takes id, year and month of the fault."""
    kinds = {"8D": {"title": "8D", "number": "{年}/{月} {问题编号}"}}
    other = replace(words, documents={"company": "甲", "kinds": kinds})
    one = make_ticket("登记")
    made = papers.build(root, case.of(root, one, other, moment.parse(AS_OF)), "8D")
    assert made.number == "2026/11 SW-20261102-001"
    assert (made.values["公司标志"], made.values["文件版本"], made.values["密级"]) == (None, "无", "无")
