"""What the counter takes, what it refuses and what it says, against the stand-in for GitHub and a real remote."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests import inside
from tests.workflows import test_intake
from tests.workflows.patches import git
from tests.workflows.test_intake import FIRST, TITLE, edit, filed, form, picture, work_on

if TYPE_CHECKING:
    from tests.workflows.test_intake import Office

office = test_intake.office

BLOCKING = {
    "an address in the remark": (
        {"备注": "寄回：杭州市西湖区文三路 138 号 3 幢 2 单元 501 室"},
        TITLE,
        "备注",
        "详细地址",
    ),
    "a landline": ({"现象": "座机 0571-88886666 旁的网关重启"}, TITLE, "现象", "固定电话"),
    "a plate": ({"现象": "车牌 浙A12345"}, TITLE, "现象", "车牌号"),
    "an account": ({"使用场景": "加微信号 abc_12345"}, TITLE, "使用场景", "微信或 QQ 号"),
    "an address of a machine": ({"现象": "公网地址 47.96.1.2 连不上"}, TITLE, "现象", "IP 地址"),
    "a name in the title": ({}, "[故障] 用户张三丰的网关重启", "标题", "姓名"),
    "an address in the title": ({}, "[故障] 文三路 138 号 3 幢 501 室的网关重启", "标题", "详细地址"),
}
VALUES = ("文三路", "88886666", "12345", "abc_", "47.96.1.2", "张三丰")


@pytest.mark.parametrize("case", BLOCKING)
def test_what_is_private_opens_no_pull_request(office: Office, case: str) -> None:
    """Whatever the check makes of it in a file: no branch, no id, no pull request, and no word repeats it."""
    changed, title, where, kind = BLOCKING[case]
    number = office.github.add_issue(form(**changed), title=title)
    done = office.run(number)
    assert (done.returncode, done.stderr) == (0, "")
    answer = office.answer(number)
    assert answer.startswith("### 没有登记：里面有个人信息，请先删掉\n")
    assert f"- **{where}**：{kind}\n" in answer
    assert [one for one in VALUES if one in answer + done.stdout] == []
    assert (office.github.pulls, office.ids()) == ([], [])
    assert git(office.remote, "branch", "--list", "intake/*") == ""


def test_old_versions_are_not_forgotten(office: Office) -> None:
    """Once mended the fault is filed, and the answer keeps asking for the old version to be deleted, after the next edit too."""
    number = office.github.add_issue(form(反馈人姓名="赵敏", 反馈人工号="４ 号"), title=TITLE)
    office.run(number)
    assert "- **反馈人姓名**：姓名\n" in office.answer(number)
    for said in (form(反馈人姓名="赵＊", 反馈人工号="ZL００４"), form(反馈人姓名="赵*", 备注="再补一句")):
        edit(office, number, body=said)
        office.run(number)
        answer = office.answer(number)
        assert answer.startswith(
            "### 已登记：SW-20261120-001\n\n**这份表单曾经写过个人信息**：旧版本如果还在修改记录里，请删掉"
        )
        assert "赵敏" not in answer


def test_an_urgent_fault_says_first_what_to_do(office: Office) -> None:
    """Who is told, whom to call, and who does what by when: the clerk tells the user, the teams of the type do the rest."""
    answer = office.answer(filed(office, form(严重程度="紧急")))
    assert answer.split("\n")[2].startswith("**紧急**：接下来几分钟，巡查会通知产品负责人。")
    assert "现在就按公司的应急电话联系产品负责人" in answer.split("\n")[2]
    assert "| 最迟 | 谁 | 要做的 |" in answer
    assert "| 软件开发组或云平台组 | 紧急响应" in answer
    assert "| 您（客服） | 用户告知" in answer
    assert "应急电话" not in office.answer(filed(office, form()))


def test_little_is_shown_of_much_that_is_missing(office: Office) -> None:
    """The three that weigh most, the rest folded; in words of the form, and no example twice."""
    number = filed(office)
    poor = form(
        现象="不好用，经常卡", 发生频率=None, 复现步骤=None, 受影响用户数="未知", 涉及版本="最新版", 故障发生时间="昨天"
    )
    edit(office, number, body=poor, title="[故障] 经常卡")
    office.run(number)
    answer = office.answer(number)
    lacking, _, noted = answer.partition("**还缺什么**")[2].partition("**请留意**")
    seen, _, folded = lacking.partition("<details><summary>还有 ")
    assert seen.count("\n- ") == 3
    assert folded.count("\n- ") > 3
    assert "这一栏没有登记，其余的登记了。**故障发生时间**：写法不对" in noted
    assert noted.count("例如（软件Bug）") == 1
    for key in ("impact", "users", "versions", "occurred"):
        assert key not in answer


def test_half_an_upload_is_named(office: Office) -> None:
    """Saved before the file had come: the answer says so, in either way that GitHub writes it."""
    text = '重启 E-1042 ![Uploading 图片.png…]()\n\n<!-- Uploading "boot.log"... -->'
    answer = office.answer(filed(office, form(现象=text)))
    assert "附件“图片.png”没有收进来：还没有传完。等它变成图片或链接再保存" in answer
    assert "附件“boot.log”没有收进来：还没有传完。" in answer


def test_a_name_on_the_branch_is_not_repeated(office: Office) -> None:
    """What somebody wrote into the ticket's title goes no further than there."""
    number = filed(office)
    work_on(
        office, number, lambda text: text.replace("title: 网关重启后场景丢失", "title: 用户张三丰的网关重启"), FIRST
    )
    edit(office, number, body=form(备注="再补一句"))
    office.run(number)
    pull = office.github.pull(number + 1)
    assert "用户张*的网关重启" in pull["title"].replace("\u200b", "").replace("\\", "")
    assert "三丰" not in pull["title"] + pull["body"] + office.answer(number)


def test_what_is_perhaps_private_is_masked(office: Office) -> None:
    """The address of every router and a word that may be a name block nobody; nothing that is pushed or said has them."""
    number = filed(office, form(现象="192.168.1.1 打不开，提示 E-1042；用户张三的网关重启"))
    text = office.show(number, FIRST)
    assert "192.168.*.* 打不开，提示 E-1042；用户张*的网关重启" in text
    answer = office.answer(number)
    assert f"登记里已把现象里的IP 地址遮盖为 192.168.\\*.\\*；#{number} 里还是原样，是用户的信息就请改掉" in answer
    assert "192.168.1.1" not in text + answer + office.github.pull(number + 1)["body"]


def test_a_word_for_nothing_makes_no_user(office: Office) -> None:
    """Whoever writes 无 where the key in the CRM belongs has no user: the same fault as with an empty field."""
    number = filed(office, form(客户系统编号="无", 功能模块="-", 备注="没有"))
    text = office.show(number, FIRST)
    assert ("customer" in text, "modules" in text, "remark" in text) == (False, False, False)
    second = filed(office, form(客户系统编号="_No response_"))
    assert text.partition("\n")[2] == office.show(second, FIRST.replace("-001", "-002")).partition("\n")[2].replace(
        "-002", "-001"
    )


def test_the_button_for_headings_loses_nothing(office: Office) -> None:
    """Headings of one's own in a part are part of the ticket's text, and nobody is told that they were not taken."""
    steps = "### 步骤一\n\n开机\n\n### 步骤二\n\n关机"
    number = filed(office, form(现象="### 我的小标题\n\n提示 E-1042", 复现步骤=steps))
    text = office.show(number, FIRST)
    assert "\n### 现象\n\n#### 我的小标题\n\n提示 E-1042\n" in text
    assert "\n### 复现步骤\n\n#### 步骤一\n\n开机\n\n#### 步骤二\n\n关机\n" in text
    assert "没有登记" not in office.answer(number)


def checked(office: Office, number: int) -> str:
    """Return what the required check says of the branch."""
    git(office.clone, "fetch", "-q", "origin", f"intake/{number}")
    git(office.clone, "checkout", "-q", "FETCH_HEAD")
    done = inside.run(office.clone, office.environment, "check", "--base", "origin/main")
    git(office.clone, "checkout", "-q", "main")
    assert done.returncode == 0, done.stdout
    return done.stdout


def test_an_edit_days_later_makes_nobody_late(office: Office) -> None:
    """Filed at once, edited a week later: neither answer nor ticket says that it came late."""
    number = office.github.add_issue(form(反馈时间=None, 故障发生时间=None), title=TITLE)
    edit(office, number, created_at="2026-11-10T02:30:00Z")
    office.run(number, "--as-of", "2026-11-10 10:40")
    edit(office, number, body=form(反馈时间=None, 故障发生时间=None, 备注="再补一句"))
    office.run(number, "--as-of", "2026-11-17 10:40")
    assert "再补一句" in office.show(number, FIRST.replace("20261120", "20261110"))
    assert "late" not in office.show(number, FIRST.replace("20261120", "20261110"))
    assert "补录原因" not in office.answer(number)


def test_a_form_that_was_completed_days_later_says_so_itself(office: Office) -> None:
    """What the check would ask of the author is in the ticket: the form waited, nobody forgot."""
    number = office.github.add_issue(form(反馈时间=None, 故障发生时间=None, 严重程度=None), title=TITLE)
    edit(office, number, created_at="2026-11-10T02:30:00Z")
    office.run(number, "--as-of", "2026-11-10 10:40")
    assert "单独写一行 `### 严重程度`" in office.answer(number)
    for said in (form(反馈时间=None, 故障发生时间=None), form(反馈时间=None, 故障发生时间=None, 备注="再补一句")):
        edit(office, number, body=said)
        office.run(number, "--as-of", "2026-11-17 10:40")
        assert "late: 表单在 2026-11-10 10:30 提交，补全之后才登记" in office.show(
            number, FIRST.replace("20261120", "20261110")
        )
        assert "补录原因" not in office.answer(number)
    assert "backdated-event" not in checked(office, number)


def test_what_is_masked_in_an_upload_is_told_by_file(office: Office) -> None:
    """The value stands in the upload, not in the text: the answer says in which, and who can delete it. No word on pictures."""
    log = office.github.attach("座机 0571-88886666 提示 E-1042\n".encode(), kind="text/plain", name="boot.log")
    number = filed(office, form(现象=f"重启 [boot.log]({log})"))
    (path,) = (one for one in office.paths(number) if one.endswith(".log"))
    assert "88886666" not in office.show(number, path)
    answer = office.answer(number)
    assert "登记里已把附件“boot.log”里的固定电话遮盖为 0571-" in answer
    assert "请管理员联系 GitHub 删除它" in answer
    assert f"#{number} 里还是原样" not in answer
    assert "图片" not in answer.partition("**请留意**")[2]
    assert "88886666" not in answer


def test_a_picture_has_the_sentence_on_pictures(office: Office) -> None:
    """What no program reads in a picture its author has to look for."""
    shot = office.github.attach(picture(), kind="image/jpeg")
    number = filed(office, form(现象=f"重启 ![屏幕]({shot})"))
    assert "图片里的字程序看不出" in office.answer(number)


def test_foreign_pictures_are_named_however_they_are_written(office: Office) -> None:
    """Definitions, brackets and blanks in addresses, HTML: not fetched, not in the ticket, named in the answer."""
    log = office.github.attach(b"boot E-1042\n", kind="text/plain", name="boot.log")
    text = (
        f"![甲][1] 重启 E-1042 [日志][2]\n\n[1]: https://evil.example/x.png\n[2]: {log}\n\n"
        "![乙](https://evil.example/(x).png) ![丙](<https://evil.example/a b.png>)\n\n<IMG SRC=https://evil.example/y.png alt=丁>"
    )
    number = filed(office, form(现象=text))
    shown = office.show(number, FIRST)
    assert "evil.example" not in shown
    assert "[日志](SW-20261120-001/附件-" in shown
    answer = office.answer(number)
    for label in "甲乙丙丁":
        assert f"附件“{label}”没有收进来：不是在这里上传的图片" in answer


def test_a_limit_that_has_passed_says_so(office: Office) -> None:
    """Of two limits on Monday and Wednesday evening the first has passed on Tuesday."""
    number = office.github.add_issue(form(), title=TITLE)
    office.run(number, "--as-of", "2026-11-24 10:00")
    answer = office.answer(number)
    assert "| 2026-11-23 18:00（已超时） | 软件开发组或云平台组 | 完整性审核：受理、退回或作废 |" in answer
    assert "| 2026-11-25 18:00 | 软件开发组或云平台组 | 受理分配 |" in answer
