"""What the counter answers in an issue, as Markdown for a clerk who has never seen git. Nothing private is repeated."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote

from faultkb import counter, moment
from faultkb.render import visible
from faultkb.render.tables import escape, unlinked

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from faultkb.counter import Exposed, Judgement
    from faultkb.receipt import Receipt
    from faultkb.registration import Objection
    from faultkb.similar import Match
    from faultkb.vocabulary import Vocabulary

_MOST = 20
"""Lines of one list; the rest is counted."""
_LONGEST = 100
"""Characters of a title in a list of pull requests; the schema allows 80, and masks may add some."""
_EDIT = "点上面正文右上角的“…”→ Edit（编辑）"
_AGAIN = "保存之后几分钟，这里的回复会跟着更新，不用另外提交。"
_PERMIT = (
    "Settings → Actions → General → Workflow permissions，勾选 Allow GitHub Actions to create and approve pull requests"
)
_KEY = re.compile(r"^[^（：]{1,20}（[a-z_.]+）[的：]?")
"""How the check's messages begin: a field by its name in the file, which nobody sees here."""
_SECRET = "口令或密钥"  # noqa: S105 - the word, not one


@dataclass(frozen=True, slots=True)
class Place:
    """Where things are: the repository's page, its main branch, and the number of the pull request (0: none)."""

    home: str
    main: str
    pull: int


def title(receipt: Receipt) -> str:
    """Return the title of the pull request: no mention, no reference, no word that steers a workflow."""
    text = f"登记 {receipt.ticket.id}：{visible(receipt.ticket.title)}"
    return unlinked(text[:_LONGEST]).replace("[", "[\u200b")


def about(receipt: Receipt, words: Vocabulary, number: int) -> str:
    """Return the text of the pull request."""
    header = receipt.ticket.header
    rows = [(words.title(name), header[name]) for name in ("type", "severity", "channel")]
    rows += [(words.title("impact", name), one) for name, one in header["impact"].items()]
    shown = [
        f"| {escape(name)} | {_cell('、'.join(map(str, one)) if isinstance(one, list) else one)} |"
        for name, one in rows
    ]
    return "\n".join(
        [
            f"由 #{number} 的登记表单生成，完整度 {receipt.score.percent} %。",
            "",
            "| 栏目 | 内容 |",
            "| --- | --- |",
            *shown,
            "",
            f"内容要改的，请改 #{number} 的标题或正文，这里跟着更新；谁在这个分支上直接改过故障之后，就只在这里改。",
            "",
            f"Closes #{number}",
        ]
    )


def exposed(found: Sequence[Exposed], place: Place) -> str:
    """Say that there is something private, and how to get rid of it."""
    lines = ["### 没有登记：里面有个人信息，请先删掉", "", "这里很多人看得到，下面这些不能留在这里：", ""]
    kinds: dict[str, dict[str, None]] = {}
    for one in found:
        kinds.setdefault(one.where or "正文", {})[one.kind] = None
    lines += [f"- **{_cell(where)}**：{'、'.join(some)}" for where, some in list(kinds.items())[:_MOST]]
    lines += ["", "请这样做：", "", *(f"{number}. {step}" for number, step in enumerate(_steps(kinds), 1)), ""]
    if any(_SECRET in some for some in kinds.values()):
        lines += ["写出来过的口令、密钥不能再用了：请马上换掉。", ""]
    if place.pull:
        lines += [f"以前登记的内容（#{place.pull}）没有动。", ""]
    return "\n".join([*lines, "看过的人、已经发出的通知邮件收不回来；有疑问请找管理员。"])


def _steps(kinds: dict[str, dict[str, None]]) -> Iterator[str]:
    if counter.TITLE in kinds:
        yield (
            "标题里的旧内容改了也会一直留在时间线上：**请管理员删掉整个 issue**（页面右下角 Delete issue），"
            "再重新填一份表单，不写这些内容。"
        )
        return
    yield f"{_EDIT}，删掉这些内容，或者遮盖（例如 138\\*\\*\\*\\*5512、张\\*），保存。要联系用户的，只写客户系统编号，例如 CRM-88213。"
    yield (
        "**旧内容还留在修改记录里**：点正文上方的 edited（已编辑）→ 点开改之前的每一次 → Options（选项）→ "
        "Delete revision from history（从历史记录中删除）。提交的人自己、有写入权限的人都可以删。"
    )
    yield "做完就好了：保存之后几分钟会自动重新登记。也可以请管理员删掉整个 issue（页面右下角 Delete issue），再重新填一份。"


def rejected(said: Judgement, words: Vocabulary, place: Place) -> str:
    """List all that is missing or wrong, with what to write."""
    lines = [f"### 还没有登记：有 {len(said.wrong)} 处要补充或改正", ""]
    lines += [f"- {_objection(one, words)}" for one in said.wrong[:_MOST]]
    lines += _rest(len(said.wrong))
    lines += [
        "",
        f"怎么改：{_EDIT}，在每个“### 栏目名”的下面写（没填过的写着 \\_No response\\_，换掉它），保存；标题在页面最上面改。{_AGAIN}",
    ]
    lines += _unused(said.unused, words)
    if place.pull:
        lines += ["", f"以前登记的内容（#{place.pull}）没有动，改好之后跟着更新。"]
    return "\n".join(lines)


def _objection(one: Objection, words: Vocabulary) -> str:
    label = counter.label_of(words, one.about)
    line = f"第 {one.line + 1} 行，" if one.line and one.line > 0 else ""
    said = "没有填" if one.missing else _KEY.sub("", one.message)
    advice = counter.what_to_write(words, one.about) if _is_of_form(one) else one.help
    shown = _cell(f"{line}{said}{f'：{advice}' if advice else ''}")
    return f"**{_cell(label)}**：{shown}" if label else shown


def _is_of_form(one: Objection) -> bool:
    """Say whether the check's advice is about the file, where the form has another: what is missing, what is a list there."""
    return one.missing or "方括号" in one.help


def filed(receipt: Receipt, words: Vocabulary, number: int, place: Place, *, is_checked: bool) -> str:
    """Say which id the fault got, what happens next and by when, what is missing and what looks similar."""
    lines = [f"### 已登记：{receipt.ticket.id}", ""]
    lines += [f"登记内容在 #{place.pull}，有人审阅、合并之后生效；时限从反馈时间起算，不等合并。"]
    lines += (
        []
        if is_checked
        else ["", "**请管理员看**：自动检查没有启动，合并请求会一直等着。照 .github/SETUP.md 检查工作流的权限。"]
    )
    return "\n".join([*lines, *_rest_of(receipt, words, place, number)])


def unpulled(receipt: Receipt, words: Vocabulary, number: int, place: Place) -> str:
    """Say that the ticket is on a branch, and that somebody must let workflows open pull requests."""
    branch = f"{place.home}/compare/{quote(place.main)}...intake/{number}?expand=1"
    lines = [f"### 编号已取得：{receipt.ticket.id}，还差一步", ""]
    lines += [
        f"登记内容已经写在分支 `intake/{number}` 上，但是仓库不允许工作流打开合并请求。**请管理员**二选一：",
        "",
        f"- 现在就[手工打开合并请求]({branch})；",
        f"- 以后自动打开：{_PERMIT}，再重新运行这个工作流（详见 .github/SETUP.md）。",
    ]
    return "\n".join([*lines, *_rest_of(receipt, words, place, number)])


def _rest_of(receipt: Receipt, words: Vocabulary, place: Place, number: int) -> Iterator[str]:
    yield from _ahead(receipt, words)
    yield from _lacking(receipt)
    yield from _alike(receipt.similar, place)
    yield from _notes(receipt, words, number)
    yield from ("", f"要修改或补充：{_EDIT}，保存；登记的内容跟着更新。")


def _ahead(receipt: Receipt, words: Vocabulary) -> Iterator[str]:
    yield from ("", "**接下来**", "", "| 最迟 | 要做的（由什么记录来完成） |", "| --- | --- |")
    for one in receipt.dues:
        events = [name for name in one.events if name in words.lifecycle.events]
        yield f"| {moment.show(one.at)} | {_cell(one.name)}（{_cell('、'.join(events))}） |"


def _lacking(receipt: Receipt) -> Iterator[str]:
    if receipt.score.missing:
        kind = str(receipt.ticket.header["type"])
        yield from ("", f"**还缺什么**（完整度 {receipt.score.percent} %，补上就不会被退回）", "")
        yield from (f"- {_cell(one.title)}：{_cell(one.advice(kind))}" for one in receipt.score.missing[:_MOST])


def _alike(found: Sequence[Match], place: Place) -> Iterator[str]:
    if found:
        yield from ("", "**可能是同一个故障**，先看看有没有现成的办法", "")
    for one in found:
        address = f"{place.home}/blob/{quote(place.main)}/{quote(one.path)}"
        solution = f"。解决办法：{_cell(one.solution)}" if one.solution else ""
        yield f"- [{_cell(one.id)}]({address}) {_cell(one.title)}（{_cell(one.status)}）{solution}"


def _notes(receipt: Receipt, words: Vocabulary, number: int) -> Iterator[str]:
    notes = [f"登记里已代为遮盖：{_cell(one)}。#{number} 的正文还是原样，请也改掉" for one in receipt.masked[:_MOST]]
    notes += [f"附件“{_cell(one.label)}”没有收进来：{_cell(one.reason)}。{_cell(one.help)}" for one in receipt.refused]
    if receipt.taken:
        notes.append(
            f"收下了 {receipt.taken} 个附件，拍摄地点等信息已去掉。图片里的字程序看不出：请自己确认没有姓名、电话"
        )
    if receipt.is_late:
        notes.append(
            f"反馈时间离现在超过一个工作日：请在“{_cell(counter.label_of(words, 'late'))}”里写为什么现在才登记"
        )
    notes += [_objection(one, words) for one in receipt.remarks[:_MOST]]
    notes += [one for one in _unused(receipt.unused, words) if one]
    if notes:
        yield from ("", "**请留意**", "")
        yield from (f"- {one}" for one in notes)


def _unused(labels: Sequence[str], words: Vocabulary) -> list[str]:
    if not labels:
        return []
    known = "、".join(counter.labels(words))
    shown = "、".join(f"“{_cell(one)}”" for one in labels[:_MOST])
    return ["", f"没有这些栏目，下面的内容没有登记：{shown}。栏目只有：{known}。如果是内容里的小标题，请写成四个 #"]


def taken_over(ticket_id: str, place: Place) -> str:
    """Say that somebody works on the ticket in its pull request, where it is changed from now on."""
    name = f"{ticket_id} " if ticket_id else ""
    where = f"#{place.pull}" if place.pull else "它的分支"
    return (
        f"### {name}已经有人在 {where} 里修改\n\n"
        f"为了不盖掉别人的改动，这里的修改没有写进去。请到 {where} 里改，或在那里留言说明要改什么。"
    )


def ended(ticket_id: str, place: Place, *, is_merged: bool) -> str:
    """Say that the pull request is merged or closed, and how to add something."""
    name = ticket_id or "这个故障"
    if not is_merged:
        return (
            f"### {name} 的登记已经关闭，没有合并\n\n"
            f"#{place.pull} 是人工关闭的，原因看那里的留言；这里的修改没有写进去。"
            f"要继续登记，请重新打开 #{place.pull}（Reopen）再改这里，或者另填一份表单。"
        )
    folder = f"tickets/{ticket_id[3:7]}/{ticket_id[7:9]}/{ticket_id}.md"
    where = f"[{name}]({place.home}/blob/{quote(place.main)}/{folder})" if ticket_id else name
    return (
        f"### {name} 已经登记完成\n\n"
        f"#{place.pull} 已合并，故障在 {where}。登记之后的内容不再从这里改。要补充情况："
        f'在自己的电脑上运行 `fault log {name} 补充 --by 你的工号 --note "补充的内容"` 后提交；'
        "不会用的，把要补充的内容发给故障处理专员，由他记录。"
    )


def unreserved() -> str:
    """Say that no id could be had."""
    return (
        "### 还没有登记：暂时取不到编号\n\n"
        "填写的内容没有问题，是程序这边的原因。过几分钟在正文里随便改一个字保存，会再试一次；"
        "还不行请找管理员：工作流要有写入仓库内容的权限（contents: write），见 .github/SETUP.md。"
    )


def unreadable(place: Place) -> str:
    """Say that a form that was answered before has lost its headings, and what to do."""
    lines = [
        "### 认不出栏目了，这次的修改没有登记",
        "",
        "“### 栏目名”这样的行被改掉或删掉了，看不出哪句是哪一栏。二选一：",
        "",
        f"- {_EDIT}，把缺的“### 栏目名”补回去（单独一行，例如 `### 现象`），保存；",
        "- 或者另外填一份表单。",
    ]
    lines += ["", f"以前登记的内容（#{place.pull}）没有动。"] if place.pull else []
    return "\n".join(lines)


def failed(place: Place) -> str:
    """Say that the program broke off, and that it is not the clerk's fault."""
    lines = [
        "### 没有处理完：是程序这边的原因",
        "",
        "填写的内容没有问题，不用重填。过几分钟在正文里随便改一个字保存，会再试一次；还不行请管理员看运行记录（Actions）。",
    ]
    lines += ["", f"以前登记的内容在 #{place.pull}。"] if place.pull else []
    return "\n".join(lines)


def _rest(number: int) -> list[str]:
    return [f"- 还有 {number - _MOST} 处"] if number > _MOST else []


def _cell(value: object) -> str:
    return escape(visible(" ".join(str(value).split())))
